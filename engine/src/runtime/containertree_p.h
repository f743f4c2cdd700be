// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/containerruntime_p.h"
#include "storage/layerchanges_p.h"

namespace Engine::Internal {

//! Where a container's files are, looked at from outside of it: running or not, mounted or not.
struct ContainerTree {
    QString upper;                      //!< its writable layer; empty before the first start
    Digest layer;                       //!< topmost of its image
    QSet<QByteArray> mountPoints;       //!< see compareLayer()

    //! The files as the container sees them, but for what is mounted over them.
    [[nodiscard]] Result<LayerStack> stack(const Store &store) const;
    [[nodiscard]] Result<LayerChanges> changes(const Store &store, std::stop_token stop) const;
};

[[nodiscard]] Result<ContainerTree> containerTree(const ContainerRuntime &runtime, const ContainerRecord &record);

} // namespace Engine::Internal
