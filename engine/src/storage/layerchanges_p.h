// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "storage/layerstack_p.h"

#include <QtCore/QSet>

#include <stop_token>

namespace Engine::Internal {

struct LayerChanges {
    QList<FileChange> changes;      //!< see FileTrees::changes()
    //! What lies in the layer and changes nothing: files that were opened for writing and left alone, the folders above them, and
    //! mount points. Paths without a leading slash.
    QSet<QByteArray> unchanged;
};

//! Compares an overlay upper directory (or a layer) with the layers below it, by moby's rules (pkg/archive ChangesDirs):
//! a folder's size and times say nothing, nor does the second half of a time that one side does not have. Beyond moby, a file
//! whose attributes are the same is read: a build that sets times back must not lose its output.
//!
//! A living container may go on writing meanwhile: what vanishes is left out.
//! \p mountPoints: where something is mounted over the tree, resolved, without a leading slash. An empty file or folder there, and
//! the folders made for it, are the runtime's and no change.
[[nodiscard]] Result<LayerChanges> compareLayer(int upperFd, const LayerStack &below, const QSet<QByteArray> &mountPoints, const IdMap &ids,
                                                std::stop_token stop);

} // namespace Engine::Internal
