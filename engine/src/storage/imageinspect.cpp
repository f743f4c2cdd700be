// SPDX-License-Identifier: GPL-3.0-or-later
#include "imageinspect_p.h"

#include "base/try_p.h"
#include "storage/imagedocuments_p.h"
#include "storage/imagestatistics_p.h"

#include <QtCore/QDateTime>
#include <QtCore/QTimeZone>

#include <algorithm>

namespace Engine::Internal {

namespace {

using nlohmann::json;

std::string textOf(const json &object, const char *key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool flagOf(const json &object, const char *key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_boolean() && found->get<bool>();
}

Result<QDateTime> lastTagTime(Database &db, const Digest &image)
{
    Statement query = ENGINE_TRY(db.prepare("SELECT max(tagged) FROM names WHERE image = ?"));
    ENGINE_TRY(query.bind(1, image.hex()).step());
    return query.isNull(0) ? QDateTime() : QDateTime::fromMSecsSinceEpoch(query.integer(0), QTimeZone::utc());
}

std::string goTime(const QDateTime &time)
{
    // Go's zero time is what Docker shows for "never"
    return time.isValid() ? time.toString(Qt::ISODateWithMs).toStdString() : "0001-01-01T00:00:00Z";
}

json graphDriver(const Store &store, const ImageRecord &image)
{
    const QString layers = store.paths().root + QStringLiteral("/layers/");
    json data = json::object();
    if (!image.chainIds.isEmpty())
        data["UpperDir"] = (layers + image.topLayer().hex()).toStdString();
    QStringList lowers;
    for (qsizetype i = image.chainIds.size() - 2; i >= 0; --i)
        lowers.append(layers + image.chainIds[i].hex());
    if (!lowers.isEmpty())
        data["LowerDir"] = lowers.join(u':').toStdString();
    return {{"Name", "overlay"}, {"Data", std::move(data)}};
}

HistoryEntry historyRow(const json &row)
{
    HistoryEntry entry;
    entry.created = createdTime(row);
    entry.createdBy = QString::fromStdString(textOf(row, "created_by"));
    entry.comment = QString::fromStdString(textOf(row, "comment"));
    entry.emptyLayer = flagOf(row, "empty_layer");
    return entry;
}

} // namespace

Result<json> inspectImage(const Store &store, const ImageRecord &image)
{
    ImageInfo info;
    QDateTime tagged;
    ENGINE_TRY(store.database().reading([&](Database &db) -> Result<void> {
        info = ENGINE_TRY(ImageStatistics::load(db)).describe(image);
        tagged = ENGINE_TRY(lastTagTime(db, image.id));
        return {};
    }));
    json tags = json::array();
    for (const QString &reference : info.references)
        tags.push_back(reference.toStdString());
    json digests = json::array();
    for (const QString &reference : image.references) {
        const Result<ImageReference> parsed = ImageReference::parse(reference);
        if (parsed && !parsed->digest.isNull())
            digests.push_back(parsed->familiarString().toStdString());
    }
    const json &config = image.config;
    const auto run = config.find("config");
    const auto rootfs = config.find("rootfs");
    json result{{"Id", image.id.toString().toStdString()},
                {"RepoTags", std::move(tags)},
                {"RepoDigests", std::move(digests)},
                {"Parent", ""},
                {"Comment", textOf(config, "comment")},
                {"Created", textOf(config, "created")},
                {"DockerVersion", textOf(config, "docker_version")},
                {"Author", textOf(config, "author")},
                {"Config", run != config.end() && run->is_object() ? *run : json::object()},
                {"Architecture", textOf(config, "architecture")},
                {"Os", textOf(config, "os")},
                {"Size", info.sizeBytes},
                {"GraphDriver", graphDriver(store, image)},
                {"RootFS", {{"Type", "layers"}, {"Layers", rootfs != config.end() && rootfs->contains("diff_ids") ? (*rootfs)["diff_ids"] : json::array()}}},
                {"Metadata", {{"LastTagTime", goTime(tagged)}}}};
    for (const auto &[from, to] : {std::pair("variant", "Variant"), std::pair("os.version", "OsVersion")})
        if (const std::string value = textOf(config, from); !value.empty())
            result[to] = value;
    return result;
}

Result<QList<HistoryEntry>> historyOf(const Store &store, const ImageRecord &image)
{
    ImageInfo info;
    QList<qint64> sizes;
    ENGINE_TRY(store.database().reading([&](Database &db) -> Result<void> {
        const ImageStatistics statistics = ENGINE_TRY(ImageStatistics::load(db));
        info = statistics.describe(image);
        for (const Digest &chain : image.chainIds)
            sizes.append(statistics.sizeOf(chain));
        return {};
    }));
    QList<HistoryEntry> rows;
    qsizetype next = 0;
    const auto takeLayer = [&](HistoryEntry &entry) {
        entry.layer = image.chainIds[next];
        entry.sizeBytes = sizes[next++];
        entry.emptyLayer = false;
    };
    const auto history = image.config.find("history");
    if (history != image.config.end() && history->is_array()) {
        for (const json &row : *history) {
            HistoryEntry entry = historyRow(row.is_object() ? row : json::object());
            if (!entry.emptyLayer && next < image.chainIds.size())
                takeLayer(entry);
            else
                entry.emptyLayer = true;
            rows.append(entry);
        }
    }
    while (next < image.chainIds.size())
        takeLayer(rows.emplaceBack());
    std::ranges::reverse(rows);
    if (!rows.isEmpty()) {
        rows.first().references = info.references;
        rows.first().image = image.id;
    }
    return rows;
}

} // namespace Engine::Internal
