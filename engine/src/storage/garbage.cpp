// SPDX-License-Identifier: GPL-3.0-or-later
#include "store_p.h"

#include "base/logging_p.h"
#include "base/try_p.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QSet>

namespace Engine::Internal {

namespace {

// What keeps a layer: an image, a container, the build cache, or a layer above it that is kept.
constexpr const char *unreachableLayers = R"(
    WITH RECURSIVE kept(chain) AS (
        SELECT layer FROM images WHERE layer IS NOT NULL
        UNION SELECT layer FROM containers WHERE layer IS NOT NULL
        UNION SELECT layer FROM build_cache WHERE layer IS NOT NULL
        UNION SELECT parent FROM layers JOIN kept ON layers.chain = kept.chain WHERE parent IS NOT NULL)
    SELECT chain FROM layers WHERE chain NOT IN (SELECT chain FROM kept))";

} // namespace

// Rows and names go in one short transaction, the bytes behind it. Skipped while anybody holds a staging folder: a pull or
// a build may be counting on layers that no image refers to yet. The next removal, or the next open(), finds them.
Result<QList<Digest>> Store::collectGarbage()
{
    const Result<FileLock> alone = FileLock::tryAcquire(m_paths.root + QStringLiteral("/staging.lock"), FileLock::Mode::Exclusive);
    if (!alone) {
        if (alone.error().code == ErrorCode::InUse)
            return QList<Digest>();
        return Failure(alone.error());
    }
    QList<Digest> freed;
    ENGINE_TRY(m_database->transaction([&](Database &db) -> Result<void> {
        Statement query = ENGINE_TRY(db.prepare(unreachableLayers));
        while (ENGINE_TRY(query.step()))
            freed.append(Digest::fromSha256Hex(query.text(0).toLatin1()));
        // Children point at parents: all rows of a chain go before the constraint is looked at.
        ENGINE_TRY(ENGINE_TRY(db.prepare("PRAGMA defer_foreign_keys = ON")).run());
        Statement remove = ENGINE_TRY(db.prepare("DELETE FROM layers WHERE chain = ?"));
        for (const Digest &chain : freed)
            ENGINE_TRY(remove.bind(1, chain.hex()).run());
        return takeAwayUnusedBlobs(db);
    }));
    // The rows are gone: folders that a kill leaves here are orphans, which the next open() takes away.
    for (const Digest &chain : freed) {
        ENGINE_TRY(m_reaper.take(layerPath(chain)));
        QFile::remove(m_paths.root + QStringLiteral("/layers/l/") + chain.hex().left(24));
    }
    m_reaper.start();
    return freed;
}

// Inside the transaction: a blob that goes was in no row, so nothing is lost should the commit fail.
Result<void> Store::takeAwayUnusedBlobs(Database &db)
{
    QSet<QString> used;
    Statement query = ENGINE_TRY(db.prepare("SELECT blob FROM image_blobs UNION SELECT blob FROM layers WHERE blob IS NOT NULL"));
    while (ENGINE_TRY(query.step()))
        used.insert(query.text(0));
    const QString folder = m_paths.root + QStringLiteral("/images/blobs/sha256");
    for (const QString &name : QDir(folder).entryList(QDir::Files | QDir::Hidden | QDir::System))
        if (!used.contains(name))
            ENGINE_TRY(m_reaper.take(folder + u'/' + name));
    return {};
}

} // namespace Engine::Internal
