// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/namespaces.h>

#include <sys/types.h>

namespace Engine::Internal {

//! Whose store this process works on: the account that started it, also in a process that runs as namespace root,
//! such as what a container's monitor calls.
struct StoreOwner {
    uid_t user = 0;
    gid_t group = 0;
};
[[nodiscard]] StoreOwner storeOwner();

//! Makes a process known through which others can join the namespaces that it and the caller are in. For container
//! monitors, which outlive the process that started them; enterNamespaces() does it for its own process.
//! The entry of a process that has ended is never used and is removed by whoever finds it.
[[nodiscard]] Result<void> registerNamespaceMember(const StorePaths &paths, pid_t pid);
//! Forgets it; unknown is no error.
void unregisterNamespaceMember(const StorePaths &paths, pid_t pid);

} // namespace Engine::Internal
