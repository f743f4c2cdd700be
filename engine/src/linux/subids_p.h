// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/result.h>

#include <QtCore/QByteArray>
#include <QtCore/QByteArrayList>

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace Engine::Internal {

//! A range of ids that an account may use in its user namespaces (subuid(5)).
struct SubordinateRange {
    uint32_t first = 0;
    uint32_t count = 0;
    bool operator==(const SubordinateRange &) const = default;
};

//! One line of a uid_map or gid_map (user_namespaces(7)).
struct IdMapping {
    uint32_t inside = 0;
    uint32_t outside = 0;
    uint32_t count = 0;
    bool operator==(const IdMapping &) const = default;
};

//! The ranges of the account \p name (or given by number) in the text of /etc/subuid or /etc/subgid. Lines that do
//! not parse are ignored, as shadow does.
[[nodiscard]] std::vector<SubordinateRange> subordinateRanges(const QByteArray &text, const QByteArray &name, uint32_t id);
//! The first id at or above 100000 from which 65536 are free in both texts, for the remedy.
[[nodiscard]] uint32_t freeSubordinateStart(const QByteArray &subuid, const QByteArray &subgid);
//! \p own maps to itself; the ranges fill 0 … own-1 and then own+1 ….
[[nodiscard]] std::vector<IdMapping> keepIdMap(uint32_t own, const std::vector<SubordinateRange> &ranges);

struct KeepIdMaps {
    std::vector<IdMapping> users;
    std::vector<IdMapping> groups;
};

//! Maps for the account \p user, \p group from /etc/subuid and /etc/subgid, or from `getsubids` where they come from a
//! directory service. \return MissingPart with the usermod command that gives ranges to the account
[[nodiscard]] Result<KeepIdMaps> keepIdMapsFor(uid_t user, gid_t group);

} // namespace Engine::Internal
