// SPDX-License-Identifier: GPL-3.0-or-later
#include "store_p.h"

#include "base/try_p.h"

#include <QtCore/QFile>

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>

namespace Engine::Internal {

namespace {

constexpr qint64 largestDocument = 16 * 1024 * 1024; // far above any manifest or config; registries refuse more than 4 MB

} // namespace

QString Store::blobPath(const Digest &digest) const
{
    return m_paths.root + QStringLiteral("/images/blobs/sha256/") + digest.hex();
}

bool Store::hasBlob(const Digest &digest) const
{
    struct stat status;
    return !digest.isNull() && ::stat(QFile::encodeName(blobPath(digest)).constData(), &status) == 0;
}

Result<QByteArray> Store::readBlob(const Digest &digest) const
{
    Result<QByteArray> content = readFile(blobPath(digest), largestDocument);
    if (!content)
        return passOn(std::move(content.error()), __func__);
    if (Digest::ofBytes(*content) != digest)
        return Failure({.code = ErrorCode::Corrupt, .object = digest.toString(),
                        .detail = QStringLiteral("the blob %1 in the store is damaged: its contents have another digest").arg(digest.toString()),
                        .remedy = QStringLiteral("Remove the image that has it and pull or build it again; this lists every damage:\nslipway system check")});
    return content;
}

Result<Digest> Store::addBlob(QByteArrayView content)
{
    const Digest digest = Digest::ofBytes(content);
    if (!hasBlob(digest))
        ENGINE_TRY(writeFileAtomically(blobPath(digest), content));
    return digest;
}

Result<void> Store::adoptBlob(const QString &file, const Digest &digest)
{
    if (::rename(QFile::encodeName(file).constData(), QFile::encodeName(blobPath(digest)).constData()) != 0)
        return Failure(errnoError("rename", blobPath(digest), errno));
    m_isDirty = true;
    return {};
}

} // namespace Engine::Internal
