// SPDX-License-Identifier: GPL-3.0-or-later
#include <engine/engine.h>

#include "base/try_p.h"
#include "runtime/containerruntime_p.h"
#include "services/core_p.h"
#include "services/systeminfo_p.h"

#include <QtCore/QThread>

#include <algorithm>

namespace Engine {

class Engine::Private final
{
public:
    std::shared_ptr<Internal::Core> core;
    QThreadPool pool;
    QThreadPool longPool;
    std::unique_ptr<Events> events;
};

namespace {

// Short work waits for the disk more than for the processor.
int poolSize()
{
    return std::max(4, QThread::idealThreadCount());
}

// Each of these threads belongs to something that the user started and mostly sleeps in poll().
constexpr int longPoolSize = 256;

} // namespace

Result<std::unique_ptr<Engine>> Engine::create(const EngineSettings &settings)
{
    auto d = std::make_unique<Private>();
    d->pool.setMaxThreadCount(poolSize());
    d->longPool.setMaxThreadCount(longPoolSize);
    d->core = std::make_shared<Internal::Core>();
    d->core->settings = settings;
    d->core->pool = &d->pool;
    d->core->longPool = &d->longPool;
    d->core->store = ENGINE_TRY(Internal::Store::open(settings.paths, Internal::IdMap::ofThisProcess()));
    d->pool.start([core = d->core] { Internal::ContainerRuntime(*core->store, core->settings).sweep(); });
    return std::unique_ptr<Engine>(new Engine(std::move(d)));
}

Engine::Engine(std::unique_ptr<Private> p) : d(std::move(p)), m_images(d->core), m_builds(d->core), m_containers(d->core), m_fileTrees(d->core), m_maintenance(d->core)
{
}

Engine::~Engine()
{
    d->events.reset();
    d->core->stop.request_stop();
    d->longPool.waitForDone();
    d->pool.waitForDone();
}

Events &Engine::events()
{
    if (!d->events)
        d->events = std::make_unique<Events>(d->core);
    return *d->events;
}

QFuture<Result<EngineInfo>> Engine::info() const
{
    return Internal::Core::ask(d->core, [containers = m_containers](Internal::Core &core) -> Result<EngineInfo> {
        auto info = Internal::collectSystemInfo(core.settings);
        info.images = int(ENGINE_TRY(core.store->listImages()).size());
        const auto all = ENGINE_TRY(containers.list().result());
        const auto count = [&all](auto... states) {
            return int(std::count_if(all.begin(), all.end(), [=](const auto &c) { return ((c.state == states) || ...); }));
        };
        info.containers = int(all.size());
        info.running = count(ContainerState::Running);
        info.paused = count(ContainerState::Paused);
        info.stopped = count(ContainerState::Created, ContainerState::Exited, ContainerState::Dead);
        return info;
    });
}

} // namespace Engine
