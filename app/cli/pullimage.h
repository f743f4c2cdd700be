// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/engine.h>

namespace Cli {

//! Where a pull tells how it goes. Docker's `pull` tells on standard output; `run` on standard error.
enum class PullOutput { ToStandardOutput, ToStandardError, Quiet };

//! Pulls with Docker's lines; with a live bar for each layer where the output is a terminal. Waits.
[[nodiscard]] Engine::Result<Engine::ImageInfo> pullImage(Engine::Engine &engine, const QString &reference, PullOutput output);

//! The image that comes with Slipway, for a first start without a registry.
inline constexpr const char *starterImage = "slipway-starter";

//! Brings the starter image out of \p folder into the store, if it is not there.
[[nodiscard]] Engine::Result<void> ensureStarterImage(Engine::Engine &engine, const QString &folder);

} // namespace Cli
