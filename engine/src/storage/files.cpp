// SPDX-License-Identifier: GPL-3.0-or-later
#include "files_p.h"

#include "base/try_p.h"
#include "base/uniquefd_p.h"
#include "linux/syscalls_p.h"

#include <QtCore/QFile>
#include <QtCore/QtEndian>

#include <dirent.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

namespace Engine::Internal {

QByteArray procPath(int fd)
{
    return "/proc/self/fd/" + QByteArray::number(fd);
}

QByteArray procPath(int parent, const QByteArray &name)
{
    return procPath(parent) + '/' + name;
}

Result<QList<QByteArray>> sortedNames(int folder, const QByteArray &pathForErrors)
{
    const QString shown = QFile::decodeName(pathForErrors);
    // A descriptor of its own: fdopendir() takes it over and shares no position with the caller's.
    UniqueFd own(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!own.isValid())
        return Failure(errnoError("open", shown, errno));
    const std::unique_ptr<DIR, int (*)(DIR *)> dir(::fdopendir(own.get()), &::closedir);
    if (!dir)
        return Failure(errnoError("opendir", shown, errno));
    (void)own.release();
    QList<QByteArray> names;
    for (;;) {
        errno = 0;
        const dirent *entry = ::readdir(dir.get());
        if (!entry)
            break;
        if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0)
            names.append(entry->d_name);
    }
    if (errno != 0)
        return Failure(errnoError("readdir", shown, errno));
    std::ranges::sort(names);
    return names;
}

Result<void> removeTreeAt(int parent, const QByteArray &name)
{
    if (::unlinkat(parent, name.constData(), 0) == 0 || errno == ENOENT)
        return {};
    if (errno != EISDIR && errno != EPERM)
        return Failure(errnoError("unlink", QFile::decodeName(name), errno));
    {
        const UniqueFd folder(::openat(parent, name.constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!folder.isValid())
            return errno == ENOENT ? Result<void>() : Failure(errnoError("open", QFile::decodeName(name), errno));
        for (const QByteArray &child : ENGINE_TRY(sortedNames(folder.get(), name)))
            ENGINE_TRY(removeTreeAt(folder.get(), child));
    }
    if (::unlinkat(parent, name.constData(), AT_REMOVEDIR) != 0 && errno != ENOENT)
        return Failure(errnoError("rmdir", QFile::decodeName(name), errno));
    return {};
}

bool isOverlayWhiteout(const struct stat &status)
{
    return S_ISCHR(status.st_mode) && status.st_rdev == 0;
}

QByteArray overlayXattrPrefix(const IdMap &ids)
{
    return ids.needsUserNamespace() ? "user.overlay." : "trusted.overlay.";
}

bool isLayerXattr(const QByteArray &name)
{
    if (name.startsWith("user."))
        return !name.startsWith("user.overlay.");
    return name == "security.capability";
}

QList<std::pair<QByteArray, QByteArray>> layerXattrs(int fd)
{
    QByteArray names(64 * 1024, Qt::Uninitialized); // XATTR_LIST_MAX
    const ssize_t length = ::flistxattr(fd, names.data(), size_t(names.size()));
    QList<std::pair<QByteArray, QByteArray>> found;
    if (length <= 0)
        return found;
    names.truncate(length);
    for (const QByteArray &name : names.split('\0')) {
        if (!isLayerXattr(name))
            continue;
        QByteArray value(64 * 1024, Qt::Uninitialized); // XATTR_SIZE_MAX
        const ssize_t size = ::fgetxattr(fd, name.constData(), value.data(), size_t(value.size()));
        if (size >= 0)
            found.append({name, value.first(size)});
    }
    std::ranges::sort(found);
    return found;
}

QByteArray capabilityToDisk(const QByteArray &value, const IdMap &ids)
{
    if (!ids.needsUserNamespace() || value.size() != XATTR_CAPS_SZ_2)
        return value;
    const auto magic = qFromLittleEndian<quint32>(value.constData());
    QByteArray result = value;
    result.resize(XATTR_CAPS_SZ_3);
    qToLittleEndian<quint32>((magic & ~VFS_CAP_REVISION_MASK) | VFS_CAP_REVISION_3, result.data());
    qToLittleEndian<quint32>(ids.userToEngine(0), result.data() + XATTR_CAPS_SZ_2);
    return result;
}

QByteArray capabilityToLayer(const QByteArray &value, const IdMap &ids)
{
    if (value.size() != XATTR_CAPS_SZ_3 || qFromLittleEndian<quint32>(value.constData() + XATTR_CAPS_SZ_2) != ids.userToEngine(0))
        return value;
    QByteArray result = value.first(XATTR_CAPS_SZ_2);
    const auto magic = qFromLittleEndian<quint32>(value.constData());
    qToLittleEndian<quint32>((magic & ~VFS_CAP_REVISION_MASK) | VFS_CAP_REVISION_2, result.data());
    return result;
}

} // namespace Engine::Internal
