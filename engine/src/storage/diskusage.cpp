// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/diskusage_p.h"

#include "base/try_p.h"

#include <QtCore/QFile>
#include <QtCore/QSet>

#include <array>

#include <fts.h>
#include <sys/stat.h>

namespace Engine::Internal {

namespace {

constexpr auto byImages = "SELECT layer FROM images WHERE layer IS NOT NULL";
constexpr auto byContainers = "SELECT layer FROM containers WHERE layer IS NOT NULL";
constexpr auto byCache = "SELECT layer FROM build_cache WHERE layer IS NOT NULL";

//! What the layers that \p owners name take, with all that lies below them.
Result<qint64> bytesKept(Database &db, const QByteArray &owners)
{
    const QByteArray query = "WITH RECURSIVE kept(chain) AS (" + owners
        + " UNION SELECT parent FROM layers JOIN kept ON layers.chain = kept.chain WHERE parent IS NOT NULL)"
          " SELECT coalesce(sum(size_bytes), 0) FROM layers WHERE chain IN (SELECT chain FROM kept)";
    Statement sum = ENGINE_TRY(db.prepare(query.constData()));
    ENGINE_TRY(sum.step());
    return sum.integer(0);
}

Result<int> countOf(Database &db, const char *query)
{
    Statement count = ENGINE_TRY(db.prepare(query));
    ENGINE_TRY(count.step());
    return int(count.integer(0));
}

QByteArray both(const char *one, const char *other)
{
    return QByteArray(one) + " UNION " + other;
}

} // namespace

Result<DiskUsage> layerUsage(const Store &store)
{
    DiskUsage usage;
    ENGINE_TRY(store.database().reading([&usage](Database &db) -> Result<void> {
        const qint64 used = ENGINE_TRY(bytesKept(db, byContainers));
        const qint64 named = ENGINE_TRY(bytesKept(db, both(byImages, byContainers)));
        const qint64 all = ENGINE_TRY(bytesKept(db, both(byImages, byContainers) + " UNION " + byCache));
        usage.images.count = ENGINE_TRY(countOf(db, "SELECT count(*) FROM images"));
        usage.images.active = ENGINE_TRY(countOf(db, "SELECT count(*) FROM images WHERE id IN (SELECT image_id FROM containers)"));
        usage.images.sizeBytes = named;
        usage.images.reclaimableBytes = named - used;
        usage.buildCache.count = ENGINE_TRY(countOf(db, "SELECT count(*) FROM build_cache"));
        usage.buildCache.active = ENGINE_TRY(countOf(
            db, "WITH RECURSIVE kept(chain) AS (SELECT layer FROM images WHERE layer IS NOT NULL"
                " UNION SELECT layer FROM containers WHERE layer IS NOT NULL"
                " UNION SELECT parent FROM layers JOIN kept ON layers.chain = kept.chain WHERE parent IS NOT NULL)"
                " SELECT count(*) FROM build_cache WHERE layer IN (SELECT chain FROM kept)"));
        usage.buildCache.sizeBytes = usage.buildCache.reclaimableBytes = all - named;
        return {};
    }));
    return usage;
}

qint64 bytesBelow(const QString &folder)
{
    QByteArray path = QFile::encodeName(folder);
    std::array<char *, 2> roots{path.data(), nullptr};
    FTS *tree = ::fts_open(roots.data(), FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, nullptr);
    if (!tree)
        return 0;
    qint64 bytes = 0;
    QSet<quint64> seen; // inodes with several names; one file system
    while (const FTSENT *entry = ::fts_read(tree)) {
        if (entry->fts_info != FTS_F || !S_ISREG(entry->fts_statp->st_mode))
            continue;
        if (entry->fts_statp->st_nlink > 1) {
            if (seen.contains(entry->fts_statp->st_ino))
                continue;
            seen.insert(entry->fts_statp->st_ino);
        }
        bytes += entry->fts_statp->st_size;
    }
    ::fts_close(tree);
    return bytes;
}

} // namespace Engine::Internal
