// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/result.h>

namespace Gui {

//! The folder of the user's own copy of an example project; made from \p source when it is not there yet, whole or
//! not at all. Any thread; copies files. \return NotFound when \p source does not exist; what the disk said
[[nodiscard]] Engine::Result<QString> ensureSampleProject(const QString &source, const QString &target);

//! Where the copy of \p name goes: Slipway/NAME in the user's documents.
[[nodiscard]] QString sampleProjectTarget(const QString &name);

} // namespace Gui
