// SPDX-License-Identifier: GPL-3.0-or-later
#include "layerblob_p.h"

#include "base/try_p.h"
#include "storage/filesource_p.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace Engine::Internal {

LayerBlobWriter::LayerBlobWriter(UniqueFd fd, QString file)
    : m_fd(std::move(fd)), m_file(std::move(file)), m_gzip(makeGzip([this](std::span<const char> bytes) { return writeBlob(bytes); }))
{
}

Result<std::unique_ptr<LayerBlobWriter>> LayerBlobWriter::create(const QString &file)
{
    UniqueFd fd = ENGINE_TRY(openFile(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    return std::unique_ptr<LayerBlobWriter>(new LayerBlobWriter(std::move(fd), file));
}

Result<void> LayerBlobWriter::write(std::span<const char> bytes)
{
    m_diffHash.update(bytes);
    return m_gzip->write(bytes);
}

Result<void> LayerBlobWriter::writeBlob(std::span<const char> bytes)
{
    m_blobHash.update(bytes);
    m_blobBytes += qint64(bytes.size());
    while (!bytes.empty()) {
        const ssize_t count = ::write(m_fd.get(), bytes.data(), bytes.size());
        if (count < 0)
            return Failure(errnoError("write", m_file, errno));
        bytes = bytes.subspan(size_t(count));
    }
    return {};
}

Result<LayerRecord> LayerBlobWriter::finish()
{
    ENGINE_TRY(m_gzip->finish());
    LayerRecord record;
    record.diffId = m_diffHash.finish();
    record.blob = m_blobHash.finish();
    record.blobBytes = m_blobBytes;
    record.mediaType = QStringLiteral("application/vnd.oci.image.layer.v1.tar+gzip");
    return record;
}

Result<LayerRecord> addLayerBlob(Store &store, const Digest &parent, const QString &file, const LayerRecord &info, std::stop_token stop)
{
    FileSource blob = ENGINE_TRY(FileSource::open(file));
    const std::unique_ptr<ByteSource> tar = inflate(blob, ENGINE_TRY(compressionOf(info.mediaType)));
    ENGINE_TRY(store.adoptBlob(file, info.blob)); // before its row: a kill in between leaves garbage, not a layer without its blob
    return store.unpackLayer(parent, info.diffId, *tar, info, std::move(stop));
}

} // namespace Engine::Internal
