// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/stephistory_p.h"

#include "base/try_p.h"

#include <QtCore/QDateTime>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr int maxDockerfiles = 100; // with records; the ones built last

Result<void> forgetOldest(Database &db, const QString &name)
{
    ENGINE_TRY(ENGINE_TRY(db.prepare("INSERT OR REPLACE INTO build_files (dockerfile, used) VALUES (?, ?)"))
                   .bind(1, name).bind(2, QDateTime::currentMSecsSinceEpoch()).run());
    ENGINE_TRY(ENGINE_TRY(db.prepare("DELETE FROM build_files WHERE dockerfile NOT IN (SELECT dockerfile FROM build_files ORDER BY used DESC LIMIT ?)"))
                   .bind(1, maxDockerfiles).run());
    return ENGINE_TRY(db.prepare("DELETE FROM build_records WHERE dockerfile NOT IN (SELECT dockerfile FROM build_files)")).run();
}

} // namespace

Result<StepHistory> StepHistory::load(Store &store, const QString &name)
{
    StepHistory history(store, name);
    ENGINE_TRY(store.database().reading([&](Database &db) -> Result<void> {
        Statement query = ENGINE_TRY(db.prepare("SELECT number, head FROM build_records WHERE dockerfile = ? ORDER BY number"));
        query.bind(1, name);
        while (ENGINE_TRY(query.step())) {
            const QByteArray head = query.blob(1);
            if (auto record = StepRecord::fromBytes(head)) {
                history.m_records += std::move(*record);
                history.m_rows += Row{int(query.integer(0)), head};
            }
        }
        return {};
    }));
    return history;
}

Result<QMap<QByteArray, QByteArray>> StepHistory::filesOf(int number) const
{
    QByteArray bytes;
    ENGINE_TRY(m_store->database().reading([&](Database &db) -> Result<void> {
        Statement query = ENGINE_TRY(db.prepare("SELECT files FROM build_records WHERE dockerfile = ? AND number = ?"));
        if (ENGINE_TRY(query.bind(1, m_name).bind(2, number).step()))
            bytes = query.blob(0);
        return {};
    }));
    return StepRecord::filesFromBytes(bytes);
}

QList<int> StepHistory::rowsOfStage(const QString &stage) const
{
    QList<int> rows;
    for (int i = 0; i < m_records.size(); ++i) {
        if (m_records[i].stage == stage)
            rows += i;
    }
    return rows;
}

Result<QString> StepHistory::causeOfMiss(const QList<StepRecord> &stage, qsizetype position, const ContextTree *context) const
{
    const StepRecord &now = stage[position];
    if (m_records.isEmpty())
        return u"no cached result"_s;
    const QList<int> rows = rowsOfStage(now.stage);
    if (rows.isEmpty())
        return u"its stage is new"_s;
    QList<StepRecord> before;
    for (const int row : rows)
        before += m_records[row];
    const QList<int> aligned = alignedSteps(before, stage);
    const int counterpart = aligned[position];
    if (counterpart < 0)
        return u"the line is new"_s;
    if (!before[counterpart].wasMade)
        return u"no cached result"_s;
    StepRecord old = before[counterpart];
    if (old.identity == now.identity) {
        if (const QString source = causeOfSources(old, now); !source.isEmpty())
            return source;
        return old.layerBelow == now.layerBelow ? u"no cached result any more"_s : causeBelow(before, stage, aligned, position);
    }
    if (!now.files.isEmpty())
        old.files = ENGINE_TRY(filesOf(m_rows[rows[counterpart]].number));
    const auto isHidden = [context](const QByteArray &path) { return context && context->isHidden(path); };
    if (const QString own = ownCauseOfMiss(old, now, isHidden); !own.isEmpty())
        return own;
    return u"the instruction means something else than last time"_s;
}

Result<void> StepHistory::save(const PlannedBuild &plan) const
{
    struct Write {
        int number;
        QByteArray head;
        std::optional<QByteArray> files;
    };
    QList<Write> writes;
    QMap<int, QByteArray> known;
    for (const Row &row : m_rows)
        known.insert(row.number, row.head);
    int number = 0;
    for (const PlannedStage &stage : plan.stages) {
        QList<StepRecord> now;
        for (const PlannedStep &step : stage.steps)
            now += step.record;
        const QList<int> rows = now.isEmpty() ? QList<int>() : rowsOfStage(now.first().stage);
        QList<StepRecord> before;
        for (const int row : rows)
            before += m_records[row];
        const QList<int> aligned = alignedSteps(before, now);
        for (qsizetype i = 0; i < now.size(); ++i, ++number) {
            StepRecord record = now[i];
            std::optional<QByteArray> files;
            const int counterpart = aligned[i];
            if (!record.wasMade && counterpart >= 0 && before[counterpart].wasMade) {
                record = before[counterpart];
                files = StepRecord::filesToBytes(ENGINE_TRY(filesOf(m_rows[rows[counterpart]].number)));
            }
            const QByteArray head = record.toBytes();
            if (known.take(number) == head)
                continue;
            writes += Write{number, head, files ? *files : StepRecord::filesToBytes(record.files)};
        }
    }
    if (writes.isEmpty() && known.isEmpty())
        return {};
    return m_store->database().transaction([&](Database &db) -> Result<void> {
        Statement insert = ENGINE_TRY(db.prepare("INSERT OR REPLACE INTO build_records (dockerfile, number, head, files) VALUES (?, ?, ?, ?)"));
        for (const Write &write : std::as_const(writes))
            ENGINE_TRY(insert.bind(1, m_name).bind(2, write.number).bind(3, write.head).bind(4, *write.files).run());
        ENGINE_TRY(ENGINE_TRY(db.prepare("DELETE FROM build_records WHERE dockerfile = ? AND number >= ?")).bind(1, m_name).bind(2, number).run());
        return forgetOldest(db, m_name);
    });
}

} // namespace Engine::Internal
