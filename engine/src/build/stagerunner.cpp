// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/stagerunner_p.h"

#include "base/try_p.h"
#include "build/stepexecutor_p.h"
#include "build/stepidentity_p.h"
#include "build/stepstate_p.h"

#include <QtCore/QDateTime>

#include <algorithm>
#include <thread>
#include <vector>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

// Steps mostly wait for disks and networks, so more than one a processor; not so many that their memory adds up.
constexpr int maxStepsAtOnce = 16;
// A Dockerfile may have any number of stages. They start in the file's order and wait for earlier ones only, so that the
// earliest of those that have started can always go on.
constexpr size_t maxStageThreads = 64;

int stepsAtOnce()
{
    return std::clamp(2 * int(std::thread::hardware_concurrency()), 4, maxStepsAtOnce);
}

QString timestampNow()
{
    return QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs);
}

Error cancelledBuild()
{
    return Error{.code = ErrorCode::Cancelled, .detail = u"the build was cancelled"_s};
}

bool needsWork(const PlannedStage &stage)
{
    return std::any_of(stage.steps.begin(), stage.steps.end(), [](const PlannedStep &step) {
        return step.state != BuildStep::State::Cached && !std::holds_alternative<Instructions::From>(step.evaluated.instruction);
    });
}

} // namespace

StageRunner::StageRunner(Store &store, const EngineSettings &settings, PlannedBuild &plan, const BuildRequest &request, const BuildObserver &observer,
                         std::stop_token stop)
    : m_store(store), m_settings(settings), m_plan(plan), m_request(request), m_observer(observer), m_outerStop(std::move(stop)), m_room(stepsAtOnce())
{
}

void StageRunner::tell(int index, const std::function<void(BuildStep *)> &change)
{
    const std::scoped_lock lock(m_observerMutex);
    BuildStep &step = m_plan.shown.steps[index];
    change(&step);
    m_observer.stepChanged(step);
}

Error StageRunner::at(const PlannedStep &step, Error error) const
{
    const QString word = error.object;
    return atInstruction(*m_plan.dockerfile, step.evaluated.index, word, std::move(error));
}

Result<StageResult> StageRunner::resultOf(int stage)
{
    std::shared_future<Result<StageResult>> result;
    {
        const std::scoped_lock lock(m_mutex);
        result = m_results.at(stage);
    }
    return result.get();
}

Result<Store::CachedStep> StageRunner::make(const PlannedStage &stage, const PlannedStep &step, const Digest &below, const QByteArray &key)
{
    const auto start = std::chrono::steady_clock::now();
    Store::CachedStep made{.chainId = below, .config = {}};
    if (step.evaluated.mayMakeLayer) {
        m_room.acquire();
        const auto leave = qScopeGuard([this] { m_room.release(); });
        if (m_stop.stop_requested())
            return Failure(cancelledBuild());
        StepExecutor executor(m_store, m_settings, m_request, m_plan.context.get(), m_stop.get_token());
        executor.setClampTime(m_plan.sourceDate);
        executor.setOutput([this, index = step.evaluated.index](const QByteArray &bytes, OutputStream stream) {
            const std::scoped_lock lock(m_observerMutex);
            m_observer.output(index, bytes, stream);
        });
        executor.setStageLayers([this, &stage](const QString &name) -> std::optional<Digest> {
            const int number = findStage(*m_plan.dockerfile, name, stage.number);
            const auto source = number < 0 ? Result<StageResult>(Failure(Error())) : resultOf(number); // waited for before
            return source ? std::optional(source->layer) : std::nullopt;
        });
        const auto layer = executor.execute(step, below);
        if (!layer && !executor.failedLayer().isNull()) {
            ENGINE_TRY(keepFailedState(m_store, m_plan, step, executor.failedLayer()));
            const std::scoped_lock lock(m_mutex);
            m_failedLayers[step.evaluated.index] = executor.failedLayer();
        }
        if (!layer)
            return Failure(layer.error());
        made.chainId = layer->chainId;
        made.sizeBytes = layer->sizeBytes;
    }
    made.config = {{"created", timestampNow().toStdString()}};
    made.durationMs = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start).count();
    ENGINE_TRY(m_store.putCachedStep(key, made));
    return made;
}

Result<Store::CachedStep> StageRunner::makeOnce(const PlannedStage &stage, PlannedStep &step, const Digest &below)
{
    QList<Digest> stageLayers;
    for (const int number : step.sourceStages)
        stageLayers += ENGINE_TRY(resultOf(number)).layer;
    recordSources(&step, *m_plan.dockerfile, stageLayers);
    const QByteArray key = stepKey(step, below, step.sourceImages + stageLayers);
    std::promise<MadeStep> promise;
    std::shared_future<MadeStep> earlier;
    {
        const std::scoped_lock lock(m_mutex);
        if (const auto found = m_made.find(key); found != m_made.end())
            earlier = found->second;
        else
            m_made.emplace(key, promise.get_future().share());
    }
    if (earlier.valid())
        return earlier.get();
    auto made = make(stage, step, below, key);
    promise.set_value(made);
    return made;
}

Result<void> StageRunner::runStep(const PlannedStage &stage, PlannedStep &step, StageResult *result)
{
    const int index = step.evaluated.index;
    const Digest below = result->layer;
    HistoryEntryFix fix{.hasEntry = !step.evaluated.createdBy.isEmpty(), .created = {}};
    Store::CachedStep made;
    if (step.state == BuildStep::State::Cached) {
        made = *step.cached;
        fix.created = step.created;
    } else {
        tell(index, [](BuildStep *shown) { shown->state = BuildStep::State::Running; });
        auto done = makeOnce(stage, step, below);
        if (!done) {
            tell(index, [this, index](BuildStep *shown) {
                shown->state = BuildStep::State::Failed;
                const std::scoped_lock lock(m_mutex);
                if (const auto kept = m_failedLayers.find(index); kept != m_failedLayers.end())
                    shown->layer = kept->second;
            });
            return Failure(at(step, done.error()));
        }
        made = std::move(*done);
        step.record.layerBelow = below.hex();
        step.record.wasMade = true;
        fix.created = QString::fromStdString(made.config.value("created", std::string()));
    }
    if (step.evaluated.mayMakeLayer)
        result->layer = made.chainId;
    if (fix.hasEntry)
        result->history += fix;
    if (step.state == BuildStep::State::Cached)
        return {};
    tell(index, [&](BuildStep *shown) {
        shown->state = BuildStep::State::Done;
        shown->duration = std::chrono::milliseconds(made.durationMs);
        if (step.evaluated.mayMakeLayer && !step.evaluated.isTrigger) {
            shown->layer = made.chainId;
            shown->sizeBytes = made.sizeBytes;
        }
    });
    return {};
}

Result<StageResult> StageRunner::runStage(PlannedStage &stage)
{
    StageResult result{.layer = stage.baseLayer, .history = {}};
    if (stage.baseStage >= 0)
        result = ENGINE_TRY(resultOf(stage.baseStage));
    for (PlannedStep &step : stage.steps) {
        if (m_stop.stop_requested())
            return Failure(at(step, cancelledBuild()));
        if (std::holds_alternative<Instructions::From>(step.evaluated.instruction))
            continue;
        ENGINE_TRY(runStep(stage, step, &result));
    }
    return result;
}

//! Leaves the stage's result for those that wait for it; its failure ends everything.
void StageRunner::finish(PlannedStage &stage, std::promise<Result<StageResult>> promise)
{
    auto result = runStage(stage);
    if (!result) {
        const std::scoped_lock lock(m_mutex);
        if (!m_failure)
            m_failure = result.error();
        m_stop.request_stop();
    }
    promise.set_value(std::move(result));
}

Result<StageResult> StageRunner::run()
{
    const std::stop_callback onStop(m_outerStop, [this] { m_stop.request_stop(); });
    std::vector<std::jthread> threads;
    size_t oldest = 0;
    const size_t works = size_t(std::count_if(m_plan.stages.begin(), m_plan.stages.end(), needsWork));
    for (PlannedStage &stage : m_plan.stages) {
        std::promise<Result<StageResult>> promise;
        {
            const std::scoped_lock lock(m_mutex);
            m_results.emplace(stage.number, promise.get_future().share());
        }
        // What is all cached is done at once, unless it must wait for a stage that is not.
        if (works <= 1 || (!needsWork(stage) && stage.baseStage < 0)) {
            finish(stage, std::move(promise));
            continue;
        }
        if (threads.size() - oldest >= maxStageThreads)
            threads[oldest++].join();
        threads.emplace_back([this, &stage, promise = std::move(promise)]() mutable { finish(stage, std::move(promise)); });
    }
    for (std::jthread &thread : threads) {
        if (thread.joinable())
            thread.join();
    }
    if (m_failure)
        return Failure(*m_failure);
    return resultOf(m_plan.stages.last().number);
}

} // namespace Engine::Internal
