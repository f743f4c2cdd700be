// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/stepstate_p.h"

#include "base/try_p.h"
#include "build/imageconfig_p.h"

#include <QtCore/QFileInfo>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

QByteArray failedStateKey(const PlannedBuild &plan)
{
    return "failed " + Digest::ofBytes(plan.historyName.toUtf8()).hex().toLatin1();
}

Failure noSuchPlace(const QString &detail, const QString &remedy)
{
    return Failure(Error{.code = ErrorCode::NotFound, .object = u"Dockerfile"_s, .detail = detail, .remedy = remedy});
}

Result<QByteArray> textOf(const BuildRequest &request)
{
    if (request.dockerfileText)
        return request.dockerfileText->toUtf8();
    return readFile(request.dockerfilePath.isEmpty() ? request.contextDir + "/Dockerfile"_L1 : request.dockerfilePath);
}

//! The instruction that failed last, when this is still the file that was built then.
Result<int> failedIndex(const Store &store, const PlannedBuild &plan, Digest *layer)
{
    const auto kept = ENGINE_TRY(store.findCachedStep(failedStateKey(plan)));
    if (!kept)
        return noSuchPlace(u"no RUN of this Dockerfile failed in its last build, or its files are no longer kept"_s,
                           u"Build it; what a failing RUN has written is kept until the next build"_s);
    const int index = kept->config.value("index", -1);
    const std::string text = kept->config.value("text", std::string());
    if (index < 0 || index >= plan.dockerfile->file.nodes.size() || plan.dockerfile->file.nodes[index].original.toStdString() != text)
        return noSuchPlace(u"the instruction that failed has changed since"_s, u"Build again to see the new one fail"_s);
    *layer = kept->chainId;
    return index;
}

Result<int> indexAtLine(const Dockerfile &dockerfile, int line)
{
    for (int i = 0; i < dockerfile.file.nodes.size(); ++i) {
        const DockerfileNode &node = dockerfile.file.nodes[i];
        if (node.firstLine <= line && line <= node.lastLine)
            return i;
    }
    return noSuchPlace(u"there is no instruction at line %1"_s.arg(line), u"Give the line of an instruction"_s);
}

int stageOf(const Dockerfile &dockerfile, int index)
{
    int stage = -1;
    for (const DockerfileStage &candidate : dockerfile.stages)
        stage += candidate.from <= index ? 1 : 0;
    return stage;
}

//! The request for the file's first \p lines lines, with \p more behind them.
BuildRequest requestUpTo(const BuildRequest &request, const QByteArray &text, int lines, const QByteArray &more)
{
    BuildRequest cut = request;
    const QByteArrayList all = text.split('\n');
    cut.dockerfileText = QString::fromUtf8(all.first(std::min<qsizetype>(lines, all.size())).join('\n') + '\n' + more);
    cut.target.clear(); // the stage of the place is the last one now
    cut.tags.clear();
    cut.noCache = false;
    cut.pull = false;
    return cut;
}

bool isReady(const PlannedBuild &plan)
{
    const auto isDone = [](const PlannedStep &step) {
        return step.state == BuildStep::State::Cached || std::holds_alternative<Instructions::From>(step.evaluated.instruction);
    };
    for (const PlannedStage &stage : plan.stages) {
        const bool isTarget = &stage == &plan.stages.last();
        if (!std::all_of(stage.steps.begin(), stage.steps.end() - (isTarget ? 1 : 0), isDone) || !stage.missingImage.isEmpty())
            return false;
    }
    return true;
}

//! The layer that the last step of \p plan would work on.
Digest layerBelowLast(const PlannedBuild &plan)
{
    const auto resultOf = [&plan](int number) {
        const auto found = std::find_if(plan.stages.begin(), plan.stages.end(), [number](const PlannedStage &s) { return s.number == number; });
        return found == plan.stages.end() ? Digest() : found->result.value_or(Digest());
    };
    const PlannedStage &stage = plan.stages.last();
    Digest layer = stage.baseStage >= 0 ? resultOf(stage.baseStage) : stage.baseLayer;
    for (const PlannedStep &step : stage.steps) {
        if (step.cached && step.evaluated.mayMakeLayer)
            layer = step.cached->chainId;
    }
    return layer;
}

//! Runs what is missing. The image that comes of it is nobody's: its layers stay in the build cache.
Result<void> buildMissing(Store &store, const EngineSettings &settings, FileDigests &digests, const BuildRequest &request, const ImagePuller &pull,
                          const RunOutput &output, const std::stop_token &stop)
{
    QList<Digest> known;
    for (const ImageRecord &image : ENGINE_TRY(store.listImages()))
        known += image.id;
    const BuildObserver observer{.planned = [](const BuildPlan &) {},
                                 .stepChanged = [](const BuildStep &) {},
                                 .output = [&output](int, const QByteArray &bytes, OutputStream stream) { output(bytes, stream); }};
    const ImageRecord image = ENGINE_TRY(executeBuild(store, settings, digests, request, pull, observer, stop));
    if (!known.contains(image.id) && image.references.isEmpty())
        ENGINE_TRY(store.removeImage(image.id.toString(), Images::Force::No));
    return {};
}

CreateOptions optionsFor(const BuildRequest &request, const EvaluatedStep &step, const QString &name, const QStringList &shell)
{
    CreateOptions options;
    options.image = name;
    options.entrypoint = QStringList();
    options.command = shell;
    options.env = step.environment + step.proxyEnvironment;
    options.workingDir = step.workingDir;
    options.user = step.user;
    options.network = request.network;
    options.tty = true;
    options.openStdin = true;
    options.autoRemove = true;
    return options;
}

} // namespace

Result<void> keepFailedState(Store &store, const PlannedBuild &plan, const PlannedStep &step, const Digest &layer)
{
    Store::CachedStep kept;
    kept.chainId = layer;
    kept.config = {{"index", step.evaluated.index}, {"text", plan.dockerfile->file.nodes[step.evaluated.index].original.toStdString()}};
    return store.putCachedStep(failedStateKey(plan), kept);
}

Result<void> dropFailedState(Store &store, const PlannedBuild &plan)
{
    return store.removeCachedStep(failedStateKey(plan));
}

Result<StepState> stepState(Store &store, const EngineSettings &settings, FileDigests &digests, const BuildRequest &request, const StepPlace &place,
                            const ImagePuller &pull, const RunOutput &output, std::stop_token stop)
{
    const QByteArray text = ENGINE_TRY(textOf(request));
    const Dockerfile dockerfile = readDockerfile(text);
    Digest failedLayer;
    int index = -1;
    if (place.side == StepPlace::Side::Failed)
        index = ENGINE_TRY(failedIndex(store, ENGINE_TRY(planBuild(store, digests, request, stop)), &failedLayer));
    else
        index = ENGINE_TRY(indexAtLine(dockerfile, place.line));
    const DockerfileNode &node = dockerfile.file.nodes[index];
    const int stage = stageOf(dockerfile, index);
    const bool isFrom = stage >= 0 && dockerfile.stages[stage].from == index;
    if (stage < 0 || (isFrom && place.side == StepPlace::Side::Before))
        return noSuchPlace(u"before the first instruction of a stage there are no files"_s, u"Ask for the state after its FROM"_s);

    const int lines = place.side == StepPlace::Side::After ? node.lastLine : node.firstLine - 1;
    // A RUN at the place: the planner says what it would find.
    const BuildRequest asking = requestUpTo(request, text, lines, "RUN [\"/bin/sh\"]\n");
    PlannedBuild plan = ENGINE_TRY(planBuild(store, digests, asking, stop));
    if (!plan.hasErrors() && !isReady(plan)) {
        ENGINE_TRY(buildMissing(store, settings, digests, requestUpTo(request, text, lines, {}), pull, output, stop));
        plan = ENGINE_TRY(planBuild(store, digests, asking, stop));
    }
    for (const Diagnostic &diagnostic : plan.shown.diagnostics) {
        if (diagnostic.severity == Diagnostic::Severity::Error)
            return Failure(Error{.code = ErrorCode::InvalidInput, .object = u"Dockerfile"_s, .detail = diagnostic.message, .remedy = diagnostic.remedy,
                                 .position = diagnostic.begin.line > 0 ? std::optional(diagnostic.begin) : std::nullopt});
    }
    if (!isReady(plan))
        return Failure(Error{.code = ErrorCode::InUse, .object = u"Dockerfile"_s, .detail = u"the files of the build changed while its steps ran"_s,
                             .remedy = u"Try again"_s});
    const EvaluatedStep &step = plan.stages.last().steps.last().evaluated;
    const QStringList configured = configStrings(step.config, "Shell");
    const QString file = QFileInfo(request.dockerfilePath.isEmpty() ? u"Dockerfile"_s : request.dockerfilePath).fileName();
    StepState state;
    state.base = {.imageId = {}, .layer = failedLayer.isNull() ? layerBelowLast(plan) : failedLayer, .config = step.config};
    state.options = optionsFor(request, step, u"%1:%2"_s.arg(file).arg(node.firstLine), {configured.isEmpty() ? u"/bin/sh"_s : configured.first()});
    return state;
}

} // namespace Engine::Internal
