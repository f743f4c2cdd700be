// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/bytesender_p.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>

namespace Engine::Internal {

namespace {

constexpr qsizetype packetBytes = 8192; // conmon reads at most 32 KB of a packet and loses the rest

//! write(2) to a pipe that nobody reads would end the program.
ssize_t writeWithoutSignal(int fd, const char *data, size_t size)
{
    sigset_t pipeSignal;
    sigset_t before;
    sigemptyset(&pipeSignal);
    sigaddset(&pipeSignal, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipeSignal, &before);
    const ssize_t count = ::write(fd, data, size);
    const int saved = errno;
    if (count < 0 && saved == EPIPE && !sigismember(&before, SIGPIPE)) {
        const timespec now = {};
        ::sigtimedwait(&pipeSignal, nullptr, &now);
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    errno = saved;
    return count;
}

} // namespace

ByteSender::ByteSender(UniqueFd fd, Kind kind, QObject *parent) : QObject(parent), m_fd(std::move(fd)), m_kind(kind)
{
    ::fcntl(m_fd.get(), F_SETFL, ::fcntl(m_fd.get(), F_GETFL) | O_NONBLOCK);
    m_notifier.reset(new QSocketNotifier(m_fd.get(), QSocketNotifier::Write));
    m_notifier->setEnabled(false);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &ByteSender::flush);
}

void ByteSender::send(const QByteArray &bytes)
{
    if (bytes.isEmpty() || m_closing || !m_fd.isValid())
        return;
    m_queue.append(bytes);
    m_pendingBytes += bytes.size();
    if (!m_notifier->isEnabled())
        flush();
}

void ByteSender::close()
{
    m_closing = true;
    if (m_fd.isValid() && !m_notifier->isEnabled())
        flush();
}

ssize_t ByteSender::writeSome(const QByteArray &bytes, qsizetype offset) const
{
    const qsizetype left = bytes.size() - offset;
    if (m_kind == Kind::Packets)
        return ::send(m_fd.get(), bytes.constData() + offset, size_t(std::min(left, packetBytes)), MSG_DONTWAIT | MSG_NOSIGNAL);
    return writeWithoutSignal(m_fd.get(), bytes.constData() + offset, size_t(left));
}

void ByteSender::flush()
{
    const qint64 before = m_pendingBytes;
    while (!m_queue.isEmpty()) {
        const ssize_t count = writeSome(m_queue.first(), m_offset);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            break;
        if (count < 0) {
            fail();
            break;
        }
        m_offset += count;
        m_pendingBytes -= count;
        if (m_offset == m_queue.first().size()) {
            m_queue.removeFirst();
            m_offset = 0;
        }
    }
    if (m_fd.isValid())
        m_notifier->setEnabled(!m_queue.isEmpty());
    if (m_closing && m_queue.isEmpty() && m_fd.isValid()) {
        if (m_kind == Kind::Packets)
            ::shutdown(m_fd.get(), SHUT_WR);
        m_notifier.reset();
        m_fd.reset();
    }
    if (m_pendingBytes < before)
        Q_EMIT sent();
}

//! The reader has gone: what it did not take is lost, as in any pipe.
void ByteSender::fail()
{
    m_queue.clear();
    m_offset = 0;
    m_pendingBytes = 0;
    m_notifier.reset();
    m_fd.reset();
}

} // namespace Engine::Internal
