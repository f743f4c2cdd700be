// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/filetree_p.h"

#include "base/try_p.h"
#include "linux/syscalls_p.h"

#include <QtCore/QFile>

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr int maxLinks = 255;           // as the kernel's own limit for one path, generously
constexpr int maxFolderDepth = 1000;    // beyond PATH_MAX nothing can be named anyway

qint64 nanoseconds(const timespec &time)
{
    return qint64(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

QByteArray readLink(int dirFd, const QByteArray &name)
{
    QByteArray target(4096, Qt::Uninitialized);
    const ssize_t size = ::readlinkat(dirFd, name.constData(), target.data(), size_t(target.size()));
    target.truncate(size < 0 ? 0 : size);
    return target;
}

//! Sorted names of an open folder; takes \p fd.
Result<QByteArrayList> folderNames(UniqueFd fd, const QString &what)
{
    DIR *dir = ::fdopendir(fd.get());
    if (!dir)
        return Failure(errnoError("opendir", what, errno));
    (void)fd.release();
    QByteArrayList names;
    errno = 0;
    while (const dirent *entry = ::readdir(dir)) {
        const QByteArray name(entry->d_name);
        if (name != "." && name != "..")
            names += name;
    }
    const int readErrno = errno;
    ::closedir(dir);
    if (readErrno != 0)
        return Failure(errnoError("readdir", what, readErrno));
    std::sort(names.begin(), names.end());
    return names;
}

QByteArray joined(const QByteArray &folder, const QByteArray &name)
{
    return folder.isEmpty() ? name : folder + '/' + name;
}

} // namespace

TreeEntry treeEntryFrom(const QByteArray &path, const struct stat &status)
{
    TreeEntry entry;
    entry.path = path;
    entry.mode = status.st_mode;
    entry.uid = status.st_uid;
    entry.gid = status.st_gid;
    entry.device = status.st_rdev;
    entry.links = status.st_nlink;
    entry.stamp = {quint64(status.st_dev), quint64(status.st_ino), status.st_size, nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)};
    return entry;
}

std::optional<TreeEntry> FileTree::resolve(const QByteArray &path) const
{
    QByteArrayList pending = path.split('/');
    QByteArrayList done;
    for (int links = 0; !pending.isEmpty();) {
        const QByteArray name = pending.takeFirst();
        if (name.isEmpty() || name == ".")
            continue;
        if (name == "..") {
            if (!done.isEmpty())
                done.removeLast();
            continue;
        }
        done += name;
        const auto entry = find(done.join('/'));
        if (!entry)
            return std::nullopt;
        if (!entry->isLink())
            continue;
        if (++links > maxLinks)
            return std::nullopt;
        if (entry->linkTarget.startsWith('/'))
            done.clear();
        else
            done.removeLast();
        pending = entry->linkTarget.split('/') + pending;
    }
    return find(done.join('/'));
}

//! One scan: depth first, with what the patterns said about each parent.
struct ContextTree::Walk {
    ContextTree &tree;
    const PatternMatcher &ignored;
    std::stop_token stop;

    // Returns the node's number, or -1 when it is left out.
    Result<int> add(int dirFd, const QByteArray &name, const QByteArray &path, const PatternMatcher::ParentState &parent, int depth)
    {
        if (stop.stop_requested())
            return Failure(Error{.code = ErrorCode::Cancelled, .detail = u"cancelled"_s});
        struct stat status;
        if (::fstatat(dirFd, name.constData(), &status, AT_SYMLINK_NOFOLLOW) != 0)
            return errno == ENOENT ? Result<int>(-1) : Failure(errnoError("stat", tree.m_folder + u'/' + QFile::decodeName(path), errno));
        if (S_ISSOCK(status.st_mode))
            return -1;
        PatternMatcher::ParentState own;
        const bool isIgnored = !ignored.isEmpty() && ignored.matches(QString::fromUtf8(path), parent, &own);
        if (isIgnored && !(S_ISDIR(status.st_mode) && ignored.hasExclusions()))
            return -1;
        const int number = int(tree.m_nodes.size());
        tree.m_nodes.push_back({treeEntryFrom(path, status), {}});
        if (S_ISLNK(status.st_mode))
            tree.m_nodes.back().entry.linkTarget = readLink(dirFd, name);
        if (S_ISDIR(status.st_mode))
            ENGINE_TRY(addChildren(number, dirFd, name, own, depth + 1));
        if (isIgnored && tree.m_nodes[size_t(number)].children.empty()) { // nothing in it was taken back
            tree.m_nodes.resize(size_t(number));
            return -1;
        }
        tree.m_byPath.insert(path, number);
        if (S_ISREG(status.st_mode)) {
            tree.m_totalBytes += status.st_size;
            ++tree.m_fileCount;
        }
        return number;
    }

    Result<void> addChildren(int number, int dirFd, const QByteArray &name, const PatternMatcher::ParentState &own, int depth)
    {
        const QByteArray path = tree.m_nodes[size_t(number)].entry.path;
        const QString shown = tree.m_folder + u'/' + QFile::decodeName(path);
        if (depth > maxFolderDepth)
            return Failure(Error{.code = ErrorCode::InvalidInput, .object = shown.left(200), .detail = u"the build context is nested more than %1 folders deep"_s.arg(maxFolderDepth)});
        UniqueFd fd(::openat(dirFd, name.constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!fd.isValid()) { // an error only for the COPY that takes it
            tree.m_nodes[size_t(number)].entry.readErrno = errno;
            return {};
        }
        UniqueFd listing(::openat(fd.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!listing.isValid())
            return Failure(errnoError("open", shown, errno));
        for (const QByteArray &child : ENGINE_TRY(folderNames(std::move(listing), shown))) {
            const int added = ENGINE_TRY(add(fd.get(), child, joined(path, child), own, depth));
            if (added >= 0)
                tree.m_nodes[size_t(number)].children.push_back(added);
        }
        return {};
    }
};

Result<ContextTree> ContextTree::scan(const QString &folder, const PatternMatcher &ignored, std::stop_token stop)
{
    ContextTree tree;
    tree.m_folder = folder;
    tree.m_root = UniqueFd(::open(QFile::encodeName(folder).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!tree.m_root.isValid()) {
        Error error = errnoError("open", folder, errno);
        if (error.code == ErrorCode::NotFound || errno == ENOTDIR) {
            error.detail = u"unable to prepare context: path \"%1\" not found"_s.arg(folder);
            error.remedy = u"give the folder that holds the files to build from"_s;
        }
        return Failure(error);
    }
    struct stat status;
    if (::fstat(tree.m_root.get(), &status) != 0)
        return Failure(errnoError("stat", folder, errno));
    tree.m_nodes.push_back({treeEntryFrom({}, status), {}});
    tree.m_byPath.insert({}, 0);
    Walk walk{tree, ignored, std::move(stop)};
    ENGINE_TRY(walk.addChildren(0, tree.m_root.get(), ".", {}, 0));
    return tree;
}

std::optional<TreeEntry> ContextTree::find(const QByteArray &path) const
{
    const auto found = m_byPath.constFind(path);
    return found == m_byPath.constEnd() ? std::nullopt : std::optional(m_nodes[size_t(*found)].entry);
}

Result<QList<TreeEntry>> ContextTree::children(const QByteArray &path) const
{
    const auto found = m_byPath.constFind(path);
    QList<TreeEntry> entries;
    if (found == m_byPath.constEnd())
        return entries;
    const Node &node = m_nodes[size_t(*found)];
    if (node.entry.readErrno != 0)
        return Failure(errnoError("open", m_folder + u'/' + QFile::decodeName(path), node.entry.readErrno));
    entries.reserve(qsizetype(node.children.size()));
    for (const int child : node.children)
        entries += m_nodes[size_t(child)].entry;
    return entries;
}

bool ContextTree::isHidden(const QByteArray &path) const
{
    struct stat status;
    return !path.isEmpty() && !find(path) && ::fstatat(m_root.get(), path.constData(), &status, AT_SYMLINK_NOFOLLOW) == 0;
}

Result<RootTree> RootTree::open(const QString &folder)
{
    RootTree tree;
    tree.m_folder = folder;
    tree.m_root = ENGINE_TRY(openFile(folder, O_RDONLY | O_DIRECTORY));
    return tree;
}

std::optional<TreeEntry> RootTree::find(const QByteArray &path) const
{
    struct stat status;
    if (path.isEmpty()) {
        if (::fstat(m_root.get(), &status) != 0)
            return std::nullopt;
        return treeEntryFrom(path, status);
    }
    const qsizetype slash = path.lastIndexOf('/');
    UniqueFd parent;
    if (slash > 0) { // resolve() has followed the links of the parents
        auto opened = openBeneath(m_root.get(), path.left(slash), O_PATH | O_DIRECTORY);
        if (!opened)
            return std::nullopt;
        parent = std::move(*opened);
    }
    const int dirFd = slash > 0 ? parent.get() : m_root.get();
    const QByteArray name = path.mid(slash + 1);
    if (::fstatat(dirFd, name.constData(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return std::nullopt;
    TreeEntry entry = treeEntryFrom(path, status);
    if (entry.isLink())
        entry.linkTarget = readLink(dirFd, name);
    return entry;
}

Result<QList<TreeEntry>> RootTree::children(const QByteArray &path) const
{
    UniqueFd folder = ENGINE_TRY(openBeneath(m_root.get(), path.isEmpty() ? QByteArray(".") : path, O_RDONLY | O_DIRECTORY));
    const UniqueFd parent(::fcntl(folder.get(), F_DUPFD_CLOEXEC, 0));
    QList<TreeEntry> entries;
    for (const QByteArray &name : ENGINE_TRY(folderNames(std::move(folder), m_folder + u'/' + QFile::decodeName(path)))) {
        struct stat status;
        if (::fstatat(parent.get(), name.constData(), &status, AT_SYMLINK_NOFOLLOW) != 0)
            return Failure(errnoError("stat", QFile::decodeName(joined(path, name)), errno));
        TreeEntry entry = treeEntryFrom(joined(path, name), status);
        if (entry.isLink())
            entry.linkTarget = readLink(parent.get(), name);
        entries += entry;
    }
    return entries;
}

} // namespace Engine::Internal
