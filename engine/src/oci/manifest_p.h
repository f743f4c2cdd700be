// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/ids.h>
#include <engine/result.h>

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QString>

#include <variant>

namespace Engine::Internal {

//! OCI image-spec 1.1, descriptor.md.
struct Descriptor {
    QString mediaType;
    Digest digest;
    qint64 sizeBytes = 0;
    bool operator==(const Descriptor &) const = default;
};

//! What a machine runs, in Go's words: "linux", "arm64", "v8".
struct Platform {
    QString os;
    QString architecture;
    QString variant;

    //! Of the machine this runs on.
    [[nodiscard]] static Platform host();
    QString toString() const;   //!< "linux/arm64/v8"
    bool operator==(const Platform &) const = default;
};

//! An image manifest: OCI, or Docker schema 2.
struct ManifestDocument {
    QString mediaType;
    Descriptor config;
    QList<Descriptor> layers;   //!< base first
};

//! An OCI index or a Docker manifest list.
struct IndexDocument {
    struct Entry {
        Descriptor descriptor;
        Platform platform;
    };
    QString mediaType;
    QList<Entry> entries;
};

//! Bounds for documents from outside.
constexpr qint64 manifestLimitBytes = 4 * 1024 * 1024;  // 4 MiB: what the distribution-spec asks registries to accept
constexpr qint64 configLimitBytes = 8 * 1024 * 1024;
constexpr int layerLimit = 127;                         // as Docker; an overlay mount takes no more in one page

//! Media types for an Accept header, the preferred first.
[[nodiscard]] QByteArray manifestAcceptHeader();

//! Reads a manifest or an index. \p contentType is believed only where the document does not say what it is.
//! \return Corrupt for a document that is neither; Unsupported for schema 1 and for things that are no container image
[[nodiscard]] Result<std::variant<ManifestDocument, IndexDocument>> parseManifest(const QByteArray &content, const QString &contentType);

//! The entry of \p index that suits \p wanted best: same os and architecture, the nearest variant it can run.
//! \return NotFound with Docker's words, naming what there is
[[nodiscard]] Result<Descriptor> choosePlatform(const IndexDocument &index, const Platform &wanted);

//! rootfs.diff_ids of an image config. \return Corrupt when they are not there or not \p layerCount in number
[[nodiscard]] Result<QList<Digest>> parseDiffIds(const QByteArray &config, qsizetype layerCount);

} // namespace Engine::Internal
