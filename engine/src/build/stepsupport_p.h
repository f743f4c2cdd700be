// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "oci/dockerfileinstructions_p.h"

#include <engine/builds.h>

#include <optional>

namespace Engine::Internal {

//! What cannot be done (yet), said at its place rather than done wrongly; the error's object is the word to point at.
[[nodiscard]] std::optional<Error> unsupported(const Instruction &instruction);

//! `# syntax=` names the image of a frontend; the language of docker/dockerfile is the one that is built in.
[[nodiscard]] std::optional<Diagnostic> frontendMistake(const ParsedDockerfile &file);

} // namespace Engine::Internal
