// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/taskmodel.h"

#include <algorithm>

namespace Gui {

namespace {
constexpr size_t keptTasks = 200; // of one run; enough to look back, little enough to keep
}

Task::Task(const QString &title, const QString &command, Cancel cancel)
    : m_title(title), m_command(command), m_cancel(cancel), m_started(QDateTime::currentDateTime())
{
}

void Task::setDetail(const QString &detail)
{
    if (detail == m_detail)
        return;
    m_detail = detail;
    Q_EMIT changed();
}

void Task::setProgress(qint64 done, qint64 total, Unit unit)
{
    if (done == m_done && total == m_total && unit == m_unit)
        return;
    m_done = done;
    m_total = total;
    m_unit = unit;
    Q_EMIT changed();
}

void Task::fail(const Engine::Error &error)
{
    end(error.code == Engine::ErrorCode::Cancelled ? State::Cancelled : State::Failed, error);
}

void Task::end(State state, const Engine::Error &error)
{
    if (!isRunning())
        return;
    m_state = state;
    m_error = error;
    m_ended = QDateTime::currentDateTime();
    Q_EMIT changed();
}

TaskModel::TaskModel(QObject *parent)
    : QAbstractListModel(parent)
{
}

TaskModel::~TaskModel() = default;

Task *TaskModel::start(const QString &title, const QString &command, Task::Cancel cancel)
{
    if (m_tasks.size() >= keptTasks && !m_tasks.back()->isRunning()) {
        beginRemoveRows({}, int(m_tasks.size()) - 1, int(m_tasks.size()) - 1);
        m_tasks.pop_back();
        endRemoveRows();
    }
    beginInsertRows({}, 0, 0);
    m_tasks.insert(m_tasks.begin(), std::unique_ptr<Task>(new Task(title, command, cancel)));
    endInsertRows();
    Task *task = m_tasks.front().get();
    connect(task, &Task::changed, this, [this, task] { onChanged(task); });
    ++m_running;
    Q_EMIT runningCountChanged();
    return task;
}

int TaskModel::runningCount() const
{
    return m_running;
}

Task *TaskModel::task(int row) const
{
    return row >= 0 && size_t(row) < m_tasks.size() ? m_tasks[size_t(row)].get() : nullptr;
}

void TaskModel::clearEnded()
{
    for (int row = int(m_tasks.size()) - 1; row >= 0; --row) {
        if (m_tasks[size_t(row)]->isRunning())
            continue;
        beginRemoveRows({}, row, row);
        m_tasks.erase(m_tasks.begin() + row);
        endRemoveRows();
    }
}

void TaskModel::onChanged(Task *task)
{
    const auto it = std::ranges::find_if(m_tasks, [task](const auto &t) { return t.get() == task; });
    const QModelIndex where = index(int(it - m_tasks.begin()));
    Q_EMIT dataChanged(where, where);
    if (task->isRunning())
        return;
    --m_running;
    Q_EMIT runningCountChanged();
    if (task->state() == Task::State::Failed)
        Q_EMIT failed(task);
}

int TaskModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_tasks.size());
}

QVariant TaskModel::data(const QModelIndex &index, int role) const
{
    const Task *item = index.isValid() ? task(index.row()) : nullptr;
    if (!item)
        return {};
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole: return item->title();
    case TaskRole: return QVariant::fromValue(const_cast<Task *>(item));
    default: return {};
    }
}

} // namespace Gui
