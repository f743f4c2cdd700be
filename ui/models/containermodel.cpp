// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/containermodel.h"

#include "errors/errortext.h"
#include "widgets/format.h"

#include <algorithm>

namespace Gui {

using namespace Qt::StringLiterals;
using Engine::ContainerInfo;
using Engine::ContainerState;

void ContainerModel::setContainers(const QList<ContainerInfo> &containers)
{
    m_all = containers;
    QList<ContainerInfo> shown;
    std::ranges::copy_if(m_all, std::back_inserter(shown), [this](const ContainerInfo &c) { return !m_hidden.contains(containerKey(c)); });
    setRows(shown);
}

void ContainerModel::setBusy(const QString &id, const QString &text)
{
    if (text.isEmpty())
        m_busy.remove(id);
    else
        m_busy.insert(id, text);
    if (const int at = rowOf(id); at >= 0)
        touchRow(at);
}

void ContainerModel::setHidden(const QString &id, bool hidden)
{
    if (hidden)
        m_hidden.insert(id);
    else
        m_hidden.remove(id);
    setContainers(m_all);
}

int ContainerModel::runningCount() const
{
    return int(std::ranges::count(rows(), ContainerState::Running, &ContainerInfo::state));
}

void ContainerModel::refreshTimes()
{
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, State), index(rowCount() - 1, Created), {Qt::DisplayRole});
}

int ContainerModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ContainerModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name: return tr("Name");
    case State: return tr("State");
    case Image: return tr("Image");
    case Command: return tr("Command");
    case Created: return tr("Created");
    default: return {};
    }
}

QVariant ContainerModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const ContainerInfo &info = row(index.row());
    switch (role) {
    case Qt::DisplayRole: return text(info, index.column());
    case Qt::ToolTipRole: return toolTip(info, index.column());
    case Qt::AccessibleTextRole: return index.column() == Name ? tr("%1, %2").arg(info.name, stateText(info)) : text(info, index.column());
    case SortRole: return sortValue(info, index.column());
    case FilterRole: return QStringList{info.name, info.image, info.id.toString(), info.command.join(u' '), stateText(info)}.join(u'\n');
    case ToneRole: return index.column() == State ? QVariant::fromValue(tone(info)) : QVariant();
    case IdRole: return containerKey(info);
    default: return {};
    }
}

QVariant ContainerModel::text(const ContainerInfo &info, int column) const
{
    switch (column) {
    case Name: return info.name;
    case State: return stateText(info);
    case Image: return info.image;
    case Command: return shellCommand(info.command);
    case Created: return agoText(info.created, QDateTime::currentDateTime());
    default: return {};
    }
}

QVariant ContainerModel::sortValue(const ContainerInfo &info, int column) const
{
    // running first, then by the age of the change
    const auto weight = [&] { return info.state == ContainerState::Running ? 0 : info.state == ContainerState::Paused ? 1 : 2; };
    switch (column) {
    case State: return u"%1%2"_s.arg(weight()).arg(stateText(info));
    case Created: return info.created;
    default: return text(info, column).toString().toLower();
    }
}

QString ContainerModel::toolTip(const ContainerInfo &info, int column) const
{
    switch (column) {
    case Name: return tr("%1\nId %2").arg(info.name, info.id.toString());
    case State:
        if (info.state == ContainerState::Exited && !info.exitUnknown)
            return tr("%1\n%2").arg(exitCodeText(info.exitCode), info.error.isEmpty() ? fullTimeText(info.finished) : info.error);
        return info.state == ContainerState::Running ? tr("Started %1").arg(fullTimeText(info.started)) : info.error;
    case Image: return tr("%1\nImage id %2").arg(info.image, info.imageId.shortHex());
    case Command: return shellCommand(info.command);
    case Created: return fullTimeText(info.created);
    default: return {};
    }
}

QString ContainerModel::stateText(const ContainerInfo &info) const
{
    if (const auto busy = m_busy.constFind(containerKey(info)); busy != m_busy.constEnd())
        return *busy;
    switch (info.state) {
    case ContainerState::Created: return tr("Created", "state of a container");
    case ContainerState::Running: return tr("Running");
    case ContainerState::Paused: return tr("Paused");
    case ContainerState::Exited: return info.exitUnknown ? tr("Ended") : tr("Exited (%1)").arg(info.exitCode);
    case ContainerState::Dead: return tr("Dead");
    }
    return {};
}

Tone ContainerModel::tone(const ContainerInfo &info) const
{
    if (isBusy(containerKey(info)))
        return Tone::Busy;
    switch (info.state) {
    case ContainerState::Created: return Tone::Idle;
    case ContainerState::Running: return Tone::Ok;
    case ContainerState::Paused: return Tone::Warn;
    case ContainerState::Exited: return info.exitCode == 0 || info.exitCode == 143 || info.exitCode == 137 ? Tone::Idle : Tone::Bad;
    case ContainerState::Dead: return Tone::Bad;
    }
    return Tone::Idle;
}

} // namespace Gui
