// SPDX-License-Identifier: GPL-3.0-or-later
#include "linux/namespaces_p.h"

#include <engine/ids.h>

#include <QtCore/QDir>
#include <QtCore/QFileInfo>

#include <pwd.h>

using namespace Qt::StringLiterals;

namespace Engine {
namespace {

QString homeFolder(uid_t user)
{
    if (const auto home = qEnvironmentVariable("HOME"); home.startsWith(u'/'))
        return home;
    const passwd *entry = ::getpwuid(user);
    return entry ? QString::fromLocal8Bit(entry->pw_dir) : u"/"_s;
}

// The XDG base directory specification: a relative path there is invalid and to be ignored.
QString defaultRoot(uid_t user)
{
    if (user == 0)
        return u"/var/lib/slipway"_s;
    const auto data = qEnvironmentVariable("XDG_DATA_HOME");
    return QDir::cleanPath(data.startsWith(u'/') ? data + "/slipway"_L1 : homeFolder(user) + "/.local/share/slipway"_L1);
}

QString defaultRun(uid_t user)
{
    if (const auto chosen = qEnvironmentVariable("SLIPWAY_RUN"); chosen.startsWith(u'/'))
        return QDir::cleanPath(chosen + "/slipway"_L1);
    if (user == 0)
        return u"/run/slipway"_s;
    if (const auto run = qEnvironmentVariable("XDG_RUNTIME_DIR"); run.startsWith(u'/'))
        return QDir::cleanPath(run + "/slipway"_L1);
    // No session, as with su or cron: the folder logind would have made, else one of our own (its owner is checked on
    // entering).
    const auto login = u"/run/user/%1"_s.arg(user);
    return QFileInfo(login).isWritable() ? login + "/slipway"_L1 : u"/tmp/slipway-%1"_s.arg(user);
}

// One store has one run folder, whatever links lead to it and whether it exists yet.
QString canonical(const QString &path)
{
    const QFileInfo info(QDir::cleanPath(QFileInfo(path).absoluteFilePath()));
    if (const auto existing = info.canonicalFilePath(); !existing.isEmpty())
        return existing;
    return info.isRoot() ? info.filePath() : QDir::cleanPath(canonical(info.path()) + u'/' + info.fileName());
}

} // namespace

StorePaths StorePaths::forCurrentUser(const QString &rootOverride)
{
    const auto user = Internal::storeOwner().user;
    const auto asked = rootOverride.isEmpty() ? qEnvironmentVariable("SLIPWAY_ROOT") : rootOverride;
    const auto usual = canonical(defaultRoot(user));
    const auto root = asked.isEmpty() ? usual : canonical(asked);
    const auto run = defaultRun(user);
    if (root == usual)
        return {root, run};
    return {root, run + u'-' + Digest::ofBytes(root.toUtf8()).shortHex()};
}

} // namespace Engine
