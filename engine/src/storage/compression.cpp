// SPDX-License-Identifier: GPL-3.0-or-later
#include "compression_p.h"

#include "base/try_p.h"
#include "storage/filtercompression_p.h"

#include <zstd.h>

#include <algorithm>
#include <vector>

#ifdef SLIPWAY_HAVE_ISAL
#include <isa-l/igzip_lib.h>
#endif

namespace Engine::Internal {

namespace {

constexpr size_t inputBytes = 128 * 1024;

Failure damaged(const char *format, const char *reason)
{
    return Failure({.code = ErrorCode::Corrupt, .object = {},
                    .detail = QStringLiteral("the %1 data is damaged: %2").arg(QLatin1StringView(format), QLatin1StringView(reason)),
                    .remedy = QStringLiteral("Fetch the image again; if it stays so, the copy in the registry is broken")});
}

class PlainSource final : public ByteSource
{
public:
    explicit PlainSource(ByteSource &source) : m_source(source) {}
    Result<size_t> read(std::span<char> buffer) override { return m_source.read(buffer); }

private:
    ByteSource &m_source;
};

//! Gives back what was looked at, then the rest of the source.
class PeekedSource final : public ByteSource
{
public:
    PeekedSource(std::vector<char> head, ByteSource &rest) : m_head(std::move(head)), m_rest(rest) {}
    Result<size_t> read(std::span<char> buffer) override
    {
        if (m_at == m_head.size())
            return m_rest.read(buffer);
        const size_t count = std::min(buffer.size(), m_head.size() - m_at);
        std::copy_n(m_head.begin() + qptrdiff(m_at), count, buffer.begin());
        m_at += count;
        return count;
    }

private:
    std::vector<char> m_head;
    size_t m_at = 0;
    ByteSource &m_rest;
};

class ZstdSource final : public ByteSource
{
public:
    explicit ZstdSource(ByteSource &source) : m_source(source), m_stream(ZSTD_createDCtx(), &ZSTD_freeDCtx), m_input(ZSTD_DStreamInSize())
    {
        // 128 MB, what zstd's own command line takes: a frame may not make us allocate gigabytes.
        ZSTD_DCtx_setParameter(m_stream.get(), ZSTD_d_windowLogMax, 27);
    }

    Result<size_t> read(std::span<char> buffer) override
    {
        ZSTD_outBuffer output{buffer.data(), buffer.size(), 0};
        while (output.pos == 0) {
            if (m_in.pos == m_in.size && !m_ended) {
                const size_t count = ENGINE_TRY(m_source.read(m_input));
                m_in = {m_input.data(), count, 0};
                m_ended = count == 0;
            }
            const size_t consumed = m_in.pos;
            const size_t hint = ZSTD_decompressStream(m_stream.get(), &output, &m_in);
            if (ZSTD_isError(hint))
                return damaged("zstd", ZSTD_getErrorName(hint));
            if (m_in.pos > consumed || output.pos > 0)
                m_frameOpen = hint != 0;
            if (output.pos == 0 && m_ended) {
                if (m_frameOpen)
                    return damaged("zstd", "it ends early");
                return 0;
            }
        }
        return output.pos;
    }

private:
    ByteSource &m_source;
    std::unique_ptr<ZSTD_DCtx, size_t (*)(ZSTD_DCtx *)> m_stream;
    std::vector<char> m_input;
    ZSTD_inBuffer m_in{nullptr, 0, 0};
    bool m_ended = false;
    bool m_frameOpen = true; // no frame at all is damaged, too
};

#ifdef SLIPWAY_HAVE_ISAL

class IsalGunzip final : public ByteSource
{
public:
    explicit IsalGunzip(ByteSource &source) : m_source(source), m_input(inputBytes) { startMember(); }

    Result<size_t> read(std::span<char> buffer) override
    {
        m_state.next_out = reinterpret_cast<uint8_t *>(buffer.data());
        m_state.avail_out = uint32_t(std::min<size_t>(buffer.size(), 1u << 30));
        const uint32_t room = m_state.avail_out;
        while (m_state.avail_out == room) {
            if (m_state.avail_in == 0 && !m_ended)
                ENGINE_TRY(fill());
            if (m_state.block_state == ISAL_BLOCK_FINISH) {
                if (m_state.avail_in == 0)
                    return 0;
                if (!isMemberNext())
                    return 0; // padding behind the last member: gzip ignores it, too
                restartMember();
            } else if (m_state.avail_in == 0 && m_ended && !m_state.tmp_out_valid) {
                return damaged("gzip", "it ends early");
            }
            const uint32_t inputLeft = m_state.avail_in;
            const int code = isal_inflate(&m_state);
            if (code != ISAL_DECOMP_OK)
                return damaged("gzip", code == ISAL_INCORRECT_CHECKSUM ? "its checksum is wrong" : "a block does not decode");
            if (m_ended && m_state.avail_out == room && m_state.avail_in == inputLeft && m_state.block_state != ISAL_BLOCK_FINISH)
                return damaged("gzip", "it ends early");
        }
        return room - m_state.avail_out;
    }

private:
    void startMember()
    {
        isal_inflate_init(&m_state);
        m_state.crc_flag = ISAL_GZIP; // headers and trailers are isa-l's, checksums are checked
    }

    void restartMember()
    {
        uint8_t *const in = m_state.next_in;
        const uint32_t left = m_state.avail_in;
        uint8_t *const out = m_state.next_out;
        const uint32_t room = m_state.avail_out;
        startMember();
        m_state.next_in = in;
        m_state.avail_in = left;
        m_state.next_out = out;
        m_state.avail_out = room;
    }

    bool isMemberNext() const { return *m_state.next_in == 0x1f; }

    Result<void> fill()
    {
        const size_t count = ENGINE_TRY(m_source.read(m_input));
        m_state.next_in = reinterpret_cast<uint8_t *>(m_input.data());
        m_state.avail_in = uint32_t(count);
        m_ended = count == 0;
        return {};
    }

    ByteSource &m_source;
    std::vector<char> m_input;
    inflate_state m_state;
    bool m_ended = false;
};

class IsalGzip final : public Gzip
{
public:
    explicit IsalGzip(Sink sink) : m_sink(std::move(sink)), m_work(ISAL_DEF_LVL1_DEFAULT), m_output(inputBytes)
    {
        isal_deflate_init(&m_stream);
        m_stream.level = 1;
        m_stream.level_buf = m_work.data();
        m_stream.level_buf_size = uint32_t(m_work.size());
        m_stream.gzip_flag = IGZIP_GZIP;
    }

    Result<void> write(std::span<const char> bytes) override
    {
        while (!bytes.empty()) {
            const std::span<const char> piece = bytes.first(std::min<size_t>(bytes.size(), 1u << 30));
            m_stream.next_in = reinterpret_cast<uint8_t *>(const_cast<char *>(piece.data()));
            m_stream.avail_in = uint32_t(piece.size());
            ENGINE_TRY(drain());
            bytes = bytes.subspan(piece.size());
        }
        return {};
    }

    Result<void> finish() override
    {
        m_stream.end_of_stream = 1;
        m_stream.avail_in = 0;
        return drain();
    }

private:
    Result<void> drain()
    {
        do {
            m_stream.next_out = m_output.data();
            m_stream.avail_out = uint32_t(m_output.size());
            const int code = isal_deflate(&m_stream);
            Q_ASSERT(code == COMP_OK);
            Q_UNUSED(code)
            const size_t count = m_output.size() - m_stream.avail_out;
            if (count > 0)
                ENGINE_TRY(m_sink({reinterpret_cast<const char *>(m_output.data()), count}));
        } while (m_stream.avail_out == 0);
        return {};
    }

    Sink m_sink;
    std::vector<uint8_t> m_work;
    std::vector<uint8_t> m_output;
    isal_zstream m_stream{}; // what it leaves unset at its start would find its way into the result
};

#endif

} // namespace

Result<Compression> compressionOf(const QString &mediaType)
{
    static constexpr std::pair<QLatin1StringView, Compression> types[] = {
        {QLatin1StringView("application/vnd.oci.image.layer.v1.tar"), Compression::None},
        {QLatin1StringView("application/vnd.oci.image.layer.v1.tar+gzip"), Compression::Gzip},
        {QLatin1StringView("application/vnd.oci.image.layer.v1.tar+zstd"), Compression::Zstd},
        {QLatin1StringView("application/vnd.oci.image.layer.nondistributable.v1.tar"), Compression::None},
        {QLatin1StringView("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"), Compression::Gzip},
        {QLatin1StringView("application/vnd.oci.image.layer.nondistributable.v1.tar+zstd"), Compression::Zstd},
        {QLatin1StringView("application/vnd.docker.image.rootfs.diff.tar"), Compression::None},
        {QLatin1StringView("application/vnd.docker.image.rootfs.diff.tar.gzip"), Compression::Gzip},
        {QLatin1StringView("application/vnd.docker.image.rootfs.diff.tar.zstd"), Compression::Zstd},
    };
    for (const auto &[type, compression] : types)
        if (mediaType == type)
            return compression;
    return Failure({.code = ErrorCode::Unsupported, .object = mediaType,
                    .detail = QStringLiteral("layers of the type %1 cannot be unpacked").arg(mediaType),
                    .remedy = QStringLiteral("Use an image whose layers are tar, tar+gzip or tar+zstd")});
}

std::unique_ptr<ByteSource> inflate(ByteSource &source, Compression compression)
{
    switch (compression) {
    case Compression::Gzip:
#ifdef SLIPWAY_HAVE_ISAL
        return std::make_unique<IsalGunzip>(source);
#else
        return Zlib::inflateGzip(source);
#endif
    case Compression::Zstd:
        return std::make_unique<ZstdSource>(source);
    case Compression::Bzip2:
    case Compression::Xz:
        return inflateByFilter(source, compression);
    case Compression::None:
        break;
    }
    return std::make_unique<PlainSource>(source);
}

namespace {

//! Owns both the source with the looked-at bytes and what inflates it.
class DetectedSource final : public ByteSource
{
public:
    DetectedSource(std::vector<char> head, ByteSource &rest, Compression compression)
        : m_peeked(std::move(head), rest), m_inflated(inflate(m_peeked, compression))
    {
    }
    Result<size_t> read(std::span<char> buffer) override { return m_inflated->read(buffer); }

private:
    PeekedSource m_peeked;
    std::unique_ptr<ByteSource> m_inflated;
};

} // namespace

Result<std::unique_ptr<ByteSource>> inflateDetected(ByteSource &source)
{
    std::vector<char> head(6);
    size_t have = 0;
    while (have < head.size()) {
        const size_t count = ENGINE_TRY(source.read(std::span(head).subspan(have)));
        if (count == 0)
            break;
        have += count;
    }
    head.resize(have);
    const QByteArrayView magic(head.data(), qsizetype(have));
    Compression compression = Compression::None;
    if (magic.startsWith("\x1f\x8b"))
        compression = Compression::Gzip;
    else if (magic.startsWith("\x28\xb5\x2f\xfd"))
        compression = Compression::Zstd;
    else if (magic.startsWith("BZh"))
        compression = Compression::Bzip2;
    else if (magic.startsWith("\xfd" "7zXZ"))
        compression = Compression::Xz;
    return std::unique_ptr<ByteSource>(std::make_unique<DetectedSource>(std::move(head), source, compression));
}

std::unique_ptr<Gzip> makeGzip(Gzip::Sink sink)
{
#ifdef SLIPWAY_HAVE_ISAL
    return std::make_unique<IsalGzip>(std::move(sink));
#else
    return Zlib::makeGzip(std::move(sink));
#endif
}

} // namespace Engine::Internal
