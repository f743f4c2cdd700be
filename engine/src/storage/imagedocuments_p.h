// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "storage/store_p.h"

namespace Engine::Internal {

//! "created" of an image config; invalid when it is not there or no time.
QDateTime createdTime(const nlohmann::json &config);

struct BuiltDocuments {
    QByteArray config;
    QByteArray manifest;
    QString manifestMediaType;
};
//! The manifest of an image with this config document, whose layers (base first) it names.
QByteArray builtManifest(const QByteArray &config, const QList<LayerRecord> &layers);
inline QString builtManifestType() { return QStringLiteral("application/vnd.oci.image.manifest.v1+json"); }

//! Config with its rootfs filled in, and the manifest, for \p layers (base first).
BuiltDocuments builtDocuments(nlohmann::json config, const QList<LayerRecord> &layers);

} // namespace Engine::Internal
