// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/result.h>

#include <QtCore/QAbstractListModel>
#include <QtCore/QDateTime>

#include <memory>
#include <vector>

namespace Gui {

//! Work under way that the user should know of: a pull, a build, a stop that takes its time. Owned by the TaskModel and
//! kept after its end as the history of this run. GUI thread.
class Task final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Task)

public:
    enum class State { Running, Done, Failed, Cancelled };
    enum class Unit { None, Bytes, Steps };
    enum class Cancel { No, Yes };

    const QString &title() const { return m_title; }
    const QString &command() const { return m_command; }
    const QString &detail() const { return m_detail; }
    State state() const { return m_state; }
    bool isRunning() const { return m_state == State::Running; }
    bool canCancel() const { return m_cancel == Cancel::Yes && isRunning(); }
    qint64 done() const { return m_done; }
    qint64 total() const { return m_total; }    //!< 0: not known
    Unit unit() const { return m_unit; }
    const QDateTime &started() const { return m_started; }
    const QDateTime &ended() const { return m_ended; }
    const Engine::Error &error() const { return m_error; } //!< only when Failed

    //! One short line under the title.
    void setDetail(const QString &detail);
    void setProgress(qint64 done, qint64 total, Unit unit);
    //! Ends it; \p result decides how. Later calls have no effect.
    template<typename T>
    void finish(const Engine::Result<T> &result) { result ? end(State::Done, {}) : fail(result.error()); }
    void fail(const Engine::Error &error);
    //! What the Cancel button does.
    void cancel() { Q_EMIT cancelRequested(); }

Q_SIGNALS:
    void changed();
    void cancelRequested();

private:
    friend class TaskModel;
    Task(const QString &title, const QString &command, Cancel cancel);
    void end(State state, const Engine::Error &error);

    QString m_title, m_command, m_detail;
    Cancel m_cancel;
    State m_state = State::Running;
    qint64 m_done = 0, m_total = 0;
    Unit m_unit = Unit::None;
    QDateTime m_started, m_ended;
    Engine::Error m_error;
};

//! The tasks of this run, newest first.
class TaskModel final : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role { TaskRole = Qt::UserRole }; //!< Gui::Task *

    explicit TaskModel(QObject *parent = nullptr);
    ~TaskModel() override;

    //! A new running task. \p command is the equivalent command line, may be empty.
    Task *start(const QString &title, const QString &command, Task::Cancel cancel = Task::Cancel::No);
    int runningCount() const;
    Task *task(int row) const;
    //! Forgets the ended ones.
    void clearEnded();

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

Q_SIGNALS:
    void runningCountChanged();
    void failed(Gui::Task *task);

private:
    void onChanged(Task *task);

    std::vector<std::unique_ptr<Task>> m_tasks; // newest first
    int m_running = 0;
};

} // namespace Gui
