// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytesource_p.h"

#include <QtCore/QByteArray>
#include <QtCore/QList>

#include <sys/types.h>

#include <ctime>
#include <functional>
#include <memory>
#include <optional>

namespace Engine::Internal {

struct TarXattr {
    QByteArray name;
    QByteArray value;
};

//! One header of a tar archive, as it stands there: hostile until checked.
struct TarEntry {
    enum class Type { File, Directory, Symlink, HardLink, CharacterDevice, BlockDevice, Fifo, Other } type = Type::Other;
    QByteArray path;
    QByteArray link;        //!< target of a symbolic or hard link
    mode_t mode = 0;        //!< permission bits only
    qint64 uid = 0;
    qint64 gid = 0;
    timespec mtime{};
    dev_t device = 0;
    qint64 size = 0;        //!< of a file, holes included
    QList<TarXattr> xattrs;
};

//! Reads a tar stream of any dialect (v7, ustar, pax, GNU, star, sparse files). Names, links and attributes come as the
//! very bytes of the archive, whatever the process's locale. One thread at a time.
class TarReader final
{
public:
    explicit TarReader(ByteSource &source);
    ~TarReader();

    //! \return nothing at the end; Corrupt for a broken archive, or the source's own error
    [[nodiscard]] Result<std::optional<TarEntry>> next();

    //! A run of the present entry's contents; what lies between runs is a hole.
    using DataSink = std::function<Result<void>(qint64 offset, std::span<const char> bytes)>;
    [[nodiscard]] Result<void> readData(const DataSink &sink);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace Engine::Internal
