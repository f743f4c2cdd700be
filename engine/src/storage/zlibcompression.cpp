// SPDX-License-Identifier: GPL-3.0-or-later
#include "compression_p.h"

#include "base/try_p.h"

#include <zlib.h>

#include <algorithm>
#include <vector>

namespace Engine::Internal::Zlib {

namespace {

constexpr int gzipWindow = 15 + 16; // largest window, gzip framing

Failure damagedGzip(const char *reason)
{
    return Failure({.code = ErrorCode::Corrupt, .object = {},
                    .detail = QStringLiteral("the gzip data is damaged: %1").arg(QString::fromUtf8(reason)),
                    .remedy = QStringLiteral("Fetch the image again; if it stays so, the copy in the registry is broken")});
}

class Gunzip final : public ByteSource
{
public:
    explicit Gunzip(ByteSource &source) : m_source(source), m_input(128 * 1024) { inflateInit2(&m_stream, gzipWindow); }
    Q_DISABLE_COPY_MOVE(Gunzip)
    ~Gunzip() override { inflateEnd(&m_stream); }

    Result<size_t> read(std::span<char> buffer) override
    {
        const auto room = uInt(std::min<size_t>(buffer.size(), 1u << 30));
        m_stream.next_out = reinterpret_cast<Bytef *>(buffer.data());
        m_stream.avail_out = room;
        while (m_stream.avail_out == room) {
            if (m_stream.avail_in == 0 && !m_ended)
                ENGINE_TRY(fill());
            if (m_memberDone) {
                if (m_stream.avail_in == 0 || *m_stream.next_in != 0x1f)
                    return 0;
                inflateReset(&m_stream);
                m_memberDone = false;
            } else if (m_stream.avail_in == 0) {
                return damagedGzip("it ends early");
            }
            const int code = ::inflate(&m_stream, Z_NO_FLUSH);
            if (code == Z_STREAM_END)
                m_memberDone = true;
            else if (code != Z_OK && code != Z_BUF_ERROR)
                return damagedGzip(m_stream.msg ? m_stream.msg : "a block does not decode");
        }
        return room - m_stream.avail_out;
    }

private:
    Result<void> fill()
    {
        const size_t count = ENGINE_TRY(m_source.read(m_input));
        m_stream.next_in = reinterpret_cast<Bytef *>(m_input.data());
        m_stream.avail_in = uInt(count);
        m_ended = count == 0;
        return {};
    }

    ByteSource &m_source;
    std::vector<char> m_input;
    z_stream m_stream{};
    bool m_ended = false;
    bool m_memberDone = false;
};

class Writer final : public Gzip
{
public:
    explicit Writer(Sink sink) : m_sink(std::move(sink)), m_output(128 * 1024)
    {
        deflateInit2(&m_stream, 1, Z_DEFLATED, gzipWindow, 8, Z_DEFAULT_STRATEGY);
    }
    Q_DISABLE_COPY_MOVE(Writer)
    ~Writer() override { deflateEnd(&m_stream); }

    Result<void> write(std::span<const char> bytes) override
    {
        while (!bytes.empty()) {
            const std::span<const char> piece = bytes.first(std::min<size_t>(bytes.size(), 1u << 30));
            m_stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(piece.data()));
            m_stream.avail_in = uInt(piece.size());
            ENGINE_TRY(drain(Z_NO_FLUSH));
            bytes = bytes.subspan(piece.size());
        }
        return {};
    }

    Result<void> finish() override
    {
        m_stream.avail_in = 0;
        return drain(Z_FINISH);
    }

private:
    Result<void> drain(int flush)
    {
        do {
            m_stream.next_out = reinterpret_cast<Bytef *>(m_output.data());
            m_stream.avail_out = uInt(m_output.size());
            ::deflate(&m_stream, flush);
            const size_t count = m_output.size() - m_stream.avail_out;
            if (count > 0)
                ENGINE_TRY(m_sink(std::span(m_output).first(count)));
        } while (m_stream.avail_out == 0);
        return {};
    }

    Sink m_sink;
    std::vector<char> m_output;
    z_stream m_stream{};
};

} // namespace

std::unique_ptr<ByteSource> inflateGzip(ByteSource &source)
{
    return std::make_unique<Gunzip>(source);
}

std::unique_ptr<Gzip> makeGzip(Gzip::Sink sink)
{
    return std::make_unique<Writer>(std::move(sink));
}

} // namespace Engine::Internal::Zlib
