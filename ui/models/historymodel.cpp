// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/historymodel.h"

#include "widgets/format.h"

#include <algorithm>

namespace Gui {

using namespace Qt::StringLiterals;
using Engine::HistoryEntry;

QString instructionText(const QString &createdBy)
{
    QString text = createdBy.simplified();
    constexpr QLatin1StringView nop = "/bin/sh -c #(nop) "_L1, shell = "/bin/sh -c "_L1, buildkit = " # buildkit"_L1;
    if (text.startsWith(nop))
        return text.sliced(nop.size()).trimmed();
    if (text.endsWith(buildkit))
        text.chop(buildkit.size());
    if (text.startsWith(shell)) // the classic builder leaves RUN out
        return "RUN "_L1 + text.sliced(shell.size());
    return text.replace("RUN /bin/sh -c "_L1, "RUN "_L1);
}

void HistoryModel::setHistory(const QList<HistoryEntry> &entries)
{
    beginResetModel(); // another image: nothing of the old rows is worth keeping
    m_entries = entries;
    m_largest = 0;
    for (const HistoryEntry &entry : entries)
        m_largest = std::max(m_largest, entry.sizeBytes);
    endResetModel();
}

int HistoryModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_entries.size());
}

int HistoryModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant HistoryModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Step: return tr("Step");
    case Size: return tr("Size");
    case Created: return tr("Created");
    case Layer: return tr("Layer");
    default: return {};
    }
}

QVariant HistoryModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const HistoryEntry &entry = m_entries[index.row()];
    if (role == ShareRole && index.column() == Size)
        return m_largest > 0 ? double(entry.sizeBytes) / double(m_largest) : 0.0;
    if (role == Qt::DisplayRole || role == Qt::AccessibleTextRole) {
        switch (index.column()) {
        case Step: return instructionText(entry.createdBy);
        case Size: return entry.emptyLayer ? tr("–", "a step that made no layer") : sizeText(entry.sizeBytes);
        case Created: return agoText(entry.created, QDateTime::currentDateTime());
        case Layer: return entry.layer.shortHex();
        default: return {};
        }
    }
    if (role == Qt::ToolTipRole) {
        switch (index.column()) {
        case Step: return entry.createdBy;
        case Size: return entry.emptyLayer ? tr("This step changed settings only; it made no layer.") : exactSizeText(entry.sizeBytes);
        case Created: return entry.created.isValid() ? fullTimeText(entry.created) : QString();
        case Layer: return entry.layer.toString();
        default: return {};
        }
    }
    return {};
}

} // namespace Gui
