// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/ids.h>
#include <engine/result.h>

#include <QtCore/QByteArray>
#include <QtCore/QDateTime>
#include <QtCore/QFuture>
#include <QtCore/QList>

#include <memory>

namespace Engine {

namespace Internal {
class Core;
}

//! One file, folder or link as a container sees it.
struct FileInfo {
    enum class Type { File, Folder, Link, CharacterDevice, BlockDevice, Fifo, Socket } type = Type::File;
    QByteArray path;            //!< absolute; the very bytes of its name, which need not be text
    quint32 mode = 0;           //!< permissions with setuid, setgid and sticky bit
    quint32 uid = 0;            //!< as the container sees it
    quint32 gid = 0;
    qint64 sizeBytes = 0;       //!< of a file's content; 0 for folders
    QDateTime modified;
    QByteArray linkTarget;
    bool operator==(const FileInfo &) const = default;
};

//! What a layer or a container changed of what is below it.
struct FileChange {
    enum class Kind { Modified, Added, Deleted } kind = Kind::Modified;
    FileInfo file;              //!< Deleted: as it was
    bool operator==(const FileChange &) const = default;
};

//! The state of a file system at one point: after a build step (also one that failed: BuildStep::layer) or an image's layer, or of a
//! container now.
struct TreeState {
    enum class Kind { Layer, Container } kind = Kind::Layer;
    QString id;                 //!< chain id of a layer (empty: nothing yet), or id or name of a container

    static TreeState ofLayer(const Digest &layer) { return {Kind::Layer, layer.isNull() ? QString() : layer.toString()}; }
    static TreeState ofContainer(const QString &idOrName) { return {Kind::Container, idOrName}; }
    bool operator==(const TreeState &) const = default;
};

//! The beginning of a file.
struct FileContent {
    FileInfo file;
    QByteArray bytes;           //!< at most as many as asked for
    bool operator==(const FileContent &) const = default;
};

//! Looks into file systems without mounting them, starting anything or leaving anything behind. Any thread may call;
//! answers come from the engine's pool.
class FileTrees final
{
public:
    explicit FileTrees(std::shared_ptr<Internal::Core> core);

    //! Docker's `diff`: each folder before what is in it, sorted by name; folders in which something changed are Modified.
    //! A container's mount points and the files the engine makes for it (/etc/hosts, /dev, …) are no changes.
    //! Cost: one stat for each file of the layer, and reading the few that look untouched but were written.
    [[nodiscard]] QFuture<Result<QList<FileChange>>> changes(const TreeState &state) const;
    //! What is in one folder, sorted by name. Links on the way are followed inside the tree.
    //! \return NotFound; InvalidInput when it is no folder
    [[nodiscard]] QFuture<Result<QList<FileInfo>>> list(const TreeState &state, const QByteArray &folder) const;
    //! The first \p limitBytes of a file, links followed inside the tree. \return NotFound; InvalidInput when it is no file
    [[nodiscard]] QFuture<Result<FileContent>> read(const TreeState &state, const QByteArray &path, qint64 limitBytes) const;

private:
    std::shared_ptr<Internal::Core> m_core;
};

} // namespace Engine
