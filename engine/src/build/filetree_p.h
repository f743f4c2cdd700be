// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefd_p.h"
#include "oci/patternmatcher_p.h"

#include <engine/result.h>

#include <QtCore/QByteArray>
#include <QtCore/QByteArrayList>
#include <QtCore/QHash>

#include <sys/stat.h>

#include <optional>
#include <stop_token>
#include <vector>

namespace Engine::Internal {

//! What tells one state of a file from another without reading it.
struct FileStamp {
    quint64 device = 0;
    quint64 inode = 0;
    qint64 sizeBytes = 0;
    qint64 modifiedNs = 0;  //!< since the epoch
    qint64 changedNs = 0;   //!< ctime: cannot be set back
    bool operator==(const FileStamp &) const = default;
    friend size_t qHash(const FileStamp &s, size_t seed = 0) { return qHashMulti(seed, s.device, s.inode, s.sizeBytes, s.modifiedNs, s.changedNs); }
};

struct TreeEntry {
    QByteArray path;        //!< relative to the tree's top, without leading '/'; empty for the top
    mode_t mode = 0;        //!< type and permissions
    uid_t uid = 0;
    gid_t gid = 0;
    dev_t device = 0;       //!< of a device node
    nlink_t links = 1;      //!< names the file has, here or elsewhere
    QByteArray linkTarget;
    FileStamp stamp;
    int readErrno = 0;      //!< a folder that could not be read

    bool isFolder() const { return S_ISDIR(mode); }
    bool isLink() const { return S_ISLNK(mode); }
    bool isFile() const { return S_ISREG(mode); }
    QByteArray name() const { return path.mid(path.lastIndexOf('/') + 1); }
};

[[nodiscard]] TreeEntry treeEntryFrom(const QByteArray &path, const struct stat &status);

//! Files to copy from: a build context, or the root of a stage or an image. Links are never followed by it.
class FileTree
{
public:
    virtual ~FileTree() = default;
    virtual std::optional<TreeEntry> find(const QByteArray &path) const = 0;
    //! Sorted by name. \return the errno of a folder that cannot be read
    virtual Result<QList<TreeEntry>> children(const QByteArray &path) const = 0;
    //! The folder that paths are relative to; opened with O_PATH or for reading.
    virtual int rootFd() const = 0;
    virtual QString rootName() const = 0;   //!< for messages

    //! The entry that \p path means when links are followed, all taken as inside of the tree; nothing when there is none.
    std::optional<TreeEntry> resolve(const QByteArray &path) const;
};

//! A build context as it was when it was scanned, without what .dockerignore leaves out. Sockets are left out, as by Docker.
class ContextTree final : public FileTree
{
public:
    //! Reads names and attributes only. Cost: about 1 µs per entry and pattern, 2 µs for the system calls.
    //! \return NotFound when \p folder is none; PermissionDenied
    [[nodiscard]] static Result<ContextTree> scan(const QString &folder, const PatternMatcher &ignored, std::stop_token stop);

    std::optional<TreeEntry> find(const QByteArray &path) const override;
    Result<QList<TreeEntry>> children(const QByteArray &path) const override;
    int rootFd() const override { return m_root.get(); }
    QString rootName() const override { return m_folder; }

    qint64 totalBytes() const { return m_totalBytes; }
    int fileCount() const { return m_fileCount; }
    //! Is there such a file that the ignore patterns hide?
    bool isHidden(const QByteArray &path) const;

private:
    struct Node {
        TreeEntry entry;
        std::vector<int> children;
    };
    struct Walk;

    ContextTree() = default;

    QString m_folder;
    UniqueFd m_root;
    std::vector<Node> m_nodes;
    QHash<QByteArray, int> m_byPath;
    qint64 m_totalBytes = 0;
    int m_fileCount = 0;
};

//! The live root of a mounted stage or image.
class RootTree final : public FileTree
{
public:
    [[nodiscard]] static Result<RootTree> open(const QString &folder);
    std::optional<TreeEntry> find(const QByteArray &path) const override;
    Result<QList<TreeEntry>> children(const QByteArray &path) const override;
    int rootFd() const override { return m_root.get(); }
    QString rootName() const override { return m_folder; }

private:
    RootTree() = default;
    QString m_folder;
    UniqueFd m_root;
};

} // namespace Engine::Internal
