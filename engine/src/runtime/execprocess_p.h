// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "linux/spawn_p.h"
#include "runtime/containerruntime_p.h"

namespace Engine::Internal {

//! A process started in a running container, as `docker exec` does: the runtime waits for it and takes on its exit code.
struct ExecProcess {
    ChildProcess runtime;
    QString command;        //!< its first word
    UniqueFd input;         //!< pipe to its standard input; invalid without
    UniqueFd output;        //!< pipe from its standard output
    UniqueFd errorOutput;   //!< pipe from its standard error; invalid with a terminal
    UniqueFd terminal;      //!< the terminal's master end, for input and output; invalid without
    UniqueFd runtimeLog;    //!< what the runtime itself complains about, one JSON object a line

    //! The runtime's last complaint; empty when it had none.
    QString complaint() const;
    //! What \p status means: the process's exit code, or the error the runtime met before it ran.
    [[nodiscard]] Result<int> outcome(const QString &container, const ExitStatus &status) const;
};

//! Blocks until the runtime has taken over (with a terminal: until the terminal exists). Cost: 5 to 20 ms.
//! \return InUse when the container does not run; CommandFailed with 126 or 127 when the command cannot be run
[[nodiscard]] Result<ExecProcess> startExec(const ContainerRuntime &runtime, const ContainerRecord &record, const ExecOptions &options);

} // namespace Engine::Internal
