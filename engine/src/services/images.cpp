// SPDX-License-Identifier: GPL-3.0-or-later
#include <engine/images.h>

#include "base/try_p.h"
#include "services/core_p.h"
#include "storage/imageinspect_p.h"
#include "storage/imagelookup_p.h"
#include "storage/imagestatistics_p.h"

namespace Engine {

using Internal::Core;

Images::Images(std::shared_ptr<Internal::Core> core) : m_core(std::move(core)) {}

QFuture<Result<QList<ImageInfo>>> Images::list() const
{
    return Core::ask(m_core, [](Core &core) -> Result<QList<ImageInfo>> {
        QList<ImageInfo> images;
        ENGINE_TRY(core.store->database().reading([&](Internal::Database &db) -> Result<void> {
            const auto statistics = ENGINE_TRY(Internal::ImageStatistics::load(db));
            for (const Internal::ImageRecord &image : ENGINE_TRY(Internal::allImages(db)))
                images.append(statistics.describe(image));
            return {};
        }));
        return images;
    });
}

QFuture<Result<ImageInfo>> Images::find(const QString &nameOrId) const
{
    return Core::ask(m_core, [nameOrId](Core &core) -> Result<ImageInfo> {
        return core.store->describe(ENGINE_TRY(core.store->findImage(nameOrId)));
    });
}

QFuture<Result<QList<HistoryEntry>>> Images::history(const QString &nameOrId) const
{
    return Core::ask(m_core, [nameOrId](Core &core) -> Result<QList<HistoryEntry>> {
        return Internal::historyOf(*core.store, ENGINE_TRY(core.store->findImage(nameOrId)));
    });
}

QFuture<Result<QByteArray>> Images::inspect(const QString &nameOrId) const
{
    return Core::ask(m_core, [nameOrId](Core &core) -> Result<QByteArray> {
        const nlohmann::json object = ENGINE_TRY(Internal::inspectImage(*core.store, ENGINE_TRY(core.store->findImage(nameOrId))));
        return QByteArray::fromStdString(object.dump(4, ' ', false, nlohmann::json::error_handler_t::replace));
    });
}

QFuture<Result<void>> Images::tag(const QString &nameOrId, const QString &newReference) const
{
    return Core::ask(m_core, [nameOrId, newReference](Core &core) -> Result<void> {
        const ImageReference reference = ENGINE_TRY(ImageReference::parse(newReference));
        return core.store->tagImage(ENGINE_TRY(core.store->findImage(nameOrId)).id, reference);
    });
}

QFuture<Result<Images::Removed>> Images::remove(const QString &nameOrId, Force force) const
{
    return Core::ask(m_core, [nameOrId, force](Core &core) { return core.store->removeImage(nameOrId, force); });
}

QFuture<Result<ImageInfo>> Images::importLayout(const QString &folder, const QString &reference) const
{
    return Core::ask(m_core, [folder, reference](Core &core) -> Result<ImageInfo> {
        const Internal::ImageRecord image = ENGINE_TRY(core.store->importLayout(folder, reference, core.stop.get_token()));
        ENGINE_TRY(core.store->sync());
        return core.store->describe(image);
    });
}

} // namespace Engine
