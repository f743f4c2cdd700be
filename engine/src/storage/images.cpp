// SPDX-License-Identifier: GPL-3.0-or-later
#include "store_p.h"

#include "base/try_p.h"
#include "oci/manifest_p.h"
#include "storage/imagedocuments_p.h"
#include "storage/layoutindex_p.h"

#include <QtCore/QDateTime>
#include <QtCore/QHash>

namespace Engine::Internal {

namespace {

constexpr qsizetype digestDigits = 64;

const char *const imageColumns = "SELECT images.id, images.manifest, images.config, images.layer FROM images ";

bool isHexPrefix(QStringView text)
{
    return !text.isEmpty() && text.size() <= digestDigits
        && std::ranges::all_of(text, [](QChar c) { return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f'); });
}

Failure noSuchImage(const QString &nameOrId)
{
    const Result<ImageReference> reference = ImageReference::parse(nameOrId);
    const QString shown = reference ? reference->withDefaultTag().familiarString() : nameOrId;
    return Failure({.code = ErrorCode::NotFound, .object = nameOrId, .detail = QStringLiteral("No such image: %1").arg(shown),
                    .remedy = QStringLiteral("slipway pull %1").arg(nameOrId)});
}

Result<QList<Digest>> chainBelow(Database &db, const QString &topHex)
{
    QList<Digest> chain;
    Statement query = ENGINE_TRY(db.prepare("WITH RECURSIVE below(chain, depth) AS (SELECT ?, 0 UNION ALL SELECT layers.parent, depth + 1 "
                                            "FROM layers JOIN below ON layers.chain = below.chain WHERE layers.parent IS NOT NULL) "
                                            "SELECT chain FROM below ORDER BY depth DESC"));
    query.bind(1, topHex);
    while (ENGINE_TRY(query.step()))
        chain.append(Digest::fromSha256Hex(query.text(0).toLatin1()));
    return chain;
}

Result<QStringList> referencesOf(Database &db, const QString &imageHex)
{
    QStringList references;
    Statement query = ENGINE_TRY(db.prepare("SELECT reference FROM names WHERE image = ? ORDER BY reference"));
    query.bind(1, imageHex);
    while (ENGINE_TRY(query.step()))
        references.append(query.text(0));
    return references;
}

//! The row that \p query (of imageColumns) stands on.
Result<ImageRecord> readImage(Database &db, const Statement &query)
{
    ImageRecord image;
    image.id = Digest::fromSha256Hex(query.text(0).toLatin1());
    image.manifest = Digest::fromSha256Hex(query.text(1).toLatin1());
    image.config = nlohmann::json::parse(query.text(2).toStdString(), nullptr, false);
    image.created = createdTime(image.config);
    if (!query.isNull(3))
        image.chainIds = ENGINE_TRY(chainBelow(db, query.text(3)));
    image.references = ENGINE_TRY(referencesOf(db, query.text(0)));
    return image;
}

Result<std::optional<ImageRecord>> imageById(Database &db, const QString &hex)
{
    Statement query = ENGINE_TRY(db.prepare((QByteArray(imageColumns) + "WHERE id = ?").constData()));
    if (!ENGINE_TRY(query.bind(1, hex).step()))
        return std::nullopt;
    return ENGINE_TRY(readImage(db, query));
}

Result<std::optional<ImageRecord>> imageByName(Database &db, const QString &reference)
{
    Statement query = ENGINE_TRY(db.prepare((QByteArray(imageColumns) + "JOIN names ON names.image = images.id WHERE reference = ?").constData()));
    if (!ENGINE_TRY(query.bind(1, reference).step()))
        return std::nullopt;
    return ENGINE_TRY(readImage(db, query));
}

Result<std::optional<ImageRecord>> imageByPrefix(Database &db, const QString &prefix)
{
    Statement query = ENGINE_TRY(db.prepare((QByteArray(imageColumns) + "WHERE id >= ?1 AND id < ?1 || 'g' LIMIT 2").constData()));
    if (!ENGINE_TRY(query.bind(1, prefix).step()))
        return std::nullopt;
    const ImageRecord image = ENGINE_TRY(readImage(db, query));
    if (ENGINE_TRY(query.step()))
        return Failure({.code = ErrorCode::InvalidInput, .object = prefix,
                        .detail = QStringLiteral("the image id prefix %1 is ambiguous: several images begin with it").arg(prefix),
                        .remedy = QStringLiteral("Give more digits of the id")});
    return image;
}

//! Docker's order: an id written out, a name, an id prefix.
Result<std::optional<ImageRecord>> lookUp(Database &db, const QString &nameOrId)
{
    const QString digits = nameOrId.startsWith(QStringLiteral("sha256:")) ? nameOrId.sliced(7) : nameOrId;
    if (digits.size() == digestDigits && isHexPrefix(digits))
        return imageById(db, digits);
    if (const Result<ImageReference> reference = ImageReference::parse(nameOrId)) {
        if (std::optional<ImageRecord> image = ENGINE_TRY(imageByName(db, reference->withDefaultTag().toString())))
            return image;
        if (!reference->digest.isNull()) { // name:tag@digest: Docker takes the digest and forgets the tag
            ImageReference plain = *reference;
            plain.tag.clear();
            return imageByName(db, plain.toString());
        }
    }
    if (isHexPrefix(digits))
        return imageByPrefix(db, digits);
    return std::nullopt;
}

Result<void> pointName(Database &db, const QString &reference, const QString &imageHex)
{
    return ENGINE_TRY(db.prepare("INSERT INTO names (reference, image) VALUES (?1, ?2) ON CONFLICT (reference) DO UPDATE SET image = ?2"))
        .bind(1, reference).bind(2, imageHex).run();
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
        image.references = ENGINE_TRY(referencesOf(db, image.id.hex()));
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
        found = ENGINE_TRY(lookUp(db, nameOrId));
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
        Statement query = ENGINE_TRY(db.prepare((QByteArray(imageColumns) + "ORDER BY created DESC, id").constData()));
        while (ENGINE_TRY(query.step()))
            images.append(ENGINE_TRY(readImage(db, query)));
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
        if (!ENGINE_TRY(imageById(db, id.hex())))
            return noSuchImage(id.toString());
        ENGINE_TRY(pointName(db, name, id.hex()));
        ENGINE_TRY(recordEvent("image", QStringLiteral("tag"), id.toString(), name));
        return markLayoutIndexStale(db);
    }));
    return refreshLayoutIndexIfStale(*this);
}

} // namespace Engine::Internal
