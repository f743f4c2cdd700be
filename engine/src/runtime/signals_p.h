// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/result.h>

namespace Engine::Internal {

//! "KILL", "sigterm", "9", "RTMIN+3". \return InvalidInput with Docker's words for anything else
[[nodiscard]] Result<int> parseSignal(const QString &name);

} // namespace Engine::Internal
