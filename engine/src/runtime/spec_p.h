// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "linux/idmap_p.h"
#include "runtime/cgroups_p.h"
#include "runtime/seccomp_p.h"
#include "runtime/userlookup_p.h"

#include <engine/containers.h>

#include <nlohmann/json.hpp>

namespace Engine::Internal {

//! What a process in a container is: the `process` object of the OCI runtime-spec, for containers, exec and RUN alike.
struct ProcessSpec {
    QStringList arguments;
    QStringList environment;    //!< complete: see processEnvironment()
    QString workingDir = QStringLiteral("/");
    ProcessUser user;
    bool tty = false;
    bool privileged = false;    //!< every capability the engine has itself
};

//! A mount beyond the default ones. One with the same target as a default mount takes its place.
struct SpecMount {
    QString target;             //!< absolute path in the container
    QString type = QStringLiteral("bind");
    QString source;
    QStringList options = {QStringLiteral("rbind"), QStringLiteral("rprivate")};
};

//! Everything a runtime-spec document is made from.
struct SpecRequest {
    QString rootfs;             //!< absolute path of the mounted root
    ProcessSpec process;
    QString hostname;
    NetworkMode network = NetworkMode::Host;
    bool readOnlyRoot = false;
    QList<SpecMount> mounts;    //!< bind mounts of /etc/hosts and friends, volumes, RUN --mount
    SeccompFilter seccomp;      //!< see defaultSeccompFilter(); empty: unconfined. Ignored when privileged
    CgroupSetup cgroups;
    QString cgroupName;         //!< unique name of its cgroup: the container's id
};

//! The OCI runtime-spec 1.0.2 document (config.json) with Docker's defaults: mounts, devices, the 14 capabilities, masked
//! and read-only paths. Pure but for privileged (reads /dev and the engine's own capabilities). Cost: about 0.1 ms.
[[nodiscard]] nlohmann::json makeSpec(const SpecRequest &request, const IdMap &ids);

//! The `process` object alone, as `crun exec --process` takes it.
[[nodiscard]] nlohmann::json makeProcess(const ProcessSpec &process);

//! Docker's 14 capabilities, cut to what the engine has itself; with \p privileged all it has.
[[nodiscard]] QStringList capabilitiesFor(bool privileged);

//! What an image or a user asked for, in Docker's order, plus what Docker always sets: PATH, HOSTNAME, TERM (with a
//! tty) and HOME where \p configured has none.
[[nodiscard]] QStringList processEnvironment(const QStringList &configured, const QString &hostname, const QString &home, bool tty);

} // namespace Engine::Internal
