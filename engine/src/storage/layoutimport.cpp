// SPDX-License-Identifier: GPL-3.0-or-later
#include "layoutimport_p.h"

#include "base/try_p.h"
#include "oci/manifest_p.h"
#include "storage/filesource_p.h"
#include "storage/layerblob_p.h"
#include "storage/sha256_p.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QSet>

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

#include <vector>

namespace Engine::Internal {

namespace {

constexpr auto refName = "org.opencontainers.image.ref.name";
constexpr auto containerdName = "io.containerd.image.name"; // docker save and containerd write the full name here

struct LayoutEntry {
    Descriptor descriptor;
    QString name;   //!< full form, empty when the layout gives none
};

Failure badLayout(const QString &folder, const QString &reason)
{
    return Failure({.code = ErrorCode::Corrupt, .object = folder,
                    .detail = QStringLiteral("%1 is no OCI image layout: %2").arg(folder, reason),
                    .remedy = QStringLiteral("Give a folder that holds oci-layout, index.json and blobs/")});
}

//! Copies what passes into a file.
class CopyingSource final : public ByteSource
{
public:
    CopyingSource(ByteSource &source, int fd, QString name) : m_source(source), m_fd(fd), m_name(std::move(name)) {}

    Result<size_t> read(std::span<char> buffer) override
    {
        const size_t count = ENGINE_TRY(m_source.read(buffer));
        for (std::span<const char> rest = buffer.first(count); !rest.empty();) {
            const ssize_t written = ::write(m_fd, rest.data(), rest.size());
            if (written < 0)
                return Failure(errnoError("write", m_name, errno));
            rest = rest.subspan(size_t(written));
        }
        return count;
    }

private:
    ByteSource &m_source;
    int m_fd;
    QString m_name;
};

QString blobFile(const QString &folder, const Digest &digest)
{
    return folder + QStringLiteral("/blobs/sha256/") + digest.hex();
}

Result<QByteArray> readDocument(const QString &folder, const Descriptor &descriptor)
{
    const QByteArray content = ENGINE_TRY(readFile(blobFile(folder, descriptor.digest), configLimitBytes));
    if (Digest::ofBytes(content) != descriptor.digest)
        return badLayout(folder, QStringLiteral("the blob %1 has another digest").arg(descriptor.digest.toString()));
    return content;
}

//! A name in an annotation: docker's and containerd's are full ones, umoci's and skopeo's may be a bare tag, which then belongs
//! to the folder's name. Something that is no name at all is left out; the image can still be found by its id.
QString nameOf(const nlohmann::json &entry, const QString &folder)
{
    const auto annotations = entry.find("annotations");
    if (annotations == entry.end() || !annotations->is_object())
        return {};
    for (const char *key : {containerdName, refName}) {
        const auto found = annotations->find(key);
        if (found == annotations->end() || !found->is_string())
            continue;
        QString text = QString::fromStdString(found->get<std::string>());
        if (!text.contains(u'/') && !text.contains(u':'))
            text = QFileInfo(folder).fileName().toLower() + u':' + text;
        if (const Result<ImageReference> reference = ImageReference::parse(text))
            return reference->withDefaultTag().toString();
    }
    return {};
}

Result<QList<LayoutEntry>> readIndex(const QString &folder)
{
    const QByteArray bytes = ENGINE_TRY(readFile(folder + QStringLiteral("/index.json"), manifestLimitBytes));
    const auto parsed = ENGINE_TRY(parseManifest(bytes, QStringLiteral("application/vnd.oci.image.index.v1+json")));
    const auto *index = std::get_if<IndexDocument>(&parsed);
    if (!index)
        return badLayout(folder, QStringLiteral("its index.json is no index"));
    const nlohmann::json document = nlohmann::json::parse(bytes.begin(), bytes.end(), nullptr, false);
    QList<LayoutEntry> entries;
    for (qsizetype i = 0; i < index->entries.size(); ++i)
        entries.append({index->entries[i].descriptor, nameOf(document["manifests"][size_t(i)], folder)});
    return entries;
}

//! With a name given, which image gets it: the one that has it in the layout, else the only one.
Result<QList<LayoutEntry>> chooseEntries(QList<LayoutEntry> entries, const QString &folder, const QString &name)
{
    if (name.isEmpty())
        return entries;
    QList<LayoutEntry> named;
    QSet<Digest> manifests;
    for (const LayoutEntry &entry : entries) {
        manifests.insert(entry.descriptor.digest);
        if (entry.name == name)
            named.append(entry);
    }
    if (named.isEmpty() && manifests.size() > 1)
        return Failure({.code = ErrorCode::InvalidInput, .object = folder,
                        .detail = QStringLiteral("the layout %1 holds %2 images and none of them is called %3").arg(folder).arg(manifests.size()).arg(name),
                        .remedy = QStringLiteral("Leave the name out to import all of them under their own names")});
    QList<LayoutEntry> chosen = named.isEmpty() ? entries : named;
    chosen = chosen.first(1);
    chosen.first().name = name;
    return chosen;
}

//! Follows an index down to the image for this machine.
Result<ManifestDocument> resolveManifest(const QString &folder, Descriptor descriptor, QByteArray *bytes)
{
    for (int depth = 0; depth < 4; ++depth) { // an index may hold indexes; nobody nests deeper
        *bytes = ENGINE_TRY(readDocument(folder, descriptor));
        const auto document = ENGINE_TRY(parseManifest(*bytes, descriptor.mediaType));
        if (const auto *manifest = std::get_if<ManifestDocument>(&document))
            return *manifest;
        descriptor = ENGINE_TRY(choosePlatform(std::get<IndexDocument>(document), Platform::host()));
    }
    return badLayout(folder, QStringLiteral("its indexes are nested too deeply"));
}

Result<void> importLayer(Store &store, const QString &folder, const Descriptor &layer, const Digest &parent, const Digest &diffId, std::stop_token stop)
{
    if (store.hasBlob(layer.digest) && ENGINE_TRY(store.findLayer(chainIdOf(parent, diffId))))
        return {};
    const StagingFolder staging = ENGINE_TRY(store.makeStagingFolder());
    const QString copy = staging.path() + QStringLiteral("/blob");
    const UniqueFd fd = ENGINE_TRY(openFile(copy, O_WRONLY | O_CREAT | O_EXCL, 0644));
    FileSource file = ENGINE_TRY(FileSource::open(blobFile(folder, layer.digest)));
    CopyingSource copying(file, fd.get(), copy);
    HashingSource hashing(copying);
    std::vector<char> buffer(256 * 1024);
    while (ENGINE_TRY(hashing.read(buffer)) > 0) {
        if (stop.stop_requested())
            return Failure({.code = ErrorCode::Cancelled, .object = {}, .detail = QStringLiteral("the import was cancelled"), .remedy = {}});
    }
    if (hashing.finish() != layer.digest) // before anything is made of it
        return badLayout(folder, QStringLiteral("the blob %1 has another digest").arg(layer.digest.toString()));
    LayerRecord info;
    info.diffId = diffId;
    info.blob = layer.digest;
    info.blobBytes = layer.sizeBytes;
    info.mediaType = layer.mediaType;
    ENGINE_TRY(addLayerBlob(store, parent, copy, info, std::move(stop)));
    return {};
}

} // namespace

Result<QList<ImportedImage>> importLayoutImages(Store &store, const QString &folder, const QString &reference, std::stop_token stop)
{
    QString name;
    if (!reference.isEmpty())
        name = ENGINE_TRY(ImageReference::parse(reference)).withDefaultTag().toString();
    const QList<LayoutEntry> entries = ENGINE_TRY(chooseEntries(ENGINE_TRY(readIndex(folder)), folder, name));
    if (entries.isEmpty())
        return badLayout(folder, QStringLiteral("it holds no image"));
    const StagingFolder atWork = ENGINE_TRY(store.makeStagingFolder()); // nothing is collected until the images refer to their layers
    QList<ImportedImage> images;
    for (const LayoutEntry &entry : entries) {
        QByteArray bytes;
        const ManifestDocument manifest = ENGINE_TRY(resolveManifest(folder, entry.descriptor, &bytes));
        const QByteArray config = ENGINE_TRY(readDocument(folder, manifest.config));
        const QList<Digest> diffIds = ENGINE_TRY(parseDiffIds(config, manifest.layers.size()));
        Digest parent;
        for (qsizetype i = 0; i < diffIds.size(); ++i) {
            ENGINE_TRY(importLayer(store, folder, manifest.layers[i], parent, diffIds[i], stop));
            parent = chainIdOf(parent, diffIds[i]);
        }
        ENGINE_TRY(store.addBlob(config));
        const ImageRecord image = ENGINE_TRY(store.addImage(bytes, manifest.mediaType, entry.name.isEmpty() ? QStringList() : QStringList{entry.name}));
        images.append({image, entry.name});
    }
    return images;
}

Result<ImageRecord> Store::importLayout(const QString &folder, const QString &reference, std::stop_token stop)
{
    return ENGINE_TRY(importLayoutImages(*this, folder, reference, std::move(stop))).last().image;
}

} // namespace Engine::Internal
