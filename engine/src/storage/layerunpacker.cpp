// SPDX-License-Identifier: GPL-3.0-or-later
#include "layerunpacker_p.h"

#include "base/logging_p.h"
#include "base/try_p.h"
#include "linux/syscalls_p.h"
#include "storage/files_p.h"
#include "storage/layerpath_p.h"

#include <QtCore/QFile>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <cerrno>

namespace Engine::Internal {

namespace {

Failure failedCall(const char *call, const QByteArray &path)
{
    return Failure(errnoError(call, QFile::decodeName(path), errno));
}

Failure overLimit(const QString &what)
{
    return Failure({.code = ErrorCode::NoSpace, .object = {},
                    .detail = QStringLiteral("the layer is refused: it holds more than %1").arg(what),
                    .remedy = QStringLiteral("Check where the image comes from; no sound layer is that large")});
}

Result<void> writeAt(int fd, qint64 offset, std::span<const char> bytes, const QByteArray &path)
{
    while (!bytes.empty()) {
        const ssize_t count = ::pwrite(fd, bytes.data(), bytes.size(), offset);
        if (count < 0) {
            if (errno == EINTR)
                continue;
            return failedCall("write", path);
        }
        bytes = bytes.subspan(size_t(count));
        offset += count;
    }
    return {};
}

} // namespace

LayerUnpacker::LayerUnpacker(int rootFd, const IdMap &ids, const LayerLimits &limits, LowerFile lowerFile, Kind kind)
    : m_root(rootFd), m_ids(ids), m_limits(limits), m_lowerFile(std::move(lowerFile)), m_kind(kind)
{
}

Result<LayerCounts> LayerUnpacker::unpack(TarReader &tar, std::stop_token stop)
{
    for (;;) {
        if (stop.stop_requested())
            return Failure({.code = ErrorCode::Cancelled, .detail = QStringLiteral("unpacking the layer was cancelled")});
        std::optional<TarEntry> entry = ENGINE_TRY(tar.next());
        if (!entry)
            break;
        ENGINE_TRY(unpackEntry(tar, *entry));
    }
    ENGINE_TRY(applyFolderTimes());
    if (m_replaced && m_kind == Kind::Layer)
        m_counts = ENGINE_TRY(countLayer(m_root));
    return m_counts;
}

Result<void> LayerUnpacker::unpackEntry(TarReader &tar, TarEntry &entry)
{
    entry.path = ENGINE_TRY(cleanLayerPath(entry.path, m_limits.depth));
    if (entry.path.isEmpty())
        return m_kind == Kind::Layer ? unpackRoot(entry) : Result<void>();
    if (m_kind == Kind::Archive && ('/' + entry.path).contains('/' + whiteoutPrefix))
        return Failure({.code = ErrorCode::InvalidInput, .object = QFile::decodeName(entry.path),
                        .detail = QStringLiteral("the entry %1 has a name that marks removed files in images").arg(QFile::decodeName(entry.path)),
                        .remedy = {}});
    if (++m_counts.entries > m_limits.entries)
        return overLimit(QStringLiteral("%1 entries").arg(m_limits.entries));

    const auto [parentPath, name] = splitLayerPath(entry.path);
    const int parent = ENGINE_TRY(openParent(parentPath));
    if (name.startsWith(whiteoutPrefix))
        return unpackWhiteout(parent, parentPath, name);
    ENGINE_TRY(checkOwner(entry));
    switch (entry.type) {
    case TarEntry::Type::File:
        return makeFile(tar, entry, parent, name);
    case TarEntry::Type::Directory:
        return makeDirectory(entry, parent, name);
    case TarEntry::Type::HardLink:
        return makeHardLink(entry, parent, name);
    case TarEntry::Type::Symlink:
    case TarEntry::Type::CharacterDevice:
    case TarEntry::Type::BlockDevice:
    case TarEntry::Type::Fifo:
        return makeNode(entry, parent, name);
    case TarEntry::Type::Other:
        break;
    }
    return Failure({.code = ErrorCode::InvalidInput, .object = QFile::decodeName(entry.path),
                    .detail = QStringLiteral("the layer's entry %1 is of a kind no layer may hold").arg(QFile::decodeName(entry.path)),
                    .remedy = {}});
}

Result<void> LayerUnpacker::unpackRoot(const TarEntry &entry)
{
    if (entry.type != TarEntry::Type::Directory)
        return Failure({.code = ErrorCode::InvalidInput, .object = {},
                        .detail = QStringLiteral("the layer's root is not a folder"), .remedy = {}});
    ENGINE_TRY(checkOwner(entry));
    ENGINE_TRY(applyToFd(entry, m_root));
    m_folderTimes.push_back({{}, entry.mtime});
    return {};
}

Result<void> LayerUnpacker::unpackWhiteout(int parent, const QByteArray &parentPath, const QByteArray &name)
{
    if (name == opaqueWhiteout) {
        if (parentPath.isEmpty())
            return setOpaque(m_root, ".");
        const auto [above, folder] = splitLayerPath(parentPath);
        const UniqueFd opened = ENGINE_TRY(openInRoot(m_root, parentPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        return setOpaque(opened.get(), ".");
    }
    if (name.startsWith(whiteoutMetaPrefix)) // aufs's own records (.wh..wh.plnk, .wh..wh.aufs): Docker drops them, too
        return {};
    const QByteArray hidden = name.sliced(whiteoutPrefix.size());
    if (hidden.isEmpty() || hidden == "." || hidden == "..")
        return Failure({.code = ErrorCode::InvalidInput, .object = QFile::decodeName(parentPath + '/' + name),
                        .detail = QStringLiteral("the layer removes a name that cannot exist: %1").arg(QFile::decodeName(name)),
                        .remedy = {}});
    switch (lookAt(parent, hidden)) {
    case Existing::Nothing:
        if (::mknodat(parent, hidden.constData(), S_IFCHR, 0) != 0)
            return failedCall("mknod", parentPath + '/' + hidden);
        return {};
    case Existing::Directory: // of this layer: it stays, what lies below it in other layers does not
        return setOpaque(parent, hidden);
    case Existing::Whiteout:
    case Existing::Other: // of this layer: it hides the one below already
        return {};
    }
    Q_UNREACHABLE();
}

Result<void> LayerUnpacker::makeFile(TarReader &tar, const TarEntry &entry, int parent, const QByteArray &name)
{
    if (entry.size < 0 || entry.size > m_limits.bytes - m_counts.sizeBytes)
        return overLimit(QStringLiteral("%1 bytes").arg(m_limits.bytes));
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    UniqueFd file(::openat(parent, name.constData(), flags, 0600));
    if (!file.isValid() && errno == EEXIST) {
        ENGINE_TRY(makeRoom(parent, name));
        file.reset(::openat(parent, name.constData(), flags, 0600));
    }
    if (!file.isValid())
        return failedCall("open", entry.path);

    qint64 end = 0;
    ENGINE_TRY(tar.readData([&](qint64 offset, std::span<const char> bytes) -> Result<void> {
        if (offset < 0 || offset > entry.size || qint64(bytes.size()) > entry.size - offset)
            return Failure({.code = ErrorCode::Corrupt, .object = QFile::decodeName(entry.path),
                            .detail = QStringLiteral("the layer's file %1 is longer than its header says").arg(QFile::decodeName(entry.path)),
                            .remedy = {}});
        end = std::max(end, offset + qint64(bytes.size()));
        return writeAt(file.get(), offset, bytes, entry.path);
    }));
    if (end < entry.size && ::ftruncate(file.get(), entry.size) != 0) // it ends in a hole
        return failedCall("truncate", entry.path);
    m_counts.sizeBytes += entry.size;
    ENGINE_TRY(applyToFd(entry, file.get()));
    const timespec times[2] = {entry.mtime, entry.mtime};
    if (::futimens(file.get(), times) != 0)
        return failedCall("utimens", entry.path);
    return {};
}

Result<void> LayerUnpacker::makeDirectory(const TarEntry &entry, int parent, const QByteArray &name)
{
    bool opaque = false;
    if (::mkdirat(parent, name.constData(), 0700) != 0) {
        if (errno != EEXIST)
            return failedCall("mkdir", entry.path);
        const Existing existing = lookAt(parent, name);
        opaque = existing == Existing::Whiteout;
        if (existing != Existing::Directory) {
            ENGINE_TRY(makeRoom(parent, name));
            if (::mkdirat(parent, name.constData(), 0700) != 0)
                return failedCall("mkdir", entry.path);
        }
    }
    const UniqueFd folder(::openat(parent, name.constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder.isValid())
        return failedCall("open", entry.path);
    ENGINE_TRY(applyToFd(entry, folder.get()));
    if (opaque)
        ENGINE_TRY(setOpaque(folder.get(), "."));
    m_folderTimes.push_back({entry.path, entry.mtime});
    return {};
}

Result<void> LayerUnpacker::makeHardLink(const TarEntry &entry, int parent, const QByteArray &name)
{
    const QByteArray target = ENGINE_TRY(cleanLayerPath(entry.link, m_limits.depth));
    if (target == entry.path)
        return {};
    const auto [targetParentPath, targetName] = splitLayerPath(target);
    const Result<UniqueFd> targetParent = openInRoot(m_root, targetParentPath.isEmpty() ? "." : targetParentPath, O_PATH | O_DIRECTORY | O_CLOEXEC);
    const Existing existing = targetParent && !targetName.isEmpty() ? lookAt(targetParent->get(), targetName) : Existing::Nothing;
    if (existing == Existing::Nothing)
        return copyFromBelow(target, entry, parent, name);
    if (existing != Existing::Other)
        return Failure({.code = ErrorCode::InvalidInput, .object = QFile::decodeName(entry.path),
                        .detail = QStringLiteral("the layer's entry %1 is a hard link to %2, which is no file")
                                      .arg(QFile::decodeName(entry.path), QFile::decodeName(target)),
                        .remedy = {}});
    if (::linkat(targetParent->get(), targetName.constData(), parent, name.constData(), 0) == 0)
        return {};
    if (errno != EEXIST)
        return failedCall("link", entry.path);
    ENGINE_TRY(makeRoom(parent, name));
    if (::linkat(targetParent->get(), targetName.constData(), parent, name.constData(), 0) != 0)
        return failedCall("link", entry.path);
    return {};
}

// A link across layers cannot be a link on disk. The file is copied up, as overlay does when somebody links it.
Result<void> LayerUnpacker::copyFromBelow(const QByteArray &target, const TarEntry &entry, int parent, const QByteArray &name)
{
    const Result<UniqueFd> source = m_lowerFile(target);
    if (!source)
        return Failure({.code = ErrorCode::InvalidInput, .object = QFile::decodeName(entry.path),
                        .detail = QStringLiteral("the layer's entry %1 is a hard link to %2, which does not exist")
                                      .arg(QFile::decodeName(entry.path), QFile::decodeName(target)),
                        .remedy = {}});
    struct stat status;
    if (::fstat(source->get(), &status) != 0)
        return failedCall("stat", target);
    if (lookAt(parent, name) != Existing::Nothing)
        ENGINE_TRY(makeRoom(parent, name));
    const UniqueFd copy(::openat(parent, name.constData(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!copy.isValid())
        return failedCall("open", entry.path);
    std::vector<char> buffer(256 * 1024);
    qint64 copied = 0;
    for (;;) {
        const ssize_t count = ::read(source->get(), buffer.data(), buffer.size());
        if (count < 0)
            return failedCall("read", target);
        if (count == 0)
            break;
        ENGINE_TRY(writeAt(copy.get(), copied, std::span(buffer).first(size_t(count)), entry.path));
        copied += count;
    }
    m_counts.sizeBytes += copied;
    if (::fchown(copy.get(), status.st_uid, status.st_gid) != 0 || ::fchmod(copy.get(), status.st_mode & 07777) != 0)
        return failedCall("chown", entry.path);
    const timespec times[2] = {status.st_mtim, status.st_mtim};
    if (::futimens(copy.get(), times) != 0)
        return failedCall("utimens", entry.path);
    return {};
}

Result<void> LayerUnpacker::makeNode(const TarEntry &entry, int parent, const QByteArray &name)
{
    const bool isDevice = entry.type == TarEntry::Type::CharacterDevice || entry.type == TarEntry::Type::BlockDevice;
    if (isDevice && m_ids.needsUserNamespace()) {
        qCInfo(lcStorage).noquote() << "left out device node" << entry.path << "as in every rootless engine";
        return {};
    }
    if (entry.type == TarEntry::Type::CharacterDevice && entry.device == 0)
        return Failure({.code = ErrorCode::InvalidInput, .object = QFile::decodeName(entry.path),
                        .detail = QStringLiteral("the layer's device node %1 has the numbers 0/0, overlay's own mark for a removed file")
                                      .arg(QFile::decodeName(entry.path)),
                        .remedy = {}});
    if (entry.type == TarEntry::Type::Symlink)
        ENGINE_TRY(checkLinkTarget(entry.path, entry.link));

    const auto make = [&] {
        switch (entry.type) {
        case TarEntry::Type::Symlink:
            return ::symlinkat(entry.link.constData(), parent, name.constData());
        case TarEntry::Type::CharacterDevice:
            return ::mknodat(parent, name.constData(), S_IFCHR | 0600, entry.device);
        case TarEntry::Type::BlockDevice:
            return ::mknodat(parent, name.constData(), S_IFBLK | 0600, entry.device);
        default:
            return ::mkfifoat(parent, name.constData(), 0600);
        }
    };
    int made = make();
    if (made != 0 && errno == EEXIST) {
        ENGINE_TRY(makeRoom(parent, name));
        made = make();
    }
    if (made != 0)
        return failedCall(entry.type == TarEntry::Type::Symlink ? "symlink" : "mknod", entry.path);
    return applyToName(entry, parent, name);
}

Result<int> LayerUnpacker::openParent(const QByteArray &path)
{
    if (path.isEmpty())
        return m_root;
    if (m_parent.isValid() && path == m_parentPath)
        return m_parent.get();
    Result<UniqueFd> folder = openInRoot(m_root, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (!folder) {
        if (folder.error().sysErrno != ENOENT && folder.error().sysErrno != ENOTDIR)
            return Failure(std::move(folder.error()));
        folder = ENGINE_TRY(makeMissingFolders(path));
    }
    m_parent = std::move(*folder);
    m_parentPath = path;
    return m_parent.get();
}

// An archive may leave out folders that the layers below have, or that nobody described: they get Docker's 0755 root.
Result<UniqueFd> LayerUnpacker::makeMissingFolders(const QByteArray &path)
{
    UniqueFd folder = ENGINE_TRY(openInRoot(m_root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
    QByteArray done;
    for (const QByteArray &name : path.split('/')) {
        done += (done.isEmpty() ? "" : "/") + name;
        const Existing existing = lookAt(folder.get(), name);
        if (existing == Existing::Nothing || existing == Existing::Whiteout) {
            if (existing == Existing::Whiteout)
                ENGINE_TRY(makeRoom(folder.get(), name));
            if (::mkdirat(folder.get(), name.constData(), 0755) != 0)
                return failedCall("mkdir", done);
            TarEntry plain;
            plain.path = done;
            plain.mode = 0755;
            const UniqueFd made(::openat(folder.get(), name.constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
            if (!made.isValid())
                return failedCall("open", done);
            ENGINE_TRY(applyToFd(plain, made.get()));
            if (existing == Existing::Whiteout)
                ENGINE_TRY(setOpaque(made.get(), "."));
        }
        folder = ENGINE_TRY(openInRoot(m_root, done, O_PATH | O_DIRECTORY | O_CLOEXEC));
    }
    return folder;
}

Result<void> LayerUnpacker::makeRoom(int parent, const QByteArray &name)
{
    // What goes may be, hold, or link to the folder that is kept open, unless it lies in that very folder.
    if (parent != m_parent.get())
        m_parent.reset();
    m_replaced = true;
    return removeTreeAt(parent, name);
}

LayerUnpacker::Existing LayerUnpacker::lookAt(int parent, const QByteArray &name)
{
    struct stat status;
    if (::fstatat(parent, name.constData(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return Existing::Nothing;
    if (isOverlayWhiteout(status))
        return Existing::Whiteout;
    return S_ISDIR(status.st_mode) ? Existing::Directory : Existing::Other;
}

Result<void> LayerUnpacker::checkOwner(const TarEntry &entry) const
{
    const bool fits = entry.uid >= 0 && entry.gid >= 0 && entry.uid < UINT32_MAX && entry.gid < UINT32_MAX;
    if (fits && m_ids.isMappedUser(uint32_t(entry.uid)) && m_ids.isMappedGroup(uint32_t(entry.gid)))
        return {};
    return Failure({.code = ErrorCode::PermissionDenied, .object = QFile::decodeName(entry.path),
                    .detail = QStringLiteral("the layer's file %1 belongs to %2:%3, which is outside the ids your user may use")
                                  .arg(QFile::decodeName(entry.path)).arg(entry.uid).arg(entry.gid),
                    .remedy = QStringLiteral("Give your user a larger range in /etc/subuid and /etc/subgid")});
}

// Order matters: chown clears setuid bits and file capabilities.
Result<void> LayerUnpacker::applyToFd(const TarEntry &entry, int fd) const
{
    if (::fchown(fd, m_ids.userToEngine(uint32_t(entry.uid)), m_ids.groupToEngine(uint32_t(entry.gid))) != 0)
        return failedCall("chown", entry.path);
    if (::fchmod(fd, entry.mode & 07777) != 0)
        return failedCall("chmod", entry.path);
    return entry.xattrs.isEmpty() ? Result<void>() : applyXattrs(entry, procPath(fd));
}

Result<void> LayerUnpacker::applyToName(const TarEntry &entry, int parent, const QByteArray &name) const
{
    const uid_t uid = m_ids.userToEngine(uint32_t(entry.uid));
    const gid_t gid = m_ids.groupToEngine(uint32_t(entry.gid));
    if (::fchownat(parent, name.constData(), uid, gid, AT_SYMLINK_NOFOLLOW) != 0)
        return failedCall("chown", entry.path);
    if (entry.type != TarEntry::Type::Symlink && ::fchmodat(parent, name.constData(), entry.mode & 07777, 0) != 0)
        return failedCall("chmod", entry.path);
    if (!entry.xattrs.isEmpty())
        ENGINE_TRY(applyXattrs(entry, procPath(parent, name)));
    const timespec times[2] = {entry.mtime, entry.mtime};
    if (::utimensat(parent, name.constData(), times, AT_SYMLINK_NOFOLLOW) != 0)
        return failedCall("utimens", entry.path);
    return {};
}

Result<void> LayerUnpacker::applyXattrs(const TarEntry &entry, const QByteArray &path) const
{
    // /proc/self/fd/N is itself a link that must be followed; a name below it must not be.
    const bool isName = path.count('/') > 4;
    const auto set = isName ? &::lsetxattr : &::setxattr;
    for (const TarXattr &xattr : entry.xattrs) {
        if (!isLayerXattr(xattr.name)) {
            qCDebug(lcStorage).noquote() << "left out attribute" << xattr.name << "of" << entry.path;
            continue;
        }
        const QByteArray value = xattr.name == "security.capability" ? capabilityToDisk(xattr.value, m_ids) : xattr.value;
        if (set(path.constData(), xattr.name.constData(), value.constData(), size_t(value.size()), 0) == 0)
            continue;
        if (errno != ENOTSUP && errno != EPERM) // no such attributes on this file system or kind of file: Docker goes on, too
            return failedCall("setxattr", entry.path);
        qCInfo(lcStorage).noquote() << "attribute" << xattr.name << "of" << entry.path << "cannot be kept here";
    }
    return {};
}

Result<void> LayerUnpacker::setOpaque(int parent, const QByteArray &name) const
{
    const QByteArray attribute = overlayXattrPrefix(m_ids) + "opaque";
    if (::lsetxattr(procPath(parent, name).constData(), attribute.constData(), "y", 1, 0) != 0)
        return failedCall("setxattr", attribute);
    return {};
}

Result<void> LayerUnpacker::applyFolderTimes() const
{
    for (const FolderTime &folder : m_folderTimes) {
        const Result<UniqueFd> opened = openInRoot(m_root, folder.path.isEmpty() ? "." : folder.path,
                                                   O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (!opened)
            continue; // a later entry replaced the folder
        const timespec times[2] = {folder.time, folder.time};
        if (::futimens(opened->get(), times) != 0)
            return failedCall("utimens", folder.path);
    }
    return {};
}

} // namespace Engine::Internal
