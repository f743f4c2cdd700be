// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/planner_p.h"

#include "base/try_p.h"
#include "build/stephistory_p.h"
#include "build/stepidentity_p.h"
#include "build/stepsupport_p.h"
#include "linux/syscalls_p.h"
#include "oci/patternmatcher_p.h"

#include <QtCore/QFileInfo>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

class Planner final
{
public:
    Planner(Store &store, FileDigests &digests, const BuildRequest &request, std::stop_token stop)
        : m_store(store), m_digests(digests), m_request(request), m_stop(std::move(stop)), m_identifier(store, digests, request, m_plan, m_stop)
    {
    }

    Result<PlannedBuild> run();

private:
    Result<QByteArray> readText();
    Result<void> scanContext(const EvaluatedDockerfile &evaluated);
    Result<void> planStage(const EvaluatedStage &stage);
    bool isStageWithoutCache(int stage) const;
    Result<void> decide(PlannedStep *step, const std::optional<Digest> &below, bool aboveRuns);
    Result<void> explain(PlannedStage *stage, qsizetype position);
    void describeBase(PlannedStep *step, const PlannedStage &stage, const EvaluatedStage &evaluated, const std::optional<Digest> &below) const;
    void report(int index, const Error &error);
    void show(const Dockerfile &dockerfile, const EvaluatedDockerfile &evaluated);

    Store &m_store;
    FileDigests &m_digests;
    const BuildRequest &m_request;
    std::stop_token m_stop;
    PlannedBuild m_plan;
    const StepIdentifier m_identifier;
    std::optional<StepHistory> m_history;   //!< read when the first miss is to be explained
    QList<int> m_invalid;
};

void Planner::report(int index, const Error &error)
{
    const auto [begin, end] = m_plan.dockerfile->file.nodes[index].rangeOf(error.object);
    m_plan.shown.diagnostics += Diagnostic{Diagnostic::Severity::Error, begin, end, error.detail, error.remedy};
    m_invalid += index;
}

Result<QByteArray> Planner::readText()
{
    const QString path = m_request.dockerfilePath.isEmpty() ? m_request.contextDir + "/Dockerfile"_L1 : m_request.dockerfilePath;
    m_plan.historyName = path + u'\n' + m_request.target;
    if (!QFileInfo(m_request.contextDir).isDir()) {
        return Failure(Error{.code = ErrorCode::NotFound, .object = m_request.contextDir,
                             .detail = u"unable to prepare context: path \"%1\" not found"_s.arg(m_request.contextDir),
                             .remedy = u"give the folder that holds the files to build from"_s});
    }
    if (m_request.dockerfileText)
        return m_request.dockerfileText->toUtf8();
    auto text = readFile(path);
    if (!text && text.error().code == ErrorCode::NotFound) {
        text.error().detail = u"failed to read dockerfile: %1: no such file or directory"_s.arg(path);
        text.error().remedy = u"name the Dockerfile with -f, or build in its folder"_s;
    }
    return text;
}

Result<void> Planner::scanContext(const EvaluatedDockerfile &evaluated)
{
    bool needed = false;
    for (const EvaluatedStage &stage : evaluated.stages) {
        for (const EvaluatedStep &step : stage.steps)
            needed = needed || takesContext(step.instruction);
    }
    if (!needed)
        return {};
    const QString own = m_request.dockerfilePath.isEmpty() ? m_request.contextDir + "/Dockerfile.dockerignore"_L1
                                                           : m_request.dockerfilePath + ".dockerignore"_L1;
    const QString ignoreFile = QFileInfo::exists(own) ? own : m_request.contextDir + "/.dockerignore"_L1;
    QStringList patterns;
    if (QFileInfo::exists(ignoreFile))
        patterns = readIgnoreFile(ENGINE_TRY(readFile(ignoreFile, 1024 * 1024)));
    auto matcher = PatternMatcher::create(patterns);
    if (!matcher) {
        matcher.error().detail = u"%1: %2"_s.arg(ignoreFile, matcher.error().detail);
        return Failure(matcher.error());
    }
    m_plan.ignorePatterns = patterns;
    m_plan.context = std::make_shared<ContextTree>(ENGINE_TRY(ContextTree::scan(m_request.contextDir, *matcher, m_stop)));
    m_plan.shown.contextBytes = m_plan.context->totalBytes();
    m_plan.shown.contextFiles = m_plan.context->fileCount();
    m_digests.load(m_store.database(), m_request.contextDir);
    return {};
}

//! Is it named by --no-cache-filter?
bool Planner::isStageWithoutCache(int stage) const
{
    const QString name = m_plan.dockerfile->stages[stage].name;
    return std::any_of(m_request.noCacheStages.begin(), m_request.noCacheStages.end(), [&](const QString &wanted) {
        return wanted == QString::number(stage) || (!name.isEmpty() && wanted.compare(name, Qt::CaseInsensitive) == 0);
    });
}

Result<void> Planner::decide(PlannedStep *step, const std::optional<Digest> &below, bool aboveRuns)
{
    step->state = BuildStep::State::WillRun;
    if (m_request.noCache) {
        step->cause = u"the cache is not to be used"_s;
        return {};
    }
    if (isStageWithoutCache(step->evaluated.stage)) {
        step->cause = u"the cache is not to be used for this stage"_s;
        return {};
    }
    if (!below) {
        step->cause = aboveRuns ? u"a line above runs again"_s : u"its base image is not here yet"_s;
        if (m_request.pull && !aboveRuns) {
            step->state = BuildStep::State::Unknown;
            step->cause = u"the registry is asked for its base image first"_s;
        }
        return {};
    }
    if (!step->missingImages.isEmpty()) {
        step->cause = u"the image %1 is not here yet and will be pulled"_s.arg(step->missingImages.first());
        return {};
    }
    if (m_request.pull && !step->namedImages.isEmpty()) {
        step->state = BuildStep::State::Unknown;
        step->cause = u"the registry is asked for the image %1 first"_s.arg(step->namedImages.firstKey());
        return {};
    }
    step->record.layerBelow = below->hex();
    QList<Digest> layers = step->sourceImages;
    for (const int number : std::as_const(step->sourceStages)) {
        const auto source = std::find_if(m_plan.stages.begin(), m_plan.stages.end(), [number](const PlannedStage &s) { return s.number == number; });
        if (source == m_plan.stages.end() || !source->result) {
            const QString name = m_plan.dockerfile->stages[number].name;
            step->cause = u"stage %1 runs again"_s.arg(name.isEmpty() ? QString::number(number) : name);
            return {};
        }
        layers += *source->result;
    }
    recordSources(step, *m_plan.dockerfile, layers.mid(step->sourceImages.size()));
    step->cached = ENGINE_TRY(m_store.findCachedStep(stepKey(*step, *below, layers)));
    if (step->cached && step->cached->config.is_object() && step->cached->config.contains("created") && step->cached->config["created"].is_string()) {
        step->state = BuildStep::State::Cached;
        step->record.wasMade = true;
        step->created = QString::fromStdString(step->cached->config["created"].get<std::string>());
        return {};
    }
    step->cached.reset();
    return {}; // explain() finds the cause
}

//! Says of a step that is not in the cache although all below it is, what changed since the last build.
Result<void> Planner::explain(PlannedStage *stage, qsizetype position)
{
    if (!m_history)
        m_history = ENGINE_TRY(StepHistory::load(m_store, m_plan.historyName));
    QList<StepRecord> records;
    records.reserve(stage->steps.size());
    for (const PlannedStep &step : std::as_const(stage->steps))
        records += step.record;
    stage->steps[position].cause = ENGINE_TRY(m_history->causeOfMiss(records, position, m_plan.context.get()));
    return {};
}

//! FROM: what the steps of the stage stand on.
void Planner::describeBase(PlannedStep *step, const PlannedStage &stage, const EvaluatedStage &evaluated, const std::optional<Digest> &below) const
{
    step->state = stage.missingImage.isEmpty() ? BuildStep::State::Cached : BuildStep::State::WillRun;
    if (step->state == BuildStep::State::WillRun)
        step->cause = u"the image %1 is not here yet and will be pulled"_s.arg(stage.missingImage);
    else if (stage.baseMayChange && stage.baseStage < 0)
        step->cause = u"the registry is asked for a newer image"_s;
    StepRecord &record = step->record;
    record.stage = stageTitle(*m_plan.dockerfile, stage.number);
    record.kind = u"FROM"_s;
    record.original = m_plan.dockerfile->file.nodes[step->evaluated.index].original.simplified();
    record.text = step->evaluated.text;
    record.identity = evaluated.baseReference.toUtf8();
    record.wasMade = true;
    if (below)
        record.sources.insert(stage.baseStage < 0 ? "the base image "_L1 + evaluated.baseReference : "stage "_L1 + stageTitle(*m_plan.dockerfile, stage.baseStage), below->hex());
}

Result<void> Planner::planStage(const EvaluatedStage &stage)
{
    PlannedStage planned;
    planned.number = stage.number;
    planned.baseStage = stage.baseStage;
    planned.config = stage.config;
    std::optional<Digest> below;
    bool aboveRuns = false;
    if (stage.platform != BuildPlatform::ofThisMachine()) {
        report(stage.steps.first().index, Error{.code = ErrorCode::Unsupported, .object = u"--platform"_s,
                                                            .detail = u"building for %1 on %2 is not supported yet"_s.arg(stage.platform.toString(), BuildPlatform::ofThisMachine().toString())});
    }
    if (stage.baseStage >= 0) {
        const auto base = std::find_if(m_plan.stages.begin(), m_plan.stages.end(), [&](const PlannedStage &s) { return s.number == stage.baseStage; });
        if (base != m_plan.stages.end()) {
            below = base->result;
            planned.baseMayChange = base->baseMayChange;
        }
        aboveRuns = !below && !planned.baseMayChange;
    } else if (stage.base) {
        planned.image = stage.baseReference;
        planned.baseLayer = stage.base->topLayer;
        planned.baseMayChange = m_request.pull;
        if (!planned.baseMayChange)
            below = planned.baseLayer;
    } else if (stage.baseIsMissing) {
        planned.image = stage.baseReference;
        planned.missingImage = stage.baseReference;
    } else {
        below = Digest();
    }
    for (const EvaluatedStep &evaluated : stage.steps) {
        PlannedStep step;
        step.evaluated = evaluated;
        if (std::holds_alternative<Instructions::From>(evaluated.instruction)) {
            describeBase(&step, planned, stage, below);
        } else if (const auto identified = m_identifier.identify(&step, stage.number); !identified) {
            if (identified.error().code == ErrorCode::Cancelled)
                return Failure(identified.error());
            report(evaluated.index, identified.error());
            step.isMistaken = true;
        }
        planned.steps += step;
    }
    for (qsizetype i = 0; i < planned.steps.size(); ++i) {
        PlannedStep &step = planned.steps[i];
        if (step.isMistaken) {
            below.reset();
            aboveRuns = true;
        }
        if (step.isMistaken || std::holds_alternative<Instructions::From>(step.evaluated.instruction))
            continue;
        ENGINE_TRY(decide(&step, below, aboveRuns));
        if (step.state == BuildStep::State::WillRun && step.cause.isEmpty())
            ENGINE_TRY(explain(&planned, i));
        if (!step.evaluated.mayMakeLayer)
            continue;
        if (step.state == BuildStep::State::Cached) {
            below = step.cached->chainId;
        } else {
            below.reset();
            aboveRuns = aboveRuns || step.state == BuildStep::State::WillRun;
        }
    }
    planned.steps.removeIf([](const PlannedStep &step) { return step.isMistaken; });
    planned.result = below;
    m_plan.stages += planned;
    return {};
}

//! Every instruction of the file in order, whatever became of it.
void Planner::show(const Dockerfile &dockerfile, const EvaluatedDockerfile &evaluated)
{
    QList<BuildStep> &steps = m_plan.shown.steps;
    for (int i = 0; i < dockerfile.file.nodes.size(); ++i) {
        int stage = 0;
        for (int s = 0; s < dockerfile.stages.size(); ++s)
            stage = dockerfile.stages[s].from <= i ? s : stage;
        steps += shownStep(dockerfile, i, stage);
        if (!dockerfile.instructions[i] || m_invalid.contains(i) || evaluated.invalidSteps.contains(i))
            steps.last().state = BuildStep::State::Invalid;
        else if (dockerfile.globalArgs.contains(i))
            steps.last().state = BuildStep::State::Cached;
        else
            steps.last().state = evaluated.stages.isEmpty() ? BuildStep::State::Unknown : BuildStep::State::Unused;
    }
    for (const PlannedStage &stage : std::as_const(m_plan.stages)) {
        Digest below = stage.baseLayer;
        for (const PlannedStep &planned : stage.steps) {
            BuildStep &step = steps[planned.evaluated.index];
            if (step.state == BuildStep::State::Invalid)
                continue;
            if (planned.evaluated.isTrigger) {
                if (planned.state == BuildStep::State::WillRun && step.state == BuildStep::State::Cached) {
                    step.state = planned.state;
                    step.cause = u"ONBUILD %1: %2"_s.arg(planned.evaluated.text.section(u' ', 0, 0), planned.cause);
                }
                continue;
            }
            step.text = planned.evaluated.text;
            step.state = planned.state;
            step.cause = planned.cause;
            step.makesLayer = planned.evaluated.mayMakeLayer;
            if (std::holds_alternative<Instructions::From>(planned.evaluated.instruction)) {
                step.layer = stage.baseLayer;
                const EvaluatedStage *source = evaluated.stage(stage.number);
                if (source && source->base)
                    step.sizeBytes = source->base->sizeBytes;
            } else if (planned.cached && planned.evaluated.mayMakeLayer) {
                step.layer = planned.cached->chainId;
                step.sizeBytes = planned.cached->sizeBytes;
                step.duration = std::chrono::milliseconds(planned.cached->durationMs);
                below = planned.cached->chainId;
            }
        }
    }
}

//! \return BuildKit's words for what is no number
Result<std::optional<qint64>> sourceDateOf(const BuildRequest &request)
{
    const QString text = request.buildArgs.value(u"SOURCE_DATE_EPOCH"_s);
    if (text.isEmpty())
        return std::nullopt;
    bool isNumber = false;
    const qint64 seconds = text.toLongLong(&isNumber);
    if (!isNumber) {
        return Failure(Error{.code = ErrorCode::InvalidInput, .object = u"SOURCE_DATE_EPOCH"_s, .detail = u"invalid SOURCE_DATE_EPOCH: %1"_s.arg(text),
                             .remedy = u"give the seconds since 1 January 1970, as git log -1 --format=%ct prints them"_s});
    }
    return seconds;
}

Result<PlannedBuild> Planner::run()
{
    m_plan.sourceDate = ENGINE_TRY(sourceDateOf(m_request));
    const QByteArray text = ENGINE_TRY(readText());
    const auto dockerfile = std::make_shared<Dockerfile>(readDockerfile(text));
    m_plan.dockerfile = dockerfile;
    EvaluationRequest request{.buildArgs = m_request.buildArgs, .labels = m_request.labels, .target = m_request.target};
    if (!m_request.platform.isEmpty())
        request.platform = ENGINE_TRY(BuildPlatform::parse(m_request.platform));
    const EvaluatedDockerfile evaluated = evaluateDockerfile(*dockerfile, request, [this](const QString &reference) { return findBaseImage(m_store, reference); });
    m_plan.shown.diagnostics = dockerfile->diagnostics + evaluated.diagnostics;
    if (const auto mistake = frontendMistake(dockerfile->file))
        m_plan.shown.diagnostics += *mistake;
    ENGINE_TRY(scanContext(evaluated));
    for (const EvaluatedStage &stage : evaluated.stages)
        ENGINE_TRY(planStage(stage));
    if (m_plan.context)
        m_digests.save(m_store.database(), m_request.contextDir);
    show(*dockerfile, evaluated);
    std::stable_sort(m_plan.shown.diagnostics.begin(), m_plan.shown.diagnostics.end(), [](const Diagnostic &a, const Diagnostic &b) {
        return std::pair(a.begin.line, a.begin.column) < std::pair(b.begin.line, b.begin.column);
    });
    return std::move(m_plan);
}

} // namespace

Result<PlannedBuild> planBuild(Store &store, FileDigests &digests, const BuildRequest &request, std::stop_token stop)
{
    return Planner(store, digests, request, std::move(stop)).run();
}

} // namespace Engine::Internal
