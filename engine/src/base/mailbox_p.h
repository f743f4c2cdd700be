// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace Engine::Internal {

//! Brings calls from a worker thread to a QObject in its own thread, in order, with back pressure.
//!
//! The worker holds a shared_ptr and may outlive the receiver: after close() posts are dropped and never
//! block. post() waits while more than limit() bytes are on their way, so a process that prints 1 GB is
//! slowed to what the receiver can take instead of filling the memory.
class Mailbox final : public std::enable_shared_from_this<Mailbox>
{
public:
    explicit Mailbox(QObject *receiver) : m_receiver(receiver) {}

    //! Worker side. \p weightBytes counts against the limit of 4 MB. \return false once closed
    bool post(std::function<void()> call, size_t weightBytes = 0);
    //! Receiver's destructor, in its thread: nothing is delivered any more, waiting workers go on.
    void close();

private:
    void drain();

    static constexpr size_t limitBytes = 4 * 1024 * 1024;
    std::mutex m_mutex;
    std::condition_variable m_room;
    QObject *m_receiver;
    std::deque<std::pair<std::function<void()>, size_t>> m_calls;
    size_t m_weight = 0;
    bool m_scheduled = false;
};

} // namespace Engine::Internal
