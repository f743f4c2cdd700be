// SPDX-License-Identifier: GPL-3.0-or-later
#include <engine/filetrees.h>

#include "base/try_p.h"
#include "linux/syscalls_p.h"
#include "runtime/containertree_p.h"
#include "services/core_p.h"

#include <QtCore/QDir>
#include <QtCore/QFile>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Engine {

using Internal::Core;
using Internal::LayerStack;
using Internal::StackEntry;

namespace {

Result<Internal::ContainerTree> treeOfContainer(Core &core, const QString &idOrName)
{
    const Internal::ContainerRuntime runtime(*core.store, core.settings);
    return Internal::containerTree(runtime, ENGINE_TRY(runtime.find(idOrName)));
}

Result<Digest> layerOf(const TreeState &state)
{
    return state.id.isEmpty() ? Result<Digest>(Digest()) : Digest::parse(state.id);
}

Result<LayerStack> stackOf(Core &core, const TreeState &state)
{
    if (state.kind == TreeState::Kind::Container)
        return ENGINE_TRY(treeOfContainer(core, state.id)).stack(*core.store);
    return LayerStack::ofLayers(*core.store, ENGINE_TRY(layerOf(state)));
}

Result<QList<FileChange>> changesOfLayer(Core &core, const Digest &layer)
{
    if (layer.isNull())
        return QList<FileChange>();
    const auto record = ENGINE_TRY(core.store->findLayer(layer));
    if (!record)
        return Failure(Error{.code = ErrorCode::NotFound, .object = layer.toString(), .detail = u"the layer %1 is not in the store"_s.arg(layer.toString()),
                             .remedy = u"Pull or build the image again"_s});
    const Internal::UniqueFd root = ENGINE_TRY(Internal::openFile(core.store->paths().root + "/layers/"_L1 + layer.hex(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const LayerStack below = ENGINE_TRY(LayerStack::ofLayers(*core.store, record->parent));
    return ENGINE_TRY(Internal::compareLayer(root.get(), below, {}, core.store->idMap(), core.stop.get_token())).changes;
}

Failure noSuchPath(const QByteArray &path)
{
    const QString shown = QFile::decodeName(path);
    return Failure(Error{.code = ErrorCode::NotFound, .object = shown, .detail = u"there is no %1"_s.arg(shown)});
}

} // namespace

FileTrees::FileTrees(std::shared_ptr<Core> core) : m_core(std::move(core)) {}

QFuture<Result<QList<FileChange>>> FileTrees::changes(const TreeState &state) const
{
    return Core::ask(m_core, [state](Core &core) -> Result<QList<FileChange>> {
        if (state.kind == TreeState::Kind::Container)
            return ENGINE_TRY(ENGINE_TRY(treeOfContainer(core, state.id)).changes(*core.store, core.stop.get_token())).changes;
        return changesOfLayer(core, ENGINE_TRY(layerOf(state)));
    });
}

QFuture<Result<QList<FileInfo>>> FileTrees::list(const TreeState &state, const QByteArray &folder) const
{
    return Core::ask(m_core, [state, folder](Core &core) -> Result<QList<FileInfo>> {
        const LayerStack stack = ENGINE_TRY(stackOf(core, state));
        const QByteArray resolved = ENGINE_TRY(stack.resolve(folder));
        const auto found = ENGINE_TRY(stack.folder(resolved));
        if (!found && !ENGINE_TRY(stack.find(resolved)))
            return noSuchPath(folder);
        if (!found)
            return Failure(Error{.code = ErrorCode::InvalidInput, .object = QFile::decodeName(folder), .detail = u"%1 is no folder"_s.arg(QFile::decodeName(folder))});
        QByteArray prefix = folder.startsWith('/') ? folder : '/' + folder;
        if (!prefix.endsWith('/'))
            prefix += '/';
        QList<FileInfo> files;
        for (const StackEntry &entry : ENGINE_TRY(found->children()))
            files.append(Internal::fileInfoOf(entry, prefix + entry.name, core.store->idMap()));
        return files;
    });
}

QFuture<Result<FileContent>> FileTrees::read(const TreeState &state, const QByteArray &path, qint64 limitBytes) const
{
    return Core::ask(m_core, [state, path, limitBytes](Core &core) -> Result<FileContent> {
        const LayerStack stack = ENGINE_TRY(stackOf(core, state));
        const QByteArray resolved = ENGINE_TRY(stack.resolve(path));
        const qsizetype slash = resolved.lastIndexOf('/');
        const auto folder = ENGINE_TRY(stack.folder(slash < 0 ? QByteArray() : resolved.first(slash)));
        const auto entry = folder && !resolved.isEmpty() ? ENGINE_TRY(folder->find(resolved.mid(slash + 1))) : std::nullopt;
        if (!entry)
            return noSuchPath(path);
        const Internal::UniqueFd file = ENGINE_TRY(folder->openFile(entry->name));
        FileContent content{.file = Internal::fileInfoOf(*entry, path, core.store->idMap()), .bytes = {}};
        content.bytes.resize(qsizetype(std::clamp<qint64>(limitBytes, 0, entry->status.st_size)));
        qsizetype have = 0;
        while (have < content.bytes.size()) {
            const ssize_t count = ::read(file.get(), content.bytes.data() + have, size_t(content.bytes.size() - have));
            if (count < 0)
                return Failure(Internal::errnoError("read", QFile::decodeName(path), errno));
            if (count == 0)
                break;
            have += count;
        }
        content.bytes.truncate(have);
        return content;
    });
}

} // namespace Engine
