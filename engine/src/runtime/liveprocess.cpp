// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/liveprocess_p.h"

#include "linux/syscalls_p.h"

#include <QtCore/QDir>
#include <QtCore/QFile>

#include <poll.h>
#include <sys/syscall.h>

#include <cerrno>
#include <csignal>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

//! A monitor ("--exit-dir"), the runtime's `create`, or the first process, which until `start` still bears the latter's
//! command line.
bool belongsToStart(const QString &pid, const QByteArray &id)
{
    QFile file("/proc/"_L1 + pid + "/cmdline"_L1);
    if (!file.open(QIODevice::ReadOnly))
        return false;
    const QList<QByteArray> arguments = file.read(16 * 1024).split('\0');
    return arguments.contains(id) && (arguments.contains("--exit-dir") || arguments.contains("create"));
}

} // namespace

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

void endInterruptedStart(const ContainerId &id)
{
    const QByteArray wanted = id.toString().toLatin1();
    bool found = true;
    while (found) { // one may have forked another while we looked
        found = false;
        const QStringList pids = QDir(u"/proc"_s).entryList({u"[0-9]*"_s}, QDir::Dirs | QDir::NoDotAndDotDot, QDir::Unsorted);
        for (const QString &pid : pids) {
            const LiveProcess process(ProcessIdentity::of(pid.toInt()));
            if (!process.isAlive() || !belongsToStart(pid, wanted) || !process.kill(SIGKILL))
                continue;
            pollfd ended = {.fd = process.pidFd(), .events = POLLIN, .revents = 0};
            while (::poll(&ended, 1, -1) < 0 && errno == EINTR) { }
            found = true;
        }
    }
}

} // namespace Engine::Internal
