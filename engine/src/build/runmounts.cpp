// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/runmounts_p.h"

#include "base/try_p.h"
#include "build/copysources_p.h"
#include "build/treecopier_p.h"
#include "linux/syscalls_p.h"
#include "oci/patternmatcher_p.h"

#include <QtCore/QFile>

#include <fcntl.h>
#include <sys/stat.h>

#include <condition_variable>
#include <mutex>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

using MountType = RunMount::Type;
using Sharing = RunMount::Sharing;

constexpr int maxPrivateCaches = 1000; // copies of one cache for steps that run at the same time

Failure mountSourceMissing(const QString &source, const QString &from)
{
    return Failure(Error{.code = ErrorCode::NotFound, .object = source,
                         .detail = from.isEmpty() ? u"\"%1\" not found"_s.arg(source) : u"\"%1\" not found in %2"_s.arg(source, from)});
}

} // namespace

RunMounts::~RunMounts()
{
    m_agents.clear(); // their sockets are in the folder that goes next
    for (QString &entry : m_secretEnvironment) {
        if (entry.isDetached())
            entry.fill(u'\0');
    }
}

QString RunMounts::targetOf(const RunMount &mount) const
{
    return cleanedPath(mount.target.startsWith(u'/') ? mount.target : m_workingDir + u'/' + mount.target);
}

Result<QString> RunMounts::secretFolder()
{
    if (!m_secrets)
        m_secrets.emplace(ENGINE_TRY(SecretFolder::create(m_folder + "/secrets"_L1)));
    return m_secrets->path();
}

Result<void> RunMounts::prepare(const QList<RunMount> &mounts)
{
    ENGINE_TRY(lockCaches(mounts));
    int number = 0;
    int agents = 0;
    for (const RunMount &mount : mounts) {
        const QString name = u"mount-%1"_s.arg(number++);
        switch (mount.type) {
        case MountType::Tmpfs:
            ENGINE_TRY(addTmpfs(mount));
            break;
        case MountType::Cache:
            ENGINE_TRY(addCache(mount));
            break;
        case MountType::Bind:
            ENGINE_TRY(addBind(mount, name));
            break;
        case MountType::Secret:
            ENGINE_TRY(addSecret(mount));
            break;
        case MountType::Ssh:
            ENGINE_TRY(addSsh(mount, agents++));
            break;
        }
    }
    return {};
}

Result<void> RunMounts::addTmpfs(const RunMount &mount)
{
    SpecMount spec{.target = targetOf(mount), .type = u"tmpfs"_s, .source = u"tmpfs"_s, .options = {u"nosuid"_s, u"nodev"_s}};
    if (mount.sizeBytes)
        spec.options += u"size=%1"_s.arg(*mount.sizeBytes);
    if (mount.mode)
        spec.options += u"mode=%1"_s.arg(*mount.mode, 0, 8);
    if (mount.uid)
        spec.options += u"uid=%1"_s.arg(m_store.idMap().userToEngine(*mount.uid));
    if (mount.gid)
        spec.options += u"gid=%1"_s.arg(m_store.idMap().groupToEngine(*mount.gid));
    if (mount.isReadOnly)
        spec.options += u"ro"_s;
    m_mounts += spec;
    return {};
}

// ---- bind ----

//! A copy: the step may write to it and sees nothing that .dockerignore hides.
Result<QString> RunMounts::copyOf(const FileTree &tree, const QString &source, const QString &folder) const
{
    const auto sources = ENGINE_TRY(findCopySources(tree, {source.isEmpty() ? u"."_s : source}));
    ENGINE_TRY(makePath(folder, 0755));
    const UniqueFd opened = ENGINE_TRY(openFile(folder, O_RDONLY | O_DIRECTORY));
    const uid_t uid = m_store.idMap().userToEngine(0);
    const gid_t gid = m_store.idMap().groupToEngine(0);
    const CopyTarget target{.destination = "/source", .uid = uid, .gid = gid, .mode = {}};
    ENGINE_TRY(TreeCopier(opened.get(), uid, gid).copy(tree, sources, {}, target, m_stop));
    return folder + "/source"_L1;
}

//! The place \p source means in a mounted root, links followed inside of it only.
Result<QString> RunMounts::placeIn(const QString &root, const QString &source, const QString &name) const
{
    const RootTree tree = ENGINE_TRY(RootTree::open(root));
    const auto entry = tree.resolve(QFile::encodeName(cleanedPath(u'/' + source).mid(1)));
    if (!entry)
        return mountSourceMissing(source, name);
    return root + u'/' + QFile::decodeName(entry->path);
}

Result<void> RunMounts::addBind(const RunMount &mount, const QString &name)
{
    SpecMount spec{.target = targetOf(mount)};
    spec.options += mount.isReadOnly ? u"ro"_s : u"rw"_s;
    if (const FileTree *tree = m_sources.context(mount.from)) {
        spec.source = ENGINE_TRY(copyOf(*tree, mount.source, m_folder + u'/' + name));
    } else {
        const auto access = mount.isReadOnly ? MountAccess::ReadOnly : MountAccess::ReadWrite;
        spec.source = ENGINE_TRY(placeIn(ENGINE_TRY(m_sources.mount(mount.from, name, access)), mount.source, mount.from));
    }
    m_mounts += spec;
    return {};
}

// ---- cache ----

//! One folder for each id and, where a cache starts with files, for each origin of these.
QString RunMounts::cachePath(const RunMount &mount) const
{
    QString key = mount.id.isEmpty() ? cleanedPath(u'/' + mount.target) : mount.id;
    if (!mount.from.isEmpty() && mount.from != "scratch"_L1)
        key += u'\n' + m_sources.layer(mount.from).hex() + u'\n' + cleanedPath(u'/' + mount.source);
    return m_store.paths().root + "/build-caches/"_L1 + Digest::ofBytes(key.toUtf8()).hex();
}

//! Waiting ends with a cancel, which flock(2) knows nothing of: it asks again, as long as another step has the cache.
Result<FileLock> RunMounts::waitForCache(const QString &path, FileLock::Mode mode) const
{
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    while (true) {
        auto had = FileLock::tryAcquire(path + ".lock"_L1, mode);
        if (had || had.error().code != ErrorCode::InUse)
            return had;
        (void)wake.wait_for(lock, m_stop, std::chrono::milliseconds(50), [] { return false; });
        if (m_stop.stop_requested())
            return Failure(Error{.code = ErrorCode::Cancelled, .detail = u"the build was cancelled"_s});
    }
}

//! sharing=private: the first folder of this name that no other step uses.
Result<FileLock> RunMounts::ownCache(const QString &wanted, QString *path) const
{
    for (int i = 0; i < maxPrivateCaches; ++i) {
        *path = i == 0 ? wanted : wanted + u"-%1"_s.arg(i);
        auto had = FileLock::tryAcquire(*path + ".lock"_L1, FileLock::Mode::Exclusive);
        if (had || had.error().code != ErrorCode::InUse)
            return had;
    }
    return Failure(Error{.code = ErrorCode::InUse, .object = u"--mount=type=cache"_s, .detail = u"too many steps use this cache at the same time"_s,
                         .remedy = u"wait until other builds have ended"_s});
}

//! All locks in one order, each once: two steps that want the same caches never wait for each other.
Result<void> RunMounts::lockCaches(const QList<RunMount> &mounts)
{
    QMap<QString, Sharing> wanted;
    for (const RunMount &mount : mounts) {
        if (mount.type != MountType::Cache)
            continue;
        const QString path = cachePath(mount);
        wanted[path] = wanted.contains(path) ? std::max(wanted[path], mount.sharing) : mount.sharing; // locked is the last one
    }
    if (!wanted.isEmpty())
        ENGINE_TRY(makePath(m_store.paths().root + "/build-caches"_L1, 0755));
    for (auto it = wanted.begin(); it != wanted.end(); ++it) {
        QString path = it.key();
        if (*it == Sharing::Private)
            m_cacheLocks.push_back(ENGINE_TRY(ownCache(it.key(), &path)));
        else
            m_cacheLocks.push_back(ENGINE_TRY(waitForCache(path, *it == Sharing::Shared ? FileLock::Mode::Shared : FileLock::Mode::Exclusive)));
        m_caches.insert(it.key(), path);
    }
    return {};
}

//! Filled beside and renamed into place, so that a killed build leaves no half of one.
Result<void> RunMounts::makeCache(const RunMount &mount, const QString &path) const
{
    QString made = path + ".new"_L1 + m_folder.section(u'/', -1);
    if (mount.from.isEmpty() || mount.from == "scratch"_L1) {
        ENGINE_TRY(makePath(made, 0755));
    } else {
        std::optional<RootTree> root;
        const FileTree *tree = m_sources.context(mount.from);
        if (!tree) {
            root.emplace(ENGINE_TRY(RootTree::open(ENGINE_TRY(m_sources.mount(mount.from, u"cache-source"_s, MountAccess::ReadOnly)))));
            tree = &*root;
        }
        const auto sources = ENGINE_TRY(findCopySources(*tree, {mount.source.isEmpty() ? u"."_s : mount.source}));
        ENGINE_TRY(makePath(made, 0755));
        const UniqueFd opened = ENGINE_TRY(openFile(made, O_RDONLY | O_DIRECTORY));
        const TreeCopier copier(opened.get(), m_store.idMap().userToEngine(0), m_store.idMap().groupToEngine(0));
        ENGINE_TRY(copier.copy(*tree, sources, {}, CopyTarget{.destination = "/"}, m_stop));
    }
    const QByteArray name = QFile::encodeName(made);
    if (::chown(name.constData(), m_store.idMap().userToEngine(mount.uid.value_or(0)), m_store.idMap().groupToEngine(mount.gid.value_or(0))) != 0
        || ::chmod(name.constData(), mount.mode.value_or(0755)) != 0)
        return Failure(errnoError("chown", made, errno));
    if (::rename(name.constData(), QFile::encodeName(path).constData()) != 0) {
        const int savedErrno = errno;
        ENGINE_TRY(removeTree(made));
        if (savedErrno != EEXIST && savedErrno != ENOTEMPTY) // another step that shares the cache was quicker
            return Failure(errnoError("rename", path, savedErrno));
    }
    return {};
}

Result<void> RunMounts::addCache(const RunMount &mount)
{
    const QString path = m_caches.value(cachePath(mount));
    if (!QFile::exists(path))
        ENGINE_TRY(makeCache(mount, path));
    SpecMount spec{.target = targetOf(mount), .source = path};
    if (!mount.source.isEmpty() && (mount.from.isEmpty() || mount.from == "scratch"_L1))
        spec.source = ENGINE_TRY(placeIn(path, mount.source, u"the cache"_s));
    spec.options += mount.isReadOnly ? u"ro"_s : u"rw"_s;
    m_mounts += spec;
    return {};
}

// ---- secrets ----

Result<void> RunMounts::addSecret(const RunMount &mount)
{
    const QString id = !mount.source.isEmpty() ? mount.source : mount.id.isEmpty() ? mount.target.section(u'/', -1) : mount.id;
    auto content = ENGINE_TRY(readSecret(m_request, id));
    if (!content) {
        if (!mount.isRequired)
            return {};
        return Failure(Error{.code = ErrorCode::NotFound, .object = id, .detail = u"secret %1: not found"_s.arg(id),
                             .remedy = u"give it with --secret id=%1,src=FILE"_s.arg(id)});
    }
    if (mount.environmentVariable)
        m_secretEnvironment += *mount.environmentVariable + u'=' + QString::fromUtf8(*content);
    if (!mount.environmentVariable || !mount.target.isEmpty()) {
        ENGINE_TRY(secretFolder());
        RunMount placed = mount;
        if (placed.target.isEmpty())
            placed.target = "/run/secrets/"_L1 + id.section(u'/', -1);
        const IdMap &ids = m_store.idMap();
        const QString file = ENGINE_TRY(m_secrets->write(u"secret-%1"_s.arg(m_mounts.size()), *content, ids.userToEngine(mount.uid.value_or(0)),
                                                         ids.groupToEngine(mount.gid.value_or(0)), mount.mode.value_or(0400)));
        m_mounts += SpecMount{.target = targetOf(placed), .source = file, .options = {u"bind"_s, u"rprivate"_s, u"ro"_s, u"nosuid"_s, u"nodev"_s}};
    }
    wipe(&*content);
    return {};
}

Result<void> RunMounts::addSsh(const RunMount &mount, int number)
{
    const QString id = mount.id.isEmpty() ? u"default"_s : mount.id;
    const QStringList sources = m_request.sshAgents.value(id);
    if (sources.isEmpty()) {
        if (!mount.isRequired)
            return {};
        return Failure(Error{.code = ErrorCode::NotFound, .object = id, .detail = u"no SSH key %1 forwarded from the client"_s.arg(goQuoted(id)),
                             .remedy = u"give an agent or a key with --ssh %1"_s.arg(id)});
    }
    RunMount placed = mount;
    if (placed.target.isEmpty())
        placed.target = u"/run/buildkit/ssh_agent.%1"_s.arg(number);
    const IdMap &ids = m_store.idMap();
    m_agents.push_back(ENGINE_TRY(SshForward::start(sources, ENGINE_TRY(secretFolder()), u"ssh-%1"_s.arg(number), ids.userToEngine(mount.uid.value_or(0)),
                                                    ids.groupToEngine(mount.gid.value_or(0)), mount.mode.value_or(0600))));
    m_mounts += SpecMount{.target = targetOf(placed), .source = m_agents.back()->socketPath(), .options = {u"bind"_s, u"rprivate"_s, u"nosuid"_s, u"nodev"_s}};
    if (number == 0)
        m_environment += "SSH_AUTH_SOCK="_L1 + targetOf(placed);
    return {};
}

} // namespace Engine::Internal
