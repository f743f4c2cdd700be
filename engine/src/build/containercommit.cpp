// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/containercommit_p.h"

#include "base/try_p.h"
#include "build/evaluator_p.h"
#include "build/imageconfig_p.h"
#include "runtime/containertree_p.h"
#include "runtime/freeze_p.h"
#include "storage/layerblob_p.h"
#include "storage/layerpacker_p.h"

#include <QtCore/QDateTime>

#include <fcntl.h>
#include <sys/stat.h>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

using nlohmann::json;

json stringsToJson(const QStringList &strings)
{
    json array = json::array();
    for (const QString &string : strings)
        array.push_back(string.toStdString());
    return array;
}

json setOf(const QStringList &keys)
{
    json object = json::object();
    for (const QString &key : keys)
        object[key.toStdString()] = json::object();
    return object;
}

//! What a new container of the image would be given, and what this one was given (moby's container.Config).
json configOfContainer(const ContainerRecord &record, const json &image)
{
    const MergedConfig &merged = record.config;
    json config = json::object();
    const auto add = [&config](const char *field, json value) {
        if (!value.empty() && value != "")
            config[field] = std::move(value);
    };
    add("User", merged.user.toStdString());
    add("ExposedPorts", setOf(merged.exposedPorts));
    add("Env", stringsToJson(merged.environment));
    add("Entrypoint", stringsToJson(merged.entrypoint));
    add("Cmd", stringsToJson(merged.command));
    add("Volumes", setOf(merged.volumes));
    add("WorkingDir", merged.workingDir.toStdString());
    add("StopSignal", merged.stopSignal.toStdString());
    json labels = json::object();
    for (auto label = merged.labels.begin(); label != merged.labels.end(); ++label)
        labels[label.key().toStdString()] = label.value().toStdString();
    add("Labels", std::move(labels));
    if (image.contains("config") && image["config"].is_object() && image["config"].contains("Healthcheck"))
        config["Healthcheck"] = image["config"]["Healthcheck"];
    return config;
}

//! The container's image without what is said anew: architecture, system and history. It may be gone by now; its layers are not.
Result<json> documentOfImage(const Store &store, const Digest &imageId)
{
    const auto image = store.findImage(imageId.toString());
    if (image)
        return inheritedImageConfig(image->config);
    if (image.error().code != ErrorCode::NotFound)
        return Failure(image.error());
    const BuildPlatform platform = BuildPlatform::ofThisMachine();
    return json{{"os", platform.os.toStdString()}, {"architecture", platform.architecture.toStdString()}, {"config", json::object()}};
}

void addCommitHistory(json *image, const ContainerRecord &record, const CommitOptions &options, HistoryLayer layer)
{
    const std::string now = QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs).toStdString();
    json entry{{"created", now}, {"created_by", record.config.command.join(u' ').toStdString()}};
    (*image)["created"] = now;
    if (!options.author.isEmpty())
        entry["author"] = (*image)["author"] = options.author.toStdString();
    if (!options.message.isEmpty())
        entry["comment"] = (*image)["comment"] = options.message.toStdString();
    if (layer == HistoryLayer::No)
        entry["empty_layer"] = true;
    json &history = (*image)["history"];
    if (!history.is_array())
        history = json::array();
    history.push_back(std::move(entry));
}

//! Packs what the container changed. \return nothing when it changed nothing
Result<std::optional<LayerRecord>> packChanges(const ContainerRuntime &runtime, const ContainerRecord &record, const QString &blobFile,
                                               LayerPacker::Options::Writers writers, const std::function<void(qint64)> &written, const std::stop_token &stop)
{
    Store &store = runtime.store();
    const ContainerTree tree = ENGINE_TRY(containerTree(runtime, record));
    const LayerChanges changes = ENGINE_TRY(tree.changes(store, stop));
    if (changes.changes.isEmpty())
        return std::nullopt;
    const UniqueFd root = ENGINE_TRY(openFile(tree.upper, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat status;
    if (::fstat(root.get(), &status) != 0)
        return Failure(errnoError("stat", tree.upper, errno));
    LayerPacker::Options options; // the root itself is no change, as in Docker
    options.rootMode = status.st_mode & 07777;
    options.rootUid = store.idMap().userToContainer(status.st_uid);
    options.rootGid = store.idMap().groupToContainer(status.st_gid);
    options.leftOut = &changes.unchanged;
    options.writers = writers;
    const auto blob = ENGINE_TRY(LayerBlobWriter::create(blobFile));
    qint64 total = 0;
    TarWriter tar([&](std::span<const char> bytes) -> Result<void> {
        total += qint64(bytes.size());
        written(total);
        return blob->write(bytes);
    });
    ENGINE_TRY(LayerPacker(store.idMap(), options, tar).pack(root.get(), stop));
    return ENGINE_TRY(blob->finish());
}

Failure invalidChange(const QString &object, const QString &detail, const QString &remedy)
{
    return Failure(Error{.code = ErrorCode::InvalidInput, .object = object, .detail = detail, .remedy = remedy});
}

} // namespace

Result<nlohmann::json> applyConfigChanges(const nlohmann::json &image, const QStringList &changes)
{
    if (changes.isEmpty())
        return image;
    // moby's validCommitCommands (builder/dockerfile/builder.go)
    static const QStringList allowed{u"cmd"_s,        u"entrypoint"_s, u"healthcheck"_s, u"env"_s,    u"expose"_s, u"label"_s,
                                     u"onbuild"_s,    u"stopsignal"_s, u"user"_s,        u"volume"_s, u"workdir"_s};
    const Dockerfile dockerfile = readDockerfile(("FROM container\n"_L1 + changes.join(u'\n') + u'\n').toUtf8());
    for (const DockerfileNode &node : dockerfile.file.nodes.mid(1)) {
        if (!allowed.contains(node.keyword.toLower()))
            return invalidChange(node.keyword.toLower(), u"%1 is not a valid change command"_s.arg(node.keyword.toLower()),
                                 u"A change is one of CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME and WORKDIR"_s);
    }
    const auto base = [&image](const QString &reference) -> Result<std::optional<BaseImage>> {
        return BaseImage{.reference = reference, .id = {}, .topLayer = {}, .config = image};
    };
    EvaluatedDockerfile evaluated;
    if (dockerfile.diagnostics.isEmpty() || !dockerfile.file.hasErrors())
        evaluated = evaluateDockerfile(dockerfile, {}, base);
    for (const Diagnostic &diagnostic : dockerfile.diagnostics + evaluated.diagnostics) {
        if (diagnostic.severity == Diagnostic::Severity::Error)
            return invalidChange(changes.value(diagnostic.begin.line - 2), diagnostic.message, diagnostic.remedy);
    }
    if (evaluated.stages.isEmpty())
        return invalidChange(changes.first(), u"the change \"%1\" cannot be read"_s.arg(changes.first()), u"Write it as in a Dockerfile"_s);
    nlohmann::json changed = image;
    changed["config"] = evaluated.stages.last().config.value("config", nlohmann::json::object());
    return changed;
}

Result<QStringList> newImageNames(const QString &reference)
{
    if (reference.isEmpty())
        return QStringList();
    const ImageReference parsed = ENGINE_TRY(ImageReference::parse(reference));
    if (!parsed.digest.isNull())
        return Failure(Error{.code = ErrorCode::InvalidInput, .object = reference, .detail = u"cannot commit to digest reference"_s,
                             .remedy = u"Give a name and a tag, as in busybox:mine"_s});
    return QStringList{parsed.withDefaultTag().toString()};
}

Result<ImageRecord> commitContainer(const ContainerRuntime &runtime, const QString &idOrName, const CommitOptions &options,
                                    const std::function<void(qint64)> &written, std::stop_token stop)
{
    Store &store = runtime.store();
    const QStringList names = ENGINE_TRY(newImageNames(options.reference));
    const ContainerRecord record = ENGINE_TRY(runtime.find(idOrName));
    nlohmann::json image = ENGINE_TRY(documentOfImage(store, record.imageId));
    image["config"] = configOfContainer(record, image);
    image = ENGINE_TRY(applyConfigChanges(image, options.changes)); // mistakes before any work

    const StagingFolder staging = ENGINE_TRY(store.makeStagingFolder()); // nothing is collected until the image has its layer
    const QString blobFile = staging.path() + "/layer"_L1;
    std::optional<LayerRecord> packed;
    {
        const auto frozen = options.pause ? ENGINE_TRY(FrozenContainer::freeze(runtime, record)) : std::nullopt;
        const bool isLive = record.isRunning() && !frozen;
        packed = ENGINE_TRY(packChanges(runtime, record, blobFile, isLive ? LayerPacker::Options::Writers::Live : LayerPacker::Options::Writers::None, written, stop));
    }
    Digest top = record.layer;
    if (packed)
        top = ENGINE_TRY(addLayerBlob(store, record.layer, blobFile, *packed, stop)).chainId;
    addCommitHistory(&image, record, options, packed ? HistoryLayer::Yes : HistoryLayer::No);
    const ImageRecord made = ENGINE_TRY(store.addBuiltImage(image, top, names));
    ENGINE_TRY(store.recordEvent("container", u"commit"_s, record.id.toString(), record.name));
    return made;
}

} // namespace Engine::Internal
