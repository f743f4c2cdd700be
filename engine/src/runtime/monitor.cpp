// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/monitor_p.h"

#include "base/try_p.h"
#include "linux/syscalls_p.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include <fcntl.h>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr qsizetype maxReportBytes = 64 * 1024;

QStringList monitorArguments(const OciRuntime &runtime, const MonitorRequest &request)
{
    const QString id = request.id.toString();
    QStringList arguments = {
        u"--api-version"_s, u"1"_s, u"-c"_s, id, u"-u"_s, id, u"-n"_s, request.name, u"-r"_s, runtime.program,
        u"-b"_s, request.folder.path, u"-p"_s, request.folder.pidFile(), u"-P"_s, request.folder.monitorPidFile(),
        u"--exit-dir"_s, request.exitFolder, u"--full-attach"_s, u"-l"_s, "k8s-file:"_L1 + request.folder.log(),
        u"--log-level"_s, u"error"_s, u"--no-sync-log"_s,
    };
    if (runtime.cgroups.manager == CgroupSetup::Manager::Systemd)
        arguments.append(u"-s"_s);
    for (const QString &argument : runtime.globalArguments()) {
        if (argument != "--systemd-cgroup"_L1) // -s passes it on
            arguments += {u"--runtime-arg"_s, argument};
    }
    if (request.tty)
        arguments += {u"-t"_s, u"--leave-stdin-open"_s}; // an end of input is Ctrl-D there, not a detached window
    if (request.openStdin)
        arguments.append(u"-i"_s);
    for (qsizetype i = 0; i < request.exitCommand.size(); ++i)
        arguments += {i == 0 ? u"--exit-command"_s : u"--exit-command-arg"_s, request.exitCommand[i]};
    return arguments;
}

//! One line of JSON, or what there is when the monitor ends without it.
QByteArray readReport(int fd)
{
    QByteArray report;
    while (!report.contains('\n') && report.size() < maxReportBytes) {
        char buffer[4096];
        const ssize_t count = ::read(fd, buffer, sizeof buffer);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            break;
        report.append(buffer, count);
    }
    return report;
}

//! {"data": PID}, or {"data": -1, "message": "what the runtime said"}.
Result<pid_t> pidOfReport(const QString &name, const QString &command, const QByteArray &report)
{
    const auto object = nlohmann::json::parse(report.begin(), report.end(), nullptr, false);
    if (!object.is_object())
        return Failure(Error{.code = ErrorCode::Io, .object = name,
                             .detail = u"the monitor of container %1 ended before the container was created"_s.arg(name), .exitCode = 125});
    const auto pid = object.find("data");
    if (pid != object.end() && pid->is_number_integer() && pid->get<pid_t>() > 0)
        return pid->get<pid_t>();
    const auto message = object.find("message");
    return Failure(runtimeError(name, command, message != object.end() && message->is_string() ? QString::fromStdString(message->get<std::string>())
                                                                                               : u"it gave no reason"_s));
}

} // namespace

Result<QString> findMonitor(const EngineSettings &settings)
{
    if (settings.monitorPath.isEmpty())
        return findProgram(u"conmon"_s, u"conmon"_s);
    if (QFileInfo(settings.monitorPath).isExecutable())
        return settings.monitorPath;
    return Failure(Error{.code = ErrorCode::MissingPart, .object = settings.monitorPath,
                         .detail = u"the container monitor %1 cannot be executed"_s.arg(settings.monitorPath),
                         .remedy = u"sudo apt install conmon"_s});
}

Result<MonitoredContainer> startMonitor(const QString &program, const OciRuntime &runtime, const MonitorRequest &request)
{
    int pipeFds[2];
    if (::pipe2(pipeFds, O_CLOEXEC) != 0)
        return Failure(errnoError("pipe2", request.name, errno));
    const UniqueFd report(pipeFds[0]);
    UniqueFd reportWriter(pipeFds[1]);
    SpawnRequest spawning;
    spawning.program = program;
    spawning.arguments = monitorArguments(runtime, request);
    spawning.fds = {{reportWriter.get(), 3}};
    spawning.addedEnvironment = {"_OCI_SYNCPIPE=3"};
    spawning.identity = SpawnRequest::Identity::NamespaceRoot;
    spawning.session = SpawnRequest::Session::New;
    ChildProcess first = ENGINE_TRY(spawn(spawning));
    reportWriter.reset();
    const QByteArray text = readReport(report.get());
    ENGINE_TRY(first.wait()); // conmon has put itself into the background long since

    const pid_t pid = ENGINE_TRY(pidOfReport(request.name, request.command, text));
    const QByteArray monitorPid = ENGINE_TRY(readFile(request.folder.monitorPidFile(), 64));
    return MonitoredContainer{.process = ProcessIdentity::of(pid), .monitor = ProcessIdentity::of(monitorPid.trimmed().toInt())};
}

} // namespace Engine::Internal
