// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/mailbox_p.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QTimer>

namespace Engine::Internal {

bool Mailbox::post(std::function<void()> call, size_t weightBytes)
{
    std::unique_lock lock(m_mutex);
    m_room.wait(lock, [this] { return !m_receiver || m_weight < limitBytes; });
    if (!m_receiver)
        return false;
    m_calls.emplace_back(std::move(call), weightBytes);
    m_weight += weightBytes;
    if (!std::exchange(m_scheduled, true)) {
        QMetaObject::invokeMethod(
            m_receiver, [self = shared_from_this()] { self->drain(); }, Qt::QueuedConnection);
    }
    return true;
}

void Mailbox::close()
{
    const std::lock_guard lock(m_mutex);
    m_receiver = nullptr;
    m_calls.clear();
    m_weight = 0;
    m_room.notify_all();
}

// A call may delete the receiver, whose destructor calls close(): so the lock is not held during a call.
// One round delivers what was there at its start, for half a frame at most, and then lets the event loop turn, so that a flood cannot hold up the
// receiver's other events. The next round comes by a timer of 0 ms: a posted event would be delivered in the same
// turn, since QCoreApplication::sendPostedEvents() also takes what is posted meanwhile.
void Mailbox::drain()
{
    constexpr qint64 roundMs = 8;
    QElapsedTimer round;
    round.start();
    std::unique_lock lock(m_mutex);
    for (auto count = m_calls.size(); count > 0 && !m_calls.empty() && !round.hasExpired(roundMs); --count) {
        auto [call, weight] = std::move(m_calls.front());
        m_calls.pop_front();
        m_weight -= weight;
        m_room.notify_all();
        lock.unlock();
        call();
        lock.lock();
    }
    m_scheduled = m_receiver && !m_calls.empty();
    if (m_scheduled)
        QTimer::singleShot(0, m_receiver, [self = shared_from_this()] { self->drain(); });
}

} // namespace Engine::Internal
