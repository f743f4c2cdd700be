// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "storage/compression_p.h"

namespace Engine::Internal {

//! The inflated form of bzip2 or xz data, which must outlive it: no layer comes that way, but archives for ADD do.
//! Memory for xz is limited to 1 GB by libarchive. Errors: Corrupt when the data is damaged or ends early.
[[nodiscard]] std::unique_ptr<ByteSource> inflateByFilter(ByteSource &source, Compression compression);

} // namespace Engine::Internal
