// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "build/builder_p.h"
#include "services/core_p.h"

namespace Engine::Internal {

//! File digests live as long as the engine, so that a replan after a key press reads nothing again.
[[nodiscard]] FileDigests &fileDigestsOf(Core &core);
//! Pulls the base images that a build misses. \p core must outlive it.
[[nodiscard]] ImagePuller baseImagePuller(Core &core);

} // namespace Engine::Internal
