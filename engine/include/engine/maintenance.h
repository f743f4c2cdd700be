// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/ids.h>
#include <engine/result.h>

#include <QtCore/QFuture>
#include <QtCore/QList>
#include <QtCore/QStringList>

#include <memory>

namespace Engine {

namespace Internal {
class Core;
}

//! What the store holds, in exact bytes of unpacked files. A layer is counted once, whoever shares it.
struct DiskUsage {
    struct Part {
        int count = 0;
        int active = 0;                 //!< in use, see below
        qint64 sizeBytes = 0;
        qint64 reclaimableBytes = 0;    //!< what pruning all that is not in use would free
        bool operator==(const Part &) const = default;
    };
    Part images;        //!< active: has containers
    Part containers;    //!< their writable layers; active: runs
    Part buildCache;    //!< steps; active: an image or a container has its layer. Size: of layers that only the cache keeps
    bool operator==(const DiskUsage &) const = default;
};

//! What prune() takes away.
struct PruneRequest {
    enum class Images { Keep, Dangling, Unused };   //!< Dangling: without a name; Unused: without a container
    enum class Containers { Keep, Stopped };        //!< Stopped: everything that does not run
    enum class BuildCache { Keep, All };
    Images images = Images::Keep;
    Containers containers = Containers::Keep;
    BuildCache buildCache = BuildCache::Keep;
};

struct Pruned {
    QStringList containers;     //!< ids of the removed containers
    QStringList untagged;       //!< references that no longer exist
    QList<Digest> images;       //!< ids and layers gone with them
    QList<Digest> cachedLayers; //!< layers that only the build cache had kept
    qint64 freedBytes = 0;      //!< exact
};

//! Care of the store as a whole. Any thread may call; the work runs beside the engine's short questions.
class Maintenance final
{
public:
    explicit Maintenance(std::shared_ptr<Internal::Core> core);

    //! Looks through the whole store and changes nothing: every row has its files, every blob its digest, every layer its
    //! size. Cost: reads every blob and stats every file. \return one English sentence for each fault; empty: it is sound
    [[nodiscard]] QFuture<Result<QStringList>> check() const;
    //! Cost: a few queries, and one stat for each file that a container has written.
    [[nodiscard]] QFuture<Result<DiskUsage>> usage() const;
    //! Removes what nobody uses. What comes into use meanwhile stays.
    [[nodiscard]] QFuture<Result<Pruned>> prune(const PruneRequest &request) const;

private:
    std::shared_ptr<Internal::Core> m_core;
};

} // namespace Engine
