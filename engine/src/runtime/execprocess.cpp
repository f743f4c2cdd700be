// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/execprocess_p.h"

#include "base/try_p.h"
#include "runtime/liveprocess_p.h"
#include "runtime/spec_p.h"

#include <QtCore/QRandomGenerator>
#include <QtCore/QScopeGuard>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>

#include <array>
#include <csignal>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

// Numbers of the descriptors in the runtime.
constexpr int specFd = 3;
constexpr int logFd = 4;
constexpr int socketFolderFd = 5;
constexpr int execFailedCode = 126; // Docker's for whatever keeps the runtime from running a command
constexpr qint64 maxLogBytes = 64 * 1024;

struct PipeEnds {
    UniqueFd read;
    UniqueFd write;
};

Result<PipeEnds> makePipe()
{
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) != 0)
        return Failure(errnoError("pipe2", {}, errno));
    return PipeEnds{UniqueFd(fds[0]), UniqueFd(fds[1])};
}

Result<UniqueFd> makeMemoryFile(const char *name, const std::string &content)
{
    UniqueFd file(::memfd_create(name, MFD_CLOEXEC));
    if (!file.isValid() || ::pwrite(file.get(), content.data(), content.size(), 0) != ssize_t(content.size()))
        return Failure(errnoError("memfd_create", QString::fromLatin1(name), errno));
    return file;
}

Result<ProcessSpec> processFor(const ContainerRecord &record, const ExecOptions &options)
{
    if (options.command.isEmpty())
        return Failure(Error{.code = ErrorCode::InvalidInput, .object = record.name, .detail = u"no command to execute was given"_s});
    // By way of its first process: the root as the container sees it, whatever namespace we are in.
    const UniqueFd root = ENGINE_TRY(openFile(u"/proc/%1/root"_s.arg(record.life.process.pid), O_PATH | O_DIRECTORY | O_CLOEXEC));
    ProcessSpec process;
    process.user = ENGINE_TRY(lookUpUserInRoot(options.user.isEmpty() ? record.config.user : options.user, root.get()));
    process.arguments = options.command;
    process.environment = processEnvironment(overrideEnvironment(record.config.environment, options.env), record.hostname,
                                             process.user.home, options.tty);
    process.workingDir = options.workingDir.isEmpty() ? record.config.workingDir : options.workingDir;
    process.tty = options.tty;
    process.privileged = options.privileged || record.options.privileged;
    return process;
}

//! A listening socket the runtime sends the terminal through; its file goes with the object.
class ConsoleSocket final
{
public:
    static Result<ConsoleSocket> create(const QString &folder)
    {
        ENGINE_TRY(makePath(folder, 0700));
        ConsoleSocket console;
        console.m_folder = ENGINE_TRY(openFile(folder, O_PATH | O_DIRECTORY | O_CLOEXEC));
        console.m_name = QByteArray::number(QRandomGenerator::system()->generate64(), 36);
        console.m_socket.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        std::snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", console.m_folder.get(), console.m_name.constData());
        if (!console.m_socket.isValid() || ::bind(console.m_socket.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0
            || ::listen(console.m_socket.get(), 1) != 0)
            return Failure(errnoError("bind", folder, errno));
        return console;
    }
    ConsoleSocket(ConsoleSocket &&) = default;
    ConsoleSocket &operator=(ConsoleSocket &&) = delete;
    ~ConsoleSocket()
    {
        if (m_folder.isValid())
            ::unlinkat(m_folder.get(), m_name.constData(), 0);
    }

    int folder() const { return m_folder.get(); }
    QString pathInRuntime() const { return u"/proc/self/fd/%1/%2"_s.arg(socketFolderFd).arg(QString::fromLatin1(m_name)); }

    //! Blocks until the terminal arrives or \p child has ended; then the result is invalid.
    Result<UniqueFd> receive(const ChildProcess &child) const
    {
        if (!waitFor(m_socket.get(), child))
            return UniqueFd();
        const UniqueFd connection(::accept4(m_socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!connection.isValid())
            return Failure(errnoError("accept4", u"console socket"_s, errno));
        if (!waitFor(connection.get(), child))
            return UniqueFd();
        std::array<char, 4096> data = {};
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control = {};
        iovec vector = {.iov_base = data.data(), .iov_len = data.size()};
        msghdr message = {};
        message.msg_iov = &vector;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        if (::recvmsg(connection.get(), &message, MSG_CMSG_CLOEXEC) < 0)
            return Failure(errnoError("recvmsg", u"console socket"_s, errno));
        const cmsghdr *header = CMSG_FIRSTHDR(&message);
        if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
            return Failure(Error{.code = ErrorCode::Io, .object = u"console socket"_s, .detail = u"the runtime sent no terminal"_s});
        int terminal = -1;
        std::memcpy(&terminal, CMSG_DATA(header), sizeof terminal);
        return UniqueFd(terminal);
    }

private:
    ConsoleSocket() = default;

    //! \return false when the child ended first
    static bool waitFor(int fd, const ChildProcess &child)
    {
        std::array<pollfd, 2> polls = {{{.fd = fd, .events = POLLIN, .revents = 0}, {.fd = child.pidFd(), .events = POLLIN, .revents = 0}}};
        while (::poll(polls.data(), polls.size(), -1) < 0 && errno == EINTR) { }
        return (polls[0].revents & POLLIN) != 0;
    }

    UniqueFd m_folder;
    QByteArray m_name;
    UniqueFd m_socket;
};

SpawnRequest execCall(const OciRuntime &runtime, const QStringList &arguments)
{
    SpawnRequest request = runtime.call(QStringList{u"exec"_s, u"--process"_s, u"/proc/self/fd/%1"_s.arg(specFd)} + arguments);
    request.arguments.prepend(u"--log-format=json"_s);
    request.arguments.prepend(u"--log=/proc/self/fd/%1"_s.arg(logFd));
    request.session = SpawnRequest::Session::New; // Ctrl-C in our terminal is the attached process's affair
    return request;
}

} // namespace

QString ExecProcess::complaint() const
{
    QByteArray text(maxLogBytes, Qt::Uninitialized);
    const ssize_t count = ::pread(runtimeLog.get(), text.data(), size_t(text.size()), 0);
    text.truncate(std::max<qsizetype>(count, 0));
    QString last;
    for (const QByteArray &line : text.split('\n')) {
        const auto entry = nlohmann::json::parse(line.begin(), line.end(), nullptr, false);
        if (entry.is_object() && entry.value("level", std::string()) == "error")
            last = QString::fromStdString(entry.value("msg", std::string()));
    }
    return last;
}

Result<int> ExecProcess::outcome(const QString &container, const ExitStatus &status) const
{
    const QString words = status.code != 0 ? complaint() : QString();
    if (words.isEmpty())
        return status.code;
    Error error = runtimeError(container, command, words);
    if (error.code != ErrorCode::CommandFailed)
        error.exitCode = execFailedCode;
    return Failure(std::move(error));
}

Result<ExecProcess> startExec(const ContainerRuntime &runtime, const ContainerRecord &record, const ExecOptions &options)
{
    if (!record.isRunning())
        return Failure(notRunningError(record));
    const OciRuntime program = ENGINE_TRY(OciRuntime::find(runtime.settings()));
    nlohmann::json process = makeProcess(ENGINE_TRY(processFor(record, options)));
    if (options.tty)
        process["consoleSize"] = {{"height", std::max(options.rows, 1)}, {"width", std::max(options.columns, 1)}};
    const UniqueFd spec = ENGINE_TRY(makeMemoryFile("process", process.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)));
    ExecProcess exec;
    exec.command = options.command.constFirst();
    exec.runtimeLog = ENGINE_TRY(makeMemoryFile("runtime-log", {}));

    if (options.tty) {
        const ConsoleSocket console = ENGINE_TRY(ConsoleSocket::create(runtime.settings().paths.run + "/exec"_L1));
        SpawnRequest request = execCall(program, {u"--console-socket"_s, console.pathInRuntime(), record.id.toString()});
        request.fds = {{spec.get(), specFd}, {exec.runtimeLog.get(), logFd}, {console.folder(), socketFolderFd}};
        exec.runtime = ENGINE_TRY(spawn(request));
        auto terminal = console.receive(exec.runtime);
        if (terminal && terminal->isValid()) {
            // crun 1.8 does not heed consoleSize here; the process's first instruction is still some milliseconds away.
            winsize size = {};
            size.ws_row = static_cast<unsigned short>(std::max(options.rows, 1));
            size.ws_col = static_cast<unsigned short>(std::max(options.columns, 1));
            ::ioctl(terminal->get(), TIOCSWINSZ, &size);
            exec.terminal = std::move(*terminal);
            return exec;
        }
        exec.runtime.kill(SIGKILL);
        const ExitStatus status = ENGINE_TRY(exec.runtime.wait());
        if (!terminal)
            return Failure(terminal.error());
        ENGINE_TRY(exec.outcome(record.name, status));
        return Failure(Error{.code = ErrorCode::Io, .object = record.name,
                             .detail = u"the runtime ended with code %1 before it made a terminal"_s.arg(status.code), .exitCode = execFailedCode});
    }

    PipeEnds output = ENGINE_TRY(makePipe());
    PipeEnds errorOutput = ENGINE_TRY(makePipe());
    SpawnRequest request = execCall(program, {record.id.toString()});
    request.fds = {{output.write.get(), 1}, {errorOutput.write.get(), 2}, {spec.get(), specFd}, {exec.runtimeLog.get(), logFd}};
    PipeEnds input;
    if (options.openStdin) {
        input = ENGINE_TRY(makePipe());
        request.fds.emplace_back(input.read.get(), 0);
    }
    exec.runtime = ENGINE_TRY(spawn(request));
    exec.input = std::move(input.write);
    exec.output = std::move(output.read);
    exec.errorOutput = std::move(errorOutput.read);
    return exec;
}

} // namespace Engine::Internal
