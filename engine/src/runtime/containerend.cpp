// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/containerruntime_p.h"

#include "base/logging_p.h"
#include "base/try_p.h"
#include "linux/namespaces_p.h"
#include "runtime/exitwatch_p.h"
#include "runtime/freeze_p.h"
#include "runtime/liveprocess_p.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include <sys/stat.h>

#include <charconv>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr auto removedPrefix = ".removed-"_L1;
// The monitor of a container that has just been removed is about to clear its folder: younger ones are left to it.
constexpr qint64 sweepAgeMs = 30'000;
// Between a process's death and its exit file lie some milliseconds of a living monitor.
constexpr std::chrono::seconds exitFileTimeout{5};

bool isOfThisBoot(const ContainerLife &life)
{
    return life.bootId == currentBootId();
}

qint64 ageMs(const QString &path)
{
    struct stat info = {};
    if (::lstat(path.toUtf8().constData(), &info) != 0)
        return 0;
    return QDateTime::currentMSecsSinceEpoch() - (qint64(info.st_ctim.tv_sec) * 1000 + info.st_ctim.tv_nsec / 1'000'000);
}

Failure goneError(const ContainerRecord &record)
{
    return Failure(Error{.code = ErrorCode::NotFound, .object = record.name, .detail = u"No such container: %1"_s.arg(record.name)});
}

} // namespace

std::optional<ContainerRuntime::Ending> ContainerRuntime::readExitFile(const ContainerId &id) const
{
    QFile file(exitFolder() + u'/' + id.toString());
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray text = file.read(32).trimmed();
    Ending ending;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), ending.exitCode);
    if (problem != std::errc())
        return {};
    ending.finishedMs = file.fileTime(QFileDevice::FileModificationTime).toMSecsSinceEpoch();
    return ending;
}

Result<std::optional<ContainerRecord>> ContainerRuntime::settle(ContainerRecord record) const
{
    if (record.life.phase == ContainerLife::Phase::Starting)
        return settleStarting(record);
    if (!record.isRunning())
        return record;
    if (isOfThisBoot(record.life) && LiveProcess(record.life.process).isAlive())
        return record;
    // It has ended. wait() finds out how, at once but for the moment its monitor needs.
    const auto ended = wait(record, {}, exitFileTimeout);
    if (!ended && ended.error().code == ErrorCode::TimedOut)
        ENGINE_TRY(finish(record, {.exitCode = 0, .unknown = true}));
    else if (!ended && ended.error().code != ErrorCode::NotFound)
        return Failure(ended.error());
    return m_table.get(record.id);
}

// A starter holds the lock from before it writes Starting until it has written what came of it. So a free lock says
// that it was killed in between.
Result<std::optional<ContainerRecord>> ContainerRuntime::settleStarting(const ContainerRecord &record) const
{
    const ContainerFolder folder = folderOf(record.id);
    const auto lock = FileLock::tryAcquire(folder.lock(), FileLock::Mode::Exclusive);
    if (!lock && lock.error().code == ErrorCode::InUse)
        return record;
    if (!lock && lock.error().code != ErrorCode::NotFound)
        return Failure(lock.error());
    auto current = ENGINE_TRY(m_table.get(record.id));
    if (!current || current->life.phase != ContainerLife::Phase::Starting)
        return current;

    ContainerLife life = current->life;
    if (isOfThisBoot(life) && LiveProcess(life.process).isAlive()) {
        const auto runtime = OciRuntime::find(m_settings);
        const auto state = runtime ? runtime->state(record.id.toString()) : Result<QString>(Failure(runtime.error()));
        if (state && *state == "running"_L1) {
            life.phase = ContainerLife::Phase::Running;
            life.startedMs = QDateTime::currentMSecsSinceEpoch();
            ENGINE_TRY(m_table.changeLife(*current, life, u"start"_s));
            return m_table.get(record.id);
        }
    }
    ENGINE_TRY(release(record.id, folder));
    life = {.phase = ContainerLife::Phase::Created, .error = u"its start was interrupted"_s};
    ENGINE_TRY(m_table.changeLife(*current, life, {}));
    return m_table.get(record.id);
}

Result<void> ContainerRuntime::finish(const ContainerRecord &known, const Ending &ending) const
{
    std::optional<ContainerRecord> record = known;
    // Again only when somebody changed the row in between; whoever it was, the loop then ends.
    while (record && record->isRunning() && record->life.process == known.life.process) {
        if (record->options.autoRemove) {
            const ContainerFolder folder = folderOf(record->id);
            const auto lock = FileLock::acquire(folder.lock(), FileLock::Mode::Exclusive);
            if (!lock && lock.error().code != ErrorCode::NotFound)
                return Failure(lock.error());
            const auto current = ENGINE_TRY(m_table.get(record->id));
            return current ? discard(*current, ContainerTable::Died::Yes) : Result<void>();
        }
        ContainerLife life = record->life;
        life.phase = ContainerLife::Phase::Exited;
        life.exitCode = ending.exitCode;
        life.exitUnknown = ending.unknown;
        life.finishedMs = ending.finishedMs > 0 ? ending.finishedMs : QDateTime::currentMSecsSinceEpoch();
        if (ENGINE_TRY(m_table.changeLife(*record, life, u"die"_s)))
            return {};
        record = ENGINE_TRY(m_table.get(record->id));
    }
    return {};
}

Result<ContainerRuntime::Ending> ContainerRuntime::wait(const ContainerRecord &record, std::stop_token stopToken,
                                                        std::optional<std::chrono::milliseconds> timeout) const
{
    std::optional<ExitWatch::Deadline> deadline;
    if (timeout)
        deadline = std::chrono::steady_clock::now() + *timeout;
    ENGINE_TRY(makePath(exitFolder()));
    const ExitWatch watch = ENGINE_TRY(ExitWatch::on(exitFolder(), ExitWatch::For::NewFiles));
    const LiveProcess process(record.life.process);
    const LiveProcess monitor(record.life.monitor);
    while (true) {
        const auto current = ENGINE_TRY(m_table.get(record.id));
        if (!current) {
            if (const auto ending = readExitFile(record.id)) // --rm, and somebody else was quicker
                return *ending;
            return goneError(record);
        }
        if (!current->isRunning() || current->life.process != record.life.process)
            return Ending{.exitCode = current->life.exitCode, .unknown = current->life.exitUnknown};
        const bool sameBoot = isOfThisBoot(current->life);
        const bool processLives = sameBoot && process.isAlive();
        const bool monitorLives = sameBoot && monitor.isAlive(); // looked at before its file, which comes first
        auto ending = readExitFile(record.id);
        if (!ending && !processLives && !monitorLives)
            ending = Ending{.exitCode = 0, .unknown = true};
        if (ending) {
            ENGINE_TRY(finish(*current, *ending));
            return *ending;
        }
        const auto woken = ENGINE_TRY(watch.wait({processLives ? process.pidFd() : -1, monitorLives ? monitor.pidFd() : -1}, stopToken, deadline));
        if (woken == ExitWatch::Woken::Stopped)
            return Failure(Error{.code = ErrorCode::Cancelled, .object = record.name, .detail = u"waiting was cancelled"_s});
        if (woken == ExitWatch::Woken::TimedOut)
            return Failure(Error{.code = ErrorCode::TimedOut, .object = record.name,
                                 .detail = u"container %1 did not end in time"_s.arg(record.name)});
    }
}

Result<void> ContainerRuntime::discard(const ContainerRecord &record, ContainerTable::Died died) const
{
    const ContainerFolder folder = folderOf(record.id);
    const QString removed = m_settings.paths.root + "/containers/"_L1 + removedPrefix + record.id.toString();
    if (::rename(folder.path.toUtf8().constData(), removed.toUtf8().constData()) != 0 && errno != ENOENT)
        return Failure(errnoError("rename", folder.path, errno));
    ENGINE_TRY(m_table.erase(record, died));
    return {};
}

Result<void> ContainerRuntime::release(const ContainerId &id, const ContainerFolder &folder) const
{
    if (QFile::exists(folder.startMarker()))
        endInterruptedStart(id);
    if (const auto runtime = OciRuntime::find(m_settings)) {
        ENGINE_TRY(runtime->remove(id.toString()));
    } else { // gone from the system: what it knew is of no use
        ENGINE_TRY(removeTree(m_settings.paths.run + "/runtime/"_L1 + id.toString()));
    }
    ENGINE_TRY(unmountTree(folder.rootfs()));
    if (const auto monitorPid = readFile(folder.monitorPidFile(), 64))
        unregisterNamespaceMember(m_settings.paths, monitorPid->trimmed().toInt());
    for (const QString &file : {folder.monitorPidFile(), folder.pidFile(), folder.attachSocket(), folder.controlFifo(), folder.startMarker()})
        QFile::remove(file);
    return {};
}

Result<void> ContainerRuntime::clearRemoved(const ContainerId &id) const
{
    const ContainerFolder folder{m_settings.paths.root + "/containers/"_L1 + removedPrefix + id.toString()};
    // Whoever else is at it needs some milliseconds: when this returns, the folder is gone.
    const auto lock = FileLock::acquire(folder.lock(), FileLock::Mode::Exclusive);
    if (!lock)
        return lock.error().code == ErrorCode::NotFound ? Result<void>() : Failure(lock.error());
    if (!QFileInfo::exists(folder.path))
        return {};
    if (auto record = ENGINE_TRY(m_table.get(id)))
        ENGINE_TRY(m_table.erase(*record, ContainerTable::Died::No)); // killed between rename and erase
    ENGINE_TRY(release(id, folder));
    return removeTree(folder.path);
}

Result<void> ContainerRuntime::cleanUp(const ContainerId &id) const
{
    const auto record = ENGINE_TRY(m_table.get(id));
    if (record) {
        const auto ending = readExitFile(id);
        // Running, for this call's container has ended: a later start of the same one would have a living process.
        if (record->isRunning() && !LiveProcess(record->life.process).isAlive())
            ENGINE_TRY(finish(*record, ending.value_or(Ending{.exitCode = 0, .unknown = true})));
        const ContainerFolder folder = folderOf(id);
        const auto lock = FileLock::acquire(folder.lock(), FileLock::Mode::Exclusive);
        if (!lock && lock.error().code != ErrorCode::NotFound)
            return Failure(lock.error());
        auto current = ENGINE_TRY(m_table.get(id));
        if (current && current->isRunning() && !LiveProcess(current->life.process).isAlive() && ending) {
            // The starter had the lock and wrote Running only now.
            if (current->options.autoRemove)
                ENGINE_TRY(discard(*current, ContainerTable::Died::Yes));
            else
                ENGINE_TRY(finish(*current, *ending));
            current = ENGINE_TRY(m_table.get(id));
        }
        if (current && current->life.phase == ContainerLife::Phase::Exited && QFile::exists(folder.monitorPidFile()))
            ENGINE_TRY(release(id, folder));
    }
    return clearRemoved(id);
}

void ContainerRuntime::sweep() const
{
    const QString folder = m_settings.paths.root + "/containers"_L1;
    const QStringList removed = QDir(folder).entryList({removedPrefix + u'*'}, QDir::Dirs | QDir::Hidden | QDir::NoDotAndDotDot);
    for (const QString &name : removed) {
        if (ageMs(folder + u'/' + name) < sweepAgeMs)
            continue;
        if (const auto cleared = clearRemoved(ContainerId(name.mid(removedPrefix.size()))); !cleared)
            qCWarning(lcRuntime) << "container folder not cleared:" << cleared.error().detail;
    }
    const QStringList exits = QDir(exitFolder()).entryList(QDir::Files);
    for (const QString &name : exits) {
        if (ageMs(exitFolder() + u'/' + name) < sweepAgeMs)
            continue;
        if (const auto record = m_table.get(ContainerId(name)); record && (!*record || !(*record)->isRunning()))
            QFile::remove(exitFolder() + u'/' + name);
    }
    thawAbandoned(m_settings);
}

} // namespace Engine::Internal
