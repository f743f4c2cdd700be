// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/stepexecutor_p.h"

#include "base/logging_p.h"
#include "base/try_p.h"
#include "build/addarchive_p.h"
#include "build/treecopier_p.h"
#include "linux/syscalls_p.h"
#include "oci/patternmatcher_p.h"
#include "runtime/userlookup_p.h"
#include "storage/diskusage_p.h"

#include <QtCore/QFile>

#include <fcntl.h>
#include <sys/stat.h>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr qint64 failedLayerLimitBytes = 2LL << 30; // packing it takes some seconds

//! Who \p chown names: a name brings its group along, a number is a group's number, too.
Result<ProcessUser> ownerNamed(const QString &chown, int rootFd)
{
    ProcessUser owner = ENGINE_TRY(lookUpUserInRoot(chown, rootFd));
    bool isNumber = false;
    chown.toUInt(&isNumber);
    if (isNumber)
        owner.gid = owner.uid;
    return owner;
}

} // namespace

//! The step's root, mounted for as long as this lives.
struct StepExecutor::Mounted {
    explicit Mounted(StagingFolder folder) : staging(std::move(folder)) {}
    Mounted(Mounted &&) = default;
    ~Mounted()
    {
        for (auto point = mountPoints.crbegin(); point != mountPoints.crend(); ++point) {
            if (const auto gone = unmountTree(*point); !gone)
                qCWarning(lcBuild).noquote() << "unmounting" << *point << "failed:" << gone.error().detail;
        }
    }
    Q_DISABLE_COPY(Mounted)

    QString path(const QString &name) const { return staging.path() + u'/' + name; }

    StagingFolder staging;
    mutable QStringList mountPoints;
    UniqueFd root;
};

//! An overlay's upper folder is the root that is seen: it starts as the one below.
Result<void> StepExecutor::makeUpper(const Digest &below, const QString &path) const
{
    struct stat status{};
    status.st_mode = 0755;
    status.st_uid = m_store.idMap().userToEngine(0);
    status.st_gid = m_store.idMap().groupToEngine(0);
    if (!below.isNull() && ::stat(QFile::encodeName(m_store.paths().root + "/layers/"_L1 + below.hex()).constData(), &status) != 0)
        return Failure(errnoError("stat", below.toString(), errno));
    ENGINE_TRY(makePath(path, 0755));
    const QByteArray name = QFile::encodeName(path);
    if (::chown(name.constData(), status.st_uid, status.st_gid) != 0 || ::chmod(name.constData(), status.st_mode & 07777) != 0)
        return Failure(errnoError("chown", path, errno));
    return {};
}

Result<LayerRecord> StepExecutor::execute(const PlannedStep &step, const Digest &below)
{
    Mounted mounted(ENGINE_TRY(m_store.makeStagingFolder()));
    for (const char *name : {"work", "rootfs"})
        ENGINE_TRY(makePath(mounted.path(QString::fromLatin1(name)), 0755));
    ENGINE_TRY(makeUpper(below, mounted.path(u"upper"_s)));
    ENGINE_TRY(m_store.mountLayers(below, mounted.path(u"upper"_s), mounted.path(u"work"_s), mounted.path(u"rootfs"_s)));
    mounted.mountPoints += mounted.path(u"rootfs"_s);
    mounted.root = ENGINE_TRY(openFile(mounted.path(u"rootfs"_s), O_RDONLY | O_DIRECTORY));
    if (const auto *copyInstruction = std::get_if<Instructions::Copy>(&step.evaluated.instruction)) {
        ENGINE_TRY(copy(step, *copyInstruction, mounted));
    } else if (const auto *runInstruction = std::get_if<Instructions::Run>(&step.evaluated.instruction)) {
        if (const auto done = run(step, *runInstruction, mounted); !done) {
            const auto kept = done.error().code == ErrorCode::CommandFailed ? keepFailed(mounted, below) : Result<void>();
            if (!kept)
                qCWarning(lcBuild).noquote() << "the files of the failed step were not kept:" << kept.error().detail;
            return Failure(done.error());
        }
    } else {
        // A USER that the image does not know makes folders of root, until something runs as that user.
        const ProcessUser owner = ownerNamed(step.evaluated.user, mounted.root.get()).value_or(ProcessUser());
        const TreeCopier copier(mounted.root.get(), m_store.idMap().userToEngine(owner.uid), m_store.idMap().groupToEngine(owner.gid));
        ENGINE_TRY(copier.makeFolder(step.evaluated.workingDir.toUtf8()));
    }
    mounted.root.reset();
    while (!mounted.mountPoints.isEmpty())
        ENGINE_TRY(unmountTree(mounted.mountPoints.takeLast()));
    return ENGINE_TRY(m_store.commitLayer(below, mounted.path(u"upper"_s), m_clampTime, m_stop));
}

//! For looking at what went wrong.
Result<void> StepExecutor::keepFailed(Mounted &root, const Digest &below)
{
    root.root.reset();
    while (!root.mountPoints.isEmpty())
        ENGINE_TRY(unmountTree(root.mountPoints.takeLast()));
    if (bytesBelow(root.path(u"upper"_s)) > failedLayerLimitBytes) {
        qCInfo(lcBuild) << "the failed step has written too much to keep it";
        return {};
    }
    m_failedLayer = ENGINE_TRY(m_store.commitLayer(below, root.path(u"upper"_s), m_clampTime, m_stop)).chainId;
    return {};
}

//! The top layer of what --from names.
Digest StepExecutor::layerOf(const PlannedStep &step, const QString &from) const
{
    const auto stage = m_stageLayer(from);
    return stage ? *stage : step.namedImages.value(from).topLayer;
}

//! The root of what --from names, mounted; what is written to it is forgotten.
Result<QString> StepExecutor::mountSource(const PlannedStep &step, const QString &from, const Mounted &root, const QString &name,
                                          MountAccess access)
{
    const Digest layer = layerOf(step, from);
    const QString target = root.path(name);
    QString upper, work;
    ENGINE_TRY(makePath(target, 0755));
    if (access == MountAccess::ReadWrite) {
        upper = target + "-upper"_L1;
        work = target + "-work"_L1;
        ENGINE_TRY(makePath(work, 0755));
        ENGINE_TRY(makeUpper(layer, upper));
    }
    ENGINE_TRY(m_store.mountLayers(layer, upper, work, target));
    root.mountPoints += target;
    return target;
}

Result<void> StepExecutor::copy(const PlannedStep &step, const Instructions::Copy &copy, const Mounted &root)
{
    const IdMap &ids = m_store.idMap();
    CopyTarget target;
    QString destination = copy.destination;
    if (!destination.startsWith(u'/'))
        destination = step.evaluated.workingDir + u'/' + destination;
    target.destination = QFile::encodeName(cleanedPath(destination));
    if ((copy.destination.endsWith(u'/') || copy.destination == "."_L1 || copy.destination.endsWith("/."_L1)) && !target.destination.endsWith('/'))
        target.destination += '/';
    if (!copy.chmod.isEmpty())
        target.mode = ENGINE_TRY(ModeChange::parse(copy.chmod));
    if (copy.from.isEmpty() || !copy.chown.isEmpty()) {
        const ProcessUser owner = copy.chown.isEmpty() ? ProcessUser() : ENGINE_TRY(ownerNamed(copy.chown, root.root.get()));
        target.uid = ids.userToEngine(owner.uid);
        target.gid = ids.groupToEngine(owner.gid);
    }
    const TreeCopier copier(root.root.get(), target.uid.value_or(ids.userToEngine(0)), target.gid.value_or(ids.groupToEngine(0)));
    const PatternMatcher excluded = ENGINE_TRY(PatternMatcher::create(copy.excludes));
    QList<CopySource> sources = step.sources;
    std::optional<RootTree> other;
    if (!copy.from.isEmpty()) {
        other.emplace(ENGINE_TRY(RootTree::open(ENGINE_TRY(mountSource(step, copy.from, root, u"from"_s, MountAccess::ReadOnly)))));
        auto found = findCopySources(*other, copy.sources);
        if (!found && found.error().code == ErrorCode::NotFound)
            found.error().detail = u"\"%1\" not found in %2"_s.arg(found.error().object, copy.from);
        sources = ENGINE_TRY(std::move(found));
        target.keepXattrs = true;
    }
    const FileTree *tree = other ? static_cast<const FileTree *>(&*other) : m_context;
    if (copy.kind == Instructions::Copy::Kind::Add)
        ENGINE_TRY(add(copy, sources, copier, target));
    else if (tree)
        ENGINE_TRY(copier.copy(*tree, sources, excluded, target, m_stop));
    for (const InlineFile &file : copy.inlineFiles)
        ENGINE_TRY(copier.write(file.name.toUtf8(), file.content.toUtf8(), target));
    return {};
}

//! ADD from the build context: archives are unpacked, the rest is copied, one after the other.
Result<void> StepExecutor::add(const Instructions::Copy &add, const QList<CopySource> &sources, const TreeCopier &copier, const CopyTarget &target)
{
    const PatternMatcher excluded = ENGINE_TRY(PatternMatcher::create(add.excludes));
    for (const CopySource &source : sources) {
        const bool unpack = add.unpack.value_or(true) && source.entry.isFile() && ENGINE_TRY(isArchive(*m_context, source.entry));
        if (!unpack) {
            ENGINE_TRY(copier.copy(*m_context, {source}, excluded, target, m_stop));
            continue;
        }
        if ((!add.chown.isEmpty() || !add.chmod.isEmpty()) && m_output) {
            m_output("[Warning] --chown and --chmod do not apply to what ADD unpacks: " + source.name + " keeps its own owners and modes\n",
                     OutputStream::Stderr);
        }
        const UniqueFd folder = ENGINE_TRY(copier.makeFolder(target.destination));
        ENGINE_TRY(unpackArchive(*m_context, source.entry, folder.get(), m_store.idMap(), m_stop));
    }
    return {};
}

Result<void> StepExecutor::run(const PlannedStep &step, const Instructions::Run &run, const Mounted &root)
{
    const EvaluatedStep &e = step.evaluated;
    ENGINE_TRY(makePath(root.path(u"bundle"_s), 0755));
    RunRequest request{.rootfs = root.path(u"rootfs"_s), .workFolder = root.path(u"bundle"_s), .arguments = e.arguments,
                       .environment = e.environment + e.proxyEnvironment, .workingDir = e.workingDir, .user = e.user, .network = m_request.network,
                       .mounts = {}, .script = e.script, .scriptPath = e.scriptPath};
    if (run.network == "none"_L1)
        request.network = NetworkMode::None;
    else if (run.network == "host"_L1)
        request.network = NetworkMode::Host;
    request.extraHosts = m_request.extraHosts;
    request.shmBytes = m_request.shmBytes;
    request.ulimits = m_request.ulimits;
    RunMountSources sources;
    sources.context = [this](const QString &from) -> const FileTree * { return from.isEmpty() ? m_context : nullptr; };
    sources.layer = [this, &step](const QString &from) { return layerOf(step, from); };
    sources.mount = [&](const QString &from, const QString &name, MountAccess access) { return mountSource(step, from, root, name, access); };
    RunMounts mounts(m_store, m_request, std::move(sources), root.staging.path(), e.workingDir, m_stop);
    ENGINE_TRY(mounts.prepare(run.mounts));
    request.mounts = mounts.mounts();
    request.environment += mounts.environment();
    request.secretEnvironment = mounts.secretEnvironment();
    if (!request.secretEnvironment.isEmpty()) { // the runtime's documents hold them
        request.workFolder = ENGINE_TRY(mounts.secretFolder()) + "/bundle"_L1;
        request.stateFolder = ENGINE_TRY(mounts.secretFolder()) + "/state"_L1;
        ENGINE_TRY(makePath(request.workFolder, 0755));
    }
    return runInContainer(m_settings, m_store.idMap(), request, m_output, m_stop);
}

} // namespace Engine::Internal
