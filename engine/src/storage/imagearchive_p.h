// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytesource_p.h"
#include "storage/store_p.h"
#include "storage/tarwriter_p.h"

namespace Engine::Internal {

//! Writes images as `docker save` does: an OCI image layout (index.json, blobs/) with Docker's manifest.json, in one tar archive. Blobs go in
//! as they are, so that ids and digests stay. The bytes depend on the images and names alone.
//! \return NotFound with Docker's words
[[nodiscard]] Result<void> saveImages(Store &store, const QStringList &namesOrIds, TarWriter &tar, std::stop_token stop);

//! Takes the images out of what saveImages(), Docker, Podman or skopeo (docker-archive, oci-archive) wrote, compressed or not. Hostile: nothing
//! of it becomes a path, and every digest is checked. \p reference: see Images::load()
//! \return Corrupt for what is no such archive, InvalidInput for names that are none
[[nodiscard]] Result<QList<LoadedImage>> loadImages(Store &store, ByteSource &archive, const QString &reference, std::stop_token stop);

} // namespace Engine::Internal
