// SPDX-License-Identifier: GPL-3.0-or-later
#include "imagelookup_p.h"

#include "base/try_p.h"
#include "storage/imagedocuments_p.h"

#include <algorithm>

namespace Engine::Internal {

namespace {

constexpr qsizetype digestDigits = 64;

const char *const imageColumns = "SELECT images.id, images.manifest, images.config, images.layer FROM images ";

bool isHexPrefix(QStringView text)
{
    return !text.isEmpty() && text.size() <= digestDigits
        && std::ranges::all_of(text, [](QChar c) { return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f'); });
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
    image.references = ENGINE_TRY(referencesOf(db, image.id));
    return image;
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

} // namespace

Failure noSuchImage(const QString &nameOrId)
{
    const Result<ImageReference> reference = ImageReference::parse(nameOrId);
    const QString shown = reference ? reference->withDefaultTag().familiarString() : nameOrId;
    return Failure({.code = ErrorCode::NotFound, .object = nameOrId, .detail = QStringLiteral("No such image: %1").arg(shown),
                    .remedy = QStringLiteral("slipway pull %1").arg(nameOrId)});
}

Result<QStringList> referencesOf(Database &db, const Digest &image)
{
    QStringList references;
    Statement query = ENGINE_TRY(db.prepare("SELECT reference FROM names WHERE image = ? ORDER BY reference"));
    query.bind(1, image.hex());
    while (ENGINE_TRY(query.step()))
        references.append(query.text(0));
    return references;
}

Result<std::optional<ImageRecord>> imageById(Database &db, const Digest &id)
{
    Statement query = ENGINE_TRY(db.prepare((QByteArray(imageColumns) + "WHERE id = ?").constData()));
    if (!ENGINE_TRY(query.bind(1, id.hex()).step()))
        return std::nullopt;
    return ENGINE_TRY(readImage(db, query));
}

Result<std::optional<ImageRecord>> lookUpImage(Database &db, const QString &nameOrId)
{
    const QString digits = nameOrId.startsWith(QStringLiteral("sha256:")) ? nameOrId.sliced(7) : nameOrId;
    if (digits.size() == digestDigits && isHexPrefix(digits))
        return imageById(db, Digest::fromSha256Hex(digits.toLatin1()));
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

Result<QList<ImageRecord>> allImages(Database &db)
{
    QList<ImageRecord> images;
    Statement query = ENGINE_TRY(db.prepare((QByteArray(imageColumns) + "ORDER BY created DESC, id").constData()));
    while (ENGINE_TRY(query.step()))
        images.append(ENGINE_TRY(readImage(db, query)));
    return images;
}

} // namespace Engine::Internal
