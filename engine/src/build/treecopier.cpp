// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/treecopier_p.h"

#include "base/logging_p.h"
#include "base/try_p.h"
#include "linux/syscalls_p.h"
#include "storage/files_p.h"

#include <QtCore/QFile>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <climits>
#include <vector>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr size_t copyPieceBytes = 8 * 1024 * 1024; // so that a cancel is noticed within one file

QString shown(const QByteArray &path)
{
    return QFile::decodeName(path);
}

Failure copyConflict(const QByteArray &path, const QString &what)
{
    return Failure(Error{.code = ErrorCode::InvalidInput, .object = shown(path), .detail = what.arg(shown(path)),
                         .remedy = u"choose another destination, or remove what is there in an earlier RUN"_s});
}

std::optional<struct stat> statAt(int dirFd, const QByteArray &name)
{
    struct stat status;
    if (::fstatat(dirFd, name.constData(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return std::nullopt;
    return status;
}

Result<void> copyBytes(int from, int to, qint64 expected, const QByteArray &path, const std::stop_token &stop)
{
    qint64 done = 0;
    bool inKernel = true;
    std::vector<char> buffer;
    while (true) {
        if (stop.stop_requested())
            return Failure(Error{.code = ErrorCode::Cancelled, .detail = u"cancelled"_s});
        ssize_t count = -1;
        if (inKernel) {
            count = ::copy_file_range(from, nullptr, to, nullptr, copyPieceBytes, 0);
            if (count < 0 && errno != ENOSPC && errno != EDQUOT && errno != EIO && done == 0) {
                inKernel = false; // other file systems, /proc-like sources
                continue;
            }
        } else {
            buffer.resize(256 * 1024);
            count = ::read(from, buffer.data(), buffer.size());
            for (ssize_t written = 0; written < count;) {
                const ssize_t piece = ::write(to, buffer.data() + written, size_t(count - written));
                if (piece < 0)
                    return Failure(errnoError("write", shown(path), errno));
                written += piece;
            }
        }
        if (count < 0)
            return Failure(errnoError(inKernel ? "copy_file_range" : "read", shown(path), errno));
        if (count == 0)
            break;
        done += count;
    }
    if (done != expected) {
        return Failure(Error{.code = ErrorCode::InvalidInput, .object = shown(path), .detail = u"%1 changed while it was being copied"_s.arg(shown(path)),
                             .remedy = u"build again when nothing writes to the build context"_s});
    }
    return {};
}

//! File capabilities and user attributes, as they are: source and destination stand in the same user namespace.
Result<void> copyXattrs(int from, int to, const QByteArray &path)
{
    QByteArray names(64 * 1024, Qt::Uninitialized); // XATTR_LIST_MAX
    const ssize_t length = ::flistxattr(from, names.data(), size_t(names.size()));
    if (length <= 0)
        return length == 0 || errno == ENOTSUP ? Result<void>() : Failure(errnoError("listxattr", shown(path), errno));
    names.truncate(length);
    for (const QByteArray &name : names.split('\0')) {
        if (!isLayerXattr(name))
            continue;
        QByteArray value(64 * 1024, Qt::Uninitialized); // XATTR_SIZE_MAX
        const ssize_t size = ::fgetxattr(from, name.constData(), value.data(), size_t(value.size()));
        if (size < 0 || ::fsetxattr(to, name.constData(), value.constData(), size_t(size), 0) != 0) {
            // EOVERFLOW: capabilities of a user that does not exist here. ENOTSUP: this file system keeps none.
            if (errno != ENOTSUP && errno != EPERM && errno != EOVERFLOW)
                return Failure(errnoError("setxattr", shown(path), errno));
            qCInfo(lcBuild).noquote() << "attribute" << name << "of" << path << "cannot be kept here";
        }
    }
    return {};
}

timespec timeOf(qint64 ns)
{
    return {time_t(ns / 1'000'000'000), long(ns % 1'000'000'000)};
}

} // namespace

//! One copy: what does not change from entry to entry, and the hard links met so far.
struct TreeCopier::Walk {
    const FileTree &tree;
    const PatternMatcher &excluded;
    const CopyTarget &target;
    std::stop_token stop;
    int topFd = -1;                                             //!< the folder that a folder's contents go to
    QHash<std::pair<quint64, quint64>, QByteArray> linked = {}; //!< device and inode to the first name below topFd

    Result<void> setOwnerAndMode(int dirFd, const QByteArray &name, const TreeEntry &entry) const
    {
        const uid_t uid = target.uid.value_or(entry.uid);
        const gid_t gid = target.gid.value_or(entry.gid);
        if (::fchownat(dirFd, name.constData(), uid, gid, AT_SYMLINK_NOFOLLOW) != 0)
            return Failure(errnoError("chown", shown(entry.path), errno));
        if (!entry.isLink() && ::fchmodat(dirFd, name.constData(), modeOf(entry), 0) != 0)
            return Failure(errnoError("chmod", shown(entry.path), errno));
        return {};
    }

    Result<void> setTime(int dirFd, const QByteArray &name, const TreeEntry &entry) const
    {
        const timespec times[2]{timeOf(entry.stamp.modifiedNs), timeOf(entry.stamp.modifiedNs)};
        if (::utimensat(dirFd, name.constData(), times, AT_SYMLINK_NOFOLLOW) != 0)
            return Failure(errnoError("utimensat", shown(entry.path), errno));
        return {};
    }

    mode_t modeOf(const TreeEntry &entry) const { return target.mode ? target.mode->applyTo(entry.mode) : entry.mode & 07777; }

    Result<void> makeRoomFor(int dirFd, const QByteArray &name, const TreeEntry &entry) const
    {
        const auto there = statAt(dirFd, name);
        if (!there)
            return {};
        if (S_ISDIR(there->st_mode))
            return copyConflict(entry.path, u"cannot copy \"%1\": a folder of that name is in its place"_s);
        if (::unlinkat(dirFd, name.constData(), 0) != 0)
            return Failure(errnoError("unlink", shown(name), errno));
        return {};
    }

    Result<void> copyFile(int dirFd, const QByteArray &name, const TreeEntry &entry) const
    {
        const UniqueFd from = ENGINE_TRY(openUnchanged(tree, entry));
        const UniqueFd to(::openat(dirFd, name.constData(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
        if (!to.isValid())
            return Failure(errnoError("open", shown(name), errno));
        ENGINE_TRY(copyBytes(from.get(), to.get(), entry.stamp.sizeBytes, entry.path, stop));
        ENGINE_TRY(setOwnerAndMode(dirFd, name, entry));
        if (target.keepXattrs) // last: a change of owner takes capabilities away
            ENGINE_TRY(copyXattrs(from.get(), to.get(), entry.path));
        return setTime(dirFd, name, entry);
    }

    //! Makes another name of a file that has been copied already. \return false when it has not
    Result<bool> linkToFirst(int dirFd, const QByteArray &name, const TreeEntry &entry, const QByteArray &relative)
    {
        if (topFd < 0 || entry.links < 2)
            return false;
        QByteArray &first = linked[{entry.stamp.device, entry.stamp.inode}];
        if (first.isEmpty()) {
            first = relative;
            return false;
        }
        if (::linkat(topFd, first.constData(), dirFd, name.constData(), 0) != 0)
            return Failure(errnoError("link", shown(entry.path), errno));
        return true;
    }

    //! Everything but a folder. \p relative: its name below topFd
    Result<void> copyNode(int dirFd, const QByteArray &name, const TreeEntry &entry, const QByteArray &relative = {})
    {
        ENGINE_TRY(makeRoomFor(dirFd, name, entry));
        if (entry.isFile() && ENGINE_TRY(linkToFirst(dirFd, name, entry, relative)))
            return {};
        if (entry.isFile())
            return copyFile(dirFd, name, entry);
        if (entry.isLink() && ::symlinkat(entry.linkTarget.constData(), dirFd, name.constData()) != 0)
            return Failure(errnoError("symlink", shown(entry.path), errno));
        if (S_ISFIFO(entry.mode) && ::mkfifoat(dirFd, name.constData(), 0600) != 0)
            return Failure(errnoError("mkfifo", shown(entry.path), errno));
        if (S_ISCHR(entry.mode) || S_ISBLK(entry.mode))
            return copyConflict(entry.path, u"cannot copy \"%1\": it is a device"_s);
        ENGINE_TRY(setOwnerAndMode(dirFd, name, entry));
        return setTime(dirFd, name, entry);
    }

    Result<void> copyEntry(int dirFd, const QByteArray &name, const TreeEntry &entry, const QByteArray &relative)
    {
        if (stop.stop_requested())
            return Failure(Error{.code = ErrorCode::Cancelled, .detail = u"cancelled"_s});
        if (!excluded.isEmpty() && excluded.matches(QString::fromUtf8(relative)))
            return {};
        if (!entry.isFolder())
            return copyNode(dirFd, name, entry, relative);
        const auto there = statAt(dirFd, name);
        if (there && !S_ISDIR(there->st_mode))
            return copyConflict(entry.path, u"cannot copy to non-directory: \"%1\""_s);
        if (!there && ::mkdirat(dirFd, name.constData(), 0700) != 0)
            return Failure(errnoError("mkdir", shown(name), errno));
        const UniqueFd folder(::openat(dirFd, name.constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!folder.isValid())
            return Failure(errnoError("open", shown(name), errno));
        ENGINE_TRY(copyChildren(folder.get(), entry, relative + '/'));
        ENGINE_TRY(setOwnerAndMode(dirFd, name, entry));
        return setTime(dirFd, name, entry);
    }

    Result<void> copyChildren(int dirFd, const TreeEntry &folder, const QByteArray &relative)
    {
        for (const TreeEntry &child : ENGINE_TRY(tree.children(folder.path)))
            ENGINE_TRY(copyEntry(dirFd, child.name(), child, relative + child.name()));
        return {};
    }
};

Result<UniqueFd> TreeCopier::makeFolder(const QByteArray &path) const
{
    QByteArray done;
    UniqueFd folder = ENGINE_TRY(openInRoot(m_rootFd, "/", O_RDONLY | O_DIRECTORY));
    for (const QByteArray &name : path.split('/')) {
        if (name.isEmpty() || name == ".")
            continue;
        done += '/' + name;
        auto next = openInRoot(m_rootFd, done, O_RDONLY | O_DIRECTORY);
        if (!next && next.error().sysErrno == ENOENT) {
            if (::mkdirat(folder.get(), name.constData(), 0755) != 0)
                return Failure(errnoError("mkdir", shown(done), errno));
            if (::fchownat(folder.get(), name.constData(), m_folderUid, m_folderGid, AT_SYMLINK_NOFOLLOW) != 0
                || ::fchmodat(folder.get(), name.constData(), 0755, 0) != 0) // whatever the umask
                return Failure(errnoError("chown", shown(done), errno));
            next = openInRoot(m_rootFd, done, O_RDONLY | O_DIRECTORY);
        }
        if (!next && next.error().sysErrno == ENOTDIR)
            return copyConflict(done, u"cannot copy to non-directory: \"%1\""_s);
        folder = ENGINE_TRY(std::move(next));
    }
    return folder;
}

QByteArray TreeCopier::followed(QByteArray path) const
{
    constexpr int maxLinks = 40; // the kernel's limit
    for (int links = 0; links < maxLinks; ++links) {
        const qsizetype slash = path.lastIndexOf('/');
        const auto parent = openInRoot(m_rootFd, path.left(slash + 1), O_PATH | O_DIRECTORY);
        QByteArray to(PATH_MAX, Qt::Uninitialized);
        const ssize_t length = parent ? ::readlinkat(parent->get(), path.mid(slash + 1).constData(), to.data(), size_t(to.size())) : -1;
        if (length <= 0)
            break;
        to.truncate(length);
        path = to.startsWith('/') ? to : path.left(slash + 1) + to;
    }
    return path;
}

Result<std::pair<UniqueFd, QByteArray>> TreeCopier::place(const QByteArray &name, const CopyTarget &target) const
{
    if (target.destination.endsWith('/') || openInRoot(m_rootFd, target.destination, O_PATH | O_DIRECTORY))
        return std::pair(ENGINE_TRY(makeFolder(target.destination)), name);
    const QByteArray file = followed(target.destination);
    const qsizetype slash = file.lastIndexOf('/');
    return std::pair(ENGINE_TRY(makeFolder(file.left(slash))), file.mid(slash + 1));
}

Result<void> TreeCopier::copy(const FileTree &tree, const QList<CopySource> &sources, const PatternMatcher &excluded, const CopyTarget &target,
                              std::stop_token stop) const
{
    for (const CopySource &source : sources) {
        Walk walk{tree, excluded, target, stop};
        if (!source.entry.isFolder()) {
            const auto [folder, name] = ENGINE_TRY(place(source.name, target));
            if (!excluded.isEmpty() && excluded.matches(QString::fromUtf8(source.name)))
                continue;
            ENGINE_TRY(walk.copyNode(folder.get(), name, source.entry));
            continue;
        }
        // As docker build does: the contents are what is copied, the folder itself gives but its time. The context's own has nothing to give.
        const UniqueFd folder = ENGINE_TRY(makeFolder(target.destination));
        walk.topFd = folder.get();
        ENGINE_TRY(walk.copyChildren(folder.get(), source.entry, {}));
        if (!source.entry.path.isEmpty())
            ENGINE_TRY(walk.setTime(folder.get(), ".", source.entry));
    }
    return {};
}

Result<void> TreeCopier::write(const QByteArray &name, const QByteArray &content, const CopyTarget &target) const
{
    const auto [folder, finalName] = ENGINE_TRY(place(name, target));
    if (const auto there = statAt(folder.get(), finalName); there && ::unlinkat(folder.get(), finalName.constData(), 0) != 0)
        return Failure(errnoError("unlink", shown(finalName), errno));
    const UniqueFd file(::openat(folder.get(), finalName.constData(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file.isValid())
        return Failure(errnoError("open", shown(finalName), errno));
    for (qsizetype done = 0; done < content.size();) {
        const ssize_t count = ::write(file.get(), content.constData() + done, size_t(content.size() - done));
        if (count < 0)
            return Failure(errnoError("write", shown(finalName), errno));
        done += count;
    }
    if (::fchown(file.get(), target.uid.value_or(m_folderUid), target.gid.value_or(m_folderGid)) != 0 || ::fchmod(file.get(), target.mode ? target.mode->applyTo(S_IFREG | 0644) : 0644) != 0)
        return Failure(errnoError("chmod", shown(finalName), errno));
    return {};
}

} // namespace Engine::Internal
