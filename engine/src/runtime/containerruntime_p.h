// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/containertable_p.h"
#include "runtime/ociruntime_p.h"

#include <engine/engine.h>

#include <nlohmann/json.hpp>

#include <functional>
#include <stop_token>

namespace Engine::Internal {

//! The life of containers: plain synchronous functions under the Containers service. Any thread, any number of
//! processes at once, each of which may be killed at any moment.
//!
//! The rules that make this hold:
//! - The database row is the truth about what was decided, the kernel about what runs: every reader settles the two.
//! - What changes files, mounts or the runtime's state of a container holds the lock in its folder. Running becomes Exited
//!   by compare and swap without it, so that nobody waits to learn an exit code.
//! - The exit code is in the monitor's exit file until it is in the database.
//! - A removed container's folder is renamed out of the way (".removed-ID") before its row goes; whoever comes next with
//!   time to spare clears it.
class ContainerRuntime final
{
public:
    ContainerRuntime(Store &store, const EngineSettings &settings) : m_store(store), m_settings(settings), m_table(store) {}

    [[nodiscard]] Result<ContainerRecord> create(const CreateOptions &options) const;
    //! What a container stands on; usually an image.
    struct Base {
        Digest imageId;             //!< null: no image (a step of a build)
        Digest layer;
        nlohmann::json config;      //!< image config document
    };
    [[nodiscard]] Result<ContainerRecord> createOn(const Base &base, const CreateOptions &options) const;
    [[nodiscard]] Result<ContainerRecord> find(const QString &idOrName) const;
    [[nodiscard]] Result<QList<ContainerRecord>> list() const;

    //! Called when the container is created and not started yet: the place to attach.
    using BeforeStart = std::function<Result<void>(const ContainerRecord &)>;
    enum class Started { Now, Already };
    [[nodiscard]] Result<Started> start(ContainerRecord &record, const BeforeStart &beforeStart = {}) const;
    [[nodiscard]] Result<void> stop(const QString &idOrName, std::optional<std::chrono::seconds> timeout, std::stop_token stopToken) const;
    [[nodiscard]] Result<void> kill(const QString &idOrName, const QString &signal) const;
    [[nodiscard]] Result<void> remove(const QString &idOrName, Containers::Force force) const;
    [[nodiscard]] Result<void> rename(const QString &idOrName, const QString &newName) const;

    struct Ending {
        int exitCode = 0;
        bool unknown = false;   //!< nobody saw how
        qint64 finishedMs = 0;  //!< since the epoch; 0: now
    };
    //! Blocks until the container does not run; at once when it does not. Records the end, and removes it with --rm.
    //! \return Cancelled on a stop request; TimedOut after \p timeout
    [[nodiscard]] Result<Ending> wait(const ContainerRecord &record, std::stop_token stopToken,
                                      std::optional<std::chrono::milliseconds> timeout = {}) const;

    //! What the monitor calls at the end.
    [[nodiscard]] Result<void> cleanUp(const ContainerId &id) const;
    //! Clears what killed processes have left. Cost: one folder listing.
    void sweep() const;

    ContainerFolder folderOf(const ContainerId &id) const;
    QString exitFolder() const;
    Store &store() const { return m_store; }
    const EngineSettings &settings() const { return m_settings; }

private:
    //! Brings a record up to date with the kernel. \return nothing when the container is gone (--rm)
    [[nodiscard]] Result<std::optional<ContainerRecord>> settle(ContainerRecord record) const;
    [[nodiscard]] Result<std::optional<ContainerRecord>> settleStarting(const ContainerRecord &record) const;
    //! Records the end of a running container. Somebody else having done it is no error.
    [[nodiscard]] Result<void> finish(const ContainerRecord &record, const Ending &ending) const;
    //! Makes a container unknown; its files wait for clearRemoved(). The caller holds the lock.
    [[nodiscard]] Result<void> discard(const ContainerRecord &record, ContainerTable::Died died) const;
    //! Unmounts, has the runtime forget it, drops the monitor's files. The caller holds the lock, and it does not run.
    [[nodiscard]] Result<void> release(const ContainerId &id, const ContainerFolder &folder) const;
    [[nodiscard]] Result<void> clearRemoved(const ContainerId &id) const;
    [[nodiscard]] std::optional<Ending> readExitFile(const ContainerId &id) const;

    // containerstart.cpp
    [[nodiscard]] Result<Started> startLocked(ContainerRecord &record, const BeforeStart &beforeStart) const;
    [[nodiscard]] Result<void> launch(ContainerRecord &record, const BeforeStart &beforeStart) const;
    [[nodiscard]] Result<void> prepare(const ContainerRecord &record, const OciRuntime &runtime) const;
    [[nodiscard]] Result<void> failStart(ContainerRecord &record, Error error) const;

    Store &m_store;
    const EngineSettings &m_settings;
    ContainerTable m_table;
};

//! Docker's words for a container that ought to run.
[[nodiscard]] Error notRunningError(const ContainerRecord &record);

} // namespace Engine::Internal
