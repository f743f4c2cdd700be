// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "storage/store_p.h"

#include <engine/engine.h>

#include <QtConcurrent/QtConcurrentRun>
#include <QtCore/QThreadPool>

#include <mutex>

namespace Engine::Internal {

class FileDigests;

//! What the services share. Held by shared_ptr by every service and every task on the pools, so work that is under way
//! never sees it die. The pools themselves belong to Engine, which stops and waits for the work before it goes.
class Core final
{
public:
    EngineSettings settings;
    std::unique_ptr<Store> store;
    QThreadPool *pool = nullptr;        //!< short questions and disk work
    QThreadPool *longPool = nullptr;    //!< pulls, builds, waits, logs: they must not starve the questions
    std::shared_ptr<FileDigests> fileDigests; //!< made by the first plan or build
    std::once_flag fileDigestsOnce;
    std::stop_source stop;              //!< requested when the Engine goes

    //! Runs \p work(core) on the pool.
    template<typename Work>
    static auto ask(const std::shared_ptr<Core> &core, Work work)
    {
        return QtConcurrent::run(core->pool, [core, work = std::move(work)] { return work(*core); });
    }
};

} // namespace Engine::Internal
