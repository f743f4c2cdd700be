// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/planner_p.h"

#include "base/try_p.h"
#include "build/stephistory_p.h"
#include "linux/syscalls_p.h"
#include "oci/patternmatcher_p.h"

#include <QtCore/QFileInfo>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

// Part of every key: raise it when what a step makes of the same input changes.
constexpr const char *keyVersion = "slipway step 1";

//! Collects what makes a step into one digest; every field with its length, so that no two inputs look the same.
class Identity final
{
public:
    explicit Identity(const QString &kind) { add(QByteArray(keyVersion)).add(kind); }
    Identity &add(const QByteArray &field)
    {
        m_bytes += QByteArray::number(field.size()) + ':' + field;
        return *this;
    }
    Identity &add(const QString &field) { return add(field.toUtf8()); }
    Identity &add(const QStringList &fields)
    {
        add(QByteArray::number(fields.size()));
        for (const QString &field : fields)
            add(field);
        return *this;
    }
    QByteArray digest() const { return Digest::ofBytes(m_bytes).hex().toLatin1(); }

private:
    QByteArray m_bytes;
};

bool takesContext(const Instruction &instruction)
{
    if (const auto *copy = std::get_if<Instructions::Copy>(&instruction))
        return copy->from.isEmpty() && !copy->sources.isEmpty();
    if (const auto *run = std::get_if<Instructions::Run>(&instruction))
        return std::any_of(run->mounts.begin(), run->mounts.end(), [](const RunMount &m) { return m.type == RunMount::Type::Bind && m.from.isEmpty(); });
    return false;
}

bool isUrl(const QString &source)
{
    return source.startsWith("http://"_L1) || source.startsWith("https://"_L1) || source.startsWith("git@"_L1) || source.startsWith("ssh://"_L1)
        || source.startsWith("git://"_L1);
}

Error notYet(const QString &what, const QString &remedy, const QString &word)
{
    return Error{.code = ErrorCode::Unsupported, .object = word, .detail = what + u" is not supported yet"_s, .remedy = remedy};
}

std::optional<Error> unsupported(const Instructions::Copy &copy)
{
    for (const QString &source : copy.sources) {
        if (copy.kind == Instructions::Copy::Kind::Add && isUrl(source))
            return notYet(u"ADD from a URL"_s, u"download it in a RUN line, or beforehand"_s, source);
    }
    if (copy.parents)
        return notYet(u"COPY --parents"_s, u"write one COPY line per folder"_s, u"--parents"_s);
    if (!copy.checksum.isEmpty())
        return Error{.code = ErrorCode::InvalidInput, .object = u"--checksum"_s, .detail = u"checksum can't be specified for non-HTTP(S) sources"_s,
                     .remedy = u"leave out --checksum: the build context is read as it is"_s};
    if (copy.keepGitFolder)
        return Error{.code = ErrorCode::InvalidInput, .object = u"--keep-git-dir"_s, .detail = u"keep-git-dir can't be specified for non-Git sources"_s,
                     .remedy = u"leave out --keep-git-dir; .dockerignore decides whether .git is in the build context"_s};
    return std::nullopt;
}

std::optional<Error> unsupported(const RunMount &mount)
{
    using Type = RunMount::Type;
    if (mount.type == Type::Secret)
        return notYet(u"RUN --mount=type=secret"_s, {}, u"type=secret"_s);
    if (mount.type == Type::Ssh)
        return notYet(u"RUN --mount=type=ssh"_s, {}, u"type=ssh"_s);
    if (mount.type == Type::Bind && (mount.mode || mount.uid || mount.gid)) {
        return notYet(u"an owner or a mode for RUN --mount=type=bind"_s, u"leave them out: what is bound keeps its own"_s,
                      mount.mode ? u"mode="_s : mount.uid ? u"uid="_s : u"gid="_s);
    }
    if (mount.type == Type::Cache && (!mount.from.isEmpty() || !mount.source.isEmpty()))
        return notYet(u"a cache mount that starts with files"_s, u"copy them in the RUN line where they are missing"_s,
                      mount.from.isEmpty() ? u"source="_s : u"from="_s + mount.from);
    if (mount.type == Type::Tmpfs && (!mount.from.isEmpty() || !mount.source.isEmpty())) {
        return Error{.code = ErrorCode::InvalidInput, .object = u"type=tmpfs"_s, .detail = u"a tmpfs mount starts empty: it takes neither from nor source"_s,
                     .remedy = u"use type=bind to see files"_s};
    }
    return std::nullopt;
}

//! What cannot be done yet, said at its place rather than done wrongly.
std::optional<Error> unsupported(const Instruction &instruction)
{
    if (const auto *copy = std::get_if<Instructions::Copy>(&instruction))
        return unsupported(*copy);
    if (const auto *run = std::get_if<Instructions::Run>(&instruction)) {
        for (const RunMount &mount : run->mounts) {
            if (const auto problem = unsupported(mount))
                return problem;
        }
        if (run->security == "insecure"_L1)
            return notYet(u"RUN --security=insecure"_s, {}, u"insecure"_s);
    }
    return std::nullopt;
}

//! `# syntax=` names the image of a frontend; the language of docker/dockerfile is the one that is built in.
std::optional<Diagnostic> frontendMistake(const ParsedDockerfile &file)
{
    if (file.syntax.isEmpty())
        return std::nullopt;
    const QString image = file.syntax.section(u' ', 0, 0); // what follows are options for the frontend
    const auto reference = ImageReference::parse(image);
    if (reference && reference->name() == "docker.io/docker/dockerfile"_L1)
        return std::nullopt;
    return Diagnostic{Diagnostic::Severity::Error, {file.syntaxLine, 1}, {file.syntaxLine, 1},
                      u"the Dockerfile frontend %1 is not supported yet"_s.arg(image), u"remove this line, or write # syntax=docker/dockerfile:1"_s};
}

class Planner final
{
public:
    Planner(Store &store, FileDigests &digests, const BuildRequest &request, std::stop_token stop)
        : m_store(store), m_digests(digests), m_request(request), m_stop(std::move(stop))
    {
    }

    Result<PlannedBuild> run();

private:
    Result<QByteArray> readText();
    Result<void> scanContext(const EvaluatedDockerfile &evaluated);
    Result<std::optional<BaseImage>> findBase(const QString &reference) const;
    Result<void> planStage(const EvaluatedStage &stage);
    Result<void> identify(PlannedStep *step, int stage);
    Result<void> identifyCopy(PlannedStep *step, const Instructions::Copy &copy, int stage);
    Result<void> identifyRun(PlannedStep *step, const Instructions::Run &run, int stage);
    Result<void> addSource(PlannedStep *step, const QString &name, int stage);
    Result<void> decide(PlannedStep *step, const std::optional<Digest> &below, bool aboveRuns);
    void report(int index, const Error &error);
    void show(const Dockerfile &dockerfile, const EvaluatedDockerfile &evaluated);

    Store &m_store;
    FileDigests &m_digests;
    const BuildRequest &m_request;
    std::stop_token m_stop;
    PlannedBuild m_plan;
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
    m_plan.context = std::make_shared<ContextTree>(ENGINE_TRY(ContextTree::scan(m_request.contextDir, *matcher, m_stop)));
    m_plan.shown.contextBytes = m_plan.context->totalBytes();
    m_plan.shown.contextFiles = m_plan.context->fileCount();
    m_digests.load(m_store.database(), m_request.contextDir);
    return {};
}

Result<std::optional<BaseImage>> Planner::findBase(const QString &reference) const
{
    const auto image = m_store.findImage(reference);
    if (!image)
        return image.error().code == ErrorCode::NotFound ? Result<std::optional<BaseImage>>(std::nullopt) : Failure(image.error());
    const ImageInfo info = ENGINE_TRY(m_store.describe(*image));
    return BaseImage{reference, image->id, image->topLayer(), image->config, info.sizeBytes};
}

//! A --from: an earlier stage, or an image.
Result<void> Planner::addSource(PlannedStep *step, const QString &name, int stage)
{
    const int number = findStage(*m_plan.dockerfile, name, stage);
    if (number >= 0) {
        step->sourceStages += number;
        return {};
    }
    const auto image = ENGINE_TRY(findBase(name));
    if (!image) {
        step->missingImages += name;
        return {};
    }
    step->namedImages.insert(name, *image);
    step->sourceImages += image->topLayer;
    return {};
}

Result<void> Planner::identifyCopy(PlannedStep *step, const Instructions::Copy &copy, int stage)
{
    const bool isAdd = copy.kind == Instructions::Copy::Kind::Add;
    QString destination = copy.destination;
    if (!destination.startsWith(u'/'))
        destination = step->evaluated.workingDir + u'/' + destination;
    const bool folder = copy.destination.endsWith(u'/') || copy.destination == "."_L1 || copy.destination.endsWith("/."_L1);
    Identity identity(isAdd ? u"ADD"_s : u"COPY"_s);
    identity.add(cleanedPath(destination) + (folder ? u"/"_s : QString())).add(copy.chown).add(copy.chmod).add(copy.excludes);
    identity.add(copy.unpack ? (*copy.unpack ? u"unpack"_s : u"keep"_s) : QString());
    for (const InlineFile &file : copy.inlineFiles)
        identity.add(file.name).add(file.content);
    if (!copy.from.isEmpty()) {
        ENGINE_TRY(addSource(step, copy.from, stage));
        identity.add(copy.sources);
    } else if (!copy.sources.isEmpty()) {
        const PatternMatcher excluded = ENGINE_TRY(PatternMatcher::create(copy.excludes));
        step->sources = ENGINE_TRY(findCopySources(*m_plan.context, copy.sources));
        const CopyContent content = ENGINE_TRY(describeContent(*m_plan.context, step->sources, excluded, m_digests, m_request.contextDir, m_stop));
        identity.add(content.digest.hex());
        step->record.files = content.entries;
    }
    step->identity = identity.digest();
    return {};
}

Result<void> Planner::identifyRun(PlannedStep *step, const Instructions::Run &run, int stage)
{
    const EvaluatedStep &e = step->evaluated;
    Identity identity(u"RUN"_s);
    identity.add(e.arguments).add(e.environment).add(e.workingDir).add(e.user).add(run.mountText).add(run.network).add(e.script);
    identity.add(m_request.network == NetworkMode::None ? u"none"_s : u"host"_s);
    for (const RunMount &mount : run.mounts) {
        if (!mount.from.isEmpty()) {
            ENGINE_TRY(addSource(step, mount.from, stage));
        } else if (mount.type == RunMount::Type::Bind) {
            const auto sources = ENGINE_TRY(findCopySources(*m_plan.context, {mount.source.isEmpty() ? u"."_s : mount.source}));
            const CopyContent content = ENGINE_TRY(describeContent(*m_plan.context, sources, {}, m_digests, m_request.contextDir, m_stop));
            identity.add(content.digest.hex());
            step->record.files.insert(content.entries);
        }
    }
    step->record.environment = e.environment;
    step->identity = identity.digest();
    return {};
}

Result<void> Planner::identify(PlannedStep *step, int stage)
{
    const Instruction &instruction = step->evaluated.instruction;
    step->record.text = step->evaluated.text;
    if (const auto problem = unsupported(instruction))
        return Failure(*problem);
    if (const auto *copy = std::get_if<Instructions::Copy>(&instruction))
        return identifyCopy(step, *copy, stage);
    if (const auto *run = std::get_if<Instructions::Run>(&instruction))
        return identifyRun(step, *run, stage);
    if (const auto *workdir = std::get_if<Instructions::Workdir>(&instruction))
        step->identity = Identity(u"WORKDIR"_s).add(workdir->path).digest();
    else
        step->identity = Identity(u"config"_s).add(step->evaluated.createdBy.isEmpty() ? step->evaluated.text : step->evaluated.createdBy).digest();
    return {};
}

Result<void> Planner::decide(PlannedStep *step, const std::optional<Digest> &below, bool aboveRuns)
{
    const QString instruction = step->evaluated.text.section(u' ', 0, 0);
    step->state = BuildStep::State::WillRun;
    if (m_request.noCache) {
        step->cause = u"the cache is not to be used"_s;
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
    step->cached = ENGINE_TRY(m_store.findCachedStep(stepKey(*step, *below, layers)));
    if (step->cached && step->cached->config.is_object() && step->cached->config.contains("created") && step->cached->config["created"].is_string()) {
        step->state = BuildStep::State::Cached;
        step->created = QString::fromStdString(step->cached->config["created"].get<std::string>());
        return {};
    }
    step->cached.reset();
    step->cause = causeOfMiss(ENGINE_TRY(lastStepRecord(m_store, m_plan.historyName, step->position)), step->record, instruction);
    return {};
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
    int triggers = 0;
    for (const EvaluatedStep &evaluated : stage.steps) {
        PlannedStep step;
        step.evaluated = evaluated;
        triggers = evaluated.isTrigger ? triggers + 1 : 0;
        step.position = evaluated.index * 1000 + triggers;
        if (std::holds_alternative<Instructions::From>(evaluated.instruction)) {
            step.state = planned.missingImage.isEmpty() ? BuildStep::State::Cached : BuildStep::State::WillRun;
            if (step.state == BuildStep::State::WillRun)
                step.cause = u"the image %1 is not here yet and will be pulled"_s.arg(planned.missingImage);
            else if (planned.baseMayChange && planned.baseStage < 0)
                step.cause = u"the registry is asked for a newer image"_s;
            planned.steps += step;
            continue;
        }
        if (const auto identified = identify(&step, stage.number); !identified) {
            if (identified.error().code == ErrorCode::Cancelled)
                return Failure(identified.error());
            report(evaluated.index, identified.error());
            below.reset();
            aboveRuns = true;
            continue;
        }
        ENGINE_TRY(decide(&step, below, aboveRuns));
        if (step.evaluated.mayMakeLayer) {
            if (step.state == BuildStep::State::Cached) {
                below = step.cached->chainId;
            } else {
                below.reset();
                aboveRuns = aboveRuns || step.state == BuildStep::State::WillRun;
            }
        }
        planned.steps += step;
    }
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
                step.makesLayer = planned.cached->chainId != below;
                step.layer = planned.cached->chainId;
                step.sizeBytes = planned.cached->sizeBytes;
                step.duration = std::chrono::milliseconds(planned.cached->durationMs);
                below = planned.cached->chainId;
            }
        }
    }
}

Result<PlannedBuild> Planner::run()
{
    const QByteArray text = ENGINE_TRY(readText());
    const auto dockerfile = std::make_shared<Dockerfile>(readDockerfile(text));
    m_plan.dockerfile = dockerfile;
    const EvaluationRequest request{.buildArgs = m_request.buildArgs, .labels = m_request.labels, .target = m_request.target};
    const EvaluatedDockerfile evaluated = evaluateDockerfile(*dockerfile, request, [this](const QString &reference) { return findBase(reference); });
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

bool PlannedBuild::hasErrors() const
{
    return std::any_of(shown.diagnostics.begin(), shown.diagnostics.end(), [](const Diagnostic &d) { return d.severity == Diagnostic::Severity::Error; });
}

namespace {

void addOnce(QList<NamedImage> *images, const QString &reference, int index)
{
    const bool isKnown = std::any_of(images->begin(), images->end(), [&](const NamedImage &image) { return image.reference == reference; });
    if (!reference.isEmpty() && !isKnown)
        *images += NamedImage{reference, index};
}

} // namespace

QList<NamedImage> PlannedBuild::missingImages() const
{
    QList<NamedImage> missing;
    for (const PlannedStage &stage : stages) {
        addOnce(&missing, stage.missingImage, stage.steps.first().evaluated.index);
        for (const PlannedStep &step : stage.steps) {
            for (const QString &name : step.missingImages)
                addOnce(&missing, name, step.evaluated.index);
        }
    }
    return missing;
}

QList<NamedImage> PlannedBuild::images() const
{
    QList<NamedImage> all = missingImages();
    for (const PlannedStage &stage : stages) {
        addOnce(&all, stage.image, stage.steps.first().evaluated.index);
        for (const PlannedStep &step : stage.steps) {
            for (const QString &name : step.namedImages.keys())
                addOnce(&all, name, step.evaluated.index);
        }
    }
    return all;
}

BuildStep shownStep(const Dockerfile &dockerfile, int index, int stage)
{
    const DockerfileNode &node = dockerfile.file.nodes[index];
    BuildStep step;
    step.index = index;
    step.stage = stage;
    step.stageName = dockerfile.stages.value(stage).name;
    step.firstLine = node.firstLine;
    step.lastLine = node.lastLine;
    step.instruction = node.name();
    step.text = node.original.simplified();
    return step;
}

QByteArray stepKey(const PlannedStep &step, const Digest &below, const QList<Digest> &sourceLayers)
{
    QByteArray bytes = step.identity + '\n' + below.hex().toLatin1();
    for (const Digest &layer : sourceLayers)
        bytes += '\n' + layer.hex().toLatin1();
    return QByteArray::fromHex(Digest::ofBytes(bytes).hex().toLatin1());
}

Result<PlannedBuild> planBuild(Store &store, FileDigests &digests, const BuildRequest &request, std::stop_token stop)
{
    return Planner(store, digests, request, std::move(stop)).run();
}

} // namespace Engine::Internal
