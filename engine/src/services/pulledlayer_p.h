// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "oci/manifest_p.h"
#include "services/growingfile_p.h"
#include "storage/store_p.h"

#include <engine/images.h>

#include <functional>

namespace Engine::Internal {

class RegistryClient;

struct LayerPlan {
    Descriptor blob;
    Digest diffId;
    Digest parent;          //!< chain id of the layer below
    QString stagingFile;    //!< where the blob may be written
};

//! One layer on its way into the store: a downloader thread calls download() once, the unpacker thread unpack() once, in any
//! order and at the same time.
//!
//! A lock named after the chain id makes other pulls wait for this one instead of fetching the same layer again. Whoever
//! holds a lock waits at most for layers below, so pulls cannot wait for each other in a circle.
class PulledLayer final
{
    Q_DISABLE_COPY_MOVE(PulledLayer)

public:
    PulledLayer(Store &store, LayerPlan plan, const std::function<void(const LayerProgress &)> &progressed);
    ~PulledLayer();

    //! Is there nothing to do: both the unpacked layer and its blob are in the store?
    [[nodiscard]] Result<bool> isHere() const;

    //! Waits for the lock, then brings the blob into the store unless it is there by now.
    [[nodiscard]] Result<void> download(RegistryClient &client, const std::stop_token &stop);
    //! Unpacks while the blob arrives; returns when the layer and its blob are in the store.
    [[nodiscard]] Result<void> unpack(const std::stop_token &stop);

private:
    [[nodiscard]] Result<void> lock(const std::stop_token &stop);
    void unlock();
    [[nodiscard]] Result<void> fetchBlob(RegistryClient &client, GrowingFile &file, const std::stop_token &stop);
    [[nodiscard]] Result<bool> hasSoundBlob() const;
    [[nodiscard]] Result<void> unpackBlob(const std::stop_token &stop);
    [[nodiscard]] Result<std::unique_ptr<ByteSource>> openSource(const std::stop_token &stop);
    void report(LayerProgress::Phase phase, qint64 doneBytes) const;
    QString lockPath() const;

    //! What the downloader found out, for the unpacker to wait for.
    enum class Stage { Queued, Arriving, BlobIsHere, AllIsHere };
    void enter(Stage stage);

    Store &m_store;
    const LayerPlan m_plan;
    const Digest m_chainId;
    const std::function<void(const LayerProgress &)> &m_progressed;

    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    Stage m_stage = Stage::Queued;
    std::shared_ptr<GrowingFile> m_file;
    std::optional<FileLock> m_lock;
};

} // namespace Engine::Internal
