// SPDX-License-Identifier: GPL-3.0-or-later
#include "store_p.h"

#include "base/logging_p.h"
#include "base/try_p.h"
#include "linux/mounts_p.h"
#include "storage/layoutindex_p.h"

#include <QtCore/QDateTime>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QSet>
#include <QtCore/QUuid>

#include <fcntl.h>
#include <unistd.h>

namespace Engine::Internal {

namespace {

QString trashPath(const StorePaths &paths)
{
    return paths.root + QStringLiteral("/trash");
}

QString stagingPath(const StorePaths &paths)
{
    return paths.root + QStringLiteral("/staging");
}

QStringList namesIn(const QString &folder)
{
    return QDir(folder).entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
}

} // namespace

StagingFolder::~StagingFolder()
{
    if (m_path.isEmpty())
        return;
    const Result<void> removed = removeTree(m_path);
    if (!removed)
        qCWarning(lcStorage).noquote() << "staging folder not removed:" << removed.error().detail;
}

Store::Store(StorePaths paths, IdMap ids, std::unique_ptr<Database> database)
    : m_paths(std::move(paths)), m_ids(std::move(ids)), m_database(std::move(database)), m_reaper(trashPath(m_paths))
{
}

Store::~Store()
{
    if (!m_isDirty)
        return;
    const Result<void> synced = sync();
    if (!synced)
        qCWarning(lcStorage).noquote() << "store not synced:" << synced.error().detail;
}

Result<std::unique_ptr<Store>> Store::open(const StorePaths &paths, const IdMap &ids)
{
    // 0700: layers hold setuid programs and, for root, device nodes that no other user may reach.
    ENGINE_TRY(makePath(paths.root, 0700));
    ENGINE_TRY(makePath(paths.run, 0700));
    std::unique_ptr<Database> database = ENGINE_TRY(Database::open(paths.root + QStringLiteral("/slipway.db")));
    std::unique_ptr<Store> store(new Store(paths, ids, std::move(database)));
    store->m_bootId = QString::fromLatin1(ENGINE_TRY(readFile(QStringLiteral("/proc/sys/kernel/random/boot_id")))).trimmed();
    ENGINE_TRY(store->makeFolders());
    ENGINE_TRY(store->forgetUnsynced());
    ENGINE_TRY(store->takeAwayRemains());
    ENGINE_TRY(refreshLayoutIndexIfStale(*store));
    return store;
}

Result<void> Store::makeFolders() const
{
    for (const char *folder : {"images/blobs/sha256", "layers/l/empty", "layers/l/empty2", "staging", "trash"})
        ENGINE_TRY(makePath(m_paths.root + u'/' + QLatin1StringView(folder), 0700));
    const QString marker = m_paths.root + QStringLiteral("/images/oci-layout");
    if (!QFile::exists(marker))
        ENGINE_TRY(writeFileAtomically(marker, "{\"imageLayoutVersion\": \"1.0.0\"}"));
    return {};
}

// After a power loss a file may be short although its name and its row are there. Rows of another boot that were never
// synced are therefore not trusted; what stands on them goes, too.
Result<void> Store::forgetUnsynced()
{
    bool found = false;
    ENGINE_TRY(m_database->reading([&](Database &db) -> Result<void> {
        Statement query = ENGINE_TRY(db.prepare("SELECT 1 FROM layers WHERE boot IS NOT NULL AND boot <> ? LIMIT 1"));
        found = ENGINE_TRY(query.bind(1, m_bootId).step());
        return {};
    }));
    if (!found)
        return {};
    qCWarning(lcStorage) << "forgetting layers that were not on the disk at the last shutdown";
    return m_database->transaction([&](Database &db) -> Result<void> {
        static constexpr const char *lost = R"(
            CREATE TEMP TABLE lost AS
            WITH RECURSIVE lost(chain) AS (
                SELECT chain FROM layers WHERE boot IS NOT NULL AND boot <> ?1
                UNION SELECT layers.chain FROM layers JOIN lost ON layers.parent = lost.chain)
            SELECT chain FROM lost)";
        ENGINE_TRY(ENGINE_TRY(db.prepare(lost)).bind(1, m_bootId).run());
        for (const char *sql : {"UPDATE containers SET layer = NULL WHERE layer IN (SELECT chain FROM lost)",
                                "DELETE FROM images WHERE layer IN (SELECT chain FROM lost)",
                                "DELETE FROM build_cache WHERE layer IN (SELECT chain FROM lost)",
                                "PRAGMA defer_foreign_keys = ON", // children and parents go in one statement, in any order
                                "DELETE FROM layers WHERE chain IN (SELECT chain FROM lost)", "DROP TABLE lost"})
            ENGINE_TRY(ENGINE_TRY(db.prepare(sql)).run());
        return markLayoutIndexStale(db);
    });
}

Result<void> Store::takeAwayRemains()
{
    // Nobody at work: whatever lies in staging belongs to processes that are gone.
    if (!namesIn(stagingPath(m_paths)).isEmpty()) {
        const Result<FileLock> alone = FileLock::tryAcquire(m_paths.root + QStringLiteral("/staging.lock"), FileLock::Mode::Exclusive);
        if (alone) {
            // The namespace outlives a killed builder, and so do its mounts; the reaper would stop at them.
            ENGINE_TRY(unmountAllBelow(stagingPath(m_paths)));
            for (const QString &name : namesIn(stagingPath(m_paths)))
                ENGINE_TRY(m_reaper.take(stagingPath(m_paths) + u'/' + name));
        } else if (alone.error().code != ErrorCode::InUse) {
            return Failure(alone.error());
        }
    }
    ENGINE_TRY(takeAwayOrphans());
    if (!namesIn(trashPath(m_paths)).isEmpty())
        m_reaper.start();
    return {};
}

Result<StagingFolder> Store::makeStagingFolder()
{
    FileLock lock = ENGINE_TRY(FileLock::acquire(m_paths.root + QStringLiteral("/staging.lock"), FileLock::Mode::Shared));
    const QString path = stagingPath(m_paths) + u'/' + QUuid::createUuid().toString(QUuid::Id128);
    ENGINE_TRY(makePath(path, 0700));
    return StagingFolder(path, std::move(lock));
}

Result<void> Store::sync()
{
    m_isDirty = false; // before: what comes while we sync is dirty again
    QStringList covered;
    ENGINE_TRY(m_database->reading([&](Database &db) -> Result<void> {
        Statement query = ENGINE_TRY(db.prepare("SELECT chain FROM layers WHERE boot = ?"));
        query.bind(1, m_bootId);
        while (ENGINE_TRY(query.step()))
            covered.append(query.text(0));
        return {};
    }));
    const UniqueFd root = ENGINE_TRY(openFile(m_paths.root, O_RDONLY | O_DIRECTORY));
    if (::syncfs(root.get()) != 0)
        return Failure(errnoError("syncfs", m_paths.root, errno));
    if (covered.isEmpty())
        return {};
    return m_database->transaction([&](Database &db) -> Result<void> {
        Statement update = ENGINE_TRY(db.prepare("UPDATE layers SET boot = NULL WHERE chain = ?"));
        for (const QString &chain : covered)
            ENGINE_TRY(update.bind(1, chain).run());
        return {};
    });
}

Result<void> Store::recordEvent(const char *kind, const QString &action, const QString &id, const QString &name)
{
    const auto record = [&](Database &db) -> Result<void> {
        db.afterCommit([file = eventsFile(m_paths)] {
            // Without the run folder nobody can be watching.
            if (const auto touched = touchFile(file); !touched && touched.error().code != ErrorCode::NotFound)
                qCWarning(lcStorage).noquote() << "other processes are not told of changes:" << touched.error().detail;
        });
        Statement insert = ENGINE_TRY(db.prepare("INSERT INTO events (time, kind, action, object, name) VALUES (?, ?, ?, ?, ?)"));
        return insert.bind(1, QDateTime::currentMSecsSinceEpoch()).bind(2, QString::fromLatin1(kind)).bind(3, action)
            .bind(4, id).bind(5, name).run();
    };
    return m_database->isHeldByThisThread() ? record(*m_database) : m_database->transaction(record);
}

} // namespace Engine::Internal
