// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/builder_p.h"

#include "base/logging_p.h"
#include "base/try_p.h"
#include "build/imageconfig_p.h"
#include "build/stepexecutor_p.h"
#include "linux/syscalls_p.h"

#include <QtCore/QDateTime>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

QString timestamp()
{
    return QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs);
}

//! Gives the last history entry its time.
struct HistoryEntryFix {
    bool hasEntry = false;
    QString created;
};

//! The position of \p word in the instruction, and the instruction as the error's object where that has none.
Error atInstruction(const Dockerfile &dockerfile, int index, QStringView word, Error error)
{
    const DockerfileNode &node = dockerfile.file.nodes[index];
    if (!error.position)
        error.position = node.rangeOf(word).first;
    if (error.object.isEmpty())
        error.object = node.name();
    return error;
}

class Builder final
{
public:
    Builder(Store &store, const EngineSettings &settings, PlannedBuild plan, const BuildRequest &request, const BuildObserver &observer, std::stop_token stop)
        : m_store(store), m_settings(settings), m_plan(std::move(plan)), m_request(request), m_observer(observer), m_stop(std::move(stop))
    {
    }

    Result<ImageRecord> run()
    {
        for (const PlannedStage &stage : m_plan.stages)
            ENGINE_TRY(runStage(stage));
        return addImage(m_plan.stages.last());
    }

private:
    Result<void> runStage(const PlannedStage &stage);
    Result<void> runStep(const PlannedStage &stage, const PlannedStep &step, Digest *layer, HistoryEntryFix *fix);
    Result<Digest> makeLayer(const PlannedStage &stage, const PlannedStep &step, const Digest &below, Store::CachedStep *result);
    Result<ImageRecord> addImage(const PlannedStage &target);
    void tell(int index, const std::function<void(BuildStep *)> &change);
    Error at(const PlannedStep &step, Error error) const;

    Store &m_store;
    const EngineSettings &m_settings;
    PlannedBuild m_plan;
    const BuildRequest &m_request;
    const BuildObserver &m_observer;
    std::stop_token m_stop;
    QMap<int, Digest> m_results;                    //!< stage to top layer
    QMap<int, QList<HistoryEntryFix>> m_history;    //!< stage to what its steps did to the history
};

void Builder::tell(int index, const std::function<void(BuildStep *)> &change)
{
    BuildStep &step = m_plan.shown.steps[index];
    change(&step);
    m_observer.stepChanged(step);
}

Error Builder::at(const PlannedStep &step, Error error) const
{
    const QString word = error.object;
    return atInstruction(*m_plan.dockerfile, step.evaluated.index, word, std::move(error));
}

Result<Digest> Builder::makeLayer(const PlannedStage &stage, const PlannedStep &step, const Digest &below, Store::CachedStep *result)
{
    StepExecutor executor(m_store, m_settings, m_request, m_plan.context.get(), m_stop);
    executor.setOutput([this, index = step.evaluated.index](const QByteArray &bytes, OutputStream stream) { m_observer.output(index, bytes, stream); });
    executor.setStageLayers([this, &stage](const QString &name) -> std::optional<Digest> {
        const int number = findStage(*m_plan.dockerfile, name, stage.number);
        return number < 0 ? std::nullopt : std::optional(m_results.value(number));
    });
    const auto layer = ENGINE_TRY(executor.execute(step, below));
    result->sizeBytes = layer.sizeBytes;
    return layer.chainId;
}

Result<void> Builder::runStep(const PlannedStage &stage, const PlannedStep &step, Digest *layer, HistoryEntryFix *fix)
{
    const int index = step.evaluated.index;
    if (step.state == BuildStep::State::Cached) {
        fix->created = step.created;
        *layer = step.evaluated.mayMakeLayer ? step.cached->chainId : *layer;
        return {};
    }
    tell(index, [](BuildStep *shown) { shown->state = BuildStep::State::Running; });
    const auto start = std::chrono::steady_clock::now();
    const Digest below = *layer;
    Store::CachedStep result;
    auto made = step.evaluated.mayMakeLayer ? makeLayer(stage, step, below, &result) : Result<Digest>(below);
    if (!made) {
        tell(index, [](BuildStep *shown) { shown->state = BuildStep::State::Failed; });
        return Failure(at(step, made.error()));
    }
    const auto duration = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
    fix->created = timestamp();
    result.chainId = *made;
    result.config = {{"created", fix->created.toStdString()}};
    result.durationMs = duration.count();
    QList<Digest> sources = step.sourceImages;
    for (const int number : step.sourceStages)
        sources += m_results.value(number);
    ENGINE_TRY(m_store.putCachedStep(stepKey(step, below, sources), result));
    PlannedStep executed = step;
    executed.record.layerBelow = below.hex();
    ENGINE_TRY(rememberStep(m_store, m_plan.historyName, executed));
    *layer = *made;
    tell(index, [&](BuildStep *shown) {
        shown->state = BuildStep::State::Done;
        shown->duration = duration;
        if (step.evaluated.mayMakeLayer && !step.evaluated.isTrigger) {
            shown->layer = *made;
            shown->sizeBytes = result.sizeBytes;
        }
    });
    return {};
}

Result<void> Builder::runStage(const PlannedStage &stage)
{
    Digest layer = stage.baseStage >= 0 ? m_results.value(stage.baseStage) : stage.baseLayer;
    QList<HistoryEntryFix> &history = m_history[stage.number];
    history = stage.baseStage >= 0 ? m_history.value(stage.baseStage) : QList<HistoryEntryFix>();
    for (const PlannedStep &step : stage.steps) {
        if (m_stop.stop_requested())
            return Failure(at(step, Error{.code = ErrorCode::Cancelled, .detail = u"the build was cancelled"_s}));
        if (std::holds_alternative<Instructions::From>(step.evaluated.instruction))
            continue;
        HistoryEntryFix fix{.hasEntry = !step.evaluated.createdBy.isEmpty(), .created = {}};
        ENGINE_TRY(runStep(stage, step, &layer, &fix));
        if (fix.hasEntry)
            history += fix;
    }
    m_results[stage.number] = layer;
    return {};
}

Result<ImageRecord> Builder::addImage(const PlannedStage &target)
{
    nlohmann::json config = target.config;
    const QList<HistoryEntryFix> &fixes = m_history[target.number];
    nlohmann::json &history = config["history"];
    if (!history.is_array())
        history = nlohmann::json::array();
    QString created;
    const size_t inherited = history.size() - size_t(std::min<qsizetype>(fixes.size(), qsizetype(history.size())));
    for (qsizetype i = 0; i < fixes.size() && inherited + size_t(i) < history.size(); ++i) {
        nlohmann::json &entry = history[inherited + size_t(i)];
        entry["created"] = fixes[i].created.toStdString();
        created = std::max(created, fixes[i].created);
    }
    config["created"] = (created.isEmpty() ? timestamp() : created).toStdString();
    QStringList references;
    for (const QString &tag : m_request.tags)
        references += ENGINE_TRY(ImageReference::parse(tag)).withDefaultTag().toString();
    return m_store.addBuiltImage(config, m_results.value(target.number), references);
}

Result<void> pullImages(const PlannedBuild &plan, const QList<NamedImage> &images, const ImagePuller &pull, const BuildObserver &observer,
                        const std::stop_token &stop)
{
    for (const NamedImage &image : images) {
        BuildStep shown = plan.shown.steps[image.index];
        shown.state = BuildStep::State::Running;
        observer.stepChanged(shown);
        const auto pulled = pull(image.reference, stop);
        if (pulled)
            continue;
        shown.state = BuildStep::State::Failed;
        observer.stepChanged(shown);
        return Failure(atInstruction(*plan.dockerfile, image.index, image.reference, pulled.error()));
    }
    return {};
}

Error firstMistake(const PlannedBuild &plan)
{
    for (const Diagnostic &diagnostic : plan.shown.diagnostics) {
        if (diagnostic.severity != Diagnostic::Severity::Error)
            continue;
        Error error{.code = ErrorCode::InvalidInput, .object = u"Dockerfile"_s, .detail = diagnostic.message, .remedy = diagnostic.remedy};
        if (diagnostic.message.endsWith("is not supported yet"_L1))
            error.code = ErrorCode::Unsupported;
        else if (diagnostic.message.contains("not found"_L1) || diagnostic.message.contains("is not here"_L1))
            error.code = ErrorCode::NotFound;
        if (diagnostic.begin.line > 0)
            error.position = diagnostic.begin;
        return error;
    }
    return {};
}

} // namespace

Result<ImageRecord> executeBuild(Store &store, const EngineSettings &settings, FileDigests &digests, const BuildRequest &request, const ImagePuller &pull,
                                 const BuildObserver &observer, std::stop_token stop)
{
    for (const QString &tag : request.tags)
        ENGINE_TRY(ImageReference::parse(tag)); // before any work
    ENGINE_TRY(removeAbandonedRuns(settings));
    PlannedBuild plan = ENGINE_TRY(planBuild(store, digests, request, stop));
    observer.planned(plan.shown);
    if (plan.hasErrors())
        return Failure(firstMistake(plan));
    const QList<NamedImage> wanted = request.pull ? plan.images() : plan.missingImages();
    if (!wanted.isEmpty()) {
        ENGINE_TRY(pullImages(plan, wanted, pull, observer, stop));
        BuildRequest pulled = request;
        pulled.pull = false;
        plan = ENGINE_TRY(planBuild(store, digests, pulled, stop));
        if (plan.hasErrors())
            return Failure(firstMistake(plan));
        for (const BuildStep &step : std::as_const(plan.shown.steps)) // what was not known without the image
            observer.stepChanged(step);
    }
    return Builder(store, settings, std::move(plan), request, observer, stop).run();
}

} // namespace Engine::Internal
