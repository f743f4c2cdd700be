// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/buildsteps.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Gui {

using Engine::BuildStep;

BuildStepsModel::BuildStepsModel(QObject *parent) : QAbstractListModel(parent) {}

int BuildStepsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_steps.size());
}

QVariant BuildStepsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const BuildStep &step = m_steps[index.row()];
    switch (role) {
    case Qt::DisplayRole:
        return step.text;
    case StepRole:
        return QVariant::fromValue(step);
    case StateRole:
        return QVariant::fromValue(step.state);
    case RunningMsRole:
        return runningMs(index.row());
    default:
        return {};
    }
}

void BuildStepsModel::setSteps(const QList<BuildStep> &steps)
{
    const int common = int(std::min(m_steps.size(), steps.size()));
    if (m_steps.size() > steps.size()) {
        beginRemoveRows({}, common, int(m_steps.size()) - 1);
        m_steps.resize(common);
        endRemoveRows();
    }
    m_runningSince.clear();
    for (const BuildStep &step : steps)
        noteRunning(step);
    for (int row = 0; row < common; ++row) {
        if (m_steps[row] == steps[row])
            continue;
        m_steps[row] = steps[row];
        Q_EMIT dataChanged(index(row), index(row));
    }
    if (steps.size() > common) {
        beginInsertRows({}, common, int(steps.size()) - 1);
        m_steps.append(steps.mid(common));
        endInsertRows();
    }
}

void BuildStepsModel::updateStep(const BuildStep &step)
{
    if (step.index < 0 || step.index >= m_steps.size() || m_steps[step.index] == step)
        return;
    noteRunning(step);
    m_steps[step.index] = step;
    Q_EMIT dataChanged(index(step.index), index(step.index));
}

void BuildStepsModel::endRun()
{
    m_runningSince.clear();
    for (BuildStep step : QList<BuildStep>(m_steps)) {
        if (step.state != BuildStep::State::Running && step.state != BuildStep::State::Waiting)
            continue;
        step.state = BuildStep::State::WillRun;
        updateStep(step);
    }
}

void BuildStepsModel::noteRunning(const BuildStep &step)
{
    if (step.state != BuildStep::State::Running)
        m_runningSince.remove(step.index);
    else if (!m_runningSince.contains(step.index))
        m_runningSince[step.index].start();
}

qint64 BuildStepsModel::runningMs(int index) const
{
    const auto found = m_runningSince.constFind(index);
    return found == m_runningSince.cend() ? -1 : found->elapsed();
}

std::optional<qint64> BuildStepsModel::totalBytes() const
{
    if (m_steps.isEmpty())
        return {};
    std::optional<qint64> total;
    const int lastStage = m_steps.last().stage;
    for (const BuildStep &step : m_steps) {
        if (step.stage == lastStage && step.sizeBytes)
            total = total.value_or(0) + *step.sizeBytes;
    }
    return total;
}

qint64 BuildStepsModel::largestBytes() const
{
    qint64 largest = 0;
    for (const BuildStep &step : m_steps)
        largest = std::max(largest, step.sizeBytes.value_or(0));
    return largest;
}

} // namespace Gui
