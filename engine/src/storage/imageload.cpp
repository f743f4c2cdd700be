// SPDX-License-Identifier: GPL-3.0-or-later
#include "imagearchive_p.h"

#include "base/try_p.h"
#include "oci/manifest_p.h"
#include "storage/filesource_p.h"
#include "storage/imagedocuments_p.h"
#include "storage/layerblob_p.h"
#include "storage/layerpath_p.h"
#include "storage/layoutimport_p.h"
#include "storage/tarreader_p.h"

#include <QtCore/QFile>
#include <QtCore/QHash>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

namespace Engine::Internal {

namespace {

using nlohmann::json;

constexpr qint64 archiveEntryLimit = 100'000;   // an archive of a hundred images has a thousand
constexpr int archiveDepthLimit = 32;
constexpr int archiveLinkLimit = 8;
constexpr qint64 archiveDocumentLimit = 16 * 1024 * 1024;

Failure noImageArchive(const QString &reason)
{
    return Failure({.code = ErrorCode::Corrupt, .object = {}, .detail = QStringLiteral("this is no archive of images: %1").arg(reason),
                    .remedy = QStringLiteral("An archive of files, as export writes it, becomes an image with:\nslipway import FILE NAME")});
}

//! The files of an archive, lying in a folder under numbers: no name in the archive ever is a path on the disk.
class UnpackedArchive final
{
public:
    explicit UnpackedArchive(QString folder) : m_folder(std::move(folder)) {}

    [[nodiscard]] Result<void> unpack(ByteSource &archive, const std::stop_token &stop);
    //! Where a file lies; links of the archive are followed. Empty: it is not there.
    QString find(QByteArray path) const;
    [[nodiscard]] Result<QByteArray> readDocument(const QByteArray &path) const;
    const QHash<QByteArray, QString> &files() const { return m_files; }

private:
    [[nodiscard]] Result<void> unpackEntry(TarReader &tar, const TarEntry &entry, const QByteArray &path);

    QString m_folder;
    QHash<QByteArray, QString> m_files;
    QHash<QByteArray, QByteArray> m_links;
};

Result<void> UnpackedArchive::unpackEntry(TarReader &tar, const TarEntry &entry, const QByteArray &path)
{
    if (entry.type == TarEntry::Type::Symlink || entry.type == TarEntry::Type::HardLink) {
        const QByteArray base = entry.type == TarEntry::Type::Symlink ? splitLayerPath(path).parent + '/' : QByteArray();
        m_links.insert(path, ENGINE_TRY(cleanLayerPath(base + entry.link, archiveDepthLimit)));
        return {};
    }
    if (entry.type != TarEntry::Type::File)
        return {};
    const QString name = m_folder + u'/' + QString::number(m_files.size());
    const UniqueFd file = ENGINE_TRY(openFile(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    ENGINE_TRY(tar.readData([&](qint64 offset, std::span<const char> bytes) -> Result<void> {
        while (!bytes.empty()) {
            const ssize_t count = ::pwrite(file.get(), bytes.data(), bytes.size(), offset);
            if (count < 0)
                return Failure(errnoError("write", name, errno));
            bytes = bytes.subspan(size_t(count));
            offset += count;
        }
        return {};
    }));
    if (::ftruncate(file.get(), entry.size) != 0) // a hole at its end
        return Failure(errnoError("truncate", name, errno));
    m_files.insert(path, name);
    m_links.remove(path);
    return {};
}

Result<void> UnpackedArchive::unpack(ByteSource &archive, const std::stop_token &stop)
{
    TarReader tar(archive);
    for (qint64 count = 0;; ++count) {
        if (stop.stop_requested())
            return Failure({.code = ErrorCode::Cancelled, .object = {}, .detail = QStringLiteral("loading was cancelled"), .remedy = {}});
        if (count > archiveEntryLimit)
            return noImageArchive(QStringLiteral("it holds more than %1 entries").arg(archiveEntryLimit));
        auto entry = tar.next();
        if (!entry && entry.error().code == ErrorCode::Corrupt && count == 0)
            return noImageArchive(QStringLiteral("it is no tar archive"));
        if (!entry)
            return Failure(entry.error());
        if (!*entry)
            return {};
        const QByteArray path = ENGINE_TRY(cleanLayerPath((*entry)->path, archiveDepthLimit));
        if (!path.isEmpty())
            ENGINE_TRY(unpackEntry(tar, **entry, path));
    }
}

QString UnpackedArchive::find(QByteArray path) const
{
    for (int i = 0; i < archiveLinkLimit && m_links.contains(path); ++i)
        path = m_links.value(path);
    return m_files.value(path);
}

Result<QByteArray> UnpackedArchive::readDocument(const QByteArray &path) const
{
    const QString file = find(path);
    if (file.isEmpty())
        return noImageArchive(QStringLiteral("it has no file %1").arg(QFile::decodeName(path)));
    return readFile(file, archiveDocumentLimit);
}

//! Makes the archive's files an OCI image layout folder, by renaming.
Result<void> makeLayout(const UnpackedArchive &archive, const QString &folder)
{
    ENGINE_TRY(makePath(folder + QStringLiteral("/blobs/sha256"), 0700));
    for (auto file = archive.files().begin(); file != archive.files().end(); ++file) {
        static const QByteArray blobs = "blobs/sha256/";
        QString target;
        if (file.key() == "index.json" || file.key() == "oci-layout")
            target = folder + u'/' + QString::fromLatin1(file.key());
        else if (file.key().startsWith(blobs) && Digest::parse(QStringLiteral("sha256:") + QString::fromLatin1(file.key().mid(blobs.size()))))
            target = folder + u'/' + QString::fromLatin1(file.key());
        if (!target.isEmpty() && ::rename(QFile::encodeName(*file).constData(), QFile::encodeName(target).constData()) != 0)
            return Failure(errnoError("rename", target, errno));
    }
    return {};
}

//! One element of Docker's manifest.json.
struct ArchivedImage {
    QByteArray config;          //!< path
    QList<QByteArray> layers;   //!< paths, base first
    QStringList names;          //!< full form
};

Result<ArchivedImage> readArchivedImage(const json &element)
{
    const auto isStringArray = [](const json &value) {
        return value.is_array() && std::ranges::all_of(value, [](const json &item) { return item.is_string(); });
    };
    if (!element.is_object() || !element.contains("Config") || !element["Config"].is_string() || !element.contains("Layers")
        || !(element["Layers"].is_null() || isStringArray(element["Layers"])))
        return noImageArchive(QStringLiteral("its manifest.json does not list images"));
    ArchivedImage image;
    image.config = ENGINE_TRY(cleanLayerPath(QByteArray::fromStdString(element["Config"].get<std::string>()), archiveDepthLimit));
    for (const json &layer : element["Layers"])
        image.layers.append(ENGINE_TRY(cleanLayerPath(QByteArray::fromStdString(layer.get<std::string>()), archiveDepthLimit)));
    const json tags = element.value("RepoTags", json());
    if (!tags.is_null() && !isStringArray(tags))
        return noImageArchive(QStringLiteral("the RepoTags in its manifest.json are no names"));
    for (const json &tag : tags) {
        const QString text = QString::fromStdString(tag.get<std::string>());
        const ImageReference reference = ENGINE_TRY(ImageReference::parse(text));
        if (reference.tag.isEmpty())
            return Failure({.code = ErrorCode::InvalidInput, .object = text, .detail = QStringLiteral("invalid tag \"%1\"").arg(text), .remedy = {}});
        image.names.append(reference.toString());
    }
    return image;
}

//! A layer that is compressed already stays as it is; anything else gets compressed.
Result<LayerRecord> loadLayer(Store &store, const QString &file, const Digest &parent, const Digest &diffId, const std::stop_token &stop)
{
    if (const auto present = ENGINE_TRY(store.findLayer(chainIdOf(parent, diffId))); present && store.hasBlob(present->blob))
        return *present;
    const QByteArray head = [&file] {
        QFile opened(file);
        return opened.open(QIODevice::ReadOnly) ? opened.read(4) : QByteArray();
    }();
    const StagingFolder staging = ENGINE_TRY(store.makeStagingFolder());
    const QString blobFile = staging.path() + QStringLiteral("/blob");
    LayerRecord info;
    if (head.startsWith("\x1f\x8b") || head.startsWith("\x28\xb5\x2f\xfd")) {
        FileSource source = ENGINE_TRY(FileSource::open(file));
        HashingSource hashing(source);
        std::vector<char> buffer(256 * 1024);
        while (ENGINE_TRY(hashing.read(buffer)) > 0) { }
        info.blobBytes = hashing.bytes();
        info.blob = hashing.finish();
        info.mediaType = QStringLiteral("application/vnd.oci.image.layer.v1.tar") + (head.startsWith('\x1f') ? QStringLiteral("+gzip") : QStringLiteral("+zstd"));
        if (::rename(QFile::encodeName(file).constData(), QFile::encodeName(blobFile).constData()) != 0)
            return Failure(errnoError("rename", blobFile, errno));
    } else {
        FileSource source = ENGINE_TRY(FileSource::open(file));
        const std::unique_ptr<ByteSource> tar = ENGINE_TRY(inflateDetected(source));
        const auto blob = ENGINE_TRY(LayerBlobWriter::create(blobFile));
        std::vector<char> buffer(256 * 1024);
        while (const size_t count = ENGINE_TRY(tar->read(buffer))) {
            if (stop.stop_requested())
                return Failure({.code = ErrorCode::Cancelled, .object = {}, .detail = QStringLiteral("loading was cancelled"), .remedy = {}});
            ENGINE_TRY(blob->write(std::span(buffer).first(count)));
        }
        info = ENGINE_TRY(blob->finish());
    }
    info.diffId = diffId; // what the image says; unpacking checks it
    return addLayerBlob(store, parent, blobFile, info, stop);
}

Result<ImportedImage> loadArchivedImage(Store &store, const UnpackedArchive &archive, const ArchivedImage &archived, const QStringList &names,
                                        const std::stop_token &stop)
{
    const QByteArray config = ENGINE_TRY(archive.readDocument(archived.config));
    const QList<Digest> diffIds = ENGINE_TRY(parseDiffIds(config, archived.layers.size()));
    QList<LayerRecord> layers;
    for (qsizetype i = 0; i < diffIds.size(); ++i) {
        const QString file = archive.find(archived.layers[i]);
        const Digest parent = layers.isEmpty() ? Digest() : layers.last().chainId;
        const auto present = ENGINE_TRY(store.findLayer(chainIdOf(parent, diffIds[i])));
        if (file.isEmpty() && !present)
            return noImageArchive(QStringLiteral("it lacks the layer %1").arg(QFile::decodeName(archived.layers[i])));
        layers.append(file.isEmpty() ? *present : ENGINE_TRY(loadLayer(store, file, parent, diffIds[i], stop)));
    }
    ENGINE_TRY(store.addBlob(config));
    return ImportedImage{ENGINE_TRY(store.addImage(builtManifest(config, layers), builtManifestType(), names)), {}};
}

//! What a name pointed at before.
void noteReplaced(const Store &store, const QStringList &names, QMap<QString, Digest> *before)
{
    for (const QString &name : names) {
        if (const auto image = store.findImage(name); image && image->references.contains(name))
            before->insert(name, image->id);
    }
}

Result<LoadedImage> loadedImage(const Store &store, const ImageRecord &image, const QStringList &names, const QMap<QString, Digest> &before)
{
    LoadedImage loaded{.image = ENGINE_TRY(store.describe(image)), .references = {}, .replaced = {}};
    for (const QString &name : names) {
        const QString familiar = ENGINE_TRY(ImageReference::parse(name)).familiarString();
        loaded.references.append(familiar);
        if (before.contains(name) && before.value(name) != image.id)
            loaded.replaced.insert(familiar, before.value(name));
    }
    return loaded;
}

Result<QList<LoadedImage>> loadLayout(Store &store, const QString &folder, const QString &reference, const std::stop_token &stop)
{
    QMap<QString, Digest> before;
    for (const ImageRecord &image : ENGINE_TRY(store.listImages())) {
        for (const QString &name : image.references)
            before.insert(name, image.id);
    }
    QList<LoadedImage> loaded;
    for (const ImportedImage &imported : ENGINE_TRY(importLayoutImages(store, folder, reference, stop)))
        loaded.append(ENGINE_TRY(loadedImage(store, imported.image, imported.name.isEmpty() ? QStringList() : QStringList{imported.name}, before)));
    return loaded;
}

} // namespace

Result<QList<LoadedImage>> loadImages(Store &store, ByteSource &archive, const QString &reference, std::stop_token stop)
{
    const StagingFolder staging = ENGINE_TRY(store.makeStagingFolder());
    const QString folder = staging.path() + QStringLiteral("/files");
    ENGINE_TRY(makePath(folder, 0700));
    UnpackedArchive unpacked(folder);
    const std::unique_ptr<ByteSource> tar = ENGINE_TRY(inflateDetected(archive));
    ENGINE_TRY(unpacked.unpack(*tar, stop));
    if (!unpacked.find("index.json").isEmpty() && !unpacked.find("oci-layout").isEmpty()) { // Docker's newer archives are both: this keeps the digests
        const QString layout = staging.path() + QStringLiteral("/layout");
        ENGINE_TRY(makeLayout(unpacked, layout));
        return loadLayout(store, layout, reference, stop);
    }
    if (unpacked.find("manifest.json").isEmpty())
        return noImageArchive(QStringLiteral("it has neither an index.json nor a manifest.json"));
    const QByteArray text = ENGINE_TRY(unpacked.readDocument("manifest.json"));
    const json list = json::parse(text.begin(), text.end(), nullptr, false);
    if (!list.is_array() || list.empty())
        return noImageArchive(QStringLiteral("its manifest.json does not list images"));
    if (!reference.isEmpty() && list.size() > 1)
        return Failure({.code = ErrorCode::InvalidInput, .object = reference,
                        .detail = QStringLiteral("the archive holds %1 images, which cannot all be called %2").arg(list.size()).arg(reference),
                        .remedy = QStringLiteral("Leave the name out to load all of them under their own names")});
    QList<ArchivedImage> images; // all of it is read before anything is made of it
    for (const json &element : list)
        images.append(ENGINE_TRY(readArchivedImage(element)));
    if (!reference.isEmpty())
        images.first().names = {ENGINE_TRY(ImageReference::parse(reference)).withDefaultTag().toString()};
    QList<LoadedImage> loaded;
    for (const ArchivedImage &image : std::as_const(images)) {
        QMap<QString, Digest> before;
        noteReplaced(store, image.names, &before);
        loaded.append(ENGINE_TRY(loadedImage(store, ENGINE_TRY(loadArchivedImage(store, unpacked, image, image.names, stop)).image, image.names, before)));
    }
    return loaded;
}

} // namespace Engine::Internal
