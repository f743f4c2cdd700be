// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "build/planner_p.h"

namespace Engine::Internal {

//! Does the step read the build context? (Then it must be scanned before.)
[[nodiscard]] bool takesContext(const Instruction &instruction);

//! An image of the store, as what a stage starts from or takes something from; nothing when it is not here.
[[nodiscard]] Result<std::optional<BaseImage>> findBaseImage(Store &store, const QString &reference);

//! The name of a stage, or its number.
[[nodiscard]] QString stageTitle(const Dockerfile &dockerfile, int stage);

//! Writes into \p step's record what it takes from; \p stageLayers: the results of its source stages.
void recordSources(PlannedStep *step, const Dockerfile &dockerfile, const QList<Digest> &stageLayers);

//! Finds all that makes a step: one digest for the cache, one record to explain a miss.
class StepIdentifier final
{
public:
    //! \p plan has its Dockerfile and, where a step takes from it, its context
    StepIdentifier(Store &store, FileDigests &digests, const BuildRequest &request, const PlannedBuild &plan, std::stop_token stop)
        : m_store(store), m_digests(digests), m_request(request), m_plan(plan), m_stop(std::move(stop))
    {
    }

    //! Fills in identity, record and sources of \p step of stage number \p stage.
    //! \return the mistake, its word as the error's object; Cancelled
    [[nodiscard]] Result<void> identify(PlannedStep *step, int stage) const;

private:
    void describe(StepRecord *record, const PlannedStep &step, int stage) const;
    Result<void> identifyCopy(PlannedStep *step, const Instructions::Copy &copy, int stage) const;
    Result<void> identifyRun(PlannedStep *step, const Instructions::Run &run, int stage) const;
    Result<void> addSource(PlannedStep *step, const QString &name, int stage) const;

    Store &m_store;
    FileDigests &m_digests;
    const BuildRequest &m_request;
    const PlannedBuild &m_plan;
    std::stop_token m_stop;
};

} // namespace Engine::Internal
