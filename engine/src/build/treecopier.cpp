// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/treecopier_p.h"

#include "base/try_p.h"
#include "linux/syscalls_p.h"

#include <QtCore/QFile>

#include <fcntl.h>
#include <sys/stat.h>

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

timespec timeOf(qint64 ns)
{
    return {time_t(ns / 1'000'000'000), long(ns % 1'000'000'000)};
}

} // namespace

//! One copy: what does not change from entry to entry.
struct TreeCopier::Walk {
    const FileTree &tree;
    const PatternMatcher &excluded;
    const CopyTarget &target;
    std::stop_token stop;

    Result<void> setAttributes(int dirFd, const QByteArray &name, const TreeEntry &entry) const
    {
        const uid_t uid = target.uid.value_or(entry.uid);
        const gid_t gid = target.gid.value_or(entry.gid);
        if (::fchownat(dirFd, name.constData(), uid, gid, AT_SYMLINK_NOFOLLOW) != 0)
            return Failure(errnoError("chown", shown(entry.path), errno));
        if (!entry.isLink() && ::fchmodat(dirFd, name.constData(), target.mode.value_or(entry.mode & 07777), 0) != 0)
            return Failure(errnoError("chmod", shown(entry.path), errno));
        const timespec times[2]{timeOf(entry.stamp.modifiedNs), timeOf(entry.stamp.modifiedNs)};
        if (::utimensat(dirFd, name.constData(), times, AT_SYMLINK_NOFOLLOW) != 0)
            return Failure(errnoError("utimensat", shown(entry.path), errno));
        return {};
    }

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
        return copyBytes(from.get(), to.get(), entry.stamp.sizeBytes, entry.path, stop);
    }

    //! Everything but a folder.
    Result<void> copyNode(int dirFd, const QByteArray &name, const TreeEntry &entry) const
    {
        ENGINE_TRY(makeRoomFor(dirFd, name, entry));
        if (entry.isFile())
            ENGINE_TRY(copyFile(dirFd, name, entry));
        else if (entry.isLink() && ::symlinkat(entry.linkTarget.constData(), dirFd, name.constData()) != 0)
            return Failure(errnoError("symlink", shown(entry.path), errno));
        else if (S_ISFIFO(entry.mode) && ::mkfifoat(dirFd, name.constData(), 0600) != 0)
            return Failure(errnoError("mkfifo", shown(entry.path), errno));
        else if (S_ISCHR(entry.mode) || S_ISBLK(entry.mode))
            return copyConflict(entry.path, u"cannot copy \"%1\": it is a device"_s);
        return setAttributes(dirFd, name, entry);
    }

    Result<void> copyEntry(int dirFd, const QByteArray &name, const TreeEntry &entry, const QByteArray &relative) const
    {
        if (stop.stop_requested())
            return Failure(Error{.code = ErrorCode::Cancelled, .detail = u"cancelled"_s});
        if (!excluded.isEmpty() && excluded.matches(QString::fromUtf8(relative)))
            return {};
        if (!entry.isFolder())
            return copyNode(dirFd, name, entry);
        const auto there = statAt(dirFd, name);
        if (there && !S_ISDIR(there->st_mode))
            return copyConflict(entry.path, u"cannot copy to non-directory: \"%1\""_s);
        if (!there && ::mkdirat(dirFd, name.constData(), 0700) != 0)
            return Failure(errnoError("mkdir", shown(name), errno));
        const UniqueFd folder(::openat(dirFd, name.constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!folder.isValid())
            return Failure(errnoError("open", shown(name), errno));
        ENGINE_TRY(copyChildren(folder.get(), entry, relative + '/'));
        return setAttributes(dirFd, name, entry);
    }

    Result<void> copyChildren(int dirFd, const TreeEntry &folder, const QByteArray &relative) const
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

Result<std::pair<UniqueFd, QByteArray>> TreeCopier::place(const QByteArray &name, const CopyTarget &target) const
{
    bool isFolder = target.intoFolder || target.destination.endsWith('/');
    if (!isFolder)
        isFolder = openInRoot(m_rootFd, target.destination, O_PATH | O_DIRECTORY).has_value();
    if (isFolder)
        return std::pair(ENGINE_TRY(makeFolder(target.destination)), name);
    const qsizetype slash = target.destination.lastIndexOf('/');
    return std::pair(ENGINE_TRY(makeFolder(target.destination.left(slash))), target.destination.mid(slash + 1));
}

Result<void> TreeCopier::copy(const FileTree &tree, const QList<CopySource> &sources, const PatternMatcher &excluded, const CopyTarget &target,
                              std::stop_token stop) const
{
    const Walk walk{tree, excluded, target, std::move(stop)};
    for (const CopySource &source : sources) {
        if (!source.entry.isFolder()) {
            const auto [folder, name] = ENGINE_TRY(place(source.name, target));
            if (!excluded.isEmpty() && excluded.matches(QString::fromUtf8(source.name)))
                continue;
            ENGINE_TRY(walk.copyNode(folder.get(), name, source.entry));
            continue;
        }
        const bool isNew = !openInRoot(m_rootFd, target.destination, O_PATH).has_value();
        const UniqueFd folder = ENGINE_TRY(makeFolder(target.destination));
        ENGINE_TRY(walk.copyChildren(folder.get(), source.entry, {}));
        if (isNew) // a folder that was there keeps its own attributes
            ENGINE_TRY(walk.setAttributes(folder.get(), ".", source.entry));
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
    if (::fchown(file.get(), target.uid.value_or(m_folderUid), target.gid.value_or(m_folderGid)) != 0 || ::fchmod(file.get(), target.mode.value_or(0644)) != 0)
        return Failure(errnoError("chmod", shown(finalName), errno));
    return {};
}

} // namespace Engine::Internal
