// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "build/evaluator_p.h"
#include "linux/idmap_p.h"
#include "runtime/spec_p.h"

#include <engine/builds.h>
#include <engine/engine.h>

#include <functional>
#include <stop_token>

namespace Engine::Internal {

//! What a RUN step wrote; called from the step's thread, may block to slow the step.
using RunOutput = std::function<void(const QByteArray &bytes, OutputStream stream)>;

//! One process of a build, in a container of its own.
struct RunRequest {
    QString rootfs;                 //!< mounted, writable
    QString workFolder;             //!< an existing folder for the bundle
    QStringList arguments;
    QStringList environment;
    QString workingDir;
    QString user;
    NetworkMode network = NetworkMode::Host;
    QList<SpecMount> mounts;        //!< RUN --mount
    QStringList secretEnvironment;  //!< "name=value" that no disk may see: then \c workFolder and \c stateFolder are on a tmpfs
    QString stateFolder;            //!< of the runtime; empty: that of all builds
    QStringList extraHosts;         //!< "name:ip"
    std::optional<qint64> shmBytes;
    QList<BuildUlimit> ulimits;
    QByteArray script;              //!< written to scriptPath, executable; nothing when empty
    QString scriptPath;
};

//! Runs it to its end. A stop request kills every process of it at once. Mount points that had to be made in the root are taken away again.
//! \return CommandFailed with the exit code and Docker's words; Cancelled; MissingPart without a runtime
[[nodiscard]] Result<void> runInContainer(const EngineSettings &settings, const IdMap &ids, const RunRequest &request, const RunOutput &output,
                                          std::stop_token stop);

//! Kills and forgets the containers of builders that no longer live. Cost: one readdir when there are none.
[[nodiscard]] Result<void> removeAbandonedRuns(const EngineSettings &settings);

} // namespace Engine::Internal
