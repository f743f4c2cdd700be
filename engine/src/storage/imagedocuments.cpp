// SPDX-License-Identifier: GPL-3.0-or-later
#include "imagedocuments_p.h"

#include "base/try_p.h"

#include <QtCore/QDateTime>

namespace Engine::Internal {

namespace {

using nlohmann::json;

constexpr size_t largestLayerCount = 10'000; // a manifest of 4 MB holds more; overlay itself stops at 500

Failure badDocument(const char *document, const QString &reason)
{
    return Failure({.code = ErrorCode::Corrupt, .object = {},
                    .detail = QStringLiteral("the image's %1 is not valid: %2").arg(QLatin1StringView(document), reason),
                    .remedy = QStringLiteral("Fetch or build the image again; if it stays so, it was made wrongly")});
}

QString stringAt(const json &object, const char *key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? QString::fromStdString(found->get<std::string>()) : QString();
}

Result<DescriptorDocument> parseDescriptor(const json &value, const char *what)
{
    if (!value.is_object())
        return badDocument("manifest", QStringLiteral("%1 is no object").arg(QLatin1StringView(what)));
    DescriptorDocument descriptor;
    descriptor.mediaType = stringAt(value, "mediaType");
    const Result<Digest> digest = Digest::parse(stringAt(value, "digest"));
    if (!digest)
        return badDocument("manifest", QStringLiteral("%1 has no sha256 digest").arg(QLatin1StringView(what)));
    descriptor.digest = *digest;
    const auto size = value.find("size");
    if (size == value.end() || !size->is_number_integer() || size->get<qint64>() < 0)
        return badDocument("manifest", QStringLiteral("%1 has no size").arg(QLatin1StringView(what)));
    descriptor.sizeBytes = size->get<qint64>();
    return descriptor;
}

Result<json> parseObject(const QByteArray &bytes, const char *document)
{
    json value = json::parse(bytes.begin(), bytes.end(), nullptr, false);
    if (!value.is_object())
        return badDocument(document, QStringLiteral("it is no JSON object"));
    return value;
}

} // namespace

Result<ManifestDocument> parseManifest(const QByteArray &bytes, const QString &mediaType)
{
    const json document = ENGINE_TRY(parseObject(bytes, "manifest"));
    const auto version = document.find("schemaVersion");
    if (version == document.end() || *version != 2)
        return badDocument("manifest", QStringLiteral("its schemaVersion is not 2"));
    ManifestDocument manifest;
    manifest.mediaType = mediaType.isEmpty() ? stringAt(document, "mediaType") : mediaType;
    if (manifest.mediaType.isEmpty())
        manifest.mediaType = QStringLiteral("application/vnd.oci.image.manifest.v1+json");
    // The spec asks for this check: a document that is both a manifest and an index means two things to two readers.
    if (document.contains("manifests") || !document.contains("config"))
        return badDocument("manifest", QStringLiteral("it is no manifest of one image"));
    manifest.config = ENGINE_TRY(parseDescriptor(document["config"], "its config"));
    const auto layers = document.find("layers");
    if (layers == document.end() || !layers->is_array() || layers->size() > largestLayerCount)
        return badDocument("manifest", QStringLiteral("it has no list of layers"));
    for (const json &layer : *layers)
        manifest.layers.append(ENGINE_TRY(parseDescriptor(layer, "a layer")));
    return manifest;
}

Result<ConfigDocument> parseImageConfig(const QByteArray &bytes, qsizetype layerCount)
{
    ConfigDocument config;
    config.json = ENGINE_TRY(parseObject(bytes, "config"));
    const auto rootfs = config.json.find("rootfs");
    if (rootfs == config.json.end() || !rootfs->is_object() || stringAt(*rootfs, "type") != QStringLiteral("layers"))
        return badDocument("config", QStringLiteral("it has no rootfs of layers"));
    const auto diffIds = rootfs->find("diff_ids");
    const bool isList = diffIds != rootfs->end() && diffIds->is_array();
    if (!isList && !(diffIds == rootfs->end() || diffIds->is_null())) // Docker writes null where there are no layers
        return badDocument("config", QStringLiteral("its diff_ids are no list"));
    for (const json &diffId : isList ? *diffIds : json::array()) {
        const Result<Digest> digest = Digest::parse(diffId.is_string() ? QString::fromStdString(diffId.get<std::string>()) : QString());
        if (!digest)
            return badDocument("config", QStringLiteral("a diff id is no sha256 digest"));
        config.diffIds.append(*digest);
    }
    if (config.diffIds.size() != layerCount)
        return badDocument("config", QStringLiteral("it names %1 layers, the manifest %2").arg(config.diffIds.size()).arg(layerCount));
    const auto run = config.json.find("config");
    if (run != config.json.end() && !run->is_object() && !run->is_null())
        return badDocument("config", QStringLiteral("its run configuration is no object"));
    return config;
}

QDateTime createdTime(const json &config)
{
    return QDateTime::fromString(stringAt(config, "created"), Qt::ISODateWithMs).toUTC();
}

BuiltDocuments builtDocuments(json config, const QList<LayerRecord> &layers)
{
    json diffIds = json::array();
    json descriptors = json::array();
    for (const LayerRecord &layer : layers) {
        diffIds.push_back(layer.diffId.toString().toStdString());
        descriptors.push_back({{"mediaType", layer.mediaType.toStdString()}, {"digest", layer.blob.toString().toStdString()}, {"size", layer.blobBytes}});
    }
    config["rootfs"] = {{"type", "layers"}, {"diff_ids", std::move(diffIds)}};
    BuiltDocuments documents;
    documents.config = QByteArray::fromStdString(config.dump(-1, ' ', false, json::error_handler_t::replace));
    documents.manifestMediaType = QStringLiteral("application/vnd.oci.image.manifest.v1+json");
    const json manifest{{"schemaVersion", 2},
                        {"mediaType", documents.manifestMediaType.toStdString()},
                        {"config", {{"mediaType", "application/vnd.oci.image.config.v1+json"},
                                    {"digest", Digest::ofBytes(documents.config).toString().toStdString()},
                                    {"size", documents.config.size()}}},
                        {"layers", std::move(descriptors)}};
    documents.manifest = QByteArray::fromStdString(manifest.dump());
    return documents;
}

} // namespace Engine::Internal
