// SPDX-License-Identifier: GPL-3.0-or-later
#include <engine/maintenance.h>

#include "base/try_p.h"
#include "runtime/containerruntime_p.h"
#include "services/core_p.h"
#include "storage/diskusage_p.h"
#include "storage/storecheck_p.h"

#include <algorithm>

namespace Engine {

namespace {

using namespace Internal;

Result<DiskUsage> usageOf(Core &core)
{
    DiskUsage usage = ENGINE_TRY(layerUsage(*core.store));
    const ContainerRuntime runtime(*core.store, core.settings);
    for (const ContainerRecord &record : ENGINE_TRY(runtime.list())) {
        const qint64 bytes = bytesBelow(runtime.folderOf(record.id).upper());
        ++usage.containers.count;
        usage.containers.sizeBytes += bytes;
        if (record.isRunning())
            ++usage.containers.active;
        else
            usage.containers.reclaimableBytes += bytes;
    }
    return usage;
}

qint64 bytesOf(const DiskUsage &usage)
{
    return usage.images.sizeBytes + usage.containers.sizeBytes + usage.buildCache.sizeBytes;
}

//! Came into use, or went, since it was listed.
bool isOvertaken(const Error &error)
{
    return error.code == ErrorCode::InUse || error.code == ErrorCode::NotFound;
}

Result<void> pruneContainers(Core &core, Pruned &pruned)
{
    const ContainerRuntime runtime(*core.store, core.settings);
    for (const ContainerRecord &record : ENGINE_TRY(runtime.list())) {
        if (record.isRunning())
            continue;
        if (const Result<void> removed = runtime.remove(record.id.toString(), Containers::Force::No); removed)
            pruned.containers.append(record.id.toString());
        else if (!isOvertaken(removed.error()))
            return Failure(removed.error());
    }
    return {};
}

//! Everything goes by name, so that an image that gets a new one meanwhile stays.
Result<void> pruneImage(Core &core, const ImageInfo &image, Pruned &pruned)
{
    const QStringList names = image.references.isEmpty() ? QStringList(image.id.toString()) : image.references;
    for (const QString &name : names) {
        const Result<Images::Removed> removed = core.store->removeImage(name, Images::Force::No);
        if (!removed && !isOvertaken(removed.error()))
            return Failure(removed.error());
        if (!removed)
            continue;
        pruned.untagged += removed->untagged;
        pruned.images += removed->deleted;
    }
    return {};
}

Result<void> pruneImages(Core &core, PruneRequest::Images which, Pruned &pruned)
{
    for (const ImageRecord &image : ENGINE_TRY(core.store->listImages())) {
        const ImageInfo info = ENGINE_TRY(core.store->describe(image));
        if (info.containerCount == 0 && (which == PruneRequest::Images::Unused || info.references.isEmpty()))
            ENGINE_TRY(pruneImage(core, info, pruned));
    }
    return {};
}

Result<Pruned> pruneStore(Core &core, const PruneRequest &request)
{
    Pruned pruned;
    const qint64 before = bytesOf(ENGINE_TRY(usageOf(core)));
    if (request.containers == PruneRequest::Containers::Stopped)
        ENGINE_TRY(pruneContainers(core, pruned));
    if (request.images != PruneRequest::Images::Keep)
        ENGINE_TRY(pruneImages(core, request.images, pruned));
    if (request.buildCache == PruneRequest::BuildCache::All)
        pruned.cachedLayers = ENGINE_TRY(core.store->pruneCache());
    pruned.freedBytes = std::max<qint64>(0, before - bytesOf(ENGINE_TRY(usageOf(core))));
    return pruned;
}

} // namespace

Maintenance::Maintenance(std::shared_ptr<Core> core) : m_core(std::move(core)) {}

QFuture<Result<QStringList>> Maintenance::check() const
{
    return QtConcurrent::run(m_core->longPool, [core = m_core] { return checkStore(*core->store, core->stop.get_token()); });
}

QFuture<Result<DiskUsage>> Maintenance::usage() const
{
    return QtConcurrent::run(m_core->longPool, [core = m_core] { return usageOf(*core); });
}

QFuture<Result<Pruned>> Maintenance::prune(const PruneRequest &request) const
{
    return QtConcurrent::run(m_core->longPool, [core = m_core, request] { return pruneStore(*core, request); });
}

} // namespace Engine
