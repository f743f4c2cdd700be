// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "services/core_p.h"

#include <engine/containers.h>

#include <stop_token>

namespace Engine::Internal {

class Mailbox;

//! Reads a container's log on the pool and follows it by inotify; the lines come through a mailbox, which slows the
//! reader to what the receiver can take.
class LogReader final : public LogOperation
{
    Q_OBJECT

public:
    LogReader(const std::shared_ptr<Core> &core, const QString &idOrName, const LogOptions &options);
    ~LogReader() override;
    void cancel() override { m_stop.request_stop(); }

private:
    std::shared_ptr<Mailbox> m_mailbox;
    std::stop_source m_stop;
};

} // namespace Engine::Internal
