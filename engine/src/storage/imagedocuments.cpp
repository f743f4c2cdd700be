// SPDX-License-Identifier: GPL-3.0-or-later
#include "imagedocuments_p.h"

#include <QtCore/QDateTime>

namespace Engine::Internal {

namespace {

using nlohmann::json;

QString stringAt(const json &object, const char *key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? QString::fromStdString(found->get<std::string>()) : QString();
}

} // namespace

QDateTime createdTime(const json &config)
{
    return QDateTime::fromString(stringAt(config, "created"), Qt::ISODateWithMs).toUTC();
}

QByteArray builtManifest(const QByteArray &config, const QList<LayerRecord> &layers)
{
    json descriptors = json::array();
    for (const LayerRecord &layer : layers)
        descriptors.push_back({{"mediaType", layer.mediaType.toStdString()}, {"digest", layer.blob.toString().toStdString()}, {"size", layer.blobBytes}});
    const json manifest{{"schemaVersion", 2},
                        {"mediaType", builtManifestType().toStdString()},
                        {"config", {{"mediaType", "application/vnd.oci.image.config.v1+json"},
                                    {"digest", Digest::ofBytes(config).toString().toStdString()},
                                    {"size", config.size()}}},
                        {"layers", std::move(descriptors)}};
    return QByteArray::fromStdString(manifest.dump());
}

BuiltDocuments builtDocuments(json config, const QList<LayerRecord> &layers)
{
    json diffIds = json::array();
    for (const LayerRecord &layer : layers)
        diffIds.push_back(layer.diffId.toString().toStdString());
    config["rootfs"] = {{"type", "layers"}, {"diff_ids", std::move(diffIds)}};
    BuiltDocuments documents;
    documents.config = QByteArray::fromStdString(config.dump(-1, ' ', false, json::error_handler_t::replace));
    documents.manifestMediaType = builtManifestType();
    documents.manifest = builtManifest(documents.config, layers);
    return documents;
}

} // namespace Engine::Internal
