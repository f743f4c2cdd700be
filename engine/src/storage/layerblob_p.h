// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "storage/compression_p.h"
#include "storage/sha256_p.h"
#include "storage/store_p.h"

namespace Engine::Internal {

//! Takes a layer's uncompressed tar and writes it as the gzip blob of an image, with both digests. The bytes depend on the
//! tar alone.
class LayerBlobWriter final
{
public:
    [[nodiscard]] static Result<std::unique_ptr<LayerBlobWriter>> create(const QString &file);

    [[nodiscard]] Result<void> write(std::span<const char> bytes);
    //! Call once, last. \return the record with diff id, blob and media type; the rest is the caller's
    [[nodiscard]] Result<LayerRecord> finish();

private:
    LayerBlobWriter(UniqueFd fd, QString file);
    [[nodiscard]] Result<void> writeBlob(std::span<const char> bytes);

    UniqueFd m_fd;
    QString m_file;
    Sha256 m_diffHash;
    Sha256 m_blobHash;
    qint64 m_blobBytes = 0;
    std::unique_ptr<Gzip> m_gzip;
};

//! Makes the blob in \p file (on the store's file system; it is moved away) the layer above \p parent: unpacks it, checks it
//! against the diff id of \p info and keeps it. Hold a StagingFolder around it and what follows. The caller vouches for the blob's own digest.
//! A layer that is refused leaves its blob for the next collectGarbage().
//! \return the errors of Store::unpackLayer()
[[nodiscard]] Result<LayerRecord> addLayerBlob(Store &store, const Digest &parent, const QString &file, const LayerRecord &info, std::stop_token stop);

} // namespace Engine::Internal
