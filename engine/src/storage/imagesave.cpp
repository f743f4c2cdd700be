// SPDX-License-Identifier: GPL-3.0-or-later
#include "imagearchive_p.h"

#include "base/try_p.h"
#include "storage/filesource_p.h"

#include <QtCore/QFileInfo>
#include <QtCore/QSet>

#include <algorithm>
#include <vector>

namespace Engine::Internal {

namespace {

using nlohmann::json;

//! An image and the names it is saved under, in full form.
struct SavedImage {
    ImageRecord image;
    QStringList names;
};

//! A name stands for itself, one without a tag for every tag, an id for no name at all.
Result<SavedImage> savedImageFor(const ImageRecord &image, const QString &nameOrId, const ImageReference *reference)
{
    SavedImage saved{.image = image, .names = {}};
    if (!reference || !reference->digest.isNull())
        return saved;
    const QString full = reference->withDefaultTag().toString();
    if (image.references.contains(full) && !image.id.hex().startsWith(nameOrId))
        saved.names.append(full);
    return saved;
}

void mergeSaved(QList<SavedImage> *all, const SavedImage &more)
{
    const auto same = std::ranges::find_if(*all, [&more](const SavedImage &s) { return s.image.id == more.image.id; });
    if (same == all->end()) {
        all->append(more);
        return;
    }
    for (const QString &name : more.names) {
        if (!same->names.contains(name))
            same->names.append(name);
    }
}

//! Every tag of a repository, as `docker save NAME` means it.
Result<bool> mergeRepository(const Store &store, const ImageReference &reference, QList<SavedImage> *all)
{
    bool found = false;
    for (const ImageRecord &image : ENGINE_TRY(store.listImages())) {
        for (const QString &name : image.references) {
            const auto parsed = ImageReference::parse(name);
            if (!parsed || parsed->name() != reference.name() || !parsed->digest.isNull())
                continue;
            mergeSaved(all, {.image = image, .names = {name}});
            found = true;
        }
    }
    return found;
}

Result<QList<SavedImage>> chooseSaved(const Store &store, const QStringList &namesOrIds)
{
    QList<SavedImage> all;
    for (const QString &nameOrId : namesOrIds) {
        const auto reference = ImageReference::parse(nameOrId);
        const bool isNameOnly = reference && reference->tag.isEmpty() && reference->digest.isNull();
        if (isNameOnly && ENGINE_TRY(mergeRepository(store, *reference, &all)))
            continue;
        const ImageRecord image = ENGINE_TRY(store.findImage(nameOrId));
        mergeSaved(&all, ENGINE_TRY(savedImageFor(image, nameOrId, reference ? &*reference : nullptr)));
    }
    return all;
}

Result<void> addArchiveFile(TarWriter &tar, const QByteArray &path, QByteArrayView content)
{
    TarEntry entry;
    entry.type = TarEntry::Type::File;
    entry.path = path;
    entry.mode = 0644;
    entry.size = content.size();
    ENGINE_TRY(tar.add(entry));
    return tar.write({content.data(), size_t(content.size())});
}

Result<void> addArchiveFolder(TarWriter &tar, const QByteArray &path)
{
    TarEntry entry;
    entry.type = TarEntry::Type::Directory;
    entry.path = path;
    entry.mode = 0755;
    return tar.add(entry);
}

Result<void> addBlobFile(const Store &store, TarWriter &tar, const Digest &digest, const std::stop_token &stop)
{
    const QString path = store.blobPath(digest);
    FileSource source = ENGINE_TRY(FileSource::open(path));
    TarEntry entry;
    entry.type = TarEntry::Type::File;
    entry.path = "blobs/sha256/" + digest.hex().toLatin1();
    entry.mode = 0644;
    entry.size = QFileInfo(path).size();
    ENGINE_TRY(tar.add(entry));
    std::vector<char> buffer(256 * 1024);
    for (qint64 left = entry.size; left > 0;) {
        if (stop.stop_requested())
            return Failure({.code = ErrorCode::Cancelled, .object = {}, .detail = QStringLiteral("saving was cancelled"), .remedy = {}});
        const size_t count = ENGINE_TRY(source.read(std::span(buffer).first(size_t(std::min<qint64>(left, qint64(buffer.size()))))));
        if (count == 0)
            return Failure({.code = ErrorCode::Corrupt, .object = digest.toString(),
                            .detail = QStringLiteral("the blob %1 in the store became shorter while it was read").arg(digest.toString()), .remedy = {}});
        ENGINE_TRY(tar.write(std::span(buffer).first(count)));
        left -= qint64(count);
    }
    return {};
}

//! What stands in the archive's two tables of contents for one image.
struct SavedDocuments {
    json index = json::array();     //!< of index.json
    json manifests = json::array(); //!< manifest.json
    QSet<Digest> blobs;
};

std::string archivePath(const std::string &digest)
{
    return "blobs/sha256/" + digest.substr(digest.find(':') + 1);
}

Result<void> describeSaved(const Store &store, const SavedImage &saved, SavedDocuments *documents)
{
    const QByteArray bytes = ENGINE_TRY(store.readBlob(saved.image.manifest));
    const json manifest = json::parse(bytes.begin(), bytes.end(), nullptr, false);
    json layers = json::array();
    documents->blobs += {saved.image.manifest, saved.image.id};
    for (const json &layer : manifest.value("layers", json::array())) {
        const std::string digest = layer.value("digest", std::string());
        documents->blobs.insert(ENGINE_TRY(Digest::parse(QString::fromStdString(digest))));
        layers.push_back(archivePath(digest));
    }
    json tags = nullptr;
    const json descriptor{{"mediaType", manifest.value("mediaType", std::string("application/vnd.oci.image.manifest.v1+json"))},
                          {"digest", saved.image.manifest.toString().toStdString()}, {"size", bytes.size()}};
    for (const QString &name : saved.names) {
        const ImageReference reference = ENGINE_TRY(ImageReference::parse(name));
        json named = descriptor;
        named["annotations"] = {{"io.containerd.image.name", name.toStdString()}, {"org.opencontainers.image.ref.name", reference.tag.toStdString()}};
        documents->index.push_back(std::move(named));
        if (tags.is_null())
            tags = json::array();
        tags.push_back(reference.familiarString().toStdString());
    }
    if (saved.names.isEmpty())
        documents->index.push_back(descriptor);
    documents->manifests.push_back({{"Config", archivePath(saved.image.id.toString().toStdString())}, {"RepoTags", tags}, {"Layers", layers}});
    return {};
}

} // namespace

Result<void> saveImages(Store &store, const QStringList &namesOrIds, TarWriter &tar, std::stop_token stop)
{
    const StagingFolder atWork = ENGINE_TRY(store.makeStagingFolder()); // no blob is collected meanwhile
    SavedDocuments documents;
    for (const SavedImage &saved : ENGINE_TRY(chooseSaved(store, namesOrIds)))
        ENGINE_TRY(describeSaved(store, saved, &documents));
    ENGINE_TRY(addArchiveFolder(tar, "blobs/"));
    ENGINE_TRY(addArchiveFolder(tar, "blobs/sha256/"));
    QList<Digest> blobs = documents.blobs.values();
    std::ranges::sort(blobs, {}, &Digest::hex);
    for (const Digest &digest : blobs)
        ENGINE_TRY(addBlobFile(store, tar, digest, stop));
    const json index{{"schemaVersion", 2}, {"mediaType", "application/vnd.oci.image.index.v1+json"}, {"manifests", documents.index}};
    ENGINE_TRY(addArchiveFile(tar, "index.json", QByteArray::fromStdString(index.dump())));
    ENGINE_TRY(addArchiveFile(tar, "manifest.json", QByteArray::fromStdString(documents.manifests.dump())));
    ENGINE_TRY(addArchiveFile(tar, "oci-layout", "{\"imageLayoutVersion\": \"1.0.0\"}"));
    return tar.finish();
}

} // namespace Engine::Internal
