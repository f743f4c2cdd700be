// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/result.h>

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace Engine::Internal {

struct IdRange {
    uint32_t container = 0; //!< first id inside a container
    uint32_t engine = 0;    //!< first id in the engine's user namespace
    uint32_t count = 0;
};

//! How ids inside a container (and in image layers) map to ids in the engine's user namespace.
//!
//! Root: the identity, no nested user namespace. A user U in the keep-id namespace: container 0 is U, container
//! 1…U are 0…U-1, above U the same. So files of container root belong to the user on the host.
class IdMap final
{
public:
    //! For the process as it is now: call after enterNamespaces().
    [[nodiscard]] static IdMap ofThisProcess();
    //! For tests.
    IdMap(std::vector<IdRange> users, std::vector<IdRange> groups, bool nested);

    uint32_t userToEngine(uint32_t uid) const;  //!< unmapped ids come back as they are
    uint32_t groupToEngine(uint32_t gid) const;
    uint32_t userToContainer(uint32_t uid) const;
    uint32_t groupToContainer(uint32_t gid) const;
    bool isMappedUser(uint32_t uid) const;      //!< is container id \p uid usable?
    bool isMappedGroup(uint32_t gid) const;
    bool needsUserNamespace() const { return m_nested; } //!< the OCI spec must carry the map
    const std::vector<IdRange> &users() const { return m_users; }
    const std::vector<IdRange> &groups() const { return m_groups; }

private:
    std::vector<IdRange> m_users;
    std::vector<IdRange> m_groups;
    bool m_nested = false;
};

} // namespace Engine::Internal
