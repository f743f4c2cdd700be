// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/result.h>

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QString>

#include <cstdint>

namespace Engine::Internal {

//! Who a process in a container runs as. Ids are the container's own.
struct ProcessUser {
    uint32_t uid = 0;
    uint32_t gid = 0;
    QList<uint32_t> additionalGids; //!< the primary one included, as Docker does since CVE-2022-36109
    QString home = QStringLiteral("/");
    bool operator==(const ProcessUser &) const = default;
};

//! Finds \p user ("", "name", "uid", "name:group", "uid:gid") in the texts of a passwd and a group file, by the rules of
//! moby/sys/user GetExecUser; malformed lines are skipped.
//! \return InvalidInput with Docker's words for a name that is not there or an id out of range
[[nodiscard]] Result<ProcessUser> lookUpUser(const QString &user, const QByteArray &passwd, const QByteArray &group);

//! The same with /etc/passwd and /etc/group of the root folder \p rootFd. Links are followed inside the root only;
//! what is missing, no regular file or larger than 4 MB counts as empty.
[[nodiscard]] Result<ProcessUser> lookUpUserInRoot(const QString &user, int rootFd);

} // namespace Engine::Internal
