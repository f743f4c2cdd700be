// SPDX-License-Identifier: GPL-3.0-or-later
#include "storecheck_p.h"

#include "base/try_p.h"
#include "storage/filesource_p.h"
#include "storage/layerpath_p.h"
#include "storage/sha256_p.h"

#include <QtCore/QDir>
#include <QtCore/QHash>
#include <QtCore/QSet>

#include <fcntl.h>

namespace Engine::Internal {

namespace {

//! What the database says there must be, read in one go.
struct Expected {
    QHash<QString, qint64> layers;  //!< chain and size
    QSet<QString> blobs;
    QStringList faults;             //!< of the database itself
};

QStringList everythingIn(const QString &folder)
{
    return QDir(folder).entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
}

Result<Expected> readExpected(Database &db)
{
    Expected expected;
    Statement integrity = ENGINE_TRY(db.prepare("PRAGMA integrity_check"));
    while (ENGINE_TRY(integrity.step()))
        if (integrity.text(0) != QStringLiteral("ok"))
            expected.faults.append(QStringLiteral("the database is damaged: %1").arg(integrity.text(0)));
    Statement foreign = ENGINE_TRY(db.prepare("PRAGMA foreign_key_check"));
    while (ENGINE_TRY(foreign.step()))
        expected.faults.append(QStringLiteral("a row of %1 points at a missing row of %2").arg(foreign.text(0), foreign.text(2)));
    Statement layers = ENGINE_TRY(db.prepare("SELECT chain, size_bytes FROM layers"));
    while (ENGINE_TRY(layers.step()))
        expected.layers.insert(layers.text(0), layers.integer(1));
    Statement blobs = ENGINE_TRY(db.prepare("SELECT blob FROM layers WHERE blob IS NOT NULL UNION SELECT blob FROM image_blobs"));
    while (ENGINE_TRY(blobs.step()))
        expected.blobs.insert(blobs.text(0));
    return expected;
}

Result<void> checkLayers(const QString &folder, const Expected &expected, QStringList &faults, const std::stop_token &stop)
{
    for (auto layer = expected.layers.begin(); layer != expected.layers.end(); ++layer) {
        if (stop.stop_requested())
            return Failure({.code = ErrorCode::Cancelled, .object = {}, .detail = QStringLiteral("the check was cancelled"), .remedy = {}});
        const Result<UniqueFd> root = openFile(folder + QStringLiteral("/l/") + layer.key().left(24), O_RDONLY | O_DIRECTORY);
        if (!root) {
            faults.append(QStringLiteral("the layer %1 has no folder: %2").arg(layer.key(), root.error().detail));
            continue;
        }
        const LayerCounts counts = ENGINE_TRY(countLayer(root->get()));
        if (counts.sizeBytes != layer.value())
            faults.append(QStringLiteral("the layer %1 holds %2 bytes instead of %3").arg(layer.key()).arg(counts.sizeBytes).arg(layer.value()));
    }
    for (const QString &name : everythingIn(folder))
        if (name != QStringLiteral("l") && !expected.layers.contains(name))
            faults.append(QStringLiteral("the folder layers/%1 belongs to no layer").arg(name));
    return {};
}

Result<void> checkBlobs(const QString &folder, const Expected &expected, QStringList &faults, const std::stop_token &stop)
{
    for (const QString &name : expected.blobs)
        if (!QFile::exists(folder + u'/' + name))
            faults.append(QStringLiteral("the blob %1 is missing").arg(name));
    for (const QString &name : everythingIn(folder)) {
        if (stop.stop_requested())
            return Failure({.code = ErrorCode::Cancelled, .object = {}, .detail = QStringLiteral("the check was cancelled"), .remedy = {}});
        FileSource blob = ENGINE_TRY(FileSource::open(folder + u'/' + name));
        const Digest digest = ENGINE_TRY(digestOf(blob));
        // A blob nobody refers to yet may be one that is being written; its name is not its digest before the rename.
        if (digest.hex() != name && expected.blobs.contains(name))
            faults.append(QStringLiteral("the blob %1 is damaged: its contents have the digest %2").arg(name, digest.toString()));
    }
    return {};
}

} // namespace

Result<QStringList> checkStore(const Store &store, std::stop_token stop)
{
    const QString root = store.paths().root;
    Expected expected;
    ENGINE_TRY(store.database().reading([&](Database &db) -> Result<void> {
        expected = ENGINE_TRY(readExpected(db));
        return {};
    }));
    QStringList faults = expected.faults;
    ENGINE_TRY(checkLayers(root + QStringLiteral("/layers"), expected, faults, stop));
    ENGINE_TRY(checkBlobs(root + QStringLiteral("/images/blobs/sha256"), expected, faults, stop));
    const QStringList staged = everythingIn(root + QStringLiteral("/staging"));
    if (!staged.isEmpty() && FileLock::tryAcquire(root + QStringLiteral("/staging.lock"), FileLock::Mode::Exclusive))
        faults.append(QStringLiteral("staging holds %1 folders of processes that are gone").arg(staged.size()));
    const QByteArray index = ENGINE_TRY(readFile(root + QStringLiteral("/images/index.json")));
    if (!nlohmann::json::accept(index.begin(), index.end()))
        faults.append(QStringLiteral("images/index.json is no JSON"));
    return faults;
}

} // namespace Engine::Internal
