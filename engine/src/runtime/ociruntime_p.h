// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "linux/spawn_p.h"
#include "runtime/cgroups_p.h"

#include <engine/engine.h>

namespace Engine::Internal {

//! The OCI runtime (crun) as a program: where it is and what every call of it needs.
struct OciRuntime {
    QString program;                //!< absolute path
    QString stateFolder;            //!< its --root
    CgroupSetup cgroups;

    //! \return MissingPart when there is none, with the package that brings it
    [[nodiscard]] static Result<OciRuntime> find(const EngineSettings &settings);

    //! Can it take a compiled seccomp filter (crun's annotation run.oci.seccomp_bpf_data)?
    bool takesSeccompProgram() const;
    //! `--root=… --cgroup-manager=…`: what stands before the command.
    QStringList globalArguments() const;
    //! A call of `program <global arguments> <arguments>` as namespace root.
    SpawnRequest call(const QStringList &arguments) const;

    //! \p command: its first word, for the error when it cannot be run
    [[nodiscard]] Result<void> start(const QString &name, const QString &command) const;
    //! The runtime's word: "created", "running", "stopped". \return NotFound when it knows no such container
    [[nodiscard]] Result<QString> state(const QString &name) const;
    //! Kills what is left of it and forgets it; unknown is no error. Cost: 4 ms, nothing when it is unknown.
    [[nodiscard]] Result<void> remove(const QString &name) const;
};

//! Puts the runtime's own words about a \p program (the command's first word) or a working directory that cannot be used
//! into Docker's: CommandFailed with exit code 127 (not found) or 126 (cannot be executed or entered). Anything else is Io
//! about \p container, with the runtime's words and 125 as exit code.
[[nodiscard]] Error runtimeError(const QString &container, const QString &program, const QString &message);

} // namespace Engine::Internal
