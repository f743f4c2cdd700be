// SPDX-License-Identifier: GPL-3.0-or-later
#include "linux/subids_p.h"

#include "base/try_p.h"
#include "linux/spawn_p.h"
#include "linux/syscalls_p.h"

#include <pwd.h>

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace Engine::Internal {
namespace {

struct SubidLine {
    QByteArray account;
    SubordinateRange range;
};

std::optional<SubidLine> parseSubidLine(const QByteArray &line)
{
    const auto fields = line.trimmed().split(':');
    bool firstFits = false;
    bool countFits = false;
    if (fields.size() != 3)
        return {};
    const SubordinateRange range{fields[1].toUInt(&firstFits), fields[2].toUInt(&countFits)};
    if (!firstFits || !countFits || range.count == 0 || range.first > UINT32_MAX - range.count)
        return {};
    return SubidLine{fields[0], range};
}

QByteArray accountName(uid_t user)
{
    passwd entry{};
    passwd *found = nullptr;
    QByteArray buffer(16 * 1024, Qt::Uninitialized);
    if (::getpwuid_r(user, &entry, buffer.data(), size_t(buffer.size()), &found) == 0 && found)
        return QByteArray(found->pw_name);
    return QByteArray::number(user);
}

// Prints "0: tester 100000 65536" for each range, from whatever nsswitch.conf names for subid.
std::vector<SubordinateRange> rangesFromGetsubids(const QByteArray &name, bool groups)
{
    SpawnRequest request{.program = u"getsubids"_s, .arguments = {QString::fromUtf8(name)}};
    if (groups)
        request.arguments.prepend(u"-g"_s);
    std::vector<SubordinateRange> ranges;
    const auto output = runCommand(request);
    if (!output || output->status.code != 0)
        return ranges;
    for (const auto &line : output->standardOutput.split('\n')) {
        const auto fields = line.simplified().split(' ');
        if (fields.size() == 4 && fields[2].toUInt() > 0 && fields[3].toUInt() > 0)
            ranges.push_back({fields[2].toUInt(), fields[3].toUInt()});
    }
    return ranges;
}

Failure noRanges(const QByteArray &name, const QString &file, const QByteArray &subuid, const QByteArray &subgid)
{
    const auto first = freeSubordinateStart(subuid, subgid);
    const auto range = u"%1-%2"_s.arg(first).arg(first + 65535);
    const auto account = QString::fromUtf8(name);
    return Failure(Error{.code = ErrorCode::MissingPart,
                         .object = file,
                         .detail = u"the account %1 has no range of subordinate ids in %2, so containers cannot have users of their own"_s
                                       .arg(account, file),
                         .remedy = u"sudo usermod --add-subuids %1 --add-subgids %1 %2"_s.arg(range, account)});
}

} // namespace

std::vector<SubordinateRange> subordinateRanges(const QByteArray &text, const QByteArray &name, uint32_t id)
{
    std::vector<SubordinateRange> ranges;
    for (const auto &line : text.split('\n')) {
        const auto parsed = parseSubidLine(line);
        if (parsed && (parsed->account == name || parsed->account == QByteArray::number(id)))
            ranges.push_back(parsed->range);
    }
    return ranges;
}

uint32_t freeSubordinateStart(const QByteArray &subuid, const QByteArray &subgid)
{
    uint32_t start = 100'000; // where adduser begins (login.defs, SUB_UID_MIN)
    for (const auto &line : (subuid + '\n' + subgid).split('\n')) {
        if (const auto parsed = parseSubidLine(line))
            start = std::max(start, parsed->range.first + parsed->range.count);
    }
    return start;
}

std::vector<IdMapping> keepIdMap(uint32_t own, const std::vector<SubordinateRange> &ranges)
{
    std::vector<IdMapping> map;
    uint32_t inside = 0;
    const auto add = [&](uint32_t outside, uint32_t count) {
        if (count > 0)
            map.push_back({inside, outside, count});
        inside += count;
    };
    for (const auto &range : ranges) {
        const uint32_t below = inside < own ? std::min(range.count, own - inside) : 0;
        add(range.first, below);
        if (below > 0 && inside == own)
            add(own, 1);
        add(range.first + below, range.count - below);
    }
    if (inside <= own)
        map.push_back({own, own, 1});
    return map;
}

Result<KeepIdMaps> keepIdMapsFor(uid_t user, gid_t group)
{
    const auto name = accountName(user);
    const auto subuidFile = u"/etc/subuid"_s;
    const auto subgidFile = u"/etc/subgid"_s;
    const auto subuid = readFile(subuidFile).value_or(QByteArray());
    const auto subgid = readFile(subgidFile).value_or(QByteArray());
    auto users = subordinateRanges(subuid, name, user);
    auto groups = subordinateRanges(subgid, name, user);
    if (users.empty())
        users = rangesFromGetsubids(name, false);
    if (users.empty())
        return noRanges(name, subuidFile, subuid, subgid);
    if (groups.empty())
        groups = rangesFromGetsubids(name, true);
    if (groups.empty())
        return noRanges(name, subgidFile, subuid, subgid);
    return KeepIdMaps{keepIdMap(user, users), keepIdMap(group, groups)};
}

} // namespace Engine::Internal
