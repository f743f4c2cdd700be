// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "storage/layerstack_p.h"
#include "storage/tarwriter_p.h"

#include <stop_token>

namespace Engine::Internal {

//! Writes the files of a stack, merged, as a tar archive: what `export` gives. Sorted, ids as the container sees them, hard links kept
//! within a layer, sockets left out. What vanishes meanwhile is left out; a file that shrinks is filled up with zeros.
[[nodiscard]] Result<void> packTree(const LayerStack &stack, const IdMap &ids, TarWriter &tar, std::stop_token stop);

} // namespace Engine::Internal
