// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/runstep_p.h"

#include "base/logging_p.h"
#include "base/try_p.h"
#include "linux/spawn_p.h"
#include "linux/syscalls_p.h"
#include "runtime/etcfiles_p.h"
#include "runtime/ociruntime_p.h"
#include "runtime/seccomp_p.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QSysInfo>
#include <QtCore/QUuid>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>

#include <array>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

using namespace std::chrono_literals;

QString buildsFolder(const EngineSettings &settings)
{
    return settings.paths.run + "/builds"_L1;
}

QString runtimeState(const EngineSettings &settings)
{
    return buildsFolder(settings) + "/runtime"_L1;
}

//! The OCI runtime with a state folder of its own: containers of builds are nobody else's business.
Result<OciRuntime> buildRuntime(const EngineSettings &settings, const QString &stateFolder = {})
{
    OciRuntime runtime = ENGINE_TRY(OciRuntime::find(settings));
    runtime.stateFolder = stateFolder.isEmpty() ? runtimeState(settings) : stateFolder;
    return runtime;
}

//! Who runs a container: its file stands in <run>/builds while it may exist, so that a killed builder's containers are found.
class RunRecord final
{
public:
    static Result<RunRecord> create(const EngineSettings &settings, const QString &stateFolder)
    {
        const QString id = "build-"_L1 + QUuid::createUuid().toString(QUuid::Id128);
        ENGINE_TRY(makePath(runtimeState(settings), 0711));
        const QByteArray owner = QByteArray::number(::getpid()) + ' ' + QByteArray::number(processStartTime(::getpid())) + '\n'
            + QFile::encodeName(stateFolder);
        const QString path = buildsFolder(settings) + u'/' + id;
        const UniqueFd file = ENGINE_TRY(openFile(path, O_WRONLY | O_CREAT | O_EXCL, 0600));
        if (::write(file.get(), owner.constData(), size_t(owner.size())) != owner.size())
            return Failure(errnoError("write", path, errno));
        return RunRecord(path, id);
    }
    RunRecord(RunRecord &&other) noexcept : m_path(std::exchange(other.m_path, {})), m_id(other.m_id) {}
    RunRecord &operator=(RunRecord &&) = delete;
    ~RunRecord()
    {
        if (!m_path.isEmpty())
            QFile::remove(m_path);
    }
    const QString &id() const { return m_id; }

private:
    RunRecord(QString path, QString id) : m_path(std::move(path)), m_id(std::move(id)) {}
    QString m_path;
    QString m_id;
};

//! Mount points that are missing in a root come into being in the layer; this takes them away again.
class MountPoints final
{
public:
    MountPoints(int rootFd, const nlohmann::json &mounts) : m_rootFd(rootFd)
    {
        for (const auto &mount : mounts) {
            const QByteArray target = QByteArray::fromStdString(mount.value("destination", ""));
            QByteArray path;
            for (const QByteArray &part : target.split('/')) {
                if (part.isEmpty())
                    continue;
                path += '/' + part;
                if (m_missing.contains(path) || m_kept.contains(path) || openInRoot(m_rootFd, path, O_PATH | O_NOFOLLOW))
                    continue;
                // docker build leaves these in the layer, and a container that is read only needs them.
                const bool isKept = path == "/proc" || path == "/sys" || path == "/dev";
                (isKept ? m_kept : m_missing) += path;
            }
        }
    }
    //! Only what is still as the runtime made it: empty.
    void removeStubs() const
    {
        for (const QByteArray &path : m_kept) // crun 1.8 makes /dev sticky
            ::fchmodat(m_rootFd, path.mid(1).constData(), 0755, AT_SYMLINK_NOFOLLOW);
        for (auto path = m_missing.crbegin(); path != m_missing.crend(); ++path) {
            const qsizetype slash = path->lastIndexOf('/');
            const auto parent = openInRoot(m_rootFd, slash == 0 ? QByteArray("/") : path->left(slash), O_PATH | O_DIRECTORY);
            struct stat status;
            const QByteArray name = path->mid(slash + 1);
            if (!parent || ::fstatat(parent->get(), name.constData(), &status, AT_SYMLINK_NOFOLLOW) != 0)
                continue;
            if (S_ISDIR(status.st_mode))
                ::unlinkat(parent->get(), name.constData(), AT_REMOVEDIR); // fails, rightly, when something is in it
            else if (S_ISREG(status.st_mode) && status.st_size == 0)
                ::unlinkat(parent->get(), name.constData(), 0);
        }
    }

private:
    int m_rootFd;
    QByteArrayList m_missing;   //!< to be removed
    QByteArrayList m_kept;
};

Result<void> writePlain(const QString &path, const QByteArray &content, mode_t mode)
{
    const UniqueFd file = ENGINE_TRY(openFile(path, O_WRONLY | O_CREAT | O_TRUNC, mode));
    if (::write(file.get(), content.constData(), size_t(content.size())) != content.size() || ::fchmod(file.get(), mode) != 0)
        return Failure(errnoError("write", path, errno));
    return {};
}

//! The files that RUN sees in /etc but that belong to no layer.
Result<QList<SpecMount>> etcMounts(const RunRequest &request, const QString &hostname)
{
    const ContainerFolder folder{request.workFolder};
    ENGINE_TRY(ENGINE_TRY(EtcFiles::make(request.network, hostname, request.extraHosts)).write(folder));
    return QList<SpecMount>{{.target = u"/etc/resolv.conf"_s, .source = folder.resolvConf()}, {.target = u"/etc/hosts"_s, .source = folder.hosts()}};
}

Result<nlohmann::json> specFor(const EngineSettings &settings, const OciRuntime &runtime, const IdMap &ids, const RunRequest &request, const QString &id, int rootFd)
{
    SpecRequest spec;
    spec.rootfs = request.rootfs;
    spec.hostname = request.network == NetworkMode::Host ? QSysInfo::machineHostName() : u"buildkitsandbox"_s;
    spec.network = request.network;
    spec.process.arguments = request.arguments;
    spec.process.workingDir = request.workingDir;
    spec.process.user = ENGINE_TRY(lookUpUserInRoot(request.user, rootFd));
    spec.process.environment = processEnvironment(request.environment + request.secretEnvironment, spec.hostname, spec.process.user.home, false);
    spec.mounts = ENGINE_TRY(etcMounts(request, spec.hostname)) + request.mounts;
    if (request.shmBytes) {
        spec.mounts += SpecMount{.target = u"/dev/shm"_s, .type = u"tmpfs"_s, .source = u"shm"_s,
                                 .options = {u"nosuid"_s, u"noexec"_s, u"nodev"_s, u"mode=1777"_s, u"size=%1"_s.arg(*request.shmBytes)}};
    }
    if (!request.script.isEmpty()) {
        const QString file = request.workFolder + "/script"_L1;
        ENGINE_TRY(writePlain(file, request.script, 0755));
        spec.mounts += SpecMount{.target = request.scriptPath, .source = file, .options = {u"rbind"_s, u"ro"_s}};
    }
    const auto form = runtime.takesSeccompProgram() ? SeccompForm::Program : SeccompForm::Profile;
    spec.seccomp = ENGINE_TRY(defaultSeccompFilter(capabilitiesFor(false), form, settings.paths.run + "/seccomp"_L1));
    spec.cgroups = runtime.cgroups;
    spec.cgroupName = id;
    nlohmann::json document = makeSpec(spec, ids);
    for (const BuildUlimit &limit : request.ulimits) {
        document["process"]["rlimits"].push_back({{"type", ("RLIMIT_"_L1 + limit.name.toUpper()).toStdString()},
                                                  {"soft", quint64(limit.soft)}, {"hard", quint64(limit.hard)}}); // -1 is RLIM_INFINITY
    }
    return document;
}

//! Both ends of a pipe; the reading one does not block.
Result<std::pair<UniqueFd, UniqueFd>> makePipe()
{
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) != 0)
        return Failure(errnoError("pipe2", u"the step's output"_s, errno));
    ::fcntl(fds[0], F_SETFL, O_NONBLOCK);
    return std::pair(UniqueFd(fds[0]), UniqueFd(fds[1]));
}

//! Reads until both ends are closed. What the runtime itself says on stderr comes this way, too.
void forwardOutput(UniqueFd out, UniqueFd err, const ChildProcess &child, const RunOutput &output)
{
    std::array<pollfd, 3> polled{pollfd{out.get(), POLLIN, 0}, pollfd{err.get(), POLLIN, 0}, pollfd{child.pidFd(), POLLIN, 0}};
    QByteArray buffer(64 * 1024, Qt::Uninitialized);
    while (polled[0].fd >= 0 || polled[1].fd >= 0) {
        // Whoever inherited the pipe without being in the container must not keep the build waiting.
        const bool ended = polled[2].fd < 0;
        const int ready = ::poll(polled.data(), polled.size(), ended ? 200 : -1);
        if (ready == 0 || (ready < 0 && errno != EINTR))
            return;
        for (size_t i = 0; i < 2; ++i) {
            if (polled[i].fd < 0 || polled[i].revents == 0)
                continue;
            const ssize_t count = ::read(polled[i].fd, buffer.data(), size_t(buffer.size()));
            if (count > 0)
                output(QByteArray(buffer.constData(), count), i == 0 ? OutputStream::Stdout : OutputStream::Stderr);
            else if (count == 0 || (errno != EAGAIN && errno != EINTR))
                polled[i].fd = -1;
        }
        if (polled[2].revents != 0)
            polled[2].fd = -1;
    }
}

void removeContainer(const OciRuntime &runtime, const QString &id)
{
    if (const auto done = runtime.remove(id); !done)
        qCWarning(lcBuild).noquote() << "removing" << id << "failed:" << done.error().detail;
}

//! Kills the container's first process, and with it every other; or the runtime while there is none yet.
void killContainer(const QString &pidFile, const ChildProcess &runtime)
{
    const auto text = readFile(pidFile, 64);
    const pid_t pid = text ? text->trimmed().toInt() : 0;
    if (pid > 0)
        ::kill(pid, SIGKILL);
    else
        runtime.kill(SIGKILL);
}

} // namespace

Result<void> runInContainer(const EngineSettings &settings, const IdMap &ids, const RunRequest &request, const RunOutput &output, std::stop_token stop)
{
    const OciRuntime runtime = ENGINE_TRY(buildRuntime(settings, request.stateFolder));
    const RunRecord record = ENGINE_TRY(RunRecord::create(settings, request.stateFolder));
    const UniqueFd root = ENGINE_TRY(openFile(request.rootfs, O_RDONLY | O_DIRECTORY));
    const nlohmann::json spec = ENGINE_TRY(specFor(settings, runtime, ids, request, record.id(), root.get()));
    const std::string text = spec.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    ENGINE_TRY(writePlain(request.workFolder + "/config.json"_L1, QByteArray::fromStdString(text), 0644));
    const MountPoints mountPoints(root.get(), spec.value("mounts", nlohmann::json::array()));
    auto [outRead, outWrite] = ENGINE_TRY(makePipe());
    auto [errRead, errWrite] = ENGINE_TRY(makePipe());
    const QString pidFile = request.workFolder + "/pid"_L1;
    SpawnRequest call = runtime.call({u"run"_s, u"--bundle"_s, request.workFolder, u"--pid-file"_s, pidFile, record.id()});
    call.fds = {{outWrite.get(), 1}, {errWrite.get(), 2}};
    call.session = SpawnRequest::Session::New;
    call.parentDeath = SpawnRequest::ParentDeath::Kill;
    ChildProcess child = ENGINE_TRY(spawn(call));
    outWrite.reset();
    errWrite.reset();
    QByteArray lastWords;
    {
        const std::stop_callback onStop(stop, [&] { killContainer(pidFile, child); });
        forwardOutput(std::move(outRead), std::move(errRead), child, [&](const QByteArray &bytes, OutputStream stream) {
            if (stream == OutputStream::Stderr)
                lastWords = (lastWords + bytes).right(2000);
            output(bytes, stream);
        });
    }
    const ExitStatus status = ENGINE_TRY(child.wait());
    if (status.signal != 0 || stop.stop_requested())
        removeContainer(runtime, record.id());
    mountPoints.removeStubs();
    if (stop.stop_requested())
        return Failure(Error{.code = ErrorCode::Cancelled, .detail = u"the build was cancelled"_s});
    if (status.code == 0)
        return {};
    Error error{.code = ErrorCode::CommandFailed,
                .detail = u"The command '%1' returned a non-zero code: %2"_s.arg(request.arguments.join(u' '), QString::number(status.code)),
                .exitCode = status.code};
    if (status.code == 137)
        error.remedy = u"the step was killed; the system may be out of memory"_s;
    return Failure(error);
}

Result<void> removeAbandonedRuns(const EngineSettings &settings)
{
    const QDir folder(buildsFolder(settings));
    for (const QString &id : folder.entryList({u"build-*"_s}, QDir::Files)) {
        const QString path = folder.filePath(id);
        const auto text = readFile(path, 8192);
        if (!text)
            continue;
        const qsizetype line = text->indexOf('\n');
        const QByteArray process = text->left(line);
        const pid_t owner = process.left(process.indexOf(' ')).toInt();
        if (owner > 0 && processStartTime(owner) == process.mid(process.indexOf(' ') + 1).toULongLong())
            continue;
        const QString stateFolder = line < 0 ? QString() : QFile::decodeName(text->mid(line + 1));
        qCInfo(lcBuild).noquote() << "ending the container of a killed build:" << id;
        removeContainer(ENGINE_TRY(buildRuntime(settings, stateFolder)), id);
        QFile::remove(path);
    }
    return {};
}

} // namespace Engine::Internal
