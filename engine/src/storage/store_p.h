// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytesource_p.h"
#include "linux/idmap_p.h"
#include "linux/syscalls_p.h"
#include "storage/database_p.h"
#include "storage/reaper_p.h"

#include <engine/ids.h>
#include <engine/images.h>
#include <engine/namespaces.h>

#include <QtCore/QList>

#include <nlohmann/json.hpp>

#include <atomic>
#include <optional>
#include <stop_token>

namespace Engine::Internal {

//! One unpacked layer: a folder that is an overlay lower directory.
struct LayerRecord {
    Digest chainId;
    Digest diffId;
    Digest parent;          //!< chain id below, null for a base layer
    Digest blob;            //!< compressed form in images/blobs
    qint64 blobBytes = 0;
    QString mediaType;      //!< of the blob
    qint64 sizeBytes = 0;   //!< sum of the regular files' sizes, each inode once
    qint64 fileCount = 0;   //!< entries, whiteouts included
};

struct ImageRecord {
    Digest id;              //!< of the config
    Digest manifest;
    QList<Digest> chainIds; //!< base first
    QStringList references; //!< full form: docker.io/library/busybox:latest
    nlohmann::json config;  //!< the OCI image config document
    QDateTime created;

    Digest topLayer() const { return chainIds.isEmpty() ? Digest() : chainIds.last(); }
};

//! oci "chain id": sha256(parent + " " + diff id), the diff id itself for a base layer
//! (OCI image-spec 1.1, config.md "Layer ChainID").
[[nodiscard]] Digest chainIdOf(const Digest &parent, const Digest &diffId);

//! A folder nobody else uses below the store's staging area, removed by the destructor or, after a kill, by the next
//! Store::open() that finds nobody at work.
//!
//! While one is held, by any process, nothing is collected as garbage: hold one for as long as you make or look up layers
//! and blobs that no image refers to yet (a pull, a build).
class StagingFolder final
{
public:
    StagingFolder(QString path, FileLock lock) : m_path(std::move(path)), m_lock(std::move(lock)) {}
    StagingFolder(StagingFolder &&other) noexcept : m_path(std::exchange(other.m_path, {})), m_lock(std::move(other.m_lock)) {}
    StagingFolder &operator=(StagingFolder &&) = delete;
    ~StagingFolder();
    const QString &path() const { return m_path; }

private:
    QString m_path;
    FileLock m_lock;
};

//! Touched after each transaction that recorded an event; Events watches it.
[[nodiscard]] inline QString eventsFile(const StorePaths &paths) { return paths.run + QStringLiteral("/events"); }

//! The store on disk: an OCI image layout, unpacked layers and a database. Any thread; several processes at once.
//!
//! Every change is a transaction: files are made in staging, then one database transaction renames them into place and
//! makes them known. What was not on the disk yet at a power loss is forgotten by the next open() (see sync()).
//! Nothing but storage/ writes below the root, containers/ excepted.
class Store final
{
public:
    //! Opens or makes it; forgets what a power loss may have damaged and takes away what killed processes left.
    //! Cost: a few milliseconds. \return PermissionDenied when the folder is not writable, Unsupported for a newer store
    [[nodiscard]] static Result<std::unique_ptr<Store>> open(const StorePaths &paths, const IdMap &ids);
    //! Waits until freed files are gone; sync() where something is not on the disk yet.
    ~Store();
    Q_DISABLE_COPY_MOVE(Store)

    const StorePaths &paths() const { return m_paths; }
    const IdMap &idMap() const { return m_ids; }
    Database &database() const { return *m_database; }
    [[nodiscard]] Result<StagingFolder> makeStagingFolder();
    //! Brings everything to the disk (syncfs) and records that. Call at the end of a pull or build, after addImage(),
    //! where nobody waits for it; the destructor does it otherwise. Layers that were not synced do not survive a reboot.
    [[nodiscard]] Result<void> sync();

    // ---- blobs: images/blobs/sha256/<hex> ----
    QString blobPath(const Digest &digest) const;
    bool hasBlob(const Digest &digest) const;
    //! Whole blob, checked against its digest; for manifests and configs (at most 16 MB).
    [[nodiscard]] Result<QByteArray> readBlob(const Digest &digest) const;
    [[nodiscard]] Result<Digest> addBlob(QByteArrayView content);
    //! Moves a file, already synced and checked by the caller, into place.
    [[nodiscard]] Result<void> adoptBlob(const QString &file, const Digest &digest);

    // ---- layers: layers/<chain hex>/ ----
    [[nodiscard]] Result<std::optional<LayerRecord>> findLayer(const Digest &chainId) const;
    //! Unpacks an uncompressed tar stream as the layer above \p parent. Checks the stream against \p diffId and leaves
    //! nothing behind on failure. \p blob and friends are recorded as given. Whiteouts follow the OCI image-spec 1.1,
    //! layer.md "Whiteouts". Two processes unpacking the same layer: the second one's work is dropped.
    //! \return Corrupt for another diff id or a broken tar; InvalidInput for a hostile one; NoSpace beyond the limits
    [[nodiscard]] Result<LayerRecord> unpackLayer(const Digest &parent, const Digest &diffId, ByteSource &tar, const LayerRecord &blobInfo,
                                                  std::stop_token stop);
    //! Makes the contents of an overlay upper directory (inside a staging folder; it is moved away) the layer above \p parent:
    //! writes its gzip blob, counts and records. Deterministic: the same files give the same diff id.
    //! \p clampTime: seconds since the epoch; later mtimes are set to it (SOURCE_DATE_EPOCH)
    [[nodiscard]] Result<LayerRecord> commitLayer(const Digest &parent, const QString &upperDirectory, std::optional<qint64> clampTime,
                                                  std::stop_token stop);
    //! Mounts the layers up to \p chainId at \p target, writable through \p upper and \p work (both empty: read-only).
    [[nodiscard]] Result<void> mountLayers(const Digest &chainId, const QString &upper, const QString &work, const QString &target) const;

    // ---- images ----
    //! Records an image whose layers and blobs are all here and points \p references (full form) at it, in one
    //! transaction. \return Corrupt when config and manifest do not fit each other
    [[nodiscard]] Result<ImageRecord> addImage(const QByteArray &manifest, const QString &manifestMediaType, const QStringList &references);
    //! Writes config and manifest for \p config (rootfs filled in from \p chainId) and adds the image.
    [[nodiscard]] Result<ImageRecord> addBuiltImage(nlohmann::json config, const Digest &chainId, const QStringList &references);
    //! A reference, an id, or an unambiguous id prefix.
    //! \return NotFound with Docker's words ("No such image: x:latest"), InvalidInput for an ambiguous prefix
    [[nodiscard]] Result<ImageRecord> findImage(const QString &nameOrId) const;
    [[nodiscard]] Result<QList<ImageRecord>> listImages() const;
    [[nodiscard]] Result<void> tagImage(const Digest &id, const ImageReference &reference);
    [[nodiscard]] Result<Images::Removed> removeImage(const QString &nameOrId, Images::Force force);
    [[nodiscard]] Result<ImageInfo> describe(const ImageRecord &image) const;
    [[nodiscard]] Result<ImageRecord> importLayout(const QString &folder, const QString &reference, std::stop_token stop);

    // ---- build cache: key -> result ----
    struct CachedStep {
        Digest chainId;
        nlohmann::json config;      //!< image config after the step
        qint64 sizeBytes = 0;
        qint64 durationMs = 0;
    };
    [[nodiscard]] Result<std::optional<CachedStep>> findCachedStep(const QByteArray &key) const;
    [[nodiscard]] Result<void> putCachedStep(const QByteArray &key, const CachedStep &step);
    //! Unknown is no error. Its layer goes with the next collectGarbage().
    [[nodiscard]] Result<void> removeCachedStep(const QByteArray &key);
    //! Forgets every cached step; layers that only the cache kept are freed. Until then the cache keeps its layers, as
    //! BuildKit's does: removing an image does not make the next build start from nothing. \return the freed layers
    [[nodiscard]] Result<QList<Digest>> pruneCache();

    //! Frees layers and blobs that nothing needs any more: what a failed pull or build leaves. Does nothing while anybody
    //! holds a staging folder. \return the freed layers
    [[nodiscard]] Result<QList<Digest>> collectGarbage();

    //! Tells other processes (and Events here) what happened. Inside or outside a transaction.
    [[nodiscard]] Result<void> recordEvent(const char *kind, const QString &action, const QString &id, const QString &name);

private:
    Store(StorePaths paths, IdMap ids, std::unique_ptr<Database> database);

    [[nodiscard]] Result<void> makeFolders() const;
    [[nodiscard]] Result<void> forgetUnsynced();
    [[nodiscard]] Result<void> takeAwayRemains();
    [[nodiscard]] Result<void> takeAwayOrphans();
    [[nodiscard]] Result<void> takeAwayUnusedBlobs(Database &db);
    [[nodiscard]] Result<LayerRecord> publishLayer(LayerRecord record, const QString &folder);
    [[nodiscard]] Result<void> inheritRoot(int rootFd, const Digest &parent) const;
    QString layerPath(const Digest &chainId) const;

    StorePaths m_paths;
    IdMap m_ids;
    std::unique_ptr<Database> m_database;
    QString m_bootId;                   //!< of this boot; marks layers that are not synced
    std::atomic<bool> m_isDirty = false;
    Reaper m_reaper;
};

} // namespace Engine::Internal
