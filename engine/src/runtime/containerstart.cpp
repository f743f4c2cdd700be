// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/containerruntime_p.h"

#include "base/logging_p.h"
#include "base/try_p.h"
#include "linux/namespaces_p.h"
#include "runtime/cgroupwarmth_p.h"
#include "runtime/etcfiles_p.h"
#include "runtime/monitor_p.h"
#include "runtime/spec_p.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include <fcntl.h>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr auto initTarget = "/sbin/docker-init"_L1;
constexpr int startFailedCode = 125;

SpecMount bindFile(const QString &target, const QString &source)
{
    return {.target = target, .source = source};
}

Result<SpecMount> bindInit()
{
    for (const QString &name : {u"catatonit"_s, u"tini"_s, u"docker-init"_s}) {
        if (const auto program = findProgram(name, name))
            return SpecMount{.target = initTarget, .source = *program,
                             .options = {u"bind"_s, u"ro"_s, u"rprivate"_s}};
    }
    return Failure(Error{.code = ErrorCode::MissingPart, .object = u"catatonit"_s,
                         .detail = u"--init needs a small init program, and neither catatonit nor tini is installed"_s,
                         .remedy = u"sudo apt install catatonit"_s});
}

//! Docker makes the folder of a -v source that does not exist.
Result<SpecMount> bindVolume(const BindMount &bind)
{
    if (!QFileInfo::exists(bind.source))
        ENGINE_TRY(makePath(bind.source));
    SpecMount mount{.target = bind.target, .source = bind.source};
    mount.options.append(bind.access == BindMount::Access::ReadOnly ? u"ro"_s : u"rw"_s);
    return mount;
}

Result<QList<SpecMount>> mountsOf(const ContainerRecord &record, const ContainerFolder &folder)
{
    QList<SpecMount> mounts = {bindFile(u"/etc/hosts"_s, folder.hosts()), bindFile(u"/etc/hostname"_s, folder.hostname()),
                               bindFile(u"/etc/resolv.conf"_s, folder.resolvConf())};
    for (const BindMount &bind : record.options.binds) {
        const SpecMount mount = ENGINE_TRY(bindVolume(bind));
        mounts.removeIf([&](const SpecMount &other) { return other.target == mount.target; });
        mounts.append(mount);
    }
    if (record.options.init)
        mounts.append(ENGINE_TRY(bindInit()));
    return mounts;
}

Result<ProcessSpec> processOf(const ContainerRecord &record, const ContainerFolder &folder)
{
    const UniqueFd root = ENGINE_TRY(openFile(folder.rootfs(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    ProcessSpec process;
    process.user = ENGINE_TRY(lookUpUserInRoot(record.config.user, root.get()));
    process.arguments = record.config.arguments();
    if (record.options.init)
        process.arguments = QStringList{initTarget, u"--"_s} + process.arguments;
    process.environment = processEnvironment(record.config.environment, record.hostname, process.user.home, record.options.tty);
    process.workingDir = record.config.workingDir;
    process.tty = record.options.tty;
    process.privileged = record.options.privileged;
    return process;
}

} // namespace

Result<ContainerRuntime::Started> ContainerRuntime::start(ContainerRecord &record, const BeforeStart &beforeStart) const
{
    auto started = startLocked(record, beforeStart);
    if (!started && record.options.autoRemove) {
        if (const auto cleared = clearRemoved(record.id); !cleared)
            qCWarning(lcRuntime) << "after a failed start:" << cleared.error().detail;
    }
    return started;
}

Result<ContainerRuntime::Started> ContainerRuntime::startLocked(ContainerRecord &record, const BeforeStart &beforeStart) const
{
    const ContainerFolder folder = folderOf(record.id);
    ENGINE_TRY(makePath(folder.path));
    const FileLock lock = ENGINE_TRY(FileLock::acquire(folder.lock(), FileLock::Mode::Exclusive));
    auto current = ENGINE_TRY(m_table.get(record.id));
    if (!current) {
        ENGINE_TRY(removeTree(folder.path)); // removed while we waited: the folder is one we made just now
        return Failure(Error{.code = ErrorCode::NotFound, .object = record.name, .detail = u"No such container: %1"_s.arg(record.name)});
    }
    record = *std::move(current);
    if (record.isRunning())
        return Started::Already;
    if (auto launched = launch(record, beforeStart); !launched)
        return Failure(failStart(record, std::move(launched.error())).error());
    return Started::Now;
}

Result<void> ContainerRuntime::launch(ContainerRecord &record, const BeforeStart &beforeStart) const
{
    const ContainerFolder folder = folderOf(record.id);
    const QString id = record.id.toString();
    if (QFile::exists(folder.startMarker()) || QFile::exists(folder.monitorPidFile()) || QFile::exists(m_settings.paths.run + "/runtime/"_L1 + id))
        ENGINE_TRY(release(record.id, folder)); // the last run's, or a killed starter's
    QFile::remove(exitFolder() + u'/' + id);

    const OciRuntime runtime = ENGINE_TRY(OciRuntime::find(m_settings));
    const CgroupWarmth warmth(runtime.cgroups);
    const QString monitor = ENGINE_TRY(findMonitor(m_settings));
    ENGINE_TRY(prepare(record, runtime));
    const QString command = record.config.arguments().value(0);
    const MonitorRequest request{.id = record.id, .name = record.name, .command = command, .folder = folder, .exitFolder = exitFolder(),
                                 .exitCommand = {m_settings.program, u"--root"_s, m_settings.paths.root, u"cleanup"_s, id},
                                 .tty = record.options.tty, .openStdin = record.options.openStdin};
    ENGINE_TRY(openFile(folder.startMarker(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    const MonitoredContainer started = ENGINE_TRY(startMonitor(monitor, runtime, request));
    ENGINE_TRY(registerNamespaceMember(m_settings.paths, pid_t(started.monitor.pid)));

    ContainerLife life{.phase = ContainerLife::Phase::Starting, .process = started.process, .monitor = started.monitor,
                       .bootId = currentBootId()};
    ENGINE_TRY(m_table.changeLife(record, life, {}));
    QFile::remove(folder.startMarker());
    if (beforeStart)
        ENGINE_TRY(beforeStart(record));
    ENGINE_TRY(runtime.start(id, command));
    life.phase = ContainerLife::Phase::Running;
    life.startedMs = QDateTime::currentMSecsSinceEpoch();
    ENGINE_TRY(m_table.changeLife(record, life, u"start"_s));
    return {};
}

//! Folders, mounts and the runtime-spec: everything up to the monitor.
Result<void> ContainerRuntime::prepare(const ContainerRecord &record, const OciRuntime &runtime) const
{
    const ContainerFolder folder = folderOf(record.id);
    for (const QString &path : {folder.upper(), folder.work(), folder.rootfs(), exitFolder(), runtime.stateFolder})
        ENGINE_TRY(makePath(path));
    ENGINE_TRY(unmountTree(folder.rootfs()));
    ENGINE_TRY(m_store.mountLayers(record.layer, folder.upper(), folder.work(), folder.rootfs()));

    const EtcFiles files = ENGINE_TRY(EtcFiles::make(record.options.network, record.hostname, record.options.addHosts));
    ENGINE_TRY(files.write(folder));
    SpecRequest request;
    request.rootfs = folder.rootfs();
    request.process = ENGINE_TRY(processOf(record, folder));
    request.hostname = record.hostname;
    request.network = record.options.network;
    request.readOnlyRoot = record.options.readOnlyRoot;
    request.mounts = ENGINE_TRY(mountsOf(record, folder));
    request.cgroups = runtime.cgroups;
    request.cgroupName = record.id.toString();
    if (!record.options.privileged)
        request.seccomp = ENGINE_TRY(defaultSeccompFilter(capabilitiesFor(false), runtime.takesSeccompProgram() ? SeccompForm::Program : SeccompForm::Profile,
                                                          m_settings.paths.run + "/seccomp"_L1));
    // The environment may be no UTF-8 where an image's config lies: replaced rather than refused.
    const std::string text = makeSpec(request, m_store.idMap()).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return writeFileAtomically(folder.spec(), QByteArrayView(text.data(), qsizetype(text.size())), 0600, Sync::No);
}

// Nothing stays mounted or running; the container stays, with the reason, but for --rm.
Result<void> ContainerRuntime::failStart(ContainerRecord &record, Error error) const
{
    const ContainerFolder folder = folderOf(record.id);
    if (const auto released = release(record.id, folder); !released)
        qCWarning(lcRuntime) << "after a failed start:" << released.error().detail;
    if (error.exitCode == 0)
        error.exitCode = startFailedCode;
    if (record.options.autoRemove) {
        if (const auto discarded = discard(record, ContainerTable::Died::No); !discarded)
            qCWarning(lcRuntime) << "after a failed start:" << discarded.error().detail;
        return Failure(std::move(error));
    }
    const ContainerLife life{.phase = ContainerLife::Phase::Created, .exitCode = error.exitCode, .error = error.detail};
    if (const auto changed = m_table.changeLife(record, life, {}); !changed)
        qCWarning(lcRuntime) << "after a failed start:" << changed.error().detail;
    return Failure(std::move(error));
}

} // namespace Engine::Internal
