// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/cgroups_p.h"

#include <thread>

namespace Engine::Internal {

//! Makes the runtime's first step cheap while it lives: joining a cgroup waits for an RCU grace period, 8 to 15 ms, unless
//! another process joined one just before (the kernel's cgroup_threadgroup_rwsem stays in its slow mode for a moment). So this
//! process joins the cgroup it is in, again and again, beside the mounts and the monitor's start.
//!
//! Where nothing is to be had (no cgroups, not root, a systemd user manager that does the joining) it does nothing. Errors
//! lose speed only. Its end waits for the join that is under way. One thread; about ten writes per start.
class CgroupWarmth final
{
public:
    explicit CgroupWarmth(const CgroupSetup &setup);

private:
    std::jthread m_thread;
};

//! The file that this process would write its number to in order to stay where it is: of /proc/self/cgroup's \p text, the
//! first hierarchy that is mounted below \p mountPoint. Empty for none. (cgroups(7), "/proc/[pid]/cgroup")
[[nodiscard]] QString ownCgroupFile(const QByteArray &text, CgroupSetup::Version version, const QString &mountPoint);

} // namespace Engine::Internal
