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
