// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/mailbox_p.h"
#include "services/core_p.h"

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>

namespace Engine::Internal {

//! The common part of operations that report bytes: runs work on the long pool, brings its reports and its one result to
//! the object's thread, and stops it when the object goes. \p Base is the public class with its signals `progressed(qint64)` and
//! `finished(Result<T>)`.
template<typename Base>
class ByteTask final : public Base
{
public:
    using Report = std::function<void(qint64 bytes)>;

    //! \p work(core, report, stop) gives the Result that `finished` brings.
    template<typename Work>
    ByteTask(const std::shared_ptr<Core> &core, Work work) : m_mailbox(std::make_shared<Mailbox>(this))
    {
        core->longPool->start([receiver = this, core, work = std::move(work), mailbox = m_mailbox, stop = m_stop] {
            const std::stop_callback withEngine(core->stop.get_token(), [stop] { std::stop_source(stop).request_stop(); });
            auto result = work(*core, throttled(receiver, mailbox), stop.get_token());
            mailbox->post([receiver, result = std::move(result)] { Q_EMIT receiver->finished(result); });
            (void)core->store->sync(); // behind the result: nobody waits for it, and the next open() copes without
        });
    }
    ~ByteTask() override
    {
        m_stop.request_stop();
        m_mailbox->close();
    }
    void cancel() override { m_stop.request_stop(); }

private:
    //! At most ten reports a second.
    static Report throttled(ByteTask *receiver, const std::shared_ptr<Mailbox> &mailbox)
    {
        return [receiver, mailbox, last = std::chrono::steady_clock::time_point()](qint64 bytes) mutable {
            const auto now = std::chrono::steady_clock::now();
            if (now - last < std::chrono::milliseconds(100))
                return;
            last = now;
            mailbox->post([receiver, bytes] { Q_EMIT receiver->progressed(bytes); });
        };
    }

    std::shared_ptr<Mailbox> m_mailbox;
    std::stop_source m_stop;
};

} // namespace Engine::Internal
