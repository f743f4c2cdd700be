// SPDX-License-Identifier: GPL-3.0-or-later
#include "layoutindex_p.h"

#include "base/try_p.h"

#include <QtCore/QFile>

namespace Engine::Internal {

namespace {

constexpr auto refNameAnnotation = "org.opencontainers.image.ref.name";

Result<bool> isIndexStale(Database &db)
{
    Statement query = ENGINE_TRY(db.prepare("SELECT 1 FROM state WHERE key = 'layout-index-stale'"));
    return query.step();
}

// Nameless images are listed, too, so that a tool that collects garbage in the layout keeps their blobs.
Result<nlohmann::json> describeImages(Database &db)
{
    nlohmann::json manifests = nlohmann::json::array();
    Statement query = ENGINE_TRY(db.prepare("SELECT manifest_type, manifest, manifest_bytes, reference FROM images LEFT JOIN names ON names.image = images.id "
                                            "AND instr(reference, '@') = 0 ORDER BY reference, manifest"));
    while (ENGINE_TRY(query.step())) {
        nlohmann::json descriptor{{"mediaType", query.text(0).toStdString()},
                                  {"digest", "sha256:" + query.text(1).toStdString()},
                                  {"size", query.integer(2)}};
        if (!query.isNull(3)) {
            const Result<ImageReference> reference = ImageReference::parse(query.text(3));
            const QString name = reference ? reference->familiarString() : query.text(3);
            descriptor["annotations"] = {{refNameAnnotation, name.toStdString()}};
        }
        manifests.push_back(std::move(descriptor));
    }
    return manifests;
}

} // namespace

Result<void> markLayoutIndexStale(Database &db)
{
    return ENGINE_TRY(db.prepare("INSERT OR REPLACE INTO state (key, value) VALUES ('layout-index-stale', '1')")).run();
}

Result<void> refreshLayoutIndexIfStale(Store &store)
{
    bool stale = false;
    ENGINE_TRY(store.database().reading([&](Database &db) -> Result<void> {
        stale = ENGINE_TRY(isIndexStale(db));
        return {};
    }));
    const QString file = store.paths().root + QStringLiteral("/images/index.json");
    if (!stale && QFile::exists(file))
        return {};
    // Written inside the transaction, so that the last writer of the file is the one who saw the last change.
    return store.database().transaction([&](Database &db) -> Result<void> {
        const nlohmann::json index{{"schemaVersion", 2},
                                   {"mediaType", "application/vnd.oci.image.index.v1+json"},
                                   {"manifests", ENGINE_TRY(describeImages(db))}};
        ENGINE_TRY(writeFileAtomically(file, QByteArray::fromStdString(index.dump(2))));
        return ENGINE_TRY(db.prepare("DELETE FROM state WHERE key = 'layout-index-stale'")).run();
    });
}

} // namespace Engine::Internal
