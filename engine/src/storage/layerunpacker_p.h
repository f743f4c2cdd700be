// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefd_p.h"
#include "linux/idmap_p.h"
#include "storage/tarreader_p.h"

#include <functional>
#include <stop_token>
#include <vector>

namespace Engine::Internal {

//! What one layer may hold at most. The defaults are far above any real image and far below what would bring a machine down.
struct LayerLimits {
    qint64 bytes = 256LL << 30;         //!< of its files, holes included
    qint64 entries = 8'000'000;
    int depth = 256;                    //!< folders below each other
};

struct LayerCounts {
    qint64 sizeBytes = 0;   //!< sum of the regular files' sizes, each inode once
    qint64 entries = 0;     //!< whiteouts included, the root not
};

//! Writes the entries of a layer's tar archive below one folder, as an overlay lower directory.
//!
//! The archive is hostile. Every path is cleaned lexically first (no way out by ".."), its parent is opened with openat2
//! confined to the folder (RESOLVE_IN_ROOT, so a link the archive made is followed inside it at most, as Docker's chroot
//! does), and the last component is never followed. Links that lexically point out of the layer are refused, as Docker
//! refuses them. Overlay's own attributes are never taken from an archive. In a user namespace device nodes are left out,
//! because nobody there may make them; Docker and Podman do the same.
//! Whiteouts: OCI image-spec 1.1, layer.md "Whiteouts".
class LayerUnpacker final
{
public:
    //! Opens a file of the layers below for a hard link that points there; only called when one does.
    using LowerFile = std::function<Result<UniqueFd>(const QByteArray &path)>;

    //! Archive: an ordinary tar, unpacked over what is in the folder. The folder keeps its own attributes, and names that mean
    //! a whiteout in a layer are refused, because the layer made of them would not be what the archive says.
    enum class Kind { Layer, Archive };

    LayerUnpacker(int rootFd, const IdMap &ids, const LayerLimits &limits, LowerFile lowerFile, Kind kind = Kind::Layer);

    [[nodiscard]] Result<LayerCounts> unpack(TarReader &tar, std::stop_token stop);

private:
    enum class Existing { Nothing, Whiteout, Directory, Other };

    [[nodiscard]] Result<void> unpackEntry(TarReader &tar, TarEntry &entry);
    [[nodiscard]] Result<void> unpackRoot(const TarEntry &entry);
    [[nodiscard]] Result<void> unpackWhiteout(int parent, const QByteArray &parentPath, const QByteArray &name);
    [[nodiscard]] Result<void> makeFile(TarReader &tar, const TarEntry &entry, int parent, const QByteArray &name);
    [[nodiscard]] Result<void> makeDirectory(const TarEntry &entry, int parent, const QByteArray &name);
    [[nodiscard]] Result<void> makeHardLink(const TarEntry &entry, int parent, const QByteArray &name);
    [[nodiscard]] Result<void> makeNode(const TarEntry &entry, int parent, const QByteArray &name);
    [[nodiscard]] Result<void> copyFromBelow(const QByteArray &target, const TarEntry &entry, int parent, const QByteArray &name);

    [[nodiscard]] Result<int> openParent(const QByteArray &path);
    [[nodiscard]] Result<UniqueFd> makeMissingFolders(const QByteArray &path);
    [[nodiscard]] Result<void> makeRoom(int parent, const QByteArray &name);
    [[nodiscard]] Result<void> applyToFd(const TarEntry &entry, int fd) const;
    [[nodiscard]] Result<void> applyToName(const TarEntry &entry, int parent, const QByteArray &name) const;
    [[nodiscard]] Result<void> applyXattrs(const TarEntry &entry, const QByteArray &procPath) const;
    [[nodiscard]] Result<void> setOpaque(int parent, const QByteArray &name) const;
    [[nodiscard]] Result<void> checkOwner(const TarEntry &entry) const;
    [[nodiscard]] Result<void> applyFolderTimes() const;
    static Existing lookAt(int parent, const QByteArray &name);

    struct FolderTime {
        QByteArray path;
        timespec time;
    };

    int m_root;
    const IdMap &m_ids;
    LayerLimits m_limits;
    LowerFile m_lowerFile;
    Kind m_kind;
    LayerCounts m_counts;
    UniqueFd m_parent;              //!< the folder of the entry before: archives come sorted by folder
    QByteArray m_parentPath;
    std::vector<FolderTime> m_folderTimes; //!< set last, because making a file in a folder changes its time
    bool m_replaced = false;        //!< the archive has a path twice: sizes are counted again at the end
};

} // namespace Engine::Internal
