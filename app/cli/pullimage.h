// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/engine.h>

namespace Cli {

//! Where a pull tells how it goes. Docker's `pull` tells on standard output; `run` on standard error.
enum class PullOutput { ToStandardOutput, ToStandardError, Quiet };

//! Pulls with Docker's lines; with a live bar for each layer where the output is a terminal. Waits.
[[nodiscard]] Engine::Result<Engine::ImageInfo> pullImage(Engine::Engine &engine, const QString &reference, PullOutput output);

} // namespace Cli
