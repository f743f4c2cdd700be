// SPDX-License-Identifier: GPL-3.0-or-later
#include "layerchanges_p.h"

#include "base/try_p.h"
#include "linux/syscalls_p.h"
#include "storage/files_p.h"

#include <QtCore/QFile>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <vector>

namespace Engine::Internal {

namespace {

bool isSameTime(const timespec &a, const timespec &b)
{
    return a.tv_sec == b.tv_sec && (a.tv_nsec == b.tv_nsec || a.tv_nsec == 0 || b.tv_nsec == 0);
}

bool areAttributesDifferent(const StackEntry &before, const StackEntry &now)
{
    const struct stat &a = before.status;
    const struct stat &b = now.status;
    if (a.st_mode != b.st_mode || a.st_uid != b.st_uid || a.st_gid != b.st_gid || a.st_rdev != b.st_rdev)
        return true;
    return !now.isFolder() && (!isSameTime(a.st_mtim, b.st_mtim) || a.st_size != b.st_size || before.linkTarget != now.linkTarget);
}

//! Fills \p buffer as far as the file goes.
Result<size_t> readFully(int fd, std::span<char> buffer, const QByteArray &path)
{
    size_t have = 0;
    while (have < buffer.size()) {
        const ssize_t count = ::read(fd, buffer.data() + have, buffer.size() - have);
        if (count < 0)
            return Failure(errnoError("read", QFile::decodeName(path), errno));
        if (count == 0)
            break;
        have += size_t(count);
    }
    return have;
}

Result<bool> isContentSame(int before, int now, const QByteArray &path)
{
    if (layerXattrs(before) != layerXattrs(now))
        return false;
    std::vector<char> a(128 * 1024);
    std::vector<char> b(128 * 1024);
    for (;;) {
        const size_t count = ENGINE_TRY(readFully(before, a, path));
        if (ENGINE_TRY(readFully(now, b, path)) != count || !std::equal(a.begin(), a.begin() + qsizetype(count), b.begin()))
            return false;
        if (count < a.size())
            return true;
    }
}

class LayerComparison final
{
public:
    LayerComparison(const QSet<QByteArray> &mountPoints, const IdMap &ids, std::stop_token stop)
        : m_mountPoints(mountPoints), m_ids(ids), m_prefix(overlayXattrPrefix(ids)), m_stop(std::move(stop))
    {
    }

    //! Hides: nothing below the folder shows through it.
    enum class Below { Shows, Hides };
    //! \p before: the same folder in the layers below, null when it is none there.
    Result<void> compareFolder(int upper, const StackFolder *before, Below below, const QByteArray &path);
    LayerChanges take() { return std::move(m_result); }

private:
    Result<void> compareName(int upper, const StackFolder *before, Below below, const QByteArray &path, const QByteArray &name);
    Result<void> compareSubfolder(int upper, const StackFolder *before, Below below, const QByteArray &path, const StackEntry &now,
                                  const std::optional<StackEntry> &old);
    Result<bool> isFileSame(int upper, const StackFolder &before, const StackEntry &now) const;
    void add(FileChange::Kind kind, const StackEntry &entry, const QByteArray &path) { m_result.changes.append({kind, fileInfoOf(entry, '/' + path, m_ids)}); }
    bool isMadeForMount(const StackEntry &entry, const QByteArray &path) const;

    const QSet<QByteArray> &m_mountPoints;
    const IdMap &m_ids;
    QByteArray m_prefix;
    std::stop_token m_stop;
    LayerChanges m_result;
};

//! Is it a mount point's own empty file or folder, or a folder that leads to one?
bool LayerComparison::isMadeForMount(const StackEntry &entry, const QByteArray &path) const
{
    if (m_mountPoints.contains(path))
        return entry.isFolder() || (entry.isFile() && entry.status.st_size == 0);
    return entry.isFolder() && std::ranges::any_of(m_mountPoints, [&path](const QByteArray &point) { return point.startsWith(path + '/'); });
}

Result<void> LayerComparison::compareFolder(int upper, const StackFolder *before, Below below, const QByteArray &path)
{
    QList<QByteArray> names = ENGINE_TRY(sortedNames(upper, path));
    if (before && below == Below::Hides) { // what was there and is not named again is gone
        for (const StackEntry &hidden : ENGINE_TRY(before->children()))
            names.append(hidden.name);
        std::ranges::sort(names);
        names.erase(std::unique(names.begin(), names.end()), names.end());
    }
    for (const QByteArray &name : names)
        ENGINE_TRY(compareName(upper, before, below, path.isEmpty() ? name : path + '/' + name, name));
    return {};
}

Result<void> LayerComparison::compareName(int upper, const StackFolder *before, Below below, const QByteArray &path, const QByteArray &name)
{
    if (m_stop.stop_requested())
        return Failure({.code = ErrorCode::Cancelled, .object = {}, .detail = QStringLiteral("the comparison was cancelled"), .remedy = {}});
    const auto now = ENGINE_TRY(statEntry(upper, name));
    const auto old = before ? ENGINE_TRY(before->find(name)) : std::nullopt;
    if (!now || isOverlayWhiteout(now->status)) {
        const bool isGone = now || below == Below::Hides; // else it has vanished since the folder was read
        if (old && isGone)
            add(FileChange::Kind::Deleted, *old, path);
        else if (now)
            m_result.unchanged.insert(path);
        return {};
    }
    if (now->isFolder())
        return compareSubfolder(upper, before, below, path, *now, old);
    if (!old && isMadeForMount(*now, path))
        m_result.unchanged.insert(path);
    else if (!old)
        add(FileChange::Kind::Added, *now, path);
    else if (areAttributesDifferent(*old, *now) || (now->isFile() && !ENGINE_TRY(isFileSame(upper, *before, *now))))
        add(FileChange::Kind::Modified, *now, path);
    else
        m_result.unchanged.insert(path);
    return {};
}

Result<void> LayerComparison::compareSubfolder(int upper, const StackFolder *before, Below below, const QByteArray &path, const StackEntry &now,
                                               const std::optional<StackEntry> &old)
{
    const UniqueFd folder(::openat(upper, now.name.constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder.isValid())
        return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? Result<void>() : Failure(errnoError("open", QFile::decodeName(path), errno));
    const bool wasFolder = old && old->isFolder();
    const auto oldFolder = wasFolder ? ENGINE_TRY(before->enter(now.name)) : std::nullopt;
    const qsizetype start = m_result.changes.size();
    bool isListed = !old || areAttributesDifferent(*old, now);
    if (!isListed && oldFolder)
        isListed = layerXattrs(folder.get()) != layerXattrs(oldFolder->topFd());
    if (isListed)
        add(old ? FileChange::Kind::Modified : FileChange::Kind::Added, now, path);
    const bool hides = below == Below::Hides || isOpaqueFolder(folder.get(), m_prefix);
    ENGINE_TRY(compareFolder(folder.get(), oldFolder ? &*oldFolder : nullptr, hides ? Below::Hides : Below::Shows, path));
    const bool hasChanges = m_result.changes.size() > start + (isListed ? 1 : 0);
    if (!old && !hasChanges && isMadeForMount(now, path)) {
        m_result.changes.resize(start);
        isListed = false;
    }
    if (!isListed && hasChanges) // to save its attributes, and to show the way: before what is in it
        m_result.changes.insert(start, {FileChange::Kind::Modified, fileInfoOf(now, '/' + path, m_ids)});
    else if (!isListed)
        m_result.unchanged.insert(path);
    return {};
}

//! A file that was opened for writing is copied up whether or not it was written.
Result<bool> LayerComparison::isFileSame(int upper, const StackFolder &before, const StackEntry &now) const
{
    const UniqueFd file(::openat(upper, now.name.constData(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file.isValid())
        return errno == ENOENT ? Result<bool>(true) : Failure(errnoError("open", QFile::decodeName(now.name), errno));
    const UniqueFd old = ENGINE_TRY(before.openFile(now.name));
    return isContentSame(old.get(), file.get(), now.name);
}

} // namespace

Result<LayerChanges> compareLayer(int upperFd, const LayerStack &below, const QSet<QByteArray> &mountPoints, const IdMap &ids, std::stop_token stop)
{
    const StackFolder root = ENGINE_TRY(below.root());
    LayerComparison comparison(mountPoints, ids, std::move(stop));
    ENGINE_TRY(comparison.compareFolder(upperFd, &root, LayerComparison::Below::Shows, {}));
    return comparison.take();
}

} // namespace Engine::Internal
