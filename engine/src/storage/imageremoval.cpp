// SPDX-License-Identifier: GPL-3.0-or-later
#include "store_p.h"

#include "base/try_p.h"
#include "storage/imagelookup_p.h"
#include "storage/layoutindex_p.h"

#include <QtCore/QSet>

namespace Engine::Internal {

namespace {

struct ContainerUse {
    QString id;
    QString name;
    bool isRunning = false;

    //! "web (3f2a…)", so that a person sees which one is meant.
    QString shown() const { return name.isEmpty() ? id.left(12) : QStringLiteral("%1 (%2)").arg(name, id.left(12)); }
};

//! The container that stands most in the way: a running one first.
Result<std::optional<ContainerUse>> containerUsing(Database &db, const Digest &image)
{
    Statement query = ENGINE_TRY(db.prepare("SELECT id, name, json_valid(document) AND json_extract(document, '$.life.phase') IN ('starting', 'running') AS busy "
                                            "FROM containers WHERE image_id = ? ORDER BY busy DESC, name LIMIT 1"));
    if (!ENGINE_TRY(query.bind(1, image.hex()).step()))
        return std::nullopt;
    return ContainerUse{query.text(0), query.text(1), query.integer(2) != 0};
}

Failure conflict(const QString &object, const QString &reason, const QString &remedy)
{
    return Failure({.code = ErrorCode::InUse, .object = object, .detail = QStringLiteral("conflict: ") + reason, .remedy = remedy});
}

//! Docker's "conflict: unable to delete …".
Result<void> checkUnused(Database &db, const QString &argument, const ImageRecord &image, Images::Force force)
{
    const std::optional<ContainerUse> use = ENGINE_TRY(containerUsing(db, image.id));
    if (!use || (force == Images::Force::Yes && !use->isRunning))
        return {};
    if (use->isRunning)
        return conflict(argument, QStringLiteral("unable to delete %1 (cannot be forced) - image is being used by running container %2").arg(argument, use->shown()),
                        QStringLiteral("slipway rm --force %1").arg(use->name));
    return conflict(argument, QStringLiteral("unable to delete %1 (must be forced) - image is being used by stopped container %2").arg(argument, use->shown()),
                    QStringLiteral("slipway rm %1").arg(use->name));
}

bool isIdOf(const QString &argument, const ImageRecord &image)
{
    const QString digits = argument.startsWith(QStringLiteral("sha256:")) ? argument.sliced(7) : argument;
    return image.id.hex().startsWith(digits);
}

bool isTag(const QString &reference)
{
    return !reference.contains(u'@');
}

QString familiar(const QString &reference)
{
    const Result<ImageReference> parsed = ImageReference::parse(reference);
    return parsed ? parsed->familiarString() : reference;
}

//! Which of the image's names go when \p argument is removed: one for a name, all for an id. Digest names without a tag beside
//! them would keep an image nobody can see, so they go with the last tag.
Result<QStringList> namesToRemove(const QString &argument, const ImageRecord &image, Images::Force force)
{
    if (isIdOf(argument, image)) {
        QSet<QString> repositories;
        for (const QString &reference : image.references)
            if (isTag(reference))
                repositories.insert(reference.left(reference.lastIndexOf(u':')));
        if (repositories.size() > 1 && force == Images::Force::No)
            return conflict(argument, QStringLiteral("unable to delete %1 (must be forced) - image is referenced in multiple repositories").arg(image.id.shortHex()),
                            QStringLiteral("slipway rmi --force %1").arg(argument));
        return image.references;
    }
    const Result<ImageReference> parsed = ImageReference::parse(argument);
    QString name = parsed ? parsed->withDefaultTag().toString() : argument;
    if (!image.references.contains(name) && parsed) { // name:tag@digest
        ImageReference plain = *parsed;
        plain.tag.clear();
        name = plain.toString();
    }
    QStringList rest = image.references;
    rest.removeOne(name);
    return std::ranges::any_of(rest, isTag) ? QStringList{name} : image.references;
}

} // namespace

Result<Images::Removed> Store::removeImage(const QString &nameOrId, Images::Force force)
{
    Images::Removed removed;
    QList<Digest> layers; // of the image, top first
    ENGINE_TRY(m_database->transaction([&](Database &db) -> Result<void> {
        const std::optional<ImageRecord> image = ENGINE_TRY(lookUpImage(db, nameOrId));
        if (!image)
            return noSuchImage(nameOrId);
        const QStringList names = ENGINE_TRY(namesToRemove(nameOrId, *image, force));
        Statement untag = ENGINE_TRY(db.prepare("DELETE FROM names WHERE reference = ?"));
        for (const QString &name : names) {
            ENGINE_TRY(untag.bind(1, name).run());
            ENGINE_TRY(recordEvent("image", QStringLiteral("untag"), image->id.toString(), familiar(name)));
            removed.untagged.append(familiar(name));
        }
        if (names.size() == image->references.size()) {
            ENGINE_TRY(checkUnused(db, nameOrId, *image, force));
            ENGINE_TRY(ENGINE_TRY(db.prepare("DELETE FROM images WHERE id = ?")).bind(1, image->id.hex()).run());
            ENGINE_TRY(recordEvent("image", QStringLiteral("delete"), image->id.toString(), familiar(names.value(0))));
            removed.deleted.append(image->id);
            layers = QList<Digest>(image->chainIds.rbegin(), image->chainIds.rend());
        }
        return markLayoutIndexStale(db);
    }));
    ENGINE_TRY(refreshLayoutIndexIfStale(*this));
    if (removed.deleted.isEmpty())
        return removed;
    const QList<Digest> freed = ENGINE_TRY(collectGarbage());
    for (const Digest &layer : layers)
        if (freed.contains(layer))
            removed.deleted.append(layer);
    return removed;
}

} // namespace Engine::Internal
