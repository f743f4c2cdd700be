// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/containerruntime_p.h"

#include "base/try_p.h"
#include "runtime/etcfiles_p.h"
#include "runtime/liveprocess_p.h"
#include "runtime/names_p.h"
#include "runtime/signals_p.h"

#include <QtCore/QDir>

#include <csignal>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr std::chrono::seconds defaultStopTimeout{10};
constexpr std::chrono::seconds killTimeout{10}; // SIGKILL works at once, but for a process in an uninterruptible wait

QString hostHostname()
{
    char name[256] = {};
    return ::gethostname(name, sizeof name - 1) == 0 ? QString::fromUtf8(name) : u"localhost"_s;
}

QString hostnameFor(const CreateOptions &options, const ContainerId &id)
{
    if (!options.hostname.isEmpty())
        return options.hostname;
    return options.network == NetworkMode::Host ? hostHostname() : id.shortId();
}

Failure invalidBind(const BindMount &bind, const QString &reason)
{
    return Failure(Error{.code = ErrorCode::InvalidInput, .object = bind.source + u':' + bind.target,
                         .detail = u"invalid mount %1:%2: %3"_s.arg(bind.source, bind.target, reason)});
}

//! What can be said about the options before anything is made.
Result<void> checkOptions(const CreateOptions &options, const MergedConfig &config)
{
    if (!options.name.isEmpty())
        ENGINE_TRY(checkContainerName(options.name));
    if (!config.stopSignal.isEmpty())
        ENGINE_TRY(parseSignal(config.stopSignal));
    for (const QString &entry : options.addHosts)
        ENGINE_TRY(hostsLine(entry));
    for (const BindMount &bind : options.binds) {
        if (!bind.source.startsWith(u'/'))
            return invalidBind(bind, u"the source must be an absolute path"_s);
        if (!bind.target.startsWith(u'/'))
            return invalidBind(bind, u"the target must be an absolute path"_s);
        if (QDir::cleanPath(bind.target) == "/"_L1)
            return invalidBind(bind, u"destination can't be '/'"_s);
    }
    return {};
}

} // namespace

Error notRunningError(const ContainerRecord &record)
{
    return Error{.code = ErrorCode::InUse, .object = record.name, .detail = u"Container %1 is not running"_s.arg(record.name),
                 .remedy = u"slipway start "_s + record.name};
}

ContainerFolder ContainerRuntime::folderOf(const ContainerId &id) const
{
    return {m_settings.paths.root + "/containers/"_L1 + id.toString()};
}

QString ContainerRuntime::exitFolder() const
{
    return m_settings.paths.run + "/exits"_L1;
}

Result<ContainerRecord> ContainerRuntime::create(const CreateOptions &options) const
{
    const ImageRecord image = ENGINE_TRY(m_store.findImage(options.image));
    return createOn({.imageId = image.id, .layer = image.topLayer(), .config = image.config}, options);
}

Result<ContainerRecord> ContainerRuntime::createOn(const Base &base, const CreateOptions &options) const
{
    ContainerRecord record;
    record.config = ENGINE_TRY(mergeConfig(base.config, options));
    ENGINE_TRY(checkOptions(options, record.config));
    record.id = ContainerId::generate();
    record.name = options.name;
    record.image = options.image;
    record.imageId = base.imageId;
    record.layer = base.layer;
    record.createdMs = QDateTime::currentMSecsSinceEpoch();
    record.options = options;
    record.hostname = hostnameFor(options, record.id);
    // The folder comes with the first start: a kill in between leaves a created container and nothing else.
    ENGINE_TRY(m_table.insert(record));
    return record;
}

Result<ContainerRecord> ContainerRuntime::find(const QString &idOrName) const
{
    ContainerRecord record = ENGINE_TRY(m_table.find(idOrName));
    auto settled = ENGINE_TRY(settle(std::move(record)));
    if (!settled) // it has just ended, with --rm
        return Failure(Error{.code = ErrorCode::NotFound, .object = idOrName, .detail = u"No such container: %1"_s.arg(idOrName)});
    return *std::move(settled);
}

Result<QList<ContainerRecord>> ContainerRuntime::list() const
{
    QList<ContainerRecord> settled;
    for (ContainerRecord &record : ENGINE_TRY(m_table.list())) {
        if (auto current = ENGINE_TRY(settle(std::move(record))))
            settled.append(*std::move(current));
    }
    return settled;
}

Result<void> ContainerRuntime::stop(const QString &idOrName, std::optional<std::chrono::seconds> timeout, std::stop_token stopToken) const
{
    const ContainerRecord record = ENGINE_TRY(find(idOrName));
    if (!record.isRunning())
        return {};
    const LiveProcess process(record.life.process);
    const int signal = record.config.stopSignal.isEmpty() ? SIGTERM : ENGINE_TRY(parseSignal(record.config.stopSignal));
    const auto grace = timeout.value_or(record.options.stopTimeout.value_or(defaultStopTimeout));
    if (process.isAlive())
        ENGINE_TRY(process.kill(signal));
    const bool forEver = grace.count() < 0; // Docker: -1 waits as long as it takes
    const auto ended = wait(record, stopToken, forEver ? std::optional<std::chrono::milliseconds>() : grace);
    if (ended || ended.error().code != ErrorCode::TimedOut)
        return ended ? Result<void>() : Failure(ended.error());
    if (process.isAlive())
        ENGINE_TRY(process.kill(SIGKILL));
    ENGINE_TRY(wait(record, stopToken, killTimeout));
    return {};
}

Result<void> ContainerRuntime::kill(const QString &idOrName, const QString &signalName) const
{
    const int signal = ENGINE_TRY(parseSignal(signalName));
    const ContainerRecord record = ENGINE_TRY(find(idOrName));
    const LiveProcess process(record.life.process);
    if (!record.isRunning() || !process.isAlive())
        return Failure(notRunningError(record));
    return process.kill(signal);
}

Result<void> ContainerRuntime::rename(const QString &idOrName, const QString &newName) const
{
    ENGINE_TRY(checkContainerName(newName));
    const ContainerRecord record = ENGINE_TRY(find(idOrName));
    if (record.name == newName)
        return Failure(Error{.code = ErrorCode::InvalidInput, .object = newName,
                             .detail = u"Renaming a container with the same name as its current name"_s});
    return m_table.rename(record, newName);
}

Result<void> ContainerRuntime::remove(const QString &idOrName, Containers::Force force) const
{
    ContainerRecord record = ENGINE_TRY(find(idOrName));
    if (record.isRunning()) {
        if (force == Containers::Force::No)
            return Failure(Error{.code = ErrorCode::InUse, .object = record.name,
                                 .detail = u"cannot remove container \"/%1\": container is running: stop the container before "
                                           "removing or force remove"_s.arg(record.name),
                                 .remedy = u"slipway rm --force "_s + record.name});
        if (const LiveProcess process(record.life.process); process.isAlive())
            ENGINE_TRY(process.kill(SIGKILL));
        ENGINE_TRY(wait(record, {}, killTimeout));
    }
    const ContainerFolder folder = folderOf(record.id);
    ENGINE_TRY(makePath(folder.path)); // never started: the lock needs it
    {
        const FileLock lock = ENGINE_TRY(FileLock::acquire(folder.lock(), FileLock::Mode::Exclusive));
        const auto current = ENGINE_TRY(m_table.get(record.id));
        if (current && (current->isRunning() || current->life.phase == ContainerLife::Phase::Starting))
            return Failure(Error{.code = ErrorCode::InUse, .object = record.name,
                                 .detail = u"container %1 was started again while it was being removed"_s.arg(record.name)});
        if (current)
            ENGINE_TRY(discard(*current, ContainerTable::Died::No));
        else
            ENGINE_TRY(removeTree(folder.path));
    }
    return clearRemoved(record.id);
}

} // namespace Engine::Internal
