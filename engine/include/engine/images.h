// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/ids.h>
#include <engine/operation.h>

#include <QtCore/QDateTime>
#include <QtCore/QFuture>
#include <QtCore/QList>
#include <QtCore/QMap>
#include <QtCore/QStringList>

#include <memory>

namespace Engine {

namespace Internal {
class Core;
}

//! One image in the store, whatever names point at it.
struct ImageInfo {
    Digest id;                  //!< digest of the image config; Docker's IMAGE ID
    Digest manifest;
    QStringList references;     //!< familiar "name:tag" forms, sorted; empty for a dangling image
    QDateTime created;          //!< as the image config says; invalid when it does not
    qint64 sizeBytes = 0;       //!< sum of its unpacked layers, exact
    qint64 sharedBytes = 0;     //!< the part of sizeBytes that other images use too
    int layerCount = 0;
    int containerCount = 0;     //!< containers created from it
    QString architecture;
    QString os;
    bool operator==(const ImageInfo &) const = default;
};

//! One row of an image's history, newest first as `docker history` shows it.
struct HistoryEntry {
    Digest layer;               //!< chain id of the layer the row made; null for metadata rows
    QDateTime created;
    QString createdBy;
    QString comment;
    qint64 sizeBytes = 0;
    bool emptyLayer = false;
    QStringList references;     //!< on the newest row
    Digest image;               //!< set on the newest row
    bool operator==(const HistoryEntry &) const = default;
};

struct LayerProgress {
    Digest blob;
    qint64 doneBytes = 0;
    qint64 totalBytes = 0;
    enum class Phase { Waiting, Downloading, AlreadyHere, Complete } phase = Phase::Waiting;
    bool operator==(const LayerProgress &) const = default;
};

struct PullOptions {
    enum class Tls { Verify, SkipVerify } tls = Tls::Verify;
    //! Plain HTTP is used for loopback registries, as Docker does, and where registries.conf says insecure.
};

//! A running pull.
class PullOperation : public Operation
{
    Q_OBJECT

public:
    using Operation::Operation;

Q_SIGNALS:
    //! The manifest is known: \p layers in order, base first.
    void resolved(const Engine::Digest &manifest, const QList<Engine::LayerProgress> &layers);
    //! At most ten times a second and once for each change of phase.
    void layerProgressed(const Engine::LayerProgress &layer);
    void finished(const Engine::Result<Engine::ImageInfo> &result);
};

//! An archive that is being written: an image's, or a container's files.
class ArchiveOperation : public Operation
{
    Q_OBJECT

public:
    using Operation::Operation;

Q_SIGNALS:
    //! Bytes written so far; at most ten times a second.
    void progressed(qint64 bytes);
    void finished(const Engine::Result<void> &result);
};

//! An image that came out of an archive.
struct LoadedImage {
    ImageInfo image;
    QStringList references;     //!< the names it got, familiar forms; empty when the archive gives it none
    QMap<QString, Digest> replaced; //!< names of these that another image had until now, and its id
    bool operator==(const LoadedImage &) const = default;
};

class LoadOperation : public Operation
{
    Q_OBJECT

public:
    using Operation::Operation;

Q_SIGNALS:
    //! Bytes of the archive read so far; at most ten times a second.
    void progressed(qint64 bytes);
    void finished(const Engine::Result<QList<Engine::LoadedImage>> &result);
};

//! What `import` takes.
struct ImportOptions {
    QString reference;          //!< name of the new image; empty: it gets none
    QString message;            //!< of its history entry
    QStringList changes;        //!< Dockerfile instructions that make its configuration: "CMD [\"sh\"]"
};

class ImportOperation : public Operation
{
    Q_OBJECT

public:
    using Operation::Operation;

Q_SIGNALS:
    //! Unpacked bytes so far; at most ten times a second.
    void progressed(qint64 bytes);
    void finished(const Engine::Result<Engine::ImageInfo> &result);
};

//! The images of the store. Any thread may call; answers come from the engine's pool.
class Images final
{
public:
    explicit Images(std::shared_ptr<Internal::Core> core);

    //! All images, newest first. Cost: one query, no disk scan.
    [[nodiscard]] QFuture<Result<QList<ImageInfo>>> list() const;
    //! \p nameOrId: a reference, an id or an unambiguous id prefix.
    [[nodiscard]] QFuture<Result<ImageInfo>> find(const QString &nameOrId) const;
    [[nodiscard]] QFuture<Result<QList<HistoryEntry>>> history(const QString &nameOrId) const;
    //! Docker's `image inspect` object, as JSON text.
    [[nodiscard]] QFuture<Result<QByteArray>> inspect(const QString &nameOrId) const;
    [[nodiscard]] QFuture<Result<void>> tag(const QString &nameOrId, const QString &newReference) const;

    enum class Force { No, Yes };
    struct Removed {
        QStringList untagged;   //!< references that no longer exist
        QList<Digest> deleted;  //!< images and layers gone with the last reference
    };
    //! Docker's `rmi`. \return InUse while a container needs it (with \p force: only while one runs)
    [[nodiscard]] QFuture<Result<Removed>> remove(const QString &nameOrId, Force force) const;

    //! Imports every image of an OCI image layout folder under \p reference (or under the layout's own
    //! ref names when empty). Idempotent.
    [[nodiscard]] QFuture<Result<ImageInfo>> importLayout(const QString &folder, const QString &reference) const;

    // The three below work on a file descriptor of the caller's (a file, a pipe), which is duplicated. The caller owns the operation.

    //! Docker's `save`: the images with the names that were asked for, as an archive that Docker, Podman and skopeo load. It is an OCI image
    //! layout with Docker's manifest.json beside it, and depends on the images and names alone. A name without a tag means all its tags.
    [[nodiscard]] std::unique_ptr<ArchiveOperation> save(const QStringList &namesOrIds, int fd) const;
    //! Docker's `load`: every image of such an archive, plain or compressed by gzip, bzip2, xz or zstd. \p reference names the only
    //! image of an archive; empty: the archive's own names. \return Corrupt or InvalidInput for what is no archive of images
    [[nodiscard]] std::unique_ptr<LoadOperation> load(int fd, const QString &reference) const;
    //! Docker's `import`: an archive of files, compressed or not, as an image of one layer.
    [[nodiscard]] std::unique_ptr<ImportOperation> importFiles(int fd, const ImportOptions &options) const;

    //! Starts a pull in the caller's thread; the caller owns the operation.
    [[nodiscard]] std::unique_ptr<PullOperation> pull(const QString &reference, const PullOptions &options) const;

private:
    std::shared_ptr<Internal::Core> m_core;
};

} // namespace Engine
