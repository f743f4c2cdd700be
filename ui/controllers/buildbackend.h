// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/engine.h>

namespace Gui {

//! What the Build page asks of an engine; tests put a scripted one in its place.
class BuildBackend
{
public:
    BuildBackend() = default;
    virtual ~BuildBackend() = default;
    Q_DISABLE_COPY_MOVE(BuildBackend)

    [[nodiscard]] virtual QFuture<Engine::Result<Engine::BuildPlan>> plan(const Engine::BuildRequest &request) = 0;
    [[nodiscard]] virtual std::unique_ptr<Engine::BuildOperation> build(const Engine::BuildRequest &request) = 0;
    [[nodiscard]] virtual QFuture<Engine::Result<Engine::ContainerInfo>> create(const Engine::CreateOptions &options) = 0;
};

//! The real one; \p engine must outlive it.
class EngineBuildBackend final : public BuildBackend
{
public:
    explicit EngineBuildBackend(Engine::Engine &engine) : m_engine(engine) {}

    QFuture<Engine::Result<Engine::BuildPlan>> plan(const Engine::BuildRequest &request) override
    {
        return m_engine.builds().plan(request);
    }
    std::unique_ptr<Engine::BuildOperation> build(const Engine::BuildRequest &request) override
    {
        return m_engine.builds().build(request);
    }
    QFuture<Engine::Result<Engine::ContainerInfo>> create(const Engine::CreateOptions &options) override
    {
        return m_engine.containers().create(options);
    }

private:
    Engine::Engine &m_engine;
};

} // namespace Gui
