// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/engine.h>

namespace Engine::Internal {

//! Everything of EngineInfo but the counts of containers and images. Any thread. Cost: about 10 ms, two programs are
//! asked for their version.
[[nodiscard]] EngineInfo collectSystemInfo(const EngineSettings &settings);

//! PRETTY_NAME of an os-release file (os-release(5)): "Debian GNU/Linux 12 (bookworm)".
[[nodiscard]] QString prettyNameOf(const QByteArray &osRelease);

} // namespace Engine::Internal
