// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "build/filetree_p.h"
#include "linux/idmap_p.h"

#include <stop_token>

namespace Engine::Internal {

//! Does ADD unpack this file? As in docker build, the content decides: a tar archive, plain or compressed with gzip, bzip2, xz
//! or zstd, whose first header can be read. Anything else, a compressed file that is no archive included, is copied as it is.
//! \return InvalidInput when the file is no longer the one that was scanned
[[nodiscard]] Result<bool> isArchive(const FileTree &tree, const TreeEntry &entry);

//! Unpacks it into a folder of a mounted root, over what is there. The archive is hostile, see LayerUnpacker; its links lead
//! nowhere outside of the folder. Owners and modes are the archive's own.
[[nodiscard]] Result<void> unpackArchive(const FileTree &tree, const TreeEntry &entry, int folderFd, const IdMap &ids, std::stop_token stop);

} // namespace Engine::Internal
