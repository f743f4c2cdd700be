// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/liveprocess_p.h"

#include "linux/syscalls_p.h"

#include <poll.h>
#include <sys/syscall.h>

#include <csignal>

namespace Engine::Internal {

LiveProcess::LiveProcess(const ProcessIdentity &identity) : m_pid(identity.pid)
{
    if (identity.pid <= 0 || identity.startTime == 0)
        return;
    m_pidFd.reset(int(::syscall(SYS_pidfd_open, pid_t(identity.pid), 0)));
    if (m_pidFd.isValid() && processStartTime(pid_t(identity.pid)) != identity.startTime)
        m_pidFd.reset();
}

bool LiveProcess::isAlive() const
{
    if (!m_pidFd.isValid())
        return false;
    pollfd poller = {.fd = m_pidFd.get(), .events = POLLIN, .revents = 0};
    return ::poll(&poller, 1, 0) == 0;
}

Result<void> LiveProcess::kill(int signal) const
{
    if (!m_pidFd.isValid() || ::syscall(SYS_pidfd_send_signal, m_pidFd.get(), signal, nullptr, 0) != 0)
        return Failure(errnoError("pidfd_send_signal", QString::number(m_pid), m_pidFd.isValid() ? errno : ESRCH));
    return {};
}

} // namespace Engine::Internal
