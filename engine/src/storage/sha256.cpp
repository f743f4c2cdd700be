// SPDX-License-Identifier: GPL-3.0-or-later
#include "sha256_p.h"

#include "base/try_p.h"

#include <QtCore/QByteArray>

#include <array>
#include <vector>

namespace Engine::Internal {

Sha256::Sha256()
{
    sha256_init(&m_context);
}

void Sha256::update(std::span<const char> bytes)
{
    sha256_update(&m_context, bytes.size(), reinterpret_cast<const uint8_t *>(bytes.data()));
}

Digest Sha256::finish()
{
    std::array<uint8_t, SHA256_DIGEST_SIZE> digest;
    sha256_digest(&m_context, digest.size(), digest.data());
    return Digest::fromSha256Hex(QByteArray(reinterpret_cast<const char *>(digest.data()), qsizetype(digest.size())).toHex());
}

Result<size_t> HashingSource::read(std::span<char> buffer)
{
    const size_t count = ENGINE_TRY(m_source.read(buffer));
    m_hash.update(buffer.first(count));
    m_bytes += qint64(count);
    return count;
}

Result<Digest> digestOf(ByteSource &source)
{
    Sha256 hash;
    std::vector<char> buffer(256 * 1024);
    while (const size_t count = ENGINE_TRY(source.read(buffer)))
        hash.update(std::span(buffer).first(count));
    return hash.finish();
}

} // namespace Engine::Internal
