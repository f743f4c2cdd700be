// SPDX-License-Identifier: GPL-3.0-or-later
#include <engine/containers.h>

#include "base/try_p.h"
#include "services/attachconsole_p.h"
#include "runtime/containerruntime_p.h"
#include "services/execconsole_p.h"
#include "runtime/inspect_p.h"
#include "services/logreader_p.h"
#include "services/core_p.h"

#include <QtCore/QEventLoop>
#include <QtCore/QFutureWatcher>
#include <QtCore/QPromise>

using namespace Qt::StringLiterals;

namespace Engine {

using Internal::AttachConsole;
using Internal::ContainerRecord;
using Internal::ContainerRuntime;
using Internal::Core;
using Internal::ExecConsole;
using Internal::LogReader;

namespace {

//! Runs \p work(runtime) on a pool of the core.
template<typename Work>
auto askRuntime(const std::shared_ptr<Core> &core, QThreadPool *pool, Work work)
{
    return QtConcurrent::run(pool, [core, work = std::move(work)] { return work(ContainerRuntime(*core->store, core->settings)); });
}

} // namespace

Containers::Containers(std::shared_ptr<Core> core) : m_core(std::move(core)) {}

QFuture<Result<QList<ContainerInfo>>> Containers::list() const
{
    return askRuntime(m_core, m_core->pool, [](const ContainerRuntime &runtime) -> Result<QList<ContainerInfo>> {
        QList<ContainerInfo> infos;
        for (const ContainerRecord &record : ENGINE_TRY(runtime.list()))
            infos.append(record.info());
        return infos;
    });
}

QFuture<Result<ContainerInfo>> Containers::find(const QString &idOrName) const
{
    return askRuntime(m_core, m_core->pool, [idOrName](const ContainerRuntime &runtime) -> Result<ContainerInfo> {
        const ContainerRecord record = ENGINE_TRY(runtime.find(idOrName));
        return record.info();
    });
}

QFuture<Result<QByteArray>> Containers::inspect(const QString &idOrName) const
{
    return askRuntime(m_core, m_core->pool, [idOrName](const ContainerRuntime &runtime) -> Result<QByteArray> {
        const ContainerRecord record = ENGINE_TRY(runtime.find(idOrName));
        return Internal::inspectDocument(record, runtime.folderOf(record.id));
    });
}

QFuture<Result<ContainerInfo>> Containers::create(const CreateOptions &options) const
{
    return askRuntime(m_core, m_core->pool, [options](const ContainerRuntime &runtime) -> Result<ContainerInfo> {
        const ContainerRecord record = ENGINE_TRY(runtime.create(options));
        return record.info();
    });
}

QFuture<Result<ContainerInfo>> Containers::start(const QString &idOrName) const
{
    return askRuntime(m_core, m_core->pool, [idOrName](const ContainerRuntime &runtime) -> Result<ContainerInfo> {
        ContainerRecord record = ENGINE_TRY(runtime.find(idOrName));
        ENGINE_TRY(runtime.start(record));
        return record.info();
    });
}

// On the long pool: they may wait ten seconds and more for a container to end.
QFuture<Result<void>> Containers::stop(const QString &idOrName, std::optional<std::chrono::seconds> timeout) const
{
    return askRuntime(m_core, m_core->longPool, [idOrName, timeout, stop = m_core->stop.get_token()](const ContainerRuntime &runtime) {
        return runtime.stop(idOrName, timeout, stop);
    });
}

QFuture<Result<void>> Containers::kill(const QString &idOrName, const QString &signal) const
{
    return askRuntime(m_core, m_core->pool,
                      [idOrName, signal](const ContainerRuntime &runtime) { return runtime.kill(idOrName, signal); });
}

QFuture<Result<void>> Containers::remove(const QString &idOrName, Force force) const
{
    return askRuntime(m_core, m_core->longPool,
                      [idOrName, force](const ContainerRuntime &runtime) { return runtime.remove(idOrName, force); });
}

QFuture<Result<void>> Containers::rename(const QString &idOrName, const QString &newName) const
{
    return askRuntime(m_core, m_core->pool,
                      [idOrName, newName](const ContainerRuntime &runtime) { return runtime.rename(idOrName, newName); });
}

// The waiting stands in a thread that learns of a cancelled future only through an event loop: so the wait itself goes to a
// second thread and this one listens.
QFuture<Result<int>> Containers::wait(const QString &idOrName) const
{
    return QtConcurrent::run(m_core->longPool, [core = m_core, idOrName](QPromise<Result<int>> &promise) {
        std::stop_source stop;
        const std::stop_callback onEngineEnd(core->stop.get_token(), [&stop] { stop.request_stop(); });
        auto waiting = askRuntime(core, core->longPool, [idOrName, token = stop.get_token()](const ContainerRuntime &runtime) -> Result<int> {
            const ContainerRecord record = ENGINE_TRY(runtime.find(idOrName));
            const auto ending = ENGINE_TRY(runtime.wait(record, token));
            if (ending.unknown)
                return Failure(Error{.code = ErrorCode::Io, .object = record.name,
                                     .detail = u"container %1 has ended, but its monitor did not see how"_s.arg(record.name)});
            return ending.exitCode;
        });
        QEventLoop loop;
        QFutureWatcher<Result<int>> end;
        QFutureWatcher<Result<int>> caller;
        QObject::connect(&end, &QFutureWatcherBase::finished, &loop, &QEventLoop::quit);
        QObject::connect(&caller, &QFutureWatcherBase::canceled, &loop, [&stop] { stop.request_stop(); });
        end.setFuture(waiting);
        caller.setFuture(promise.future());
        loop.exec();
        promise.addResult(waiting.result());
    });
}

std::unique_ptr<Console> Containers::attach(const QString &idOrName, Start start, ConsoleSize size) const
{
    return std::make_unique<AttachConsole>(m_core, idOrName, start, size);
}

std::unique_ptr<Console> Containers::exec(const QString &idOrName, const ExecOptions &options) const
{
    return std::make_unique<ExecConsole>(m_core, idOrName, options);
}

std::unique_ptr<LogOperation> Containers::logs(const QString &idOrName, const LogOptions &options) const
{
    return std::make_unique<LogReader>(m_core, idOrName, options);
}

Result<void> cleanUpContainer(const EngineSettings &settings, const ContainerId &id)
{
    const auto store = ENGINE_TRY(Internal::Store::open(settings.paths, Internal::IdMap::ofThisProcess()));
    return ContainerRuntime(*store, settings).cleanUp(id);
}

} // namespace Engine
