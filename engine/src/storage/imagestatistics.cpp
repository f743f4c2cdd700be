// SPDX-License-Identifier: GPL-3.0-or-later
#include "imagestatistics_p.h"

#include "base/try_p.h"

#include <algorithm>

namespace Engine::Internal {

namespace {

Digest digestOfHex(const QString &hex)
{
    return hex.isEmpty() ? Digest() : Digest::fromSha256Hex(hex.toLatin1());
}

QString stringOf(const nlohmann::json &config, const char *key)
{
    const auto found = config.find(key);
    return found != config.end() && found->is_string() ? QString::fromStdString(found->get<std::string>()) : QString();
}

} // namespace

Result<ImageStatistics> ImageStatistics::load(Database &db)
{
    ImageStatistics statistics;
    Statement layers = ENGINE_TRY(db.prepare("SELECT chain, parent, size_bytes FROM layers"));
    while (ENGINE_TRY(layers.step()))
        statistics.m_layers.insert(digestOfHex(layers.text(0)), {digestOfHex(layers.text(1)), layers.integer(2)});
    Statement images = ENGINE_TRY(db.prepare("SELECT layer FROM images WHERE layer IS NOT NULL"));
    while (ENGINE_TRY(images.step())) {
        for (Digest chain = digestOfHex(images.text(0)); !chain.isNull();) {
            Layer &layer = statistics.m_layers[chain];
            ++layer.imageCount;
            chain = layer.parent;
        }
    }
    Statement containers = ENGINE_TRY(db.prepare("SELECT image_id, count(*) FROM containers WHERE image_id IS NOT NULL GROUP BY image_id"));
    while (ENGINE_TRY(containers.step()))
        statistics.m_containers.insert(digestOfHex(containers.text(0)), int(containers.integer(1)));
    return statistics;
}

ImageInfo ImageStatistics::describe(const ImageRecord &image) const
{
    ImageInfo info;
    info.id = image.id;
    info.manifest = image.manifest;
    for (const QString &reference : image.references) {
        if (reference.contains(u'@'))
            continue;
        const Result<ImageReference> parsed = ImageReference::parse(reference);
        info.references.append(parsed ? parsed->familiarString() : reference);
    }
    std::ranges::sort(info.references);
    info.created = image.created;
    info.layerCount = int(image.chainIds.size());
    info.containerCount = m_containers.value(image.id);
    info.architecture = stringOf(image.config, "architecture");
    info.os = stringOf(image.config, "os");
    for (const Digest &chain : image.chainIds) {
        const Layer layer = m_layers.value(chain);
        info.sizeBytes += layer.sizeBytes;
        if (layer.imageCount > 1)
            info.sharedBytes += layer.sizeBytes;
    }
    return info;
}

Result<ImageInfo> Store::describe(const ImageRecord &image) const
{
    ImageInfo info;
    ENGINE_TRY(m_database->reading([&](Database &db) -> Result<void> {
        info = ENGINE_TRY(ImageStatistics::load(db)).describe(image);
        return {};
    }));
    return info;
}

} // namespace Engine::Internal
