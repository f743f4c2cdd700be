// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "linux/idmap_p.h"
#include "storage/layerunpacker_p.h"
#include "storage/tarwriter_p.h"

#include <QtCore/QHash>
#include <QtCore/QSet>

#include <sys/stat.h>

#include <cerrno>
#include <optional>
#include <stop_token>

namespace Engine::Internal {

//! A file's header: ids as the container sees them, no times but the mtime, no attributes and no link yet.
[[nodiscard]] TarEntry tarEntryFor(const struct stat &status, const QByteArray &path, const IdMap &ids);

//! Writes an overlay upper directory as a layer's tar archive: sorted, without access times and names of users, ids as
//! the container sees them, so that the same files give the same bytes. Overlay's marks become whiteouts.
class LayerPacker final
{
public:
    struct Options {
        std::optional<qint64> clampTime;    //!< seconds since the epoch; later mtimes are set to it
        mode_t rootMode = 0755;             //!< what the layer below has: a root entry is written only where it differs
        uint32_t rootUid = 0;               //!< as the container sees it
        uint32_t rootGid = 0;
        const QSet<QByteArray> *leftOut = nullptr;  //!< paths, without leading slash, that are no part of the layer; with what is in them
        //! Live: somebody may be writing meanwhile. What vanishes is left out, a file that shrinks is filled up with zeros.
        enum class Writers { None, Live } writers = Writers::None;
    };

    LayerPacker(const IdMap &ids, const Options &options, TarWriter &tar) : m_ids(ids), m_options(options), m_tar(tar) {}

    [[nodiscard]] Result<LayerCounts> pack(int rootFd, std::stop_token stop);

private:
    [[nodiscard]] Result<void> packRoot(int rootFd);
    [[nodiscard]] Result<void> packFolder(int folder, const QByteArray &path);
    [[nodiscard]] Result<void> packName(int parent, const QByteArray &parentPath, const QByteArray &name);
    [[nodiscard]] Result<void> packFile(int parent, const QByteArray &name, TarEntry &entry);
    [[nodiscard]] Result<void> packSubfolder(int parent, const QByteArray &name, TarEntry &entry);
    [[nodiscard]] Result<void> addMark(const QByteArray &path);
    [[nodiscard]] Result<void> readXattrs(int fd, TarEntry &entry, bool *isOpaque) const;
    TarEntry entryFor(const struct stat &status, const QByteArray &path) const;
    bool hasVanished(int error) const { return m_options.writers == Options::Writers::Live && error == ENOENT; }

    const IdMap &m_ids;
    Options m_options;
    TarWriter &m_tar;
    LayerCounts m_counts;
    QHash<std::pair<quint64, quint64>, QByteArray> m_linked; //!< first path of each inode with several names
    std::vector<char> m_buffer;
    std::stop_token m_stop;
};

} // namespace Engine::Internal
