// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/result.h>

#include <QtCore/QStringList>

#include <nlohmann/json.hpp>

namespace Engine::Internal {

//! What a seccomp profile's rules are judged by.
struct SeccompTarget {
    QStringList capabilities;   //!< of the container, "CAP_…"
    QString architecture;       //!< Go's name: "amd64", "arm64"
    int kernelMajor = 0;
    int kernelMinor = 0;

    [[nodiscard]] static SeccompTarget ofThisMachine(const QStringList &capabilities);
};

//! Turns a profile as containers-common and Docker write it (archMap, includes, excludes) into the `linux.seccomp` object
//! of the OCI runtime-spec. \return Corrupt when it is no such profile
[[nodiscard]] Result<nlohmann::json> convertSeccompProfile(const QByteArray &profile, const SeccompTarget &target);

//! The system's default profile, converted: /etc/containers/seccomp.json, else /usr/share/containers/seccomp.json.
//! The result is kept in \p cacheFolder by the source's size and time, so that only the first call pays (5 ms; then 0.3).
//! \return MissingPart when the system has none
[[nodiscard]] Result<nlohmann::json> defaultSeccompProfile(const QStringList &capabilities, const QString &cacheFolder);

} // namespace Engine::Internal
