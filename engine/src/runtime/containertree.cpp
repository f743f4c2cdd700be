// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/containertree_p.h"

#include "base/try_p.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include <fcntl.h>

#include <nlohmann/json.hpp>

namespace Engine::Internal {

namespace {

//! What the container's last start mounted, as its runtime-spec says.
Result<QByteArrayList> mountTargets(const ContainerFolder &folder)
{
    QByteArrayList targets;
    if (!QFile::exists(folder.spec()))
        return targets;
    const QByteArray text = ENGINE_TRY(readFile(folder.spec()));
    const auto spec = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
    if (!spec.is_object() || !spec.contains("mounts") || !spec["mounts"].is_array())
        return targets;
    for (const auto &mount : spec["mounts"]) {
        if (mount.is_object())
            targets.append(QByteArray::fromStdString(mount.value("destination", std::string())));
    }
    return targets;
}

} // namespace

Result<LayerStack> ContainerTree::stack(const Store &store) const
{
    return LayerStack::ofLayers(store, layer, upper.isEmpty() ? QStringList() : QStringList{upper});
}

Result<LayerChanges> ContainerTree::changes(const Store &store, std::stop_token stop) const
{
    if (upper.isEmpty())
        return LayerChanges();
    const UniqueFd root = ENGINE_TRY(openFile(upper, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return compareLayer(root.get(), ENGINE_TRY(LayerStack::ofLayers(store, layer)), mountPoints, store.idMap(), std::move(stop));
}

Result<ContainerTree> containerTree(const ContainerRuntime &runtime, const ContainerRecord &record)
{
    const ContainerFolder folder = runtime.folderOf(record.id);
    ContainerTree tree{.upper = QFileInfo(folder.upper()).isDir() ? folder.upper() : QString(), .layer = record.layer, .mountPoints = {}};
    const LayerStack stack = ENGINE_TRY(tree.stack(runtime.store()));
    for (const QByteArray &target : ENGINE_TRY(mountTargets(folder)))
        tree.mountPoints.insert(ENGINE_TRY(stack.resolve(target)));
    tree.mountPoints.remove({});
    return tree;
}

} // namespace Engine::Internal
