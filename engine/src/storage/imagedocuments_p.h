// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "storage/store_p.h"

namespace Engine::Internal {

// What the store reads out of the documents of an image, checked: they come from registries.

struct DescriptorDocument {
    QString mediaType;
    Digest digest;
    qint64 sizeBytes = 0;
};

struct ManifestDocument {
    QString mediaType;
    DescriptorDocument config;
    QList<DescriptorDocument> layers;
};

struct ConfigDocument {
    nlohmann::json json;
    QList<Digest> diffIds;
};

//! An OCI image manifest or Docker's schema 2 (OCI image-spec 1.1, manifest.md). \return Corrupt when it is none
[[nodiscard]] Result<ManifestDocument> parseManifest(const QByteArray &bytes, const QString &mediaType);
//! An image config (config.md) for \p layerCount layers. \return Corrupt when it is none or does not fit the manifest
[[nodiscard]] Result<ConfigDocument> parseImageConfig(const QByteArray &bytes, qsizetype layerCount);

//! "created" of an image config; invalid when it is not there or no time.
QDateTime createdTime(const nlohmann::json &config);

struct BuiltDocuments {
    QByteArray config;
    QByteArray manifest;
    QString manifestMediaType;
};
//! Config with its rootfs filled in, and the manifest, for \p layers (base first).
BuiltDocuments builtDocuments(nlohmann::json config, const QList<LayerRecord> &layers);

} // namespace Engine::Internal
