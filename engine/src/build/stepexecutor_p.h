// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "build/planner_p.h"
#include "build/runmounts_p.h"
#include "build/runstep_p.h"
#include "build/treecopier_p.h"

namespace Engine::Internal {

//! Makes the layer of one step: mounts what is below, lets the step write, commits what it wrote.
class StepExecutor final
{
public:
    //! \p context may be null
    StepExecutor(Store &store, const EngineSettings &settings, const BuildRequest &request, const ContextTree *context, std::stop_token stop)
        : m_store(store), m_settings(settings), m_request(request), m_context(context), m_stop(std::move(stop))
    {
    }
    void setOutput(RunOutput output) { m_output = std::move(output); }
    //! Seconds since the epoch: no file of the layer is younger.
    void setClampTime(std::optional<qint64> seconds) { m_clampTime = seconds; }
    //! Gives the top layer of a stage by the name that --from uses; nothing when it is no stage.
    void setStageLayers(std::function<std::optional<Digest>(const QString &name)> find) { m_stageLayer = std::move(find); }

    //! \return the layer; of a step that changes nothing, an empty one
    [[nodiscard]] Result<LayerRecord> execute(const PlannedStep &step, const Digest &below);
    //! After a RUN that failed: what it had made by then, as a layer; null when there is none, or it is too large to keep.
    const Digest &failedLayer() const { return m_failedLayer; }

private:
    struct Mounted;
    [[nodiscard]] Result<void> copy(const PlannedStep &step, const Instructions::Copy &copy, const Mounted &root);
    [[nodiscard]] Result<void> add(const Instructions::Copy &add, const QList<CopySource> &sources, const TreeCopier &copier, const CopyTarget &target);
    [[nodiscard]] Result<void> run(const PlannedStep &step, const Instructions::Run &run, const Mounted &root);
    Digest layerOf(const PlannedStep &step, const QString &from) const;
    [[nodiscard]] Result<QString> mountSource(const PlannedStep &step, const QString &from, const Mounted &root, const QString &name, MountAccess access);
    [[nodiscard]] Result<void> makeUpper(const Digest &below, const QString &path) const;
    [[nodiscard]] Result<void> keepFailed(Mounted &root, const Digest &below);

    Store &m_store;
    const EngineSettings &m_settings;
    const BuildRequest &m_request;
    const ContextTree *m_context;
    std::stop_token m_stop;
    RunOutput m_output;
    std::optional<qint64> m_clampTime;
    std::function<std::optional<Digest>(const QString &)> m_stageLayer;
    Digest m_failedLayer;
};

} // namespace Engine::Internal
