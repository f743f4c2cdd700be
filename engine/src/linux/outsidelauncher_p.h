// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/namespaces.h>

namespace Engine::Internal {

//! Forks the process that stays in the namespaces of now. Only while there is one thread.
[[nodiscard]] Result<std::unique_ptr<OutsideLauncher>> startOutsideLauncher();

} // namespace Engine::Internal
