// SPDX-License-Identifier: GPL-3.0-or-later
#include "controllers/containerscontroller.h"

#include "controllers/enginesession.h"
#include "controllers/whendone.h"
#include "models/taskmodel.h"
#include "widgets/format.h"

#include <QtCore/QTimer>

#include <utility>

namespace Gui {

using namespace Qt::StringLiterals;
using Engine::ContainerInfo;
using Engine::Containers;
using Engine::Result;

ContainersController::ContainersController(EngineSession &session, TaskModel &tasks, QObject *parent)
    : QObject(parent), m_session(session), m_tasks(tasks), m_removalTimer(new QTimer(this))
{
    m_removalTimer->setSingleShot(true);
    m_removalTimer->setInterval(undoMs);
    connect(m_removalTimer, &QTimer::timeout, this, &ContainersController::flushRemovals);
    connect(&m_session, &EngineSession::stateChanged, this, &ContainersController::refresh);
    connect(&m_session, &EngineSession::happened, this, [this](const Engine::Event &event) {
        if (event.kind == Engine::Event::Kind::Container)
            refresh();
    });
}

const ContainerInfo *ContainersController::find(const QString &idOrName) const
{
    for (const ContainerInfo &info : m_model.rows()) {
        if (containerKey(info) == idOrName || info.name == idOrName)
            return &info;
    }
    return nullptr;
}

// events come in bursts: one question is under way at a time, and one more follows when something happened meanwhile
void ContainersController::refresh()
{
    if (!m_session.isReady())
        return;
    if (m_listing) {
        m_listAgain = true;
        return;
    }
    m_listing = true;
    whenDone(m_session.engine().containers().list(), this, [this](const Result<QList<ContainerInfo>> &list) {
        m_listing = false;
        if (list) {
            m_loaded = true;
            m_model.setContainers(*list);
            Q_EMIT listed();
        } else {
            Q_EMIT listFailed(list.error());
        }
        if (std::exchange(m_listAgain, false))
            refresh();
    });
}

template<typename T>
void ContainersController::track(const QString &id, const QString &verb, const QString &busy, const QString &title,
                                 const QFuture<Result<T>> &future)
{
    const ContainerInfo *info = find(id);
    m_model.setBusy(id, busy);
    Task *task = m_tasks.start(title, info ? commandLine(verb, *info) : QString());
    whenDone(future, this, [this, id, task](const Result<T> &result) {
        m_model.setBusy(id, {});
        task->finish(result);
        refresh();
    });
}

void ContainersController::start(const QString &id)
{
    if (const ContainerInfo *info = find(id); info && !m_model.isBusy(id))
        track(id, u"start"_s, tr("Starting…"), tr("Starting %1").arg(info->name), m_session.engine().containers().start(id));
}

void ContainersController::stop(const QString &id)
{
    if (const ContainerInfo *info = find(id); info && !m_model.isBusy(id))
        track(id, u"stop"_s, tr("Stopping…"), tr("Stopping %1").arg(info->name), m_session.engine().containers().stop(id));
}

void ContainersController::restart(const QString &id)
{
    const ContainerInfo *info = find(id);
    if (!info || m_model.isBusy(id))
        return;
    m_model.setBusy(id, tr("Restarting…"));
    Task *task = m_tasks.start(tr("Restarting %1").arg(info->name), shellCommand({u"slipway"_s, u"stop"_s, info->name})
                                                                         + u" && "_s + shellCommand({u"slipway"_s, u"start"_s, info->name}));
    whenDone(m_session.engine().containers().stop(id), this, [this, id, task](const Result<void> &stopped) {
        m_model.setBusy(id, {});
        task->finish(stopped);
        if (stopped)
            start(id);
    });
}

void ContainersController::kill(const QString &id)
{
    if (const ContainerInfo *info = find(id))
        track(id, u"kill"_s, tr("Killing…"), tr("Killing %1").arg(info->name), m_session.engine().containers().kill(id, u"KILL"_s));
}

void ContainersController::rename(const QString &id, const QString &newName)
{
    const ContainerInfo *info = find(id);
    if (!info || newName == info->name)
        return;
    Task *task = m_tasks.start(tr("Renaming %1 to %2").arg(info->name, newName), shellCommand({u"slipway"_s, u"rename"_s, info->name, newName}));
    whenDone(m_session.engine().containers().rename(id, newName), this, [this, task](const Result<void> &renamed) {
        task->finish(renamed);
        refresh();
    });
}

void ContainersController::removeLater(const QStringList &ids)
{
    flushRemovals(); // what stood before can no longer be undone
    m_removals = ids;
    for (const QString &id : ids)
        m_model.setHidden(id, true);
    m_removalTimer->start();
    Q_EMIT listed();
}

void ContainersController::undoRemoval()
{
    m_removalTimer->stop();
    for (const QString &id : std::exchange(m_removals, {}))
        m_model.setHidden(id, false);
    Q_EMIT listed();
}

void ContainersController::flushRemovals()
{
    m_removalTimer->stop();
    for (const QString &id : std::exchange(m_removals, {}))
        removeNow(id, Containers::Force::No);
}

void ContainersController::removeRunning(const QString &id)
{
    const ContainerInfo *info = find(id);
    if (!info)
        return;
    m_model.setBusy(id, tr("Removing…"));
    removeNow(id, Containers::Force::Yes);
}

void ContainersController::removeNow(const QString &id, Containers::Force force)
{
    if (!m_session.isReady())
        return;
    const ContainerInfo *info = find(id);
    const QString name = info ? info->name : id.left(12);
    QStringList words = {u"slipway"_s, u"rm"_s};
    if (force == Containers::Force::Yes)
        words += u"-f"_s;
    Task *task = m_tasks.start(tr("Removing %1").arg(name), shellCommand(words << name));
    whenDone(m_session.engine().containers().remove(id, force), this, [this, id, task](const Result<void> &removed) {
        task->finish(removed);
        m_model.setBusy(id, {});
        if (!removed)
            m_model.setHidden(id, false); // it is still there: show it again
        refresh();
    });
}

void ContainersController::create(const Engine::CreateOptions &options, StartIt startIt)
{
    Task *task = m_tasks.start(tr("Creating a container of %1").arg(options.image), commandLine(options));
    whenDone(m_session.engine().containers().create(options), this, [this, task, startIt](const Result<ContainerInfo> &info) {
        task->finish(info);
        if (!info)
            return Q_EMIT createFailed(info.error());
        adopt(*info, startIt);
    });
}

void ContainersController::adopt(const ContainerInfo &info, StartIt startIt)
{
    QList<ContainerInfo> all = m_model.rows(); // the list in a moment; the row at once, so that it can be selected
    all.prepend(info);
    if (!find(containerKey(info)))
        m_model.setContainers(all);
    Q_EMIT listed();
    Q_EMIT created(info, startIt);
    if (startIt == StartIt::Yes)
        start(containerKey(info));
    refresh();
}

QString ContainersController::commandLine(const QString &verb, const ContainerInfo &info)
{
    return shellCommand({u"slipway"_s, verb, info.name});
}

QString ContainersController::commandLine(const Engine::CreateOptions &options)
{
    QStringList words = {u"slipway"_s, u"run"_s};
    if (options.tty && options.openStdin)
        words += u"-it"_s;
    else if (options.openStdin)
        words += u"-i"_s;
    else
        words += u"-d"_s;
    if (options.autoRemove)
        words += u"--rm"_s;
    if (!options.name.isEmpty())
        words << u"--name"_s << options.name;
    if (options.network == Engine::NetworkMode::None)
        words << u"--network"_s << u"none"_s;
    for (const QString &variable : options.env)
        words << u"-e"_s << variable;
    for (const Engine::BindMount &bind : options.binds)
        words << u"-v"_s << bind.source + u':' + bind.target + (bind.access == Engine::BindMount::Access::ReadOnly ? u":ro"_s : QString());
    if (!options.workingDir.isEmpty())
        words << u"-w"_s << options.workingDir;
    if (!options.user.isEmpty())
        words << u"-u"_s << options.user;
    words += options.image.isEmpty() ? tr("IMAGE", "placeholder in a command line") : options.image;
    return shellCommand(words + options.command);
}

} // namespace Gui
