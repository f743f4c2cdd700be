// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "build/filedigests_p.h"
#include "build/filetree_p.h"

#include <QtCore/QMap>

namespace Engine::Internal {

//! One thing that COPY or ADD takes, links followed.
struct CopySource {
    TreeEntry entry;
    QByteArray name;    //!< what it is called in a destination folder: the last part of the path as written
};

//! Finds what \p sources (paths, or patterns of path.Match) name in \p tree; all paths are taken from the tree's top, none leads out.
//! A pattern that matches nothing gives nothing, as in docker build. \return NotFound with the source as the error's object
[[nodiscard]] Result<QList<CopySource>> findCopySources(const FileTree &tree, const QStringList &sources);

//! What a copy brings, for its cache key and for explaining a miss: type, mode, link target and bytes of every entry, never times.
struct CopyContent {
    QMap<QByteArray, QByteArray> entries;   //!< path in the tree to a signature
    Digest digest;                          //!< of all, in order
    qint64 bytes = 0;
};

//! Reads what is not remembered. \return the errors of FileDigests::of(), PermissionDenied for an unreadable folder
[[nodiscard]] Result<CopyContent> describeContent(const FileTree &tree, const QList<CopySource> &sources, const PatternMatcher &excluded, FileDigests &digests,
                                                  const QString &context, std::stop_token stop);

} // namespace Engine::Internal
