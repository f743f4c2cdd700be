// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "build/planner_p.h"

namespace Engine::Internal {

//! What the steps of a Dockerfile were made from in its last build, cached ones included. Kept in the database, for the
//! Dockerfiles built last.
class StepHistory final
{
public:
    //! Cost: one query; the files of a step are read only to explain that step.
    [[nodiscard]] static Result<StepHistory> load(Store &store, const QString &name);

    //! Why the step at \p position of a stage has no result in the cache, in one English sentence.
    //! \p stage: records of the whole stage as far as they are known, FROM first; \p context may be null
    [[nodiscard]] Result<QString> causeOfMiss(const QList<StepRecord> &stage, qsizetype position, const ContextTree *context) const;

    //! Writes down \p plan as it was built; what the build did not get to keeps its earlier record.
    [[nodiscard]] Result<void> save(const PlannedBuild &plan) const;

private:
    StepHistory(Store &store, QString name) : m_store(&store), m_name(std::move(name)) {}
    struct Row {
        int number = 0;
        QByteArray head;
    };
    Result<QMap<QByteArray, QByteArray>> filesOf(int number) const;
    QList<int> rowsOfStage(const QString &stage) const;

    Store *m_store;
    QString m_name;
    QList<StepRecord> m_records;
    QList<Row> m_rows;
};

} // namespace Engine::Internal
