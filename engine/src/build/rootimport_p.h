// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytesource_p.h"
#include "storage/store_p.h"

namespace Engine::Internal {

//! Makes an image of one layer from an archive of files, compressed or not; the archive is hostile, see LayerUnpacker.
//! \p read is told how many unpacked bytes have come. \return as importFiles() of Images
[[nodiscard]] Result<ImageRecord> importRoot(Store &store, ByteSource &archive, const ImportOptions &options, const std::function<void(qint64)> &read,
                                             std::stop_token stop);

} // namespace Engine::Internal
