// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytesource_p.h"

#include <QtCore/QString>

#include <functional>
#include <memory>

namespace Engine::Internal {

enum class Compression { None, Gzip, Zstd, Bzip2, Xz };

//! How a layer's blob is compressed, by its media type (OCI image-spec 1.1, layer.md; Docker's schema 2 types).
//! \return Unsupported for a type that is no layer this store can unpack (encrypted, foreign)
[[nodiscard]] Result<Compression> compressionOf(const QString &mediaType);

//! The inflated form of \p source, which must outlive it. Several gzip members or zstd frames after each other are read
//! as one stream, as gzip and zstd do. Errors: Corrupt when the data is damaged or ends early.
//! Cost: gzip about 900 MB/s with isa-l (400 with zlib), zstd about 1500 MB/s, of inflated bytes.
[[nodiscard]] std::unique_ptr<ByteSource> inflate(ByteSource &source, Compression compression);
//! The same by looking at the first bytes instead of a media type; bzip2 and xz, too.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> inflateDetected(ByteSource &source);

//! Takes bytes and gives their gzip form to a sink. The output depends on the bytes and the build alone: no time, no name.
class Gzip
{
public:
    using Sink = std::function<Result<void>(std::span<const char>)>;
    virtual ~Gzip() = default;
    [[nodiscard]] virtual Result<void> write(std::span<const char> bytes) = 0;
    //! Ends the stream; call once, last.
    [[nodiscard]] virtual Result<void> finish() = 0;
};

//! isa-l at level 1 (about 500 MB/s), zlib at level 1 where it was not there at build time.
[[nodiscard]] std::unique_ptr<Gzip> makeGzip(Gzip::Sink sink);

namespace Zlib { // the fallback, by name for tests
[[nodiscard]] std::unique_ptr<ByteSource> inflateGzip(ByteSource &source);
[[nodiscard]] std::unique_ptr<Gzip> makeGzip(Gzip::Sink sink);
}

} // namespace Engine::Internal
