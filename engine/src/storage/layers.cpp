// SPDX-License-Identifier: GPL-3.0-or-later
#include "store_p.h"

#include "base/logging_p.h"
#include "base/try_p.h"
#include "storage/files_p.h"
#include "storage/layerblob_p.h"
#include "storage/layerpacker_p.h"
#include "storage/layerunpacker_p.h"
#include "storage/sha256_p.h"

#include <QtCore/QDateTime>
#include <QtCore/QDir>
#include <QtCore/QFile>

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>

namespace Engine::Internal {

namespace {

constexpr qsizetype shortNameDigits = 24; // 128 of them and their colons fit the page that mount(2) takes

//! An empty folder: the lower directory of an image without layers.
const QString emptyLower = QStringLiteral("empty");

QString shortName(const Digest &chainId)
{
    return chainId.hex().left(shortNameDigits);
}

Digest layerDigest(const Statement &row, int column)
{
    return row.isNull(column) ? Digest() : Digest::fromSha256Hex(row.text(column).toLatin1());
}

Statement &bindDigest(Statement &statement, int parameter, const Digest &digest)
{
    return digest.isNull() ? statement.bindNull(parameter) : statement.bind(parameter, digest.hex());
}

Result<std::optional<LayerRecord>> readLayer(Database &db, const Digest &chainId)
{
    Statement query = ENGINE_TRY(db.prepare("SELECT diff, parent, blob, blob_bytes, media_type, size_bytes, file_count FROM layers WHERE chain = ?"));
    if (!ENGINE_TRY(query.bind(1, chainId.hex()).step()))
        return std::nullopt;
    return LayerRecord{.chainId = chainId, .diffId = layerDigest(query, 0), .parent = layerDigest(query, 1), .blob = layerDigest(query, 2),
                       .blobBytes = query.integer(3), .mediaType = query.text(4), .sizeBytes = query.integer(5), .fileCount = query.integer(6)};
}

Failure missingLayer(const Digest &chainId)
{
    return Failure({.code = ErrorCode::NotFound, .object = chainId.toString(),
                    .detail = QStringLiteral("the layer %1 is not in the store").arg(chainId.toString()),
                    .remedy = QStringLiteral("Pull or build the image again")});
}

Result<void> drain(ByteSource &source, qint64 limit, const HashingSource &counter)
{
    std::vector<char> rest(256 * 1024);
    while (ENGINE_TRY(source.read(rest)) > 0)
        if (counter.bytes() > limit)
            return Failure({.code = ErrorCode::NoSpace, .object = {},
                            .detail = QStringLiteral("the layer is refused: its archive goes on after more than %1 bytes").arg(limit), .remedy = {}});
    return {};
}

Result<void> checkDiffId(const Digest &expected, const Digest &found)
{
    if (expected == found)
        return {};
    return Failure({.code = ErrorCode::Corrupt, .object = expected.toString(),
                    .detail = QStringLiteral("the layer's contents are not what the image says: %1 was announced, %2 came").arg(expected.toString(), found.toString()),
                    .remedy = QStringLiteral("Fetch the image again; if it stays so, do not use it")});
}

} // namespace

Digest chainIdOf(const Digest &parent, const Digest &diffId)
{
    if (parent.isNull())
        return diffId;
    return Digest::ofBytes((parent.toString() + u' ' + diffId.toString()).toLatin1());
}

QString Store::layerPath(const Digest &chainId) const
{
    return m_paths.root + QStringLiteral("/layers/") + chainId.hex();
}

Result<std::optional<LayerRecord>> Store::findLayer(const Digest &chainId) const
{
    if (m_database->isHeldByThisThread())
        return readLayer(*m_database, chainId);
    std::optional<LayerRecord> found;
    ENGINE_TRY(m_database->reading([&](Database &db) -> Result<void> {
        found = ENGINE_TRY(readLayer(db, chainId));
        return {};
    }));
    return found;
}

Result<LayerRecord> Store::unpackLayer(const Digest &parent, const Digest &diffId, ByteSource &tar, const LayerRecord &blobInfo,
                                       std::stop_token stop)
{
    const LayerLimits limits;
    LayerRecord record = blobInfo;
    record.parent = parent;
    record.diffId = diffId;
    record.chainId = chainIdOf(parent, diffId);
    HashingSource source(tar);
    if (const std::optional<LayerRecord> present = ENGINE_TRY(findLayer(record.chainId))) {
        ENGINE_TRY(drain(source, limits.bytes, source)); // whoever feeds us may be storing the blob on the way
        ENGINE_TRY(checkDiffId(diffId, source.finish()));
        return *present;
    }
    if (!parent.isNull() && !ENGINE_TRY(findLayer(parent)))
        return missingLayer(parent);

    const StagingFolder staging = ENGINE_TRY(makeStagingFolder());
    const QString folder = staging.path() + QStringLiteral("/layer");
    ENGINE_TRY(makePath(folder, 0755));
    {
        const UniqueFd root = ENGINE_TRY(openFile(folder, O_RDONLY | O_DIRECTORY));
        ENGINE_TRY(inheritRoot(root.get(), parent));
        const QString below = staging.path() + QStringLiteral("/below");
        bool isMounted = false;
        const auto lowerFile = [&](const QByteArray &path) -> Result<UniqueFd> {
            if (parent.isNull())
                return missingLayer(parent);
            if (!isMounted) {
                ENGINE_TRY(makePath(below, 0700));
                ENGINE_TRY(mountLayers(parent, {}, {}, below));
                isMounted = true;
            }
            const UniqueFd merged = ENGINE_TRY(openFile(below, O_PATH | O_DIRECTORY));
            UniqueFd file = ENGINE_TRY(openInRoot(merged.get(), path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
            struct stat status;
            if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode))
                return Failure({.code = ErrorCode::InvalidInput, .object = QFile::decodeName(path),
                                .detail = QStringLiteral("%1 is no regular file").arg(QFile::decodeName(path)), .remedy = {}});
            return file;
        };
        TarReader reader(source);
        LayerUnpacker unpacker(root.get(), m_ids, limits, lowerFile);
        const Result<LayerCounts> counts = unpacker.unpack(reader, stop);
        if (isMounted)
            ENGINE_TRY(unmountTree(below));
        if (!counts)
            return passOn(Error(counts.error()), __func__);
        record.sizeBytes = counts->sizeBytes;
        record.fileCount = counts->entries;
        ENGINE_TRY(drain(source, limits.bytes, source));
    }
    ENGINE_TRY(checkDiffId(diffId, source.finish()));
    return publishLayer(record, folder);
}

// The root of a layer is the root of what containers see as long as no layer above says otherwise, so it starts as the one below.
Result<void> Store::inheritRoot(int rootFd, const Digest &parent) const
{
    uid_t uid = m_ids.userToEngine(0);
    gid_t gid = m_ids.groupToEngine(0);
    mode_t mode = 0755;
    if (!parent.isNull()) {
        struct stat status;
        if (::stat(QFile::encodeName(layerPath(parent)).constData(), &status) != 0)
            return Failure(errnoError("stat", layerPath(parent), errno));
        uid = status.st_uid;
        gid = status.st_gid;
        mode = status.st_mode & 07777;
    }
    if (::fchown(rootFd, uid, gid) != 0 || ::fchmod(rootFd, mode) != 0)
        return Failure(errnoError("chown", layerPath(parent), errno));
    return {};
}

Result<LayerRecord> Store::commitLayer(const Digest &parent, const QString &upperDirectory, std::optional<qint64> clampTime,
                                       std::stop_token stop)
{
    const StagingFolder staging = ENGINE_TRY(makeStagingFolder());
    const QString blobFile = staging.path() + QStringLiteral("/blob");
    const auto blob = ENGINE_TRY(LayerBlobWriter::create(blobFile));
    TarWriter tar([&blob](std::span<const char> bytes) { return blob->write(bytes); });

    LayerPacker::Options options;
    options.clampTime = clampTime;
    if (!parent.isNull()) {
        struct stat status;
        if (::stat(QFile::encodeName(layerPath(parent)).constData(), &status) != 0)
            return missingLayer(parent);
        options.rootMode = status.st_mode & 07777;
        options.rootUid = m_ids.userToContainer(status.st_uid);
        options.rootGid = m_ids.groupToContainer(status.st_gid);
    }
    const UniqueFd root = ENGINE_TRY(openFile(upperDirectory, O_RDONLY | O_DIRECTORY));
    const LayerCounts counts = ENGINE_TRY(LayerPacker(m_ids, options, tar).pack(root.get(), stop));
    LayerRecord record = ENGINE_TRY(blob->finish());
    record.parent = parent;
    record.sizeBytes = counts.sizeBytes;
    record.fileCount = counts.entries;
    record.chainId = chainIdOf(parent, record.diffId);
    ENGINE_TRY(adoptBlob(blobFile, record.blob));
    return publishLayer(record, upperDirectory);
}

// One transaction, so that of two processes with the same layer one comes second and sees the first one's row. A folder
// without a row is what a process left that was killed between the rename and the commit.
Result<LayerRecord> Store::publishLayer(LayerRecord record, const QString &folder)
{
    const QString target = layerPath(record.chainId);
    const QString link = m_paths.root + QStringLiteral("/layers/l/") + shortName(record.chainId);
    const Result<void> published = m_database->transaction([&](Database &db) -> Result<void> {
        if (const std::optional<LayerRecord> present = ENGINE_TRY(readLayer(db, record.chainId))) {
            record = *present;
            return {};
        }
        Statement insert = ENGINE_TRY(db.prepare("INSERT INTO layers (chain, diff, parent, blob, blob_bytes, media_type, size_bytes, file_count, created, boot) "
                                                 "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
        insert.bind(1, record.chainId.hex()).bind(2, record.diffId.hex()).bind(5, record.blobBytes).bind(6, record.mediaType);
        bindDigest(bindDigest(insert, 3, record.parent), 4, record.blob);
        ENGINE_TRY(insert.bind(7, record.sizeBytes).bind(8, record.fileCount).bind(9, QDateTime::currentMSecsSinceEpoch()).bind(10, m_bootId).run());
        ENGINE_TRY(m_reaper.take(target));
        if (::rename(QFile::encodeName(folder).constData(), QFile::encodeName(target).constData()) != 0)
            return Failure(errnoError("rename", target, errno));
        if (::symlink(("../" + record.chainId.hex().toLatin1()).constData(), QFile::encodeName(link).constData()) != 0 && errno != EEXIST)
            return Failure(errnoError("symlink", link, errno));
        m_isDirty = true;
        return {};
    });
    if (!published)
        return passOn(Error(published.error()), __func__);
    return record;
}

Result<void> Store::takeAwayOrphans()
{
    const QString folder = m_paths.root + QStringLiteral("/layers");
    const auto candidates = [&](Database &db) -> Result<QStringList> {
        QStringList orphans;
        Statement query = ENGINE_TRY(db.prepare("SELECT 1 FROM layers WHERE chain = ?"));
        for (const QString &name : QDir(folder).entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot)) {
            if (name == QStringLiteral("l"))
                continue;
            if (!ENGINE_TRY(query.bind(1, name).step()))
                orphans.append(name);
            else
                ENGINE_TRY(query.run()); // to its end: ready for the next name
        }
        return orphans;
    };
    bool found = false;
    ENGINE_TRY(m_database->reading([&](Database &db) -> Result<void> {
        found = !ENGINE_TRY(candidates(db)).isEmpty();
        return {};
    }));
    if (!found)
        return {};
    // Again with the write lock: a layer that was being published has its row now.
    return m_database->transaction([&](Database &db) -> Result<void> {
        for (const QString &name : ENGINE_TRY(candidates(db))) {
            qCInfo(lcStorage).noquote() << "taking away the layer folder of a killed process:" << name;
            ENGINE_TRY(m_reaper.take(folder + u'/' + name));
            QFile::remove(folder + QStringLiteral("/l/") + name.left(shortNameDigits));
        }
        return {};
    });
}

Result<void> Store::mountLayers(const Digest &chainId, const QString &upper, const QString &work, const QString &target) const
{
    QStringList lowers;
    ENGINE_TRY(m_database->reading([&](Database &db) -> Result<void> {
        for (Digest chain = chainId; !chain.isNull();) {
            const std::optional<LayerRecord> layer = ENGINE_TRY(readLayer(db, chain));
            if (!layer)
                return missingLayer(chain);
            lowers.append(shortName(chain));
            chain = layer->parent;
        }
        return {};
    }));
    // Overlay wants one lower directory, and two where there is no upper one.
    while (lowers.size() < (upper.isEmpty() ? 2 : 1))
        lowers.append(lowers.contains(emptyLower) ? QStringLiteral("empty2") : emptyLower);
    return mountOverlay(m_paths.root + QStringLiteral("/layers/l"), lowers, upper, work, target);
}

} // namespace Engine::Internal
