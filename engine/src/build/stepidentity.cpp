// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/stepidentity_p.h"

#include "base/try_p.h"
#include "build/stepsupport_p.h"
#include "oci/patternmatcher_p.h"

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
    step->record.environment = e.environment;
    step->identity = identity.digest();
    return {};
}

Result<void> StepIdentifier::identify(PlannedStep *step, int stage) const
{
    const Instruction &instruction = step->evaluated.instruction;
    step->record.text = step->evaluated.text;
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
    return {};
}

QByteArray stepKey(const PlannedStep &step, const Digest &below, const QList<Digest> &sourceLayers)
{
    QByteArray bytes = step.identity + '\n' + below.hex().toLatin1();
    for (const Digest &layer : sourceLayers)
        bytes += '\n' + layer.hex().toLatin1();
    return QByteArray::fromHex(Digest::ofBytes(bytes).hex().toLatin1());
}

} // namespace Engine::Internal
