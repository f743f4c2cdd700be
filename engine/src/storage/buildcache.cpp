// SPDX-License-Identifier: GPL-3.0-or-later
#include "store_p.h"

#include "base/try_p.h"

#include <QtCore/QDateTime>

namespace Engine::Internal {

Result<std::optional<Store::CachedStep>> Store::findCachedStep(const QByteArray &key) const
{
    std::optional<CachedStep> found;
    ENGINE_TRY(m_database->reading([&](Database &db) -> Result<void> {
        Statement query = ENGINE_TRY(db.prepare("SELECT layer, config, size_bytes, duration_ms FROM build_cache WHERE key = ?"));
        if (!ENGINE_TRY(query.bind(1, key).step()))
            return {};
        CachedStep step;
        if (!query.isNull(0))
            step.chainId = Digest::fromSha256Hex(query.text(0).toLatin1());
        step.config = nlohmann::json::parse(query.text(1).toStdString(), nullptr, false);
        step.sizeBytes = query.integer(2);
        step.durationMs = query.integer(3);
        found = std::move(step);
        return {};
    }));
    return found;
}

Result<void> Store::putCachedStep(const QByteArray &key, const CachedStep &step)
{
    const QString config = QString::fromStdString(step.config.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return m_database->transaction([&](Database &db) -> Result<void> {
        Statement insert = ENGINE_TRY(db.prepare("INSERT OR REPLACE INTO build_cache (key, layer, config, size_bytes, duration_ms, created) "
                                                 "VALUES (?, ?, ?, ?, ?, ?)"));
        insert.bind(1, key).bind(3, config).bind(4, step.sizeBytes).bind(5, step.durationMs).bind(6, QDateTime::currentMSecsSinceEpoch());
        if (step.chainId.isNull())
            insert.bindNull(2);
        else
            insert.bind(2, step.chainId.hex());
        return insert.run();
    });
}

Result<void> Store::removeCachedStep(const QByteArray &key)
{
    if (!ENGINE_TRY(findCachedStep(key)))
        return {};
    return m_database->transaction([&](Database &db) -> Result<void> {
        return ENGINE_TRY(db.prepare("DELETE FROM build_cache WHERE key = ?")).bind(1, key).run();
    });
}

Result<QList<Digest>> Store::pruneCache()
{
    ENGINE_TRY(m_database->transaction([](Database &db) -> Result<void> {
        return ENGINE_TRY(db.prepare("DELETE FROM build_cache")).run();
    }));
    return collectGarbage();
}

} // namespace Engine::Internal
