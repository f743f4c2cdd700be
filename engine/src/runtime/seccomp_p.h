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

//! A system call filter in one of two forms; both empty: none.
struct SeccompFilter {
    nlohmann::json profile;     //!< `linux.seccomp`, which any OCI runtime compiles itself: 14 ms each time
    QByteArray program;         //!< the compiled filter in base64, for crun's annotation: 0 ms
};

//! Compiles a `linux.seccomp` object with libseccomp to the kernel's filter program (struct sock_filter array).
//! System calls that libseccomp does not know are left out, as runtimes do. Cost: 11 ms.
//! \return Unsupported for what the profile asks and libseccomp cannot do
[[nodiscard]] Result<QByteArray> compileSeccompProfile(const nlohmann::json &profile);

//! The system's default profile: /etc/containers/seccomp.json, else /usr/share/containers/seccomp.json.
//! The result is kept in \p cacheFolder by the source's inode, size and time, so that only the first call pays.
//! \return MissingPart when the system has none
enum class SeccompForm { Profile, Program };
[[nodiscard]] Result<SeccompFilter> defaultSeccompFilter(const QStringList &capabilities, SeccompForm form, const QString &cacheFolder);

} // namespace Engine::Internal
