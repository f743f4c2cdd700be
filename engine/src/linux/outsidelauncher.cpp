// SPDX-License-Identifier: GPL-3.0-or-later
#include "linux/outsidelauncher_p.h"

#include "base/try_p.h"
#include "linux/spawn_p.h"
#include "linux/syscalls_p.h"

#include <QtCore/QDir>

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>

using namespace Qt::StringLiterals;

namespace Engine {
namespace {

// One packet asks: the arguments, a NUL after each. One packet answers: the errno of the start, 0 for success.
constexpr size_t packetLimitBytes = 64 * 1024;

int startDetached(QByteArrayView packet)
{
    QStringList words;
    for (const auto &word : packet.chopped(1).toByteArray().split('\0'))
        words.append(QString::fromUtf8(word));
    using Internal::SpawnRequest;
    const auto child = Internal::spawn(SpawnRequest{.program = words.first(),
                                                    .arguments = words.mid(1),
                                                    .workingDirectory = QDir::currentPath(),
                                                    .session = SpawnRequest::Session::New});
    return child ? 0 : child.error().sysErrno;
}

[[noreturn]] void serve(int socket)
{
    // Nothing of the window's may be kept open by what is started here, and Ctrl+C in its terminal is not for us.
    ::setsid();
    ::prctl(PR_SET_NAME, "slipway-outside");
    struct sigaction action{};
    action.sa_handler = SIG_DFL;
    action.sa_flags = SA_NOCLDWAIT; // children leave no zombies
    ::sigaction(SIGCHLD, &action, nullptr);
    std::array<char, packetLimitBytes> packet;
    for (;;) {
        const auto size = ::recv(socket, packet.data(), packet.size(), 0);
        if (size < 0 && errno == EINTR)
            continue;
        if (size <= 0)
            ::_exit(0);
        const int status = startDetached(QByteArrayView(packet.data(), size));
        if (::send(socket, &status, sizeof status, MSG_NOSIGNAL) < 0)
            ::_exit(0);
    }
}

} // namespace

Result<std::unique_ptr<OutsideLauncher>> Internal::startOutsideLauncher()
{
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return Failure(errnoError("socketpair for", u"the outside launcher"_s, errno));
    Internal::UniqueFd ours(ends[0]);
    Internal::UniqueFd theirs(ends[1]);
    const pid_t pid = ::fork();
    if (pid < 0)
        return Failure(errnoError("fork for", u"the outside launcher"_s, errno));
    if (pid == 0) {
        constexpr int kept = 3; // after the standard streams
        if (::dup2(theirs.get(), kept) < 0)
            ::_exit(1);
        ::fcntl(kept, F_SETFD, FD_CLOEXEC);
        ::syscall(SYS_close_range, kept + 1, ~0U, 0);
        serve(kept);
    }
    return std::make_unique<OutsideLauncher>(ours.release(), pid);
}

OutsideLauncher::~OutsideLauncher()
{
    ::close(m_socket); // it ends at the end of its input
    while (::waitpid(m_pid, nullptr, 0) < 0 && errno == EINTR) { }
}

Result<void> OutsideLauncher::launch(const QStringList &program) const
{
    QByteArray packet;
    for (const auto &word : program)
        packet += word.toUtf8() + '\0';
    if (program.isEmpty() || size_t(packet.size()) > packetLimitBytes || packet.count('\0') != program.size()) {
        return Failure(Error{.code = ErrorCode::InvalidInput,
                             .object = program.value(0),
                             .detail = u"this command line cannot be started: it is empty, longer than 64 KB or holds a NUL"_s});
    }
    const std::lock_guard lock(m_mutex);
    int status = EPIPE;
    const bool asked = ::send(m_socket, packet.constData(), size_t(packet.size()), MSG_NOSIGNAL) == packet.size();
    ssize_t answered = 0;
    do
        answered = asked ? ::recv(m_socket, &status, sizeof status, 0) : 0;
    while (answered < 0 && errno == EINTR);
    if (answered != ssize_t(sizeof status))
        return Failure(Internal::errnoError("start", program.first(), EPIPE));
    return status == 0 ? Result<void>() : Failure(Internal::errnoError("start", program.first(), status));
}

} // namespace Engine
