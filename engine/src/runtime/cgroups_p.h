// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>
#include <QtCore/QStringList>

namespace Engine::Internal {

//! How containers get their cgroups on this system.
struct CgroupSetup {
    enum class Manager {
        Disabled,   //!< nothing is delegated to this user: no cgroup, no limits, no pause
        Files,      //!< the runtime makes folders in /sys/fs/cgroup itself (root without systemd)
        Systemd,    //!< a systemd manager makes a scope (root's, or a user's with delegation)
    } manager = Manager::Disabled;
    enum class Version { None, V1, V2 } version = Version::None;
    bool ofUser = false;        //!< systemd: the user's manager, not the system's

    //! Looks at /sys/fs/cgroup and the running systemd. For the process as it is after enterNamespaces().
    [[nodiscard]] static CgroupSetup ofThisSystem();

    //! Global options the OCI runtime needs for it.
    QStringList runtimeArguments() const;
    //! `linux.cgroupsPath` for \p name; empty when disabled.
    QString pathFor(const QString &name) const;
    bool operator==(const CgroupSetup &) const = default;
};

} // namespace Engine::Internal
