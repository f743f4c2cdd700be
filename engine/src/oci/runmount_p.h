// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "oci/dockerfileinstructions_p.h"

namespace Engine::Internal {

//! The value of one `--mount` flag. \return InvalidInput with BuildKit's words
[[nodiscard]] Result<RunMount> parseRunMount(const QString &text);

} // namespace Engine::Internal
