// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/mailbox_p.h"

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
// One round delivers what was there at its start and then returns to the event loop, so that a flood
// cannot starve the receiver's other events.
void Mailbox::drain()
{
    std::unique_lock lock(m_mutex);
    m_scheduled = false;
    for (auto count = m_calls.size(); count > 0 && !m_calls.empty(); --count) {
        auto [call, weight] = std::move(m_calls.front());
        m_calls.pop_front();
        m_weight -= weight;
        m_room.notify_all();
        lock.unlock();
        call();
        lock.lock();
    }
    if (m_receiver && !m_calls.empty() && !std::exchange(m_scheduled, true)) {
        QMetaObject::invokeMethod(
            m_receiver, [self = shared_from_this()] { self->drain(); }, Qt::QueuedConnection);
    }
}

} // namespace Engine::Internal
