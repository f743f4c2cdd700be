// SPDX-License-Identifier: GPL-3.0-or-later
#include "linux/idmap_p.h"

#include "linux/syscalls_p.h"

#include <unistd.h>

#include <algorithm>
#include <limits>

using namespace Qt::StringLiterals;

namespace Engine::Internal {
namespace {

struct EngineIds {
    uint32_t first = 0;
    uint32_t count = 0;
};

//! The ids that exist in this process's user namespace, neighbours joined, ascending (user_namespaces(7), uid_map).
std::vector<EngineIds> idsInNamespace(const QString &mapFile)
{
    std::vector<EngineIds> ids;
    if (const auto map = readFile(mapFile, 64 * 1024)) {
        for (const auto &line : map->split('\n')) {
            const auto fields = line.simplified().split(' ');
            if (fields.size() == 3)
                ids.push_back({fields[0].toUInt(), fields[2].toUInt()});
        }
    }
    std::sort(ids.begin(), ids.end(), [](const EngineIds &a, const EngineIds &b) { return a.first < b.first; });
    std::vector<EngineIds> joined;
    for (const auto &range : ids) {
        if (!joined.empty() && joined.back().first + joined.back().count == range.first)
            joined.back().count += range.count;
        else
            joined.push_back(range);
    }
    return joined;
}

//! Container 0 is \p own; container 1, 2, … are the other ids in ascending order.
std::vector<IdRange> keepIdRanges(const std::vector<EngineIds> &ids, uint32_t own)
{
    std::vector<IdRange> ranges{{0, own, 1}};
    uint32_t next = 1;
    const auto add = [&](uint32_t first, uint32_t count) {
        if (count > 0)
            ranges.push_back({next, first, count});
        next += count;
    };
    for (const auto &range : ids) {
        if (own < range.first || own - range.first >= range.count) {
            add(range.first, range.count);
        } else {
            add(range.first, own - range.first);
            add(own + 1, range.count - (own - range.first) - 1);
        }
    }
    return ranges;
}

std::vector<IdRange> identityRanges(const std::vector<EngineIds> &ids)
{
    std::vector<IdRange> ranges;
    for (const auto &range : ids)
        ranges.push_back({range.first, range.first, range.count});
    return ranges;
}

uint32_t translate(const std::vector<IdRange> &ranges, uint32_t id, uint32_t IdRange::*from, uint32_t IdRange::*to)
{
    for (const auto &range : ranges) {
        if (id >= range.*from && id - range.*from < range.count)
            return range.*to + (id - range.*from);
    }
    return id;
}

bool isMapped(const std::vector<IdRange> &ranges, uint32_t containerId)
{
    return std::any_of(ranges.begin(), ranges.end(), [=](const IdRange &range) {
        return containerId >= range.container && containerId - range.container < range.count;
    });
}

} // namespace

IdMap::IdMap(std::vector<IdRange> users, std::vector<IdRange> groups, bool nested)
    : m_users(std::move(users)), m_groups(std::move(groups)), m_nested(nested)
{
}

IdMap IdMap::ofThisProcess()
{
    const auto users = idsInNamespace(u"/proc/self/uid_map"_s);
    const auto groups = idsInNamespace(u"/proc/self/gid_map"_s);
    if (::geteuid() == 0)
        return {identityRanges(users), identityRanges(groups), false};
    return {keepIdRanges(users, ::geteuid()), keepIdRanges(groups, ::getegid()), true};
}

uint32_t IdMap::userToEngine(uint32_t uid) const
{
    return translate(m_users, uid, &IdRange::container, &IdRange::engine);
}

uint32_t IdMap::groupToEngine(uint32_t gid) const
{
    return translate(m_groups, gid, &IdRange::container, &IdRange::engine);
}

uint32_t IdMap::userToContainer(uint32_t uid) const
{
    return translate(m_users, uid, &IdRange::engine, &IdRange::container);
}

uint32_t IdMap::groupToContainer(uint32_t gid) const
{
    return translate(m_groups, gid, &IdRange::engine, &IdRange::container);
}

bool IdMap::isMappedUser(uint32_t uid) const
{
    return isMapped(m_users, uid);
}

bool IdMap::isMappedGroup(uint32_t gid) const
{
    return isMapped(m_groups, gid);
}

} // namespace Engine::Internal
