// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "build/copysources_p.h"
#include "build/modechange_p.h"
#include "linux/idmap_p.h"

namespace Engine::Internal {

//! Where copied things go and what they become.
struct CopyTarget {
    QByteArray destination;         //!< absolute path in the image; a '/' at its end means a folder
    std::optional<uid_t> uid;       //!< in the engine's user namespace; nothing: the source's own
    std::optional<gid_t> gid;
    std::optional<ModeChange> mode; //!< of --chmod, for files and folders
    bool keepXattrs = false;        //!< file capabilities and user attributes come along: not from a build context
};

//! Copies into the mounted root of a step. Destination links are followed inside the root only; nothing is followed in the source.
//! Bytes go from file to file in the kernel (shared where the file system can).
class TreeCopier final
{
public:
    //! \p rootFd: the root to write into. \p newFolderUid: owner of folders made on the way, in the engine's ids
    TreeCopier(int rootFd, uid_t newFolderUid, gid_t newFolderGid) : m_rootFd(rootFd), m_folderUid(newFolderUid), m_folderGid(newFolderGid) {}

    //! Makes \p path and what is missing above it. \return a descriptor of it
    [[nodiscard]] Result<UniqueFd> makeFolder(const QByteArray &path) const;
    [[nodiscard]] Result<void> copy(const FileTree &tree, const QList<CopySource> &sources, const PatternMatcher &excluded, const CopyTarget &target,
                                    std::stop_token stop) const;
    //! Writes a file of its own (a here-document, a download).
    [[nodiscard]] Result<void> write(const QByteArray &name, const QByteArray &content, const CopyTarget &target) const;

private:
    struct Walk;
    //! \p path with the link that may stand at its end followed, inside the root.
    [[nodiscard]] QByteArray followed(QByteArray path) const;
    //! The folder and name that a single thing called \p name gets.
    [[nodiscard]] Result<std::pair<UniqueFd, QByteArray>> place(const QByteArray &name, const CopyTarget &target) const;

    int m_rootFd;
    uid_t m_folderUid;
    gid_t m_folderGid;
};

} // namespace Engine::Internal
