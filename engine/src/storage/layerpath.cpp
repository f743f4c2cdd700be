// SPDX-License-Identifier: GPL-3.0-or-later
#include "layerpath_p.h"

#include "base/try_p.h"
#include "linux/syscalls_p.h"
#include "storage/files_p.h"

#include <QtCore/QFile>
#include <QtCore/QSet>

#include <fcntl.h>
#include <limits.h>

#include <cerrno>

namespace Engine::Internal {

namespace {

Failure refusedPath(const QByteArray &path, const char *reason)
{
    const QString shown = QFile::decodeName(path.left(200));
    return Failure({.code = ErrorCode::InvalidInput, .object = shown,
                    .detail = QStringLiteral("the layer is refused: its entry %1 %2").arg(shown, QLatin1StringView(reason)),
                    .remedy = QStringLiteral("Do not use this image; ask its maker what the entry is for")});
}

Result<void> countBelow(int folder, LayerCounts &counts, QSet<std::pair<quint64, quint64>> &seen)
{
    for (const QByteArray &name : ENGINE_TRY(sortedNames(folder, "."))) {
        struct stat status;
        if (::fstatat(folder, name.constData(), &status, AT_SYMLINK_NOFOLLOW) != 0)
            return Failure(errnoError("stat", QFile::decodeName(name), errno));
        ++counts.entries;
        if (S_ISDIR(status.st_mode)) {
            const UniqueFd below = ENGINE_TRY(openBeneath(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
            ENGINE_TRY(countBelow(below.get(), counts, seen));
        } else if (S_ISREG(status.st_mode)) {
            const std::pair<quint64, quint64> inode(status.st_dev, status.st_ino);
            if (status.st_nlink == 1 || !seen.contains(inode))
                counts.sizeBytes += status.st_size;
            if (status.st_nlink > 1)
                seen.insert(inode);
        }
    }
    return {};
}

} // namespace

Result<QByteArray> cleanLayerPath(const QByteArray &path, int maxDepth)
{
    if (path.contains('\0'))
        return refusedPath(path, "has a NUL in its name");
    if (path.size() >= PATH_MAX)
        return refusedPath(path, "has a path that is too long");
    QByteArray clean;
    clean.reserve(path.size());
    int depth = 0;
    for (qsizetype at = 0; at <= path.size();) {
        qsizetype end = path.indexOf('/', at);
        if (end < 0)
            end = path.size();
        const QByteArrayView part = QByteArrayView(path).sliced(at, end - at);
        at = end + 1;
        if (part.isEmpty() || part == ".")
            continue;
        if (part == "..") {
            if (depth == 0)
                return refusedPath(path, "points out of the layer");
            clean.truncate(std::max<qsizetype>(clean.lastIndexOf('/'), 0));
            --depth;
            continue;
        }
        if (part.size() > NAME_MAX)
            return refusedPath(path, "has a name that is too long");
        if (++depth > maxDepth)
            return refusedPath(path, "lies too deep");
        if (!clean.isEmpty())
            clean += '/';
        clean += part;
    }
    return clean;
}

SplitPath splitLayerPath(const QByteArray &path)
{
    const qsizetype slash = path.lastIndexOf('/');
    if (slash < 0)
        return {{}, path};
    return {path.first(slash), path.sliced(slash + 1)};
}

Result<void> checkLinkTarget(const QByteArray &path, const QByteArray &target)
{
    if (target.isEmpty() || target.size() >= PATH_MAX || target.contains('\0'))
        return refusedPath(path, "is a link to an impossible name");
    const QByteArray fromRoot = target.startsWith('/') ? target : splitLayerPath(path).parent + '/' + target;
    // Depth: a link target may go up and down; only ending above the root counts, wherever it passes.
    if (!cleanLayerPath(fromRoot, PATH_MAX))
        return refusedPath(path, "is a link out of the layer");
    return {};
}

Result<LayerCounts> countLayer(int rootFd)
{
    LayerCounts counts;
    QSet<std::pair<quint64, quint64>> seen;
    ENGINE_TRY(countBelow(rootFd, counts, seen));
    return counts;
}

} // namespace Engine::Internal
