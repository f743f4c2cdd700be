// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/result.h>

#include <QtCore/QStringList>

#include <sys/types.h>

#include <memory>
#include <mutex>

namespace Engine {

//! Where a store and its run-time state are.
struct StorePaths {
    QString root;   //!< images, layers, containers, slipway.db
    QString run;    //!< sockets, exit codes, namespace registrations; gone after a reboot

    //! $SLIPWAY_ROOT or the XDG folders; root: /var/lib/slipway and /run/slipway. \p rootOverride is --root;
    //! its run folder is then derived from it, so that two stores never share run-time state. $SLIPWAY_RUN is another
    //! place for run folders.
    [[nodiscard]] static StorePaths forCurrentUser(const QString &rootOverride = {});
};

//! Starts programs outside Slipway's namespaces: browsers, terminals.
//! A process forked before the namespace was entered; it ends with its parent.
class OutsideLauncher final
{
public:
    //! Made by enterNamespaces(). \p socket and the process \p pid at its other end become its own.
    OutsideLauncher(int socket, pid_t pid) : m_socket(socket), m_pid(pid) {}
    ~OutsideLauncher();
    Q_DISABLE_COPY_MOVE(OutsideLauncher)

    //! Starts \p program detached, in the host's namespaces. Any thread; returns when it runs, within milliseconds.
    //! \return NotFound when there is no such program
    [[nodiscard]] Result<void> launch(const QStringList &program) const;

private:
    int m_socket = -1;
    pid_t m_pid = -1;
    mutable std::mutex m_mutex; // one question at a time
};

enum class KeepLauncher { No, Yes };

//! Enters the namespaces in which layers can be unpacked and mounted (root: a private mount namespace; a
//! user: a keep-id user namespace as well), joining those of a living Slipway process or container monitor of
//! the same user and store where there is one.
//!
//! Call first thing in main(), before any thread. Cost: 0.3 ms to join, 4-8 ms to create. On failure the process is where
//! it was. What it starts is inside as well, and calling it there again does nothing but take back the owner's uid
//! (a monitor's callback runs as namespace root).
//! \return a launcher (null with KeepLauncher::No); PermissionDenied or MissingPart with the reason and the
//! command that mends it: no subuid range, newuidmap missing, user namespaces forbidden
[[nodiscard]] Result<std::unique_ptr<OutsideLauncher>> enterNamespaces(const StorePaths &paths, KeepLauncher keep);

} // namespace Engine
