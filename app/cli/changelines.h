// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/filetrees.h>

namespace Cli {

//! Docker's lines: "C /etc". Names are bytes and need not be text.
[[nodiscard]] QByteArray changeLines(const QList<Engine::FileChange> &changes);

} // namespace Cli
