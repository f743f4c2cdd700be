// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/userlookup_p.h"

#include "base/try_p.h"
#include "linux/syscalls_p.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <optional>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr qint64 maxIdFileBytes = 4 * 1024 * 1024;

struct IdLine {
    QByteArray name;
    uint32_t id = 0;
    QList<QByteArray> fields;
};

//! moby's range: 0…2^31-1.
std::optional<uint32_t> parseId(const QByteArray &text)
{
    bool ok = false;
    const qlonglong value = text.toLongLong(&ok, 10);
    if (!ok || value < 0 || value > 0x7fffffff)
        return {};
    return uint32_t(value);
}

bool isNumber(const QString &text)
{
    bool ok = false;
    text.toLongLong(&ok, 10);
    return ok;
}

//! Lines of passwd(5) or group(5): name, password, id, and at least \p fieldCount fields in all.
QList<IdLine> parseIdFile(const QByteArray &text, qsizetype fieldCount)
{
    QList<IdLine> lines;
    for (const QByteArray &line : text.split('\n')) {
        const QList<QByteArray> fields = line.trimmed().split(':');
        if (fields.size() < fieldCount || fields[0].isEmpty() || fields[0].startsWith('#'))
            continue;
        if (const auto id = parseId(fields[2]))
            lines.append({.name = fields[0], .id = *id, .fields = fields});
    }
    return lines;
}

Failure userError(const QString &name, const QString &detail)
{
    return Failure(Error{.code = ErrorCode::InvalidInput, .object = name, .detail = detail,
                         .remedy = u"Use a number, or a name that the image's /etc/passwd and /etc/group have"_s});
}

Result<uint32_t> idInRange(const QString &text)
{
    const auto id = parseId(text.toUtf8());
    if (!id)
        return userError(text, u"uids and gids must be in range 0-2147483647, not %1"_s.arg(text));
    return *id;
}

Result<uint32_t> lookUpGroup(const QString &name, const QList<IdLine> &groups)
{
    const QByteArray wanted = name.toUtf8();
    const bool numeric = isNumber(name);
    for (const IdLine &group : groups) {
        if (numeric ? group.fields[2] == wanted : group.name == wanted)
            return group.id;
    }
    if (!numeric)
        return userError(name, u"unable to find group %1: no matching entries in group file"_s.arg(name));
    return idInRange(name);
}

//! Reads what is a regular file inside the root; anything else counts as empty, as for Docker.
QByteArray readInRoot(int rootFd, const QByteArray &path)
{
    const auto fd = openInRoot(rootFd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat info = {};
    if (!fd || ::fstat(fd->get(), &info) != 0 || !S_ISREG(info.st_mode) || info.st_size > maxIdFileBytes)
        return {};
    QByteArray content(info.st_size, Qt::Uninitialized);
    qsizetype done = 0;
    while (done < content.size()) {
        const ssize_t count = ::read(fd->get(), content.data() + done, size_t(content.size() - done));
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            break;
        done += count;
    }
    content.truncate(done);
    return content;
}

} // namespace

Result<ProcessUser> lookUpUser(const QString &user, const QByteArray &passwd, const QByteArray &group)
{
    const qsizetype colon = user.indexOf(u':');
    const QString userPart = user.left(colon < 0 ? user.size() : colon);
    const QString groupPart = colon < 0 ? QString() : user.mid(colon + 1);
    const bool numeric = isNumber(userPart);
    const QByteArray wanted = userPart.toUtf8();

    ProcessUser found;
    QByteArray matchedName;
    for (const IdLine &line : parseIdFile(passwd, 6)) {
        const bool matches = userPart.isEmpty() ? line.id == 0 : numeric ? line.fields[2] == wanted : line.name == wanted;
        if (!matches)
            continue;
        matchedName = line.name;
        found.uid = line.id;
        found.gid = parseId(line.fields[3]).value_or(0);
        if (line.fields[5].startsWith('/'))
            found.home = QString::fromUtf8(line.fields[5]);
        break;
    }
    if (matchedName.isEmpty() && !userPart.isEmpty()) {
        if (!numeric)
            return userError(userPart, u"unable to find user %1: no matching entries in passwd file"_s.arg(userPart));
        found.uid = ENGINE_TRY(idInRange(userPart));
    }

    const QList<IdLine> groups = parseIdFile(group, 3);
    if (!groupPart.isEmpty()) {
        found.gid = ENGINE_TRY(lookUpGroup(groupPart, groups));
        found.additionalGids = {found.gid};
        return found;
    }
    found.additionalGids = {found.gid};
    for (const IdLine &line : groups) {
        if (!matchedName.isEmpty() && line.fields.size() > 3 && line.fields[3].split(',').contains(matchedName)
            && !found.additionalGids.contains(line.id))
            found.additionalGids.append(line.id);
    }
    return found;
}

Result<ProcessUser> lookUpUserInRoot(const QString &user, int rootFd)
{
    return lookUpUser(user, readInRoot(rootFd, "etc/passwd"), readInRoot(rootFd, "etc/group"));
}

} // namespace Engine::Internal
