// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/ids.h>
#include <engine/result.h>

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QString>

namespace Engine::Internal {

//! One [[registry.mirror]] of containers-registries.conf(5).
struct MirrorEntry {
    QString location;
    bool insecure = false;
    bool digestsOnly = false;   //!< pull-from-mirror = "digest-only"
    bool tagsOnly = false;      //!< pull-from-mirror = "tag-only"
    bool operator==(const MirrorEntry &) const = default;
};

//! One [[registry]].
struct RegistryEntry {
    QString prefix;     //!< "host", "host/path" or "*.host"
    QString location;   //!< what the prefix is replaced by
    bool insecure = false;
    bool blocked = false;
    bool mirrorsByDigestOnly = false;
    QList<MirrorEntry> mirrors;
    bool operator==(const RegistryEntry &) const = default;
};

//! Where a repository may be had from.
struct RegistryEndpoint {
    QString host;       //!< with port: "registry-1.docker.io", "localhost:5000"
    QString path;       //!< repository there
    bool insecure = false;
    bool isMirror = false;
    bool operator==(const RegistryEndpoint &) const = default;
};

//! The [[registry]] tables of one registries.conf; other settings are left to those they are for.
//! \p fileName is for error messages. \return InvalidInput with file and line
[[nodiscard]] Result<QList<RegistryEntry>> parseRegistriesConf(QByteArrayView content, const QString &fileName);

//! The user's ~/.config/containers/registries.conf, or else /etc/containers/registries.conf; then the registries.conf.d
//! folders of both in the order of their file names, a later entry with the same prefix replacing an earlier one.
[[nodiscard]] Result<QList<RegistryEntry>> loadRegistriesConf();
//! The same for other folders (each with registries.conf and registries.conf.d), the system's first.
[[nodiscard]] Result<QList<RegistryEntry>> loadRegistriesConf(const QStringList &folders);

//! Mirrors first, then the registry itself. Loopback registries are insecure by nature, as in Docker.
//! \return PermissionDenied when the configuration blocks it
[[nodiscard]] Result<QList<RegistryEndpoint>> endpointsFor(const ImageReference &reference, const QList<RegistryEntry> &entries);

} // namespace Engine::Internal
