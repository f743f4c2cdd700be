// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefd_p.h"
#include "linux/idmap_p.h"

#include <engine/filetrees.h>
#include <engine/result.h>

#include <QtCore/QByteArrayList>
#include <QtCore/QStringList>

#include <sys/stat.h>

#include <optional>
#include <vector>

namespace Engine::Internal {

class Store;

//! A name in a folder of a stack.
struct StackEntry {
    QByteArray name;
    struct stat status{};
    QByteArray linkTarget;      //!< of a symbolic link

    bool isFolder() const { return S_ISDIR(status.st_mode); }
    bool isFile() const { return S_ISREG(status.st_mode); }
    bool isLink() const { return S_ISLNK(status.st_mode); }
};

//! One folder of a stack of layers, merged as overlayfs would show it. Holds one descriptor for each layer that has a part in it.
class StackFolder final
{
public:
    StackFolder(std::vector<UniqueFd> parts, QByteArray xattrPrefix) : m_parts(std::move(parts)), m_xattrPrefix(std::move(xattrPrefix)) {}

    //! \return nothing when there is no such name, or a layer above has removed it
    [[nodiscard]] Result<std::optional<StackEntry>> find(const QByteArray &name) const;
    //! Sorted by name.
    [[nodiscard]] Result<QList<StackEntry>> children() const;
    //! \return nothing when \p name is no folder
    [[nodiscard]] Result<std::optional<StackFolder>> enter(const QByteArray &name) const;
    //! Opens a regular file for reading; never a link or a device. \return NotFound, InvalidInput
    [[nodiscard]] Result<UniqueFd> openFile(const QByteArray &name) const;
    //! The part whose owner, mode and attributes are seen; -1 without layers.
    int topFd() const { return m_parts.empty() ? -1 : m_parts.front().get(); }

private:
    //! The topmost layer's part that has \p name; -1: none has it, or a whiteout hides it.
    [[nodiscard]] Result<int> topPart(const QByteArray &name, struct stat *status) const;

    std::vector<UniqueFd> m_parts;  //!< topmost first
    QByteArray m_xattrPrefix;
};

//! Overlay layers looked through without a mount: whiteouts and opaque folders are read as the kernel reads them
//! (Documentation/filesystems/overlayfs.rst). What is in the layers is hostile: links are followed by resolve() alone, and inside the tree.
//! Cost: one stat for each layer and name. A thread at a time.
class LayerStack final
{
public:
    //! \p folders: topmost first. \return NotFound when one is missing
    [[nodiscard]] static Result<LayerStack> open(const QStringList &folders, const IdMap &ids);
    //! The layers of \p store up to \p chainId, with the folders \p above on top of them.
    [[nodiscard]] static Result<LayerStack> ofLayers(const Store &store, const Digest &chainId, const QStringList &above = {});

    [[nodiscard]] Result<StackFolder> root() const;
    //! \p path is taken from the top; no link in it is followed. \return nothing when it is no folder
    [[nodiscard]] Result<std::optional<StackFolder>> folder(const QByteArray &path) const;
    [[nodiscard]] Result<std::optional<StackEntry>> find(const QByteArray &path) const;
    //! \p path with every link on the way replaced, "." and ".." worked out, without a leading slash; what is missing stays as it
    //! is written. \return InvalidInput after 40 links
    [[nodiscard]] Result<QByteArray> resolve(const QByteArray &path) const;

private:
    LayerStack(std::vector<UniqueFd> roots, QByteArray xattrPrefix) : m_roots(std::move(roots)), m_xattrPrefix(std::move(xattrPrefix)) {}

    std::vector<UniqueFd> m_roots;
    QByteArray m_xattrPrefix;
};

//! The public form of an entry; \p path is absolute.
[[nodiscard]] FileInfo fileInfoOf(const StackEntry &entry, const QByteArray &path, const IdMap &ids);
//! What \p name in an open folder is. \return nothing when it is not there (any more)
[[nodiscard]] Result<std::optional<StackEntry>> statEntry(int folder, const QByteArray &name);
//! Is it a folder that hides everything below it? \p xattrPrefix: overlayXattrPrefix()
[[nodiscard]] bool isOpaqueFolder(int folder, const QByteArray &xattrPrefix);

} // namespace Engine::Internal
