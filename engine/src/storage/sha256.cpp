// SPDX-License-Identifier: GPL-3.0-or-later
#include "sha256_p.h"

#include "base/try_p.h"

#include <QtCore/QByteArray>

#include <openssl/evp.h>

#include <array>
#include <vector>

namespace Engine::Internal {

void Sha256::Free::operator()(evp_md_ctx_st *context) const
{
    EVP_MD_CTX_free(context);
}

Sha256::Sha256() : m_context(EVP_MD_CTX_new())
{
    if (!m_context || EVP_DigestInit_ex(m_context.get(), EVP_sha256(), nullptr) != 1)
        qFatal("OpenSSL offers no SHA-256"); // nothing of a content store can go on without it
}

Sha256::~Sha256() = default;

void Sha256::update(std::span<const char> bytes)
{
    EVP_DigestUpdate(m_context.get(), bytes.data(), bytes.size());
}

Digest Sha256::finish()
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned int length = 0;
    EVP_DigestFinal_ex(m_context.get(), digest.data(), &length);
    return Digest::fromSha256Hex(QByteArray(reinterpret_cast<const char *>(digest.data()), int(length)).toHex());
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
