// SPDX-License-Identifier: GPL-3.0-or-later
#include <engine/containers.h>

#include "base/try_p.h"
#include "build/containercommit_p.h"
#include "services/task_p.h"

namespace Engine {

std::unique_ptr<CommitOperation> Containers::commit(const QString &idOrName, const CommitOptions &options) const
{
    using Task = Internal::ByteTask<CommitOperation>;
    return std::make_unique<Task>(m_core, [idOrName, options](Internal::Core &core, const Task::Report &report, std::stop_token stop) -> Result<ImageInfo> {
        const Internal::ContainerRuntime runtime(*core.store, core.settings);
        return core.store->describe(ENGINE_TRY(Internal::commitContainer(runtime, idOrName, options, report, std::move(stop))));
    });
}

QFuture<Result<QList<FileChange>>> Containers::changes(const QString &idOrName) const
{
    return FileTrees(m_core).changes(TreeState::ofContainer(idOrName));
}

} // namespace Engine
