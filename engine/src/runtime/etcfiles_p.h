// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/containerrecord_p.h"

namespace Engine::Internal {

//! The texts of /etc/hosts, /etc/hostname and /etc/resolv.conf for a container, from the host's files with the host's
//! network and minimal ones without network.
struct EtcFiles {
    QByteArray hosts;
    QByteArray hostname;
    QByteArray resolvConf;

    //! \param addHosts "name:ip" \return InvalidInput for an entry of another form
    [[nodiscard]] static Result<EtcFiles> make(NetworkMode network, const QString &hostname, const QStringList &addHosts);
    //! Writes them into the container's folder.
    [[nodiscard]] Result<void> write(const ContainerFolder &folder) const;
};

//! "name:ip" as an /etc/hosts line. \return InvalidInput for anything else
[[nodiscard]] Result<QByteArray> hostsLine(const QString &addHost);

} // namespace Engine::Internal
