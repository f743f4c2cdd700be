// SPDX-License-Identifier: GPL-3.0-or-later
#include "layerpacker_p.h"

#include "base/logging_p.h"
#include "base/try_p.h"
#include "linux/syscalls_p.h"
#include "storage/files_p.h"
#include "storage/layerpath_p.h"

#include <QtCore/QFile>

#include <fcntl.h>
#include <limits.h>
#include <sys/xattr.h>

#include <algorithm>
#include <cerrno>

namespace Engine::Internal {

namespace {

Failure packingFailed(const char *call, const QByteArray &path)
{
    return Failure(errnoError(call, QFile::decodeName(path), errno));
}

bool isLater(const timespec &time, qint64 limit)
{
    return time.tv_sec > limit || (time.tv_sec == limit && time.tv_nsec > 0);
}

} // namespace

Result<LayerCounts> LayerPacker::pack(int rootFd, std::stop_token stop)
{
    m_stop = std::move(stop);
    m_buffer.resize(256 * 1024);
    ENGINE_TRY(packRoot(rootFd));
    ENGINE_TRY(packFolder(rootFd, {}));
    ENGINE_TRY(m_tar.finish());
    return m_counts;
}

Result<void> LayerPacker::packRoot(int rootFd)
{
    struct stat status;
    if (::fstat(rootFd, &status) != 0)
        return packingFailed("stat", "/");
    TarEntry entry = entryFor(status, "./");
    entry.mtime = {}; // changes with every file made in it and says nothing
    bool isOpaque = false;
    ENGINE_TRY(readXattrs(rootFd, entry, &isOpaque));
    const bool isPlain = entry.mode == m_options.rootMode && entry.uid == m_options.rootUid && entry.gid == m_options.rootGid && entry.xattrs.isEmpty();
    if (!isPlain)
        ENGINE_TRY(m_tar.add(entry));
    return isOpaque ? addMark(opaqueWhiteout) : Result<void>();
}

Result<void> LayerPacker::packFolder(int folder, const QByteArray &path)
{
    for (const QByteArray &name : ENGINE_TRY(sortedNames(folder, path)))
        ENGINE_TRY(packName(folder, path, name));
    return {};
}

Result<void> LayerPacker::packName(int parent, const QByteArray &parentPath, const QByteArray &name)
{
    if (m_stop.stop_requested())
        return Failure({.code = ErrorCode::Cancelled, .object = {}, .detail = QStringLiteral("packing the layer was cancelled"), .remedy = {}});
    const QByteArray prefix = parentPath.isEmpty() ? QByteArray() : parentPath + '/';
    if (m_options.leftOut && m_options.leftOut->contains(prefix + name))
        return {};
    struct stat status;
    if (::fstatat(parent, name.constData(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return hasVanished(errno) ? Result<void>() : packingFailed("stat", prefix + name);
    if (isOverlayWhiteout(status))
        return addMark(prefix + whiteoutPrefix + name);
    if (name.startsWith(whiteoutPrefix))
        return Failure({.code = ErrorCode::Unsupported, .object = QFile::decodeName(prefix + name),
                        .detail = QStringLiteral("the file %1 cannot be part of an image: names that begin with .wh. mark removed files there")
                                      .arg(QFile::decodeName('/' + prefix + name)),
                        .remedy = QStringLiteral("Remove or rename the file in the step that makes it")});

    TarEntry entry = entryFor(status, prefix + name);
    if (S_ISDIR(status.st_mode))
        return packSubfolder(parent, name, entry);
    if (S_ISSOCK(status.st_mode)) { // tar has no form for them, and a socket without its process is of no use
        qCInfo(lcStorage).noquote() << "left out socket" << entry.path;
        return {};
    }
    ++m_counts.entries;
    if (status.st_nlink > 1) {
        QByteArray &first = m_linked[{status.st_dev, status.st_ino}];
        if (!first.isEmpty()) {
            entry.type = TarEntry::Type::HardLink;
            entry.link = first;
            return m_tar.add(entry);
        }
        first = entry.path;
    }
    if (entry.type == TarEntry::Type::File)
        return packFile(parent, name, entry);
    if (entry.type == TarEntry::Type::Symlink) {
        entry.link.resize(PATH_MAX);
        const ssize_t length = ::readlinkat(parent, name.constData(), entry.link.data(), size_t(entry.link.size()));
        if (length < 0)
            return packingFailed("readlink", entry.path);
        entry.link.truncate(length);
    }
    return m_tar.add(entry);
}

Result<void> LayerPacker::packSubfolder(int parent, const QByteArray &name, TarEntry &entry)
{
    const UniqueFd folder(::openat(parent, name.constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder.isValid())
        return hasVanished(errno) ? Result<void>() : packingFailed("open", entry.path);
    bool isOpaque = false;
    ENGINE_TRY(readXattrs(folder.get(), entry, &isOpaque));
    const QByteArray path = entry.path;
    entry.path += '/';
    ++m_counts.entries;
    ENGINE_TRY(m_tar.add(entry));
    if (isOpaque)
        ENGINE_TRY(addMark(entry.path + opaqueWhiteout));
    return packFolder(folder.get(), path);
}

Result<void> LayerPacker::packFile(int parent, const QByteArray &name, TarEntry &entry)
{
    const UniqueFd file(::openat(parent, name.constData(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!file.isValid())
        return hasVanished(errno) ? Result<void>() : packingFailed("open", entry.path);
    ENGINE_TRY(readXattrs(file.get(), entry, nullptr));
    m_counts.sizeBytes += entry.size;
    ENGINE_TRY(m_tar.add(entry));
    qint64 left = entry.size;
    while (left > 0) {
        ssize_t count = ::read(file.get(), m_buffer.data(), size_t(std::min<qint64>(left, qint64(m_buffer.size()))));
        if (count < 0)
            return packingFailed("read", entry.path);
        if (count == 0 && m_options.writers == Options::Writers::Live) {
            count = ssize_t(std::min<qint64>(left, qint64(m_buffer.size())));
            std::fill_n(m_buffer.begin(), count, '\0');
        }
        if (count == 0)
            return Failure({.code = ErrorCode::Io, .object = QFile::decodeName(entry.path),
                            .detail = QStringLiteral("the file %1 became shorter while it was packed").arg(QFile::decodeName(entry.path)),
                            .remedy = QStringLiteral("Make sure that nothing of the step runs on, then try again")});
        ENGINE_TRY(m_tar.write(std::span(m_buffer).first(size_t(count))));
        left -= count;
    }
    return {};
}

// No time: overlay makes its marks when it likes, and the same change must give the same layer.
Result<void> LayerPacker::addMark(const QByteArray &path)
{
    ++m_counts.entries;
    TarEntry mark;
    mark.type = TarEntry::Type::File;
    mark.path = path;
    return m_tar.add(mark);
}

Result<void> LayerPacker::readXattrs(int fd, TarEntry &entry, bool *isOpaque) const
{
    QByteArray names(64 * 1024, Qt::Uninitialized); // XATTR_LIST_MAX
    const ssize_t length = ::flistxattr(fd, names.data(), size_t(names.size()));
    if (length < 0)
        return errno == ENOTSUP ? Result<void>() : packingFailed("listxattr", entry.path);
    names.truncate(length);
    const QByteArray overlay = overlayXattrPrefix(m_ids);
    for (const QByteArray &name : names.split('\0')) {
        if (name == overlay + "redirect" || name == overlay + "metacopy")
            return Failure({.code = ErrorCode::Unsupported, .object = QFile::decodeName(entry.path),
                            .detail = QStringLiteral("%1 was moved by overlay's redirect_dir or metacopy, which a layer cannot express")
                                          .arg(QFile::decodeName(entry.path)),
                            .remedy = QStringLiteral("Mount overlays with redirect_dir=off,metacopy=off")});
        const bool isOpaqueMark = isOpaque && name == overlay + "opaque";
        if (!isOpaqueMark && !isLayerXattr(name))
            continue;
        QByteArray value(64 * 1024, Qt::Uninitialized); // XATTR_SIZE_MAX
        const ssize_t size = ::fgetxattr(fd, name.constData(), value.data(), size_t(value.size()));
        if (size < 0)
            return packingFailed("getxattr", entry.path);
        value.truncate(size);
        if (isOpaqueMark)
            *isOpaque = value == "y";
        else
            entry.xattrs.append({name, name == "security.capability" ? capabilityToLayer(value, m_ids) : value});
    }
    return {};
}

TarEntry LayerPacker::entryFor(const struct stat &status, const QByteArray &path) const
{
    TarEntry entry = tarEntryFor(status, path, m_ids);
    if (m_options.clampTime && isLater(status.st_mtim, *m_options.clampTime))
        entry.mtime = timespec{*m_options.clampTime, 0};
    return entry;
}

TarEntry tarEntryFor(const struct stat &status, const QByteArray &path, const IdMap &ids)
{
    TarEntry entry;
    switch (status.st_mode & S_IFMT) {
    case S_IFDIR:
        entry.type = TarEntry::Type::Directory;
        break;
    case S_IFLNK:
        entry.type = TarEntry::Type::Symlink;
        break;
    case S_IFCHR:
        entry.type = TarEntry::Type::CharacterDevice;
        break;
    case S_IFBLK:
        entry.type = TarEntry::Type::BlockDevice;
        break;
    case S_IFIFO:
        entry.type = TarEntry::Type::Fifo;
        break;
    default:
        entry.type = TarEntry::Type::File;
    }
    const bool isDevice = entry.type == TarEntry::Type::CharacterDevice || entry.type == TarEntry::Type::BlockDevice;
    entry.path = path;
    entry.mode = status.st_mode & 07777;
    entry.uid = ids.userToContainer(status.st_uid);
    entry.gid = ids.groupToContainer(status.st_gid);
    entry.mtime = status.st_mtim;
    entry.device = isDevice ? status.st_rdev : 0;
    entry.size = entry.type == TarEntry::Type::File ? status.st_size : 0;
    return entry;
}

} // namespace Engine::Internal
