// SPDX-License-Identifier: GPL-3.0-or-later
#include "store_p.h"

#include "base/try_p.h"
#include "oci/manifest_p.h"
#include "storage/imagedocuments_p.h"
#include "storage/imagelookup_p.h"
#include "storage/layoutindex_p.h"

#include <QtCore/QDateTime>

namespace Engine::Internal {

namespace {

Result<void> pointName(Database &db, const QString &reference, const QString &imageHex)
{
    return ENGINE_TRY(db.prepare("INSERT INTO names (reference, image, tagged) VALUES (?1, ?2, ?3) "
                                 "ON CONFLICT (reference) DO UPDATE SET image = ?2, tagged = ?3"))
        .bind(1, reference).bind(2, imageHex).bind(3, QDateTime::currentMSecsSinceEpoch()).run();
}

Result<void> insertImage(Database &db, const ImageRecord &image, const ManifestDocument &manifest, const QByteArray &config, qint64 manifestBytes)
{
    Statement insert = ENGINE_TRY(db.prepare("INSERT INTO images (id, manifest, manifest_type, manifest_bytes, config, created, added, layer) "
                                             "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET manifest = excluded.manifest, "
                                             "manifest_type = excluded.manifest_type, manifest_bytes = excluded.manifest_bytes"));
    insert.bind(1, image.id.hex()).bind(2, image.manifest.hex()).bind(3, manifest.mediaType).bind(4, manifestBytes)
        .bind(5, QString::fromUtf8(config)).bind(7, QDateTime::currentMSecsSinceEpoch());
    if (image.created.isValid())
        insert.bind(6, image.created.toMSecsSinceEpoch());
    else
        insert.bindNull(6);
    if (image.chainIds.isEmpty())
        insert.bindNull(8);
    else
        insert.bind(8, image.topLayer().hex());
    ENGINE_TRY(insert.run());

    Statement blob = ENGINE_TRY(db.prepare("INSERT OR IGNORE INTO image_blobs (image, blob) VALUES (?, ?)"));
    QList<Digest> blobs{image.manifest, image.id};
    for (const Descriptor &layer : manifest.layers)
        blobs.append(layer.digest);
    for (const Digest &digest : blobs)
        ENGINE_TRY(blob.bind(1, image.id.hex()).bind(2, digest.hex()).run());
    return {};
}

} // namespace

Result<ImageRecord> Store::addImage(const QByteArray &manifestBytes, const QString &manifestMediaType, const QStringList &references)
{
    const auto document = ENGINE_TRY(parseManifest(manifestBytes, manifestMediaType));
    if (!std::holds_alternative<ManifestDocument>(document))
        return Failure({.code = ErrorCode::InvalidInput, .object = {}, .detail = QStringLiteral("an index of images is no image"),
                        .remedy = QStringLiteral("Choose the image for this machine's platform first")});
    const auto &manifest = std::get<ManifestDocument>(document);
    const QByteArray configBytes = ENGINE_TRY(readBlob(manifest.config.digest));
    const QList<Digest> diffIds = ENGINE_TRY(parseDiffIds(configBytes, manifest.layers.size()));
    for (const Descriptor &layer : manifest.layers)
        if (!hasBlob(layer.digest))
            return Failure({.code = ErrorCode::NotFound, .object = layer.digest.toString(),
                            .detail = QStringLiteral("the blob %1 of the image is not in the store").arg(layer.digest.toString()),
                            .remedy = QStringLiteral("Pull or build the image again")});
    ImageRecord image;
    image.id = manifest.config.digest;
    image.config = nlohmann::json::parse(configBytes.begin(), configBytes.end(), nullptr, false);
    image.created = createdTime(image.config);
    for (const Digest &diffId : diffIds)
        image.chainIds.append(chainIdOf(image.topLayer(), diffId));
    image.manifest = ENGINE_TRY(addBlob(manifestBytes));

    ENGINE_TRY(m_database->transaction([&](Database &db) -> Result<void> {
        for (const Digest &chain : image.chainIds)
            if (!ENGINE_TRY(findLayer(chain)))
                return Failure({.code = ErrorCode::NotFound, .object = chain.toString(),
                                .detail = QStringLiteral("the layer %1 of the image is not in the store").arg(chain.toString()),
                                .remedy = QStringLiteral("Pull or build the image again")});
        ENGINE_TRY(insertImage(db, image, manifest, configBytes, manifestBytes.size()));
        for (const QString &reference : references) {
            ENGINE_TRY(pointName(db, reference, image.id.hex()));
            if (!reference.contains(u'@'))
                ENGINE_TRY(recordEvent("image", QStringLiteral("tag"), image.id.toString(), reference));
        }
        image.references = ENGINE_TRY(referencesOf(db, image.id));
        return markLayoutIndexStale(db);
    }));
    ENGINE_TRY(refreshLayoutIndexIfStale(*this));
    return image;
}

Result<ImageRecord> Store::addBuiltImage(nlohmann::json config, const Digest &chainId, const QStringList &references)
{
    QList<LayerRecord> layers;
    for (Digest chain = chainId; !chain.isNull(); chain = layers.first().parent) {
        const std::optional<LayerRecord> layer = ENGINE_TRY(findLayer(chain));
        if (!layer)
            return Failure({.code = ErrorCode::NotFound, .object = chain.toString(),
                            .detail = QStringLiteral("the layer %1 is not in the store").arg(chain.toString()),
                            .remedy = QStringLiteral("Build the image again")});
        layers.prepend(*layer);
    }
    const BuiltDocuments documents = builtDocuments(std::move(config), layers);
    ENGINE_TRY(addBlob(documents.config));
    return addImage(documents.manifest, documents.manifestMediaType, references);
}

Result<ImageRecord> Store::findImage(const QString &nameOrId) const
{
    std::optional<ImageRecord> found;
    ENGINE_TRY(m_database->reading([&](Database &db) -> Result<void> {
        found = ENGINE_TRY(lookUpImage(db, nameOrId));
        return {};
    }));
    if (!found)
        return noSuchImage(nameOrId);
    return std::move(*found);
}

Result<QList<ImageRecord>> Store::listImages() const
{
    QList<ImageRecord> images;
    ENGINE_TRY(m_database->reading([&](Database &db) -> Result<void> {
        images = ENGINE_TRY(allImages(db));
        return {};
    }));
    return images;
}

Result<void> Store::tagImage(const Digest &id, const ImageReference &reference)
{
    if (!reference.digest.isNull())
        return Failure({.code = ErrorCode::InvalidInput, .object = reference.familiarString(),
                        .detail = QStringLiteral("refusing to create a tag with a digest reference"),
                        .remedy = QStringLiteral("Give a name and a tag, as in busybox:mine")});
    const QString name = reference.withDefaultTag().toString();
    ENGINE_TRY(m_database->transaction([&](Database &db) -> Result<void> {
        if (!ENGINE_TRY(imageById(db, id)))
            return noSuchImage(id.toString());
        ENGINE_TRY(pointName(db, name, id.hex()));
        ENGINE_TRY(recordEvent("image", QStringLiteral("tag"), id.toString(), name));
        return markLayoutIndexStale(db);
    }));
    return refreshLayoutIndexIfStale(*this);
}

} // namespace Engine::Internal
