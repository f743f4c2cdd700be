// SPDX-License-Identifier: GPL-3.0-or-later
#include "layerstack_p.h"

#include "base/try_p.h"
#include "linux/syscalls_p.h"
#include "storage/files_p.h"
#include "storage/store_p.h"

#include <QtCore/QFile>
#include <QtCore/QSet>
#include <QtCore/QTimeZone>

#include <fcntl.h>
#include <limits.h>
#include <sys/xattr.h>

#include <algorithm>
#include <cerrno>

namespace Engine::Internal {

namespace {

constexpr int stackLinkLimit = 40; // the kernel's own, path_resolution(7)

Failure notInTree(const QByteArray &path)
{
    const QString shown = QFile::decodeName(path);
    return Failure({.code = ErrorCode::NotFound, .object = shown, .detail = QStringLiteral("there is no %1").arg(shown), .remedy = {}});
}

Result<UniqueFd> duplicateFd(const UniqueFd &fd)
{
    UniqueFd copy(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0));
    if (!copy.isValid())
        return Failure(errnoError("dup", QStringLiteral("a layer's folder"), errno));
    return copy;
}

FileInfo::Type fileTypeOf(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR:
        return FileInfo::Type::Folder;
    case S_IFLNK:
        return FileInfo::Type::Link;
    case S_IFCHR:
        return FileInfo::Type::CharacterDevice;
    case S_IFBLK:
        return FileInfo::Type::BlockDevice;
    case S_IFIFO:
        return FileInfo::Type::Fifo;
    case S_IFSOCK:
        return FileInfo::Type::Socket;
    default:
        return FileInfo::Type::File;
    }
}

QByteArrayList partsOfPath(const QByteArray &path)
{
    QByteArrayList parts = path.split('/');
    parts.removeIf([](const QByteArray &part) { return part.isEmpty() || part == "."; });
    return parts;
}

} // namespace

FileInfo fileInfoOf(const StackEntry &entry, const QByteArray &path, const IdMap &ids)
{
    const qint64 ms = qint64(entry.status.st_mtim.tv_sec) * 1000 + entry.status.st_mtim.tv_nsec / 1'000'000;
    return {.type = fileTypeOf(entry.status.st_mode), .path = path, .mode = quint32(entry.status.st_mode & 07777),
            .uid = ids.userToContainer(entry.status.st_uid), .gid = ids.groupToContainer(entry.status.st_gid),
            .sizeBytes = entry.isFile() ? qint64(entry.status.st_size) : 0, .modified = QDateTime::fromMSecsSinceEpoch(ms, QTimeZone::utc()),
            .linkTarget = entry.linkTarget};
}

Result<std::optional<StackEntry>> statEntry(int folder, const QByteArray &name)
{
    StackEntry entry{.name = name, .status = {}, .linkTarget = {}};
    if (::fstatat(folder, name.constData(), &entry.status, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            return std::nullopt;
        return Failure(errnoError("stat", QFile::decodeName(name), errno));
    }
    if (entry.isLink()) {
        entry.linkTarget.resize(PATH_MAX);
        const ssize_t length = ::readlinkat(folder, name.constData(), entry.linkTarget.data(), size_t(entry.linkTarget.size()));
        if (length < 0)
            return errno == ENOENT || errno == EINVAL ? Result<std::optional<StackEntry>>(std::nullopt)
                                                      : Failure(errnoError("readlink", QFile::decodeName(name), errno));
        entry.linkTarget.truncate(length);
    }
    return entry;
}

bool isOpaqueFolder(int folder, const QByteArray &xattrPrefix)
{
    char value = 0;
    return ::fgetxattr(folder, (xattrPrefix + "opaque").constData(), &value, 1) == 1 && value == 'y';
}

Result<int> StackFolder::topPart(const QByteArray &name, struct stat *status) const
{
    for (size_t i = 0; i < m_parts.size(); ++i) {
        if (::fstatat(m_parts[i].get(), name.constData(), status, AT_SYMLINK_NOFOLLOW) == 0)
            return isOverlayWhiteout(*status) ? -1 : int(i);
        if (errno != ENOENT && errno != ENOTDIR)
            return Failure(errnoError("stat", QFile::decodeName(name), errno));
    }
    return -1;
}

Result<std::optional<StackEntry>> StackFolder::find(const QByteArray &name) const
{
    struct stat status;
    const int part = ENGINE_TRY(topPart(name, &status));
    if (part < 0)
        return std::nullopt;
    return statEntry(m_parts[size_t(part)].get(), name);
}

Result<QList<StackEntry>> StackFolder::children() const
{
    QSet<QByteArray> seen;
    QList<StackEntry> entries;
    for (const UniqueFd &part : m_parts) {
        for (const QByteArray &name : ENGINE_TRY(sortedNames(part.get(), {}))) {
            if (seen.contains(name))
                continue;
            const auto entry = ENGINE_TRY(statEntry(part.get(), name));
            if (!entry)
                continue;
            seen.insert(name);
            if (!isOverlayWhiteout(entry->status))
                entries.append(*entry);
        }
    }
    std::ranges::sort(entries, {}, &StackEntry::name);
    return entries;
}

Result<std::optional<StackFolder>> StackFolder::enter(const QByteArray &name) const
{
    std::vector<UniqueFd> parts;
    for (const UniqueFd &part : m_parts) {
        struct stat status;
        if (::fstatat(part.get(), name.constData(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
            if (errno == ENOENT || errno == ENOTDIR)
                continue;
            return Failure(errnoError("stat", QFile::decodeName(name), errno));
        }
        if (!S_ISDIR(status.st_mode)) // a whiteout, or a file that takes the place of what is below
            break;
        UniqueFd folder(::openat(part.get(), name.constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!folder.isValid()) {
            if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) // gone meanwhile: a container's own layer lives
                continue;
            return Failure(errnoError("open", QFile::decodeName(name), errno));
        }
        const bool hidesTheRest = isOpaqueFolder(folder.get(), m_xattrPrefix);
        parts.push_back(std::move(folder));
        if (hidesTheRest)
            break;
    }
    if (parts.empty())
        return std::nullopt;
    return StackFolder(std::move(parts), m_xattrPrefix);
}

Result<UniqueFd> StackFolder::openFile(const QByteArray &name) const
{
    struct stat status;
    const int part = ENGINE_TRY(topPart(name, &status));
    if (part < 0)
        return notInTree(name);
    // A device or a fifo must not even be opened; what is opened is looked at again, since the name may have changed hands.
    UniqueFd file(S_ISREG(status.st_mode) ? ::openat(m_parts[size_t(part)].get(), name.constData(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) : -1);
    if (S_ISREG(status.st_mode) && !file.isValid())
        return Failure(errnoError("open", QFile::decodeName(name), errno));
    if (!S_ISREG(status.st_mode) || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
        const QString shown = QFile::decodeName(name);
        return Failure({.code = ErrorCode::InvalidInput, .object = shown, .detail = QStringLiteral("%1 is no regular file").arg(shown), .remedy = {}});
    }
    return file;
}

Result<LayerStack> LayerStack::open(const QStringList &folders, const IdMap &ids)
{
    std::vector<UniqueFd> roots;
    for (const QString &folder : folders)
        roots.push_back(ENGINE_TRY(Internal::openFile(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
    return LayerStack(std::move(roots), overlayXattrPrefix(ids));
}

Result<LayerStack> LayerStack::ofLayers(const Store &store, const Digest &chainId, const QStringList &above)
{
    QStringList folders = above;
    for (Digest chain = chainId; !chain.isNull();) {
        const auto layer = ENGINE_TRY(store.findLayer(chain));
        if (!layer)
            return Failure({.code = ErrorCode::NotFound, .object = chain.toString(),
                            .detail = QStringLiteral("the layer %1 is not in the store").arg(chain.toString()),
                            .remedy = QStringLiteral("Pull or build the image again")});
        folders.append(store.paths().root + QStringLiteral("/layers/") + chain.hex());
        chain = layer->parent;
    }
    return open(folders, store.idMap());
}

Result<StackFolder> LayerStack::root() const
{
    std::vector<UniqueFd> parts;
    for (const UniqueFd &root : m_roots)
        parts.push_back(ENGINE_TRY(duplicateFd(root)));
    return StackFolder(std::move(parts), m_xattrPrefix);
}

Result<std::optional<StackFolder>> LayerStack::folder(const QByteArray &path) const
{
    std::optional<StackFolder> at = ENGINE_TRY(root());
    for (const QByteArray &part : partsOfPath(path)) {
        at = ENGINE_TRY(at->enter(part));
        if (!at)
            return std::nullopt;
    }
    return at;
}

Result<std::optional<StackEntry>> LayerStack::find(const QByteArray &path) const
{
    const QByteArrayList parts = partsOfPath(path);
    if (parts.isEmpty()) {
        StackEntry top{.name = {}, .status = {}, .linkTarget = {}};
        if (m_roots.empty())
            top.status.st_mode = S_IFDIR | 0755;
        else if (::fstat(m_roots.front().get(), &top.status) != 0)
            return Failure(errnoError("stat", QStringLiteral("/"), errno));
        return top;
    }
    const auto parent = ENGINE_TRY(folder(parts.first(parts.size() - 1).join('/')));
    if (!parent)
        return std::nullopt;
    return parent->find(parts.last());
}

Result<QByteArray> LayerStack::resolve(const QByteArray &path) const
{
    QByteArrayList waiting = partsOfPath(path);
    QByteArrayList done;
    for (int links = 0; !waiting.isEmpty();) {
        const QByteArray part = waiting.takeFirst();
        if (part == "..") {
            if (!done.isEmpty())
                done.removeLast();
            continue;
        }
        const auto entry = ENGINE_TRY(find((done + QByteArrayList{part}).join('/')));
        if (!entry || !entry->isLink()) {
            done.append(part);
            continue;
        }
        if (++links > stackLinkLimit)
            return Failure({.code = ErrorCode::InvalidInput, .object = QFile::decodeName(path),
                            .detail = QStringLiteral("%1 leads through too many links").arg(QFile::decodeName(path)), .remedy = {}});
        if (entry->linkTarget.startsWith('/'))
            done.clear();
        waiting = partsOfPath(entry->linkTarget) + waiting;
    }
    return done.join('/');
}

} // namespace Engine::Internal
