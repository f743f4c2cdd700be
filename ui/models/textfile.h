// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/result.h>

#include <QtCore/QByteArray>
#include <QtCore/QString>

namespace Gui {

//! What identifies one version of a file on disk without reading it.
struct FileStamp {
    quint64 device = 0;
    quint64 inode = 0;
    qint64 sizeBytes = -1;      //!< -1: there is no file
    qint64 modifiedNs = 0;
    bool exists() const { return sizeBytes >= 0; }
    bool operator==(const FileStamp &) const = default;
};

//! A text file as an editor holds it, with what it needs to write it back the way it was.
struct TextFile {
    enum class LineEnd { Lf, CrLf };

    QString path;
    QString text;               //!< lines end with '\n'
    LineEnd lineEnd = LineEnd::Lf;  //!< of the majority of its lines
    bool byteOrderMark = false;
    bool readOnly = false;
    FileStamp stamp;            //!< of the bytes read or written
    bool operator==(const TextFile &) const = default;
};

//! Any thread; one stat call.
[[nodiscard]] FileStamp fileStamp(const QString &path);

//! Any thread; blocks on the disk. At most 4 MiB.
//! \return NotFound; PermissionDenied; InvalidInput for a folder, a file too large, or one that is not UTF-8 text
[[nodiscard]] Engine::Result<TextFile> loadTextFile(const QString &path);

//! Writes \p file to its path, whole or not at all, and brings it back with its new stamp. Any thread; blocks on the disk.
//! \return PermissionDenied; NoSpace; NotFound when its folder is gone; Io
[[nodiscard]] Engine::Result<TextFile> saveTextFile(TextFile file);

//! The bytes \p file has on disk.
[[nodiscard]] QByteArray encodedText(const TextFile &file);

} // namespace Gui
