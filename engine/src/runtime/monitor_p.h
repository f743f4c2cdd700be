// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/containerrecord_p.h"
#include "runtime/ociruntime_p.h"

namespace Engine::Internal {

struct MonitorRequest {
    ContainerId id;
    QString name;
    QString command;            //!< its first word, for the error when it cannot be run
    ContainerFolder folder;     //!< the bundle
    QString exitFolder;         //!< where the monitor writes the exit code, in a file named by the id
    QStringList exitCommand;    //!< program and arguments it calls afterwards
    bool tty = false;
    bool openStdin = false;
};

struct MonitoredContainer {
    ProcessIdentity process;    //!< waits for `start`
    ProcessIdentity monitor;
};

//! Starts conmon, which has the OCI runtime create the container and stays with it. Returns when the container is
//! created, not started. Cost: 9 ms, 20 with cgroups.
//! \return as runtimeError(), with what the runtime said
[[nodiscard]] Result<MonitoredContainer> startMonitor(const QString &program, const OciRuntime &runtime, const MonitorRequest &request);

//! \return MissingPart when there is none, with the package that brings it
[[nodiscard]] Result<QString> findMonitor(const EngineSettings &settings);

} // namespace Engine::Internal
