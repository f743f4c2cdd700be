// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/evaluator_p.h"

#include "base/try_p.h"
#include "build/imageconfig_p.h"
#include "build/stageevaluator_p.h"
#include "oci/shelllexer_p.h"

#include <QtCore/QRegularExpression>
#include <QtCore/QSet>
#include <QtCore/QSysInfo>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

BuildPlatform BuildPlatform::ofThisMachine()
{
    static const QMap<QString, BuildPlatform> known{{u"x86_64"_s, {u"linux"_s, u"amd64"_s, {}}},       {u"i386"_s, {u"linux"_s, u"386"_s, {}}},
                                               {u"arm64"_s, {u"linux"_s, u"arm64"_s, {}}},        {u"arm"_s, {u"linux"_s, u"arm"_s, u"v7"_s}},
                                               {u"power64"_s, {u"linux"_s, u"ppc64le"_s, {}}},    {u"riscv64"_s, {u"linux"_s, u"riscv64"_s, {}}},
                                               {u"s390x"_s, {u"linux"_s, u"s390x"_s, {}}}};
    const QString cpu = QSysInfo::currentCpuArchitecture();
    return known.value(cpu, BuildPlatform{u"linux"_s, cpu, {}});
}

Result<BuildPlatform> BuildPlatform::parse(const QString &text)
{
    static const QRegularExpression component(u"^[A-Za-z0-9_.-]+$"_s);
    static const QMap<QString, QString> aliases{{u"x86_64"_s, u"amd64"_s}, {u"x86-64"_s, u"amd64"_s}, {u"aarch64"_s, u"arm64"_s}, {u"i386"_s, u"386"_s}};
    const QStringList parts = text.split(u'/');
    for (const QString &part : parts) {
        if (!component.match(part).hasMatch() || parts.size() > 3) {
            return Failure(Error{.code = ErrorCode::InvalidInput,
                                 .object = text,
                                 .detail = u"failed to parse platform %1: %2 is an invalid component of %3: platform specifier component must match %4: "
                                           "invalid argument"_s.arg(text, goQuoted(part), goQuoted(text), goQuoted(component.pattern())),
                                 .remedy = u"write a platform like linux/amd64"_s});
        }
    }
    BuildPlatform platform = ofThisMachine();
    if (parts.size() == 1 && parts[0].toLower() == "linux"_L1)
        return platform;
    platform.variant = parts.size() > 2 ? parts[2].toLower() : QString();
    const QString architecture = parts[parts.size() == 1 ? 0 : 1].toLower();
    platform.architecture = aliases.value(architecture, architecture);
    platform.os = parts.size() == 1 ? u"linux"_s : parts[0].toLower();
    if (platform.architecture == "arm64"_L1 && platform.variant == "v8"_L1)
        platform.variant.clear();
    return platform;
}

QString BuildPlatform::toString() const
{
    return os + u'/' + architecture + (variant.isEmpty() ? QString() : u'/' + variant);
}

int findStage(const Dockerfile &dockerfile, const QString &name, int before)
{
    for (int i = qMin(before, int(dockerfile.stages.size())) - 1; i >= 0; --i) {
        if (!dockerfile.stages[i].name.isEmpty() && dockerfile.stages[i].name == name.toLower())
            return i;
    }
    bool isNumber = false;
    const int number = name.toInt(&isNumber);
    return isNumber && number >= 0 && number < before ? number : -1;
}

const EvaluatedStage *EvaluatedDockerfile::stage(int number) const
{
    const auto found = std::find_if(stages.begin(), stages.end(), [number](const EvaluatedStage &s) { return s.number == number; });
    return found == stages.end() ? nullptr : &*found;
}

namespace {

//! What holds for all stages: global ARGs, and which stages there are.
class FileEvaluator final
{
public:
    FileEvaluator(const Dockerfile &dockerfile, const EvaluationRequest &request, const BaseResolver &resolve)
        : m_dockerfile(dockerfile), m_request(request), m_resolve(resolve)
    {
    }

    EvaluatedDockerfile run();

private:
    void report(int index, const Error &error, QStringView word = {});
    void readGlobalArgs();
    void warnOfUnusedArgs();
    std::optional<int> targetStage();
    bool readBase(int number);
    std::optional<QString> expandGlobally(int index, const QString &text);
    void collectNeeded(int number, QList<int> *needed, QList<int> path);
    QStringList triggersOf(int number) const;
    QList<std::pair<int, QString>> namedSources(int number) const;
    bool needs(int number, int other, QList<int> seen) const;
    QList<int> dependencies(int number);
    void evaluateStage(int number);

    struct Base {
        bool known = false;
        QString reference;
        int stage = -1;
        BuildPlatform platform;
        QStringList triggers;   //!< known when the stage's dependencies are asked for
    };

    const Dockerfile &m_dockerfile;
    const EvaluationRequest &m_request;
    const BaseResolver &m_resolve;
    QMap<QString, QString> m_globals;
    QMap<int, Base> m_bases;
    QMap<int, StageState> m_states; //!< after the last step of a stage
    EvaluatedDockerfile m_result;
};

void FileEvaluator::report(int index, const Error &error, QStringView word)
{
    const DockerfileNode &node = m_dockerfile.file.nodes[index];
    const auto [begin, end] = node.rangeOf(word);
    m_result.diagnostics += Diagnostic{Diagnostic::Severity::Error, error.position.value_or(begin), end, error.detail, error.remedy};
    if (!m_result.invalidSteps.contains(index))
        m_result.invalidSteps += index;
}

std::optional<QString> FileEvaluator::expandGlobally(int index, const QString &text)
{
    const auto expanded = ShellLexer(m_dockerfile.file.escape).expand(text, m_globals);
    if (!expanded) {
        report(index, expanded.error(), text);
        return std::nullopt;
    }
    return expanded->text;
}

void FileEvaluator::readGlobalArgs()
{
    const BuildPlatform host = BuildPlatform::ofThisMachine();
    const auto addPlatform = [this](const QString &prefix, const BuildPlatform &platform) {
        m_globals[prefix + "PLATFORM"_L1] = platform.toString();
        m_globals[prefix + "OS"_L1] = platform.os;
        m_globals[prefix + "OSVERSION"_L1] = QString();
        m_globals[prefix + "ARCH"_L1] = platform.architecture;
        m_globals[prefix + "VARIANT"_L1] = platform.variant;
    };
    addPlatform(u"BUILD"_s, host);
    addPlatform(u"TARGET"_s, m_request.platform);
    m_globals[u"TARGETSTAGE"_s] = m_request.target.isEmpty() ? u"default"_s : m_request.target;
    for (auto it = m_globals.begin(); it != m_globals.end(); ++it)
        *it = m_request.buildArgs.value(it.key(), *it);
    for (const int index : m_dockerfile.globalArgs) {
        const auto *arg = m_dockerfile.instructions[index] ? std::get_if<Instructions::Arg>(&*m_dockerfile.instructions[index]) : nullptr;
        if (!arg)
            continue;
        for (const auto &definition : arg->definitions) {
            if (m_request.buildArgs.contains(definition.name))
                m_globals[definition.name] = m_request.buildArgs[definition.name];
            else if (definition.defaultValue) {
                if (const auto value = expandGlobally(index, *definition.defaultValue))
                    m_globals[definition.name] = *value;
            }
        }
    }
}

void FileEvaluator::warnOfUnusedArgs()
{
    // Used without ARG: those with a meaning for the builder (docs.docker.com, "Predefined ARGs", "BuildKit built-in build args").
    static const QRegularExpression predefined(u"^(BUILDKIT_.*|SOURCE_DATE_EPOCH|(?i:https?_proxy|ftp_proxy|no_proxy|all_proxy))$"_s);
    QSet<QString> used;
    const auto add = [&used](const Instruction &instruction) {
        if (const auto *arg = std::get_if<Instructions::Arg>(&instruction)) {
            for (const auto &definition : arg->definitions)
                used.insert(definition.name);
        }
    };
    for (const auto &instruction : m_dockerfile.instructions) {
        if (instruction)
            add(*instruction);
    }
    for (const EvaluatedStage &stage : std::as_const(m_result.stages)) {
        if (stage.baseIsMissing)
            return; // its ONBUILD triggers may use any
        for (const EvaluatedStep &step : stage.steps)
            add(step.instruction);
    }
    QStringList unused;
    for (const QString &name : m_request.buildArgs.keys()) {
        if (!used.contains(name) && !m_globals.contains(name) && !predefined.match(name).hasMatch())
            unused += name;
    }
    if (!unused.isEmpty()) {
        m_result.diagnostics += Diagnostic{Diagnostic::Severity::Warning, {}, {}, u"One or more build-args [%1] were not consumed"_s.arg(unused.join(u' ')),
                                           u"declare them with ARG in the stage that uses them"_s};
    }
}

std::optional<int> FileEvaluator::targetStage()
{
    if (m_dockerfile.stages.isEmpty())
        return std::nullopt;
    if (m_request.target.isEmpty())
        return int(m_dockerfile.stages.size()) - 1;
    QStringList names;
    for (const DockerfileStage &s : m_dockerfile.stages)
        names += s.name;
    if (const auto stage = names.lastIndexOf(m_request.target.toLower()); stage >= 0)
        return int(stage);
    const QString nearest = nearestWord(m_request.target, names);
    m_result.diagnostics += Diagnostic{Diagnostic::Severity::Error, {}, {},
                                       u"target stage %1 could not be found%2"_s.arg(goQuoted(m_request.target),
                                                                                      nearest.isEmpty() ? QString() : u" (did you mean %1?)"_s.arg(nearest)),
                                       u"name a stage of the Dockerfile, or none for the last"_s};
    return std::nullopt;
}

//! Expands what FROM says. \return false when that is a mistake
bool FileEvaluator::readBase(int number)
{
    if (m_bases.contains(number))
        return m_bases[number].known;
    Base &base = m_bases[number];
    const int index = m_dockerfile.stages[number].from;
    if (!m_dockerfile.instructions[index])
        return false;
    const auto &from = std::get<Instructions::From>(*m_dockerfile.instructions[index]);
    const auto reference = expandGlobally(index, from.base);
    if (!reference)
        return false;
    base.reference = *reference;
    if (base.reference.isEmpty()) {
        report(index, Error{.code = ErrorCode::InvalidInput, .detail = u"base name (%1) should not be blank"_s.arg(from.base),
                            .remedy = u"give the ARG a default before the first FROM, or a value with --build-arg"_s}, from.base);
        return false;
    }
    base.platform = m_request.platform;
    if (!from.platform.isEmpty()) {
        const auto text = expandGlobally(index, from.platform);
        if (!text)
            return false;
        if (text->isEmpty()) {
            report(index, Error{.code = ErrorCode::InvalidInput, .detail = u"empty platform value from expression %1"_s.arg(from.platform)}, from.platform);
            return false;
        }
        auto platform = BuildPlatform::parse(*text);
        if (!platform) {
            platform.error().detail.replace("failed to parse platform "_L1 + *text, "failed to parse platform "_L1 + from.platform);
            report(index, platform.error(), from.platform);
            return false;
        }
        base.platform = *platform;
    }
    for (int i = number - 1; i >= 0 && base.stage < 0; --i) {
        if (!m_dockerfile.stages[i].name.isEmpty() && m_dockerfile.stages[i].name == base.reference)
            base.stage = i;
    }
    if (base.stage < 0 && base.reference != "scratch"_L1) {
        if (const auto parsed = ImageReference::parse(base.reference); !parsed) {
            report(index, Error{.code = ErrorCode::InvalidInput, .detail = u"failed to parse stage name %1: %2"_s.arg(goQuoted(base.reference), parsed.error().detail),
                                .remedy = parsed.error().remedy}, from.base);
            return false;
        }
    }
    base.known = true;
    return true;
}

//! The ONBUILD expressions that fire at the stage's FROM.
QStringList FileEvaluator::triggersOf(int number) const
{
    const Base base = m_bases.value(number);
    QStringList triggers;
    if (base.stage >= 0) {
        for (const int index : m_dockerfile.stages[base.stage].commands) {
            const auto &instruction = m_dockerfile.instructions[index];
            if (const auto *onbuild = instruction ? std::get_if<Instructions::Onbuild>(&*instruction) : nullptr)
                triggers += onbuild->expression;
        }
    } else if (base.known && base.reference != "scratch"_L1) {
        if (const auto image = m_resolve(base.reference); image && *image)
            triggers = configStrings((*image)->config, "OnBuild");
    }
    return triggers;
}

//! What COPY --from and --mount=from of a stage name, with the instruction that names it.
QList<std::pair<int, QString>> FileEvaluator::namedSources(int number) const
{
    QList<std::pair<int, QString>> names;
    const auto add = [&names](int index, const Instruction &instruction) {
        if (const auto *copy = std::get_if<Instructions::Copy>(&instruction))
            names += std::pair(index, copy->from);
        if (const auto *run = std::get_if<Instructions::Run>(&instruction)) {
            for (const RunMount &mount : run->mounts)
                names += std::pair(index, mount.from);
        }
    };
    for (const QString &expression : m_bases.value(number).triggers) {
        if (const auto trigger = parseTrigger(expression))
            add(m_dockerfile.stages[number].from, trigger->second);
    }
    for (const int index : m_dockerfile.stages[number].commands) {
        if (m_dockerfile.instructions[index])
            add(index, *m_dockerfile.instructions[index]);
    }
    names.removeIf([](const auto &source) { return source.second.isEmpty() || source.second == "scratch"_L1; });
    return names;
}

bool FileEvaluator::needs(int number, int other, QList<int> seen) const
{
    if (number == other)
        return true;
    if (seen.contains(number))
        return false;
    seen += number;
    for (const auto &[index, name] : namedSources(number)) {
        const int source = findStage(m_dockerfile, name, int(m_dockerfile.stages.size()));
        if (source >= 0 && needs(source, other, seen))
            return true;
    }
    const int base = m_bases.value(number).stage;
    return base >= 0 && needs(base, other, seen);
}

QList<int> FileEvaluator::dependencies(int number)
{
    QList<int> stages;
    if (readBase(number)) {
        m_bases[number].triggers = triggersOf(number);
        if (m_bases[number].stage >= 0)
            stages += m_bases[number].stage;
    }
    const QString own = m_dockerfile.stages[number].name.isEmpty() ? QString::number(number) : m_dockerfile.stages[number].name;
    for (const auto &[index, name] : namedSources(number)) {
        const int before = findStage(m_dockerfile, name, number);
        const int any = findStage(m_dockerfile, name, int(m_dockerfile.stages.size()));
        if (before >= 0) {
            stages += before;
        } else if (any >= 0 && needs(any, number, {})) {
            report(index, Error{.code = ErrorCode::InvalidInput, .detail = u"circular dependency detected on stage: %1"_s.arg(own)}, name);
        } else if (any >= 0) {
            report(index, Error{.code = ErrorCode::InvalidInput,
                                .detail = u"cannot copy from stage %1, it needs to be defined before current stage %2"_s.arg(goQuoted(name), goQuoted(own)),
                                .remedy = u"move that stage up"_s}, name);
        } else if (const auto reference = ImageReference::parse(name); !reference) {
            report(index, Error{.code = ErrorCode::InvalidInput,
                                .detail = u"failed to parse stage name %1: %2"_s.arg(goQuoted(name), reference.error().detail),
                                .remedy = name.contains(u'$') ? u"variables are not expanded here: write FROM %1 AS NAME, with its ARG before the first FROM, and --from=NAME"_s.arg(name)
                                                              : u"name an earlier stage or an image"_s}, name);
        }
    }
    return stages;
}

void FileEvaluator::collectNeeded(int number, QList<int> *needed, QList<int> path)
{
    if (needed->contains(number) || path.contains(number))
        return;
    path += number;
    for (const int dependency : dependencies(number))
        collectNeeded(dependency, needed, path);
    *needed += number;
}

void FileEvaluator::evaluateStage(int number)
{
    const DockerfileStage &source = m_dockerfile.stages[number];
    const Base &base = m_bases[number];
    EvaluatedStage stage{.number = number, .name = source.name, .baseStage = base.stage, .baseReference = base.reference, .platform = base.platform};
    StageState state(m_dockerfile.file.escape, m_request.buildArgs, m_globals);
    Result<void> start;
    if (base.stage >= 0) {
        state = m_states.value(base.stage, state);
        state.startFromStage();
        const auto *below = m_result.stage(base.stage);
        stage.baseIsMissing = below && below->baseIsMissing;
        stage.platform = below ? below->platform : stage.platform;
    } else if (base.reference == "scratch"_L1) {
        state.startFromScratch(base.platform);
    } else {
        const auto found = m_resolve(base.reference);
        if (!found)
            start = Failure(found.error());
        else if (*found)
            stage.base = **found;
        else
            stage.baseIsMissing = true;
        stage.base ? state.startFromImage(stage.base->config) : state.startFromScratch(base.platform);
    }
    EvaluatedStep from{.index = source.from, .stage = number, .instruction = *m_dockerfile.instructions[source.from],
                       .text = "FROM "_L1 + base.reference + (source.name.isEmpty() ? QString() : " AS "_L1 + source.name),
                       .mayMakeLayer = true, .config = state.image()};
    stage.steps += from;
    if (!start)
        report(source.from, start.error(), base.reference);
    for (const QString &expression : std::as_const(base.triggers)) {
        const auto trigger = parseTrigger(expression);
        auto step = trigger ? state.apply(trigger->second) : Result<EvaluatedStep>(Failure(trigger.error()));
        if (!step) {
            report(source.from, Error{.code = ErrorCode::InvalidInput, .detail = u"the base image's ONBUILD trigger '%1' fails: %2"_s.arg(expression.left(80), step.error().detail)});
            continue;
        }
        step->index = source.from;
        step->stage = number;
        step->isTrigger = true;
        stage.steps += *step;
    }
    for (const int index : source.commands) {
        const auto &instruction = m_dockerfile.instructions[index];
        if (!instruction)
            continue;
        auto step = state.apply(*instruction);
        if (!step) {
            report(index, step.error());
            continue;
        }
        step->index = index;
        step->stage = number;
        stage.steps += *step;
    }
    for (const int dependency : dependencies(number)) {
        if (dependency != base.stage)
            stage.stageSources += dependency;
    }
    stage.config = state.image();
    m_states.insert(number, state);
    m_result.stages += stage;
}

EvaluatedDockerfile FileEvaluator::run()
{
    readGlobalArgs();
    const auto target = targetStage();
    if (!target)
        return std::move(m_result);
    for (int number = 0; number < m_dockerfile.stages.size(); ++number)
        readBase(number); // a mistake in an unused FROM is a mistake all the same
    QList<int> needed;
    collectNeeded(*target, &needed, {});
    std::sort(needed.begin(), needed.end());
    for (const int number : needed) {
        if (readBase(number))
            evaluateStage(number);
    }
    warnOfUnusedArgs();
    QList<Diagnostic> unique;
    for (const Diagnostic &diagnostic : std::as_const(m_result.diagnostics)) {
        if (!unique.contains(diagnostic))
            unique += diagnostic;
    }
    m_result.diagnostics = unique;
    if (!m_result.stages.isEmpty()) {
        for (auto it = m_request.labels.begin(); it != m_request.labels.end(); ++it)
            setLabel(&m_result.stages.last().config, it.key(), it.value());
    }
    std::stable_sort(m_result.diagnostics.begin(), m_result.diagnostics.end(), [](const Diagnostic &a, const Diagnostic &b) {
        return std::pair(a.begin.line, a.begin.column) < std::pair(b.begin.line, b.begin.column);
    });
    return std::move(m_result);
}

} // namespace

EvaluatedDockerfile evaluateDockerfile(const Dockerfile &dockerfile, const EvaluationRequest &request, const BaseResolver &resolve)
{
    return FileEvaluator(dockerfile, request, resolve).run();
}

} // namespace Engine::Internal
