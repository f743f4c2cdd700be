// SPDX-License-Identifier: GPL-3.0-or-later
#include "oci/manifest_p.h"

#include "base/try_p.h"

#include <QtCore/QSysInfo>

#include <nlohmann/json.hpp>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

using Json = nlohmann::json;

constexpr auto ociManifest = "application/vnd.oci.image.manifest.v1+json"_L1;
constexpr auto ociIndex = "application/vnd.oci.image.index.v1+json"_L1;
constexpr auto dockerManifest = "application/vnd.docker.distribution.manifest.v2+json"_L1;
constexpr auto dockerList = "application/vnd.docker.distribution.manifest.list.v2+json"_L1;
constexpr auto schema1Prefix = "application/vnd.docker.distribution.manifest.v1"_L1;
constexpr auto ociConfig = "application/vnd.oci.image.config.v1+json"_L1;
constexpr auto dockerConfig = "application/vnd.docker.container.image.v1+json"_L1;

constexpr qint64 blobLimitBytes = qint64(1) << 40; // 1 TiB: far beyond any layer, and sums of 127 stay in 64 bits

Error corruptManifest(const QString &reason)
{
    return {.code = ErrorCode::Corrupt, .object = {}, .detail = u"the registry sent an invalid manifest: "_s + reason, .remedy = {}};
}

const Json *member(const Json &object, const char *key)
{
    if (!object.is_object())
        return nullptr;
    const auto it = object.find(key);
    return it == object.end() ? nullptr : &*it;
}

QString stringMember(const Json &object, const char *key)
{
    const Json *value = member(object, key);
    return value && value->is_string() ? QString::fromStdString(value->get_ref<const std::string &>()) : QString();
}

Result<Descriptor> parseDescriptor(const Json &value, const QString &what)
{
    if (!value.is_object())
        return Failure(corruptManifest(u"its %1 is no descriptor"_s.arg(what)));
    Descriptor descriptor{.mediaType = stringMember(value, "mediaType"), .digest = {}, .sizeBytes = 0};
    auto digest = Digest::parse(stringMember(value, "digest"));
    if (!digest)
        return Failure(corruptManifest(u"its %1 has no valid sha256 digest"_s.arg(what)));
    descriptor.digest = *digest;
    const Json *size = member(value, "size");
    if (!size || !size->is_number_integer() || (size->is_number_unsigned() && size->get<quint64>() > quint64(blobLimitBytes))
        || size->get<qint64>() < 0 || size->get<qint64>() > blobLimitBytes)
        return Failure(corruptManifest(u"its %1 has no valid size"_s.arg(what)));
    descriptor.sizeBytes = size->get<qint64>();
    return descriptor;
}

bool isLayerType(const QString &mediaType)
{
    static const QStringList known{
        u"application/vnd.docker.image.rootfs.diff.tar"_s,      u"application/vnd.docker.image.rootfs.diff.tar.gzip"_s,
        u"application/vnd.docker.image.rootfs.diff.tar.zstd"_s, u"application/vnd.oci.image.layer.v1.tar"_s,
        u"application/vnd.oci.image.layer.v1.tar+gzip"_s,       u"application/vnd.oci.image.layer.v1.tar+zstd"_s,
    };
    return known.contains(mediaType);
}

Result<void> checkLayerType(const Descriptor &layer, const Json &value)
{
    const bool isForeign = layer.mediaType.contains(".foreign."_L1) || layer.mediaType.contains(".nondistributable."_L1);
    if (isForeign || member(value, "urls")) {
        return Failure(Error{.code = ErrorCode::Unsupported, .object = layer.digest.toString(),
                             .detail = u"layer %1 is kept outside the registry (a foreign layer), which is not supported"_s.arg(
                                 layer.digest.shortHex())});
    }
    if (!isLayerType(layer.mediaType)) {
        return Failure(Error{.code = ErrorCode::Unsupported, .object = layer.digest.toString(),
                             .detail = u"layer %1 has the unknown type \"%2\""_s.arg(layer.digest.shortHex(), layer.mediaType)});
    }
    return {};
}

Result<ManifestDocument> parseImageManifest(const Json &document, const QString &mediaType)
{
    ManifestDocument manifest{.mediaType = mediaType, .config = {}, .layers = {}};
    const Json *config = member(document, "config");
    manifest.config = ENGINE_TRY(parseDescriptor(config ? *config : Json(), u"config"_s));
    if (manifest.config.mediaType != ociConfig && manifest.config.mediaType != dockerConfig) {
        return Failure(Error{.code = ErrorCode::Unsupported, .object = manifest.config.mediaType,
                             .detail = u"this is no container image but an artifact of type \"%1\""_s.arg(manifest.config.mediaType)});
    }
    if (manifest.config.sizeBytes > configLimitBytes)
        return Failure(corruptManifest(u"its config is larger than %1 MiB"_s.arg(configLimitBytes >> 20)));
    const Json *layers = member(document, "layers");
    if (!layers || !layers->is_array())
        return Failure(corruptManifest(u"it has no list of layers"_s));
    if (layers->size() > size_t(layerLimit)) {
        return Failure(Error{.code = ErrorCode::Unsupported, .object = {},
                             .detail = u"the image has %1 layers; at most %2 are supported"_s.arg(layers->size()).arg(layerLimit)});
    }
    for (const Json &value : *layers) {
        const Descriptor layer = ENGINE_TRY(parseDescriptor(value, u"layer %1"_s.arg(manifest.layers.size() + 1)));
        ENGINE_TRY(checkLayerType(layer, value));
        manifest.layers.append(layer);
    }
    return manifest;
}

Platform parsePlatform(const Json *value)
{
    if (!value)
        return {};
    return {.os = stringMember(*value, "os"), .architecture = stringMember(*value, "architecture"), .variant = stringMember(*value, "variant")};
}

Result<IndexDocument> parseIndex(const Json &document, const QString &mediaType)
{
    IndexDocument index{.mediaType = mediaType, .entries = {}};
    const Json *manifests = member(document, "manifests");
    if (!manifests || !manifests->is_array())
        return Failure(corruptManifest(u"it has no list of manifests"_s));
    for (const Json &value : *manifests) {
        const Descriptor descriptor = ENGINE_TRY(parseDescriptor(value, u"entry %1"_s.arg(index.entries.size() + 1)));
        index.entries.append({.descriptor = descriptor, .platform = parsePlatform(member(value, "platform"))});
    }
    return index;
}

// A document that is both index and manifest could mean one thing to us and another to the next tool
// (CVE-2021-41190): refused.
Result<QString> mediaTypeOf(const Json &document, const QString &contentType)
{
    const bool hasLayers = member(document, "layers") || member(document, "config");
    const bool hasManifests = member(document, "manifests");
    if (hasLayers && hasManifests)
        return Failure(corruptManifest(u"it is a manifest and an index at once"_s));
    QString mediaType = stringMember(document, "mediaType");
    if (mediaType.isEmpty())
        mediaType = contentType.section(u';', 0, 0).trimmed();
    const Json *version = member(document, "schemaVersion");
    if (mediaType.startsWith(schema1Prefix) || (version && *version == 1)) {
        return Failure(Error{.code = ErrorCode::Unsupported, .object = {},
                             .detail = u"the image has an old manifest (schema 1), which is no longer supported"_s,
                             .remedy = u"Push the image again with a current tool."_s});
    }
    if (mediaType == ociIndex || mediaType == dockerList) {
        if (hasLayers)
            return Failure(corruptManifest(u"an index with layers"_s));
        return mediaType;
    }
    if (mediaType == ociManifest || mediaType == dockerManifest) {
        if (hasManifests)
            return Failure(corruptManifest(u"a manifest with manifests"_s));
        return mediaType;
    }
    if (hasManifests)
        return QString(ociIndex);
    if (hasLayers)
        return QString(ociManifest);
    return Failure(corruptManifest(u"unknown type \"%1\""_s.arg(mediaType)));
}

QStringList runnableVariants(const Platform &wanted)
{
    if (wanted.architecture == "arm"_L1) {
        // A v7 processor runs v6 and v5 too.
        const QStringList all{u"v8"_s, u"v7"_s, u"v6"_s, u"v5"_s};
        QStringList fitting = all.mid(std::max(qsizetype(0), all.indexOf(wanted.variant)));
        fitting.append(QString());
        return fitting;
    }
    if (wanted.architecture == "arm64"_L1)
        return {u"v8"_s, QString()};
    if (wanted.architecture == "amd64"_L1)
        return {QString(), u"v1"_s};
    return {wanted.variant, QString()};
}

} // namespace

Platform Platform::host()
{
    const QString cpu = QSysInfo::currentCpuArchitecture();
    if (cpu == "x86_64"_L1)
        return {u"linux"_s, u"amd64"_s, {}};
    if (cpu == "i386"_L1)
        return {u"linux"_s, u"386"_s, {}};
    if (cpu == "arm64"_L1)
        return {u"linux"_s, u"arm64"_s, u"v8"_s};
    if (cpu.startsWith("arm"_L1))
        return {u"linux"_s, u"arm"_s, u"v7"_s};
    if (cpu == "power64"_L1)
        return {u"linux"_s, Q_BYTE_ORDER == Q_LITTLE_ENDIAN ? u"ppc64le"_s : u"ppc64"_s, {}};
    return {u"linux"_s, cpu, {}}; // riscv64, s390x, loongarch64 bear the same name
}

QString Platform::toString() const
{
    return variant.isEmpty() ? os + u'/' + architecture : os + u'/' + architecture + u'/' + variant;
}

QByteArray manifestAcceptHeader()
{
    return QByteArray(ociIndex.data()) + ", " + dockerList.data() + ", " + ociManifest.data() + ", " + dockerManifest.data();
}

Result<std::variant<ManifestDocument, IndexDocument>> parseManifest(const QByteArray &content, const QString &contentType)
{
    using Document = std::variant<ManifestDocument, IndexDocument>;
    const Json document = Json::parse(content.cbegin(), content.cend(), nullptr, false);
    if (!document.is_object())
        return Failure(corruptManifest(u"it is not a JSON object"_s));
    const QString mediaType = ENGINE_TRY(mediaTypeOf(document, contentType));
    if (mediaType == ociIndex || mediaType == dockerList)
        return Document(ENGINE_TRY(parseIndex(document, mediaType)));
    return Document(ENGINE_TRY(parseImageManifest(document, mediaType)));
}

Result<Descriptor> choosePlatform(const IndexDocument &index, const Platform &wanted)
{
    QStringList offered;
    for (const QString &variant : runnableVariants(wanted)) {
        for (const IndexDocument::Entry &entry : index.entries) {
            const Platform &platform = entry.platform;
            if (platform.os == wanted.os && platform.architecture == wanted.architecture && platform.variant == variant)
                return entry.descriptor;
        }
    }
    for (const IndexDocument::Entry &entry : index.entries) {
        const QString name = entry.platform.toString();
        if (entry.platform.os != "unknown"_L1 && name.size() > 1 && !offered.contains(name))
            offered.append(name);
    }
    const QString there = offered.isEmpty() ? u"it names no platform"_s : u"it has "_s + offered.join(", "_L1);
    return Failure(Error{.code = ErrorCode::NotFound, .object = wanted.toString(),
                         .detail = u"no matching manifest for %1 in the manifest list entries: %2"_s.arg(wanted.toString(), there),
                         .remedy = u"Choose another tag, or an image made for this machine's architecture."_s});
}

Result<QList<Digest>> parseDiffIds(const QByteArray &config, qsizetype layerCount)
{
    const auto corrupt = [](const QString &reason) {
        return Failure(Error{.code = ErrorCode::Corrupt, .object = {}, .detail = u"the image's config is invalid: "_s + reason,
                             .remedy = {}});
    };
    const Json document = Json::parse(config.cbegin(), config.cend(), nullptr, false);
    const Json *rootfs = member(document, "rootfs");
    const Json *diffIds = rootfs ? member(*rootfs, "diff_ids") : nullptr;
    if (layerCount == 0 && (!diffIds || diffIds->is_null()))
        return QList<Digest>();
    if (!diffIds || !diffIds->is_array())
        return corrupt(u"it lists no layers (rootfs.diff_ids)"_s);
    if (diffIds->size() != size_t(layerCount))
        return corrupt(u"it lists %1 layers, the manifest %2"_s.arg(diffIds->size()).arg(layerCount));
    QList<Digest> digests;
    for (const Json &value : *diffIds) {
        auto digest = value.is_string() ? Digest::parse(QString::fromStdString(value.get<std::string>()))
                                        : Result<Digest>(std::unexpect);
        if (!digest)
            return corrupt(u"diff id %1 is no sha256 digest"_s.arg(digests.size() + 1));
        digests.append(*digest);
    }
    return digests;
}

} // namespace Engine::Internal
