// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "storage/store_p.h"

#include <engine/maintenance.h>

namespace Engine::Internal {

//! Images and build cache of \p store; containers are the runtime's. Cost: a few queries.
[[nodiscard]] Result<DiskUsage> layerUsage(const Store &store);

//! Sum of the files below \p folder (a container's writable layer), each inode once; 0 when there is none. Files that
//! vanish meanwhile do not count. Cost: one stat per file.
[[nodiscard]] qint64 bytesBelow(const QString &folder);

} // namespace Engine::Internal
