// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefd_p.h"
#include "runtime/containerrecord_p.h"

namespace Engine::Internal {

//! A hold on a process that is neither a child nor sure to exist: its pidfd, got and then checked against its start
//! time, so that a signal can never reach a stranger.
class LiveProcess final
{
public:
    //! Not alive when it is gone or a zombie.
    explicit LiveProcess(const ProcessIdentity &identity);
    bool isAlive() const;
    int pidFd() const { return m_pidFd.get(); }     //!< readable when it has ended; -1 when there is none
    [[nodiscard]] Result<void> kill(int signal) const;

private:
    UniqueFd m_pidFd;
    qint64 m_pid;
};

//! Ends the monitor and the half-made first process that a killed starter has left of container \p id, found by their
//! command lines. Cost: reads every /proc/PID/cmdline.
void endInterruptedStart(const ContainerId &id);

} // namespace Engine::Internal
