// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/containermodel.h"

#include <QtCore/QObject>

class QTimer;

namespace Gui {

class EngineSession;
class TaskModel;

//! Turns what the user wants of containers into engine calls and keeps the list in step with the store's events.
class ContainersController final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ContainersController)

public:
    ContainersController(EngineSession &session, TaskModel &tasks, QObject *parent = nullptr);

    ContainerModel &model() { return m_model; }
    //! Null when there is no such container.
    const Engine::ContainerInfo *find(const QString &idOrName) const;
    bool hasLoaded() const { return m_loaded; }

    void refresh();
    void start(const QString &id);
    void stop(const QString &id);
    void restart(const QString &id);
    void kill(const QString &id);
    void rename(const QString &id, const QString &newName);
    //! Takes stopped containers off the list and removes them when undo() has not been called for undoMs.
    void removeLater(const QStringList &ids);
    void undoRemoval();
    //! Removes at once what removeLater() still holds: the window closes.
    void flushRemovals();
    //! Kills and removes.
    void removeRunning(const QString &id);
    //! Creates a container; with StartIt::Yes it is started, else the caller attaches to it with a start.
    enum class StartIt { No, Yes };
    void create(const Engine::CreateOptions &options, StartIt startIt);
    //! Lists a container made elsewhere at once; created() follows, as after create().
    void adopt(const Engine::ContainerInfo &info, StartIt startIt);

    static constexpr int undoMs = 8000;

    //! The command lines of the above, for showing and copying.
    static QString commandLine(const QString &verb, const Engine::ContainerInfo &info);
    static QString commandLine(const Engine::CreateOptions &options);

Q_SIGNALS:
    void listed();
    void listFailed(const Engine::Error &error);
    void created(const Engine::ContainerInfo &info, Gui::ContainersController::StartIt startIt);
    void createFailed(const Engine::Error &error);

private:
    template<typename T>
    void track(const QString &id, const QString &verb, const QString &busy, const QString &title, const QFuture<Engine::Result<T>> &future);
    void removeNow(const QString &id, Engine::Containers::Force force);

    EngineSession &m_session;
    TaskModel &m_tasks;
    ContainerModel m_model;
    QStringList m_removals;     // hidden, removed when the timer ends
    QTimer *m_removalTimer;
    bool m_loaded = false;
    bool m_listing = false, m_listAgain = false;
};

} // namespace Gui
