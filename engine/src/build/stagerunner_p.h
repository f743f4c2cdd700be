// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "build/builder_p.h"

#include <future>
#include <map>
#include <mutex>
#include <semaphore>
#include <stop_token>

namespace Engine::Internal {

//! Gives a step's history entry its time.
struct HistoryEntryFix {
    bool hasEntry = false;
    QString created;
};

//! A stage, built.
struct StageResult {
    Digest layer;                       //!< the topmost
    QList<HistoryEntryFix> history;     //!< of its own steps and those of the stages it starts from
};

//! Executes the stages of a plan: those that do not need each other at the same time, a step at most once.
//!
//! One thread a stage, the caller's for a lone one; a limited number of steps works at a time. The first failure stops the others.
//! The observer is called by one thread at a time.
class StageRunner final
{
public:
    //! All but \p stop must outlive it. \p plan's shown steps follow what happens
    StageRunner(Store &store, const EngineSettings &settings, PlannedBuild &plan, const BuildRequest &request, const BuildObserver &observer,
                std::stop_token stop);

    //! \return the last stage's result; the first error, with its place in the Dockerfile; Cancelled
    [[nodiscard]] Result<StageResult> run();

private:
    // What became of a cache key in this build: a second step with the same one takes the first one's result.
    using MadeStep = Result<Store::CachedStep>;

    Result<StageResult> runStage(PlannedStage &stage);
    Result<void> runStep(const PlannedStage &stage, PlannedStep &step, StageResult *result);
    Result<Store::CachedStep> makeOnce(const PlannedStage &stage, PlannedStep &step, const Digest &below);
    Result<Store::CachedStep> make(const PlannedStage &stage, const PlannedStep &step, const Digest &below, const QByteArray &key);
    Result<StageResult> resultOf(int stage);
    void tell(int index, const std::function<void(BuildStep *)> &change);
    void finish(PlannedStage &stage, std::promise<Result<StageResult>> promise);
    Error at(const PlannedStep &step, Error error) const;

    Store &m_store;
    const EngineSettings &m_settings;
    PlannedBuild &m_plan;
    const BuildRequest &m_request;
    const BuildObserver &m_observer;
    const std::stop_token m_outerStop;
    std::stop_source m_stop;                                    //!< requested from outside, or by the first failure
    std::mutex m_observerMutex;                                 //!< held while the observer is told
    std::counting_semaphore<> m_room;                           //!< for steps at work
    std::mutex m_mutex;                                         //!< what follows
    std::map<int, std::shared_future<Result<StageResult>>> m_results;
    std::map<QByteArray, std::shared_future<MadeStep>> m_made;
    std::map<int, Digest> m_failedLayers;                       //!< index of a step that failed to what it left
    std::optional<Error> m_failure;
};

} // namespace Engine::Internal
