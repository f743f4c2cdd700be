// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "build/filetree_p.h"
#include "storage/database_p.h"

#include <engine/ids.h>

#include <QtCore/QHash>

#include <mutex>

namespace Engine::Internal {

//! Remembers what files hold, so that an unchanged context is not read again: in memory, and per context in the database.
//!
//! A file counts as unchanged while device, inode, size, mtime and ctime are the same. One that changed less than 100 ms before it
//! was read is not remembered: another write might leave the same times. Any thread.
class FileDigests final
{
public:
    //! Loads what is known about \p context, once. Errors lose speed only and are logged.
    void load(Database &database, const QString &context);
    //! Writes down what was learnt about \p context since.
    void save(Database &database, const QString &context);

    //! The sha256 of the file's bytes. \return NotFound or InvalidInput when the file is no longer what \p entry saw
    [[nodiscard]] Result<Digest> of(const FileTree &tree, const TreeEntry &entry, const QString &context, std::stop_token stop);

private:
    using Known = QHash<FileStamp, QByteArray>;     //!< 32 bytes each
    struct Context {
        Known digests;
        bool isDirty = false;
    };

    std::mutex m_mutex;
    QHash<QString, Context> m_contexts;
};

//! Opens a file of \p tree for reading and makes sure that it is the one that was scanned.
//! \return InvalidInput when it has changed since
[[nodiscard]] Result<UniqueFd> openUnchanged(const FileTree &tree, const TreeEntry &entry);

} // namespace Engine::Internal
