// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/result.h>

namespace Engine::Internal {

//! Docker's rule: [a-zA-Z0-9][a-zA-Z0-9_.-]+. \return InvalidInput with Docker's words
[[nodiscard]] Result<void> checkContainerName(const QString &name);

//! A random "adjective_surname"; \p attempt above 0 adds a digit, for when the plain ones are taken.
[[nodiscard]] QString generateContainerName(int attempt);

} // namespace Engine::Internal
