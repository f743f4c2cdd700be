// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/stepidentity_p.h"

#include "base/try_p.h"
#include "build/imageconfig_p.h"
#include "build/stepsupport_p.h"
#include "oci/patternmatcher_p.h"

#include <QtCore/QSet>

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

} // namespace

bool takesContext(const Instruction &instruction)
{
    if (const auto *copy = std::get_if<Instructions::Copy>(&instruction))
        return copy->from.isEmpty() && !copy->sources.isEmpty();
    if (const auto *run = std::get_if<Instructions::Run>(&instruction))
        return std::any_of(run->mounts.begin(), run->mounts.end(), [](const RunMount &m) { return m.type == RunMount::Type::Bind && m.from.isEmpty(); });
    return false;
}

Result<std::optional<BaseImage>> findBaseImage(Store &store, const QString &reference)
{
    constexpr qsizetype shownDigits = 12; // of an id in a list; "FROM a" must not mean some image whose id begins with a
    const auto name = ImageReference::parse(reference);
    const auto image = store.findImage(name && reference.size() < shownDigits ? name->withDefaultTag().toString() : reference);
    if (!image)
        return image.error().code == ErrorCode::NotFound ? Result<std::optional<BaseImage>>(std::nullopt) : Failure(image.error());
    const ImageInfo info = ENGINE_TRY(store.describe(*image));
    return BaseImage{reference, image->id, image->topLayer(), image->config, info.sizeBytes};
}

//! A --from: an earlier stage, or an image.
Result<void> StepIdentifier::addSource(PlannedStep *step, const QString &name, int stage) const
{
    const int number = findStage(*m_plan.dockerfile, name, stage);
    if (number >= 0) {
        step->sourceStages += number;
        return {};
    }
    const auto image = ENGINE_TRY(findBaseImage(m_store, name));
    if (!image) {
        step->missingImages += name;
        return {};
    }
    step->namedImages.insert(name, *image);
    step->sourceImages += image->topLayer;
    return {};
}

Result<void> StepIdentifier::identifyCopy(PlannedStep *step, const Instructions::Copy &copy, int stage) const
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

Result<void> StepIdentifier::identifyRun(PlannedStep *step, const Instructions::Run &run, int stage) const
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
    step->identity = identity.digest();
    return {};
}

Result<void> StepIdentifier::identify(PlannedStep *step, int stage) const
{
    const Instruction &instruction = step->evaluated.instruction;
    if (const auto problem = unsupported(instruction))
        return Failure(*problem);
    if (const auto *copy = std::get_if<Instructions::Copy>(&instruction))
        ENGINE_TRY(identifyCopy(step, *copy, stage));
    else if (const auto *run = std::get_if<Instructions::Run>(&instruction))
        ENGINE_TRY(identifyRun(step, *run, stage));
    else if (const auto *workdir = std::get_if<Instructions::Workdir>(&instruction))
        step->identity = Identity(u"WORKDIR"_s).add(workdir->path).add(step->evaluated.user).digest();
    else
        step->identity = Identity(u"config"_s).add(step->evaluated.createdBy.isEmpty() ? step->evaluated.text : step->evaluated.createdBy).digest();
    if (m_plan.sourceDate && step->evaluated.mayMakeLayer) // other times in the layer
        step->identity = Identity(u"SOURCE_DATE_EPOCH"_s).add(step->identity).add(QByteArray::number(*m_plan.sourceDate)).digest();
    describe(&step->record, *step, stage);
    return {};
}

namespace {

//! Flags as a Dockerfile has them, with their values expanded.
QMap<QString, QString> flagsOf(const Instruction &instruction)
{
    QMap<QString, QString> flags;
    const auto add = [&flags](const QString &name, const QString &value) {
        if (!value.isEmpty())
            flags.insert(name, value);
    };
    if (const auto *copy = std::get_if<Instructions::Copy>(&instruction)) {
        add(u"chown"_s, copy->chown);
        add(u"chmod"_s, copy->chmod);
        add(u"from"_s, copy->from);
        add(u"exclude"_s, copy->excludes.join(u' '));
        if (copy->unpack)
            add(u"unpack"_s, *copy->unpack ? u"true"_s : u"false"_s);
    } else if (const auto *run = std::get_if<Instructions::Run>(&instruction)) {
        add(u"mount"_s, run->mountText.simplified());
        add(u"network"_s, run->network);
        add(u"security"_s, run->security);
    }
    return flags;
}

//! What other lines and the request decided for the step.
QMap<QString, QString> settingsOf(const EvaluatedStep &step, const BuildRequest &request)
{
    QMap<QString, QString> settings;
    const auto *run = std::get_if<Instructions::Run>(&step.instruction);
    if (!step.mayMakeLayer)
        return settings;
    settings.insert(u"the working directory"_s, step.workingDir);
    if (run || std::holds_alternative<Instructions::Workdir>(step.instruction))
        settings.insert(u"the user"_s, step.user.isEmpty() ? u"root"_s : step.user);
    if (run) {
        settings.insert(u"the network"_s, request.network == NetworkMode::None ? u"none"_s : u"host"_s);
        if (run->command.isShellForm && step.script.isEmpty())
            settings.insert(u"the shell"_s, step.arguments.mid(0, step.arguments.size() - 1).join(u' '));
    }
    if (const QString date = request.buildArgs.value(u"SOURCE_DATE_EPOCH"_s); !date.isEmpty())
        settings.insert(u"SOURCE_DATE_EPOCH"_s, date);
    return settings;
}

} // namespace

//! All by which the next plan can tell what changed, but for what it works on.
void StepIdentifier::describe(StepRecord *record, const PlannedStep &step, int stage) const
{
    const EvaluatedStep &e = step.evaluated;
    const DockerfileNode &node = m_plan.dockerfile->file.nodes[e.index];
    record->stage = stageTitle(*m_plan.dockerfile, stage);
    record->text = e.text;
    record->kind = e.isTrigger ? e.text.section(u' ', 0, 0) : node.name();
    record->original = e.isTrigger ? "ONBUILD "_L1 + e.text : node.original.simplified();
    record->flags = flagsOf(e.instruction);
    record->settings = settingsOf(e, m_request);
    record->identity = step.identity;
    record->makesLayer = e.mayMakeLayer;
    if (takesContext(e.instruction))
        record->ignored = m_plan.ignorePatterns;
    QByteArray body;
    for (const Heredoc &heredoc : e.isTrigger ? QList<Heredoc>() : node.heredocs)
        body += heredoc.name.toUtf8() + '\n' + heredoc.content.toUtf8();
    record->body = body.isEmpty() ? body : Digest::ofBytes(body).hex().toLatin1();
    QSet<QString> inImage;
    for (const QString &entry : configStrings(e.config, "Env"))
        inImage.insert(entry.section(u'=', 0, 0));
    for (auto variable = e.variables.begin(); variable != e.variables.end(); ++variable)
        record->variables.insert((inImage.contains(variable.key()) ? "ENV "_L1 : "ARG "_L1) + variable.key(), *variable);
}

QString stageTitle(const Dockerfile &dockerfile, int stage)
{
    const QString name = dockerfile.stages.value(stage).name;
    return name.isEmpty() ? QString::number(stage) : name;
}

void recordSources(PlannedStep *step, const Dockerfile &dockerfile, const QList<Digest> &stageLayers)
{
    for (qsizetype i = 0; i < step->sourceStages.size() && i < stageLayers.size(); ++i)
        step->record.sources.insert("stage "_L1 + stageTitle(dockerfile, step->sourceStages[i]), stageLayers[i].hex());
    for (auto image = step->namedImages.cbegin(); image != step->namedImages.cend(); ++image)
        step->record.sources.insert("the image "_L1 + image.key(), image->topLayer.hex());
}

QByteArray stepKey(const PlannedStep &step, const Digest &below, const QList<Digest> &sourceLayers)
{
    QByteArray bytes = step.identity + '\n' + below.hex().toLatin1();
    for (const Digest &layer : sourceLayers)
        bytes += '\n' + layer.hex().toLatin1();
    return QByteArray::fromHex(Digest::ofBytes(bytes).hex().toLatin1());
}

} // namespace Engine::Internal
