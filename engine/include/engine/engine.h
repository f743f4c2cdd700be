// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/builds.h>
#include <engine/containers.h>
#include <engine/events.h>
#include <engine/filetrees.h>
#include <engine/images.h>
#include <engine/maintenance.h>
#include <engine/namespaces.h>

#include <memory>

namespace Engine {

struct EngineSettings {
    StorePaths paths;
    QString program;        //!< absolute path of the slipway executable; monitors call it back at a container's end
    QString runtimePath;    //!< crun; empty: looked up in PATH
    QString monitorPath;    //!< conmon; empty: looked up in PATH
};

//! Versions and facts for `slipway version` and `slipway info`.
struct EngineInfo {
    QString version;
    QString root;
    QString runtime;            //!< "crun 1.8.1", or why there is none
    QString monitor;            //!< "conmon 2.1.6", or why there is none
    QString kernel;
    QString operatingSystem;
    QString architecture;
    QString cgroupVersion;      //!< "1", "2", "none (no delegation)"
    QString storageDriver;      //!< "overlay"
    QStringList securityOptions; //!< "seccomp", "rootless", …
    int cpus = 0;
    qint64 memoryBytes = 0;
    int containers = 0, running = 0, paused = 0, stopped = 0, images = 0;
    bool rootless = false;
    bool operator==(const EngineInfo &) const = default;
};

//! The container engine: opens the store and holds the services. One per process, made by app/.
//!
//! Needs enterNamespaces() to have succeeded. Several engines (processes) may work on one store.
class Engine final
{
public:
    //! Opens or makes the store; finishes what a killed process left. Cost: about 5 ms.
    //! \return MissingPart without crun or conmon only where they are needed: the engine opens without them
    [[nodiscard]] static Result<std::unique_ptr<Engine>> create(const EngineSettings &settings);
    ~Engine();
    Q_DISABLE_COPY_MOVE(Engine)

    Images &images() { return m_images; }
    Builds &builds() { return m_builds; }
    Containers &containers() { return m_containers; }
    FileTrees &fileTrees() { return m_fileTrees; }
    Maintenance &maintenance() { return m_maintenance; }
    Events &events();   //!< made on first use, in the calling thread
    [[nodiscard]] QFuture<Result<EngineInfo>> info() const;

private:
    class Private;
    explicit Engine(std::unique_ptr<Private> d);

    std::unique_ptr<Private> d;
    Images m_images;
    Builds m_builds;
    Containers m_containers;
    FileTrees m_fileTrees;
    Maintenance m_maintenance;
};

//! What a container's monitor calls when the container has ended (`slipway cleanup ID`): records the exit code,
//! unmounts, removes with --rm. Idempotent. Runs inside the monitor's namespaces, without Engine.
[[nodiscard]] Result<void> cleanUpContainer(const EngineSettings &settings, const ContainerId &id);

} // namespace Engine
