// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/cgroups_p.h"

#include "linux/namespaces_p.h"
#include "linux/syscalls_p.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

bool isCgroup2(const char *path)
{
    struct statfs info = {};
    return ::statfs(path, &info) == 0 && info.f_type == CGROUP2_SUPER_MAGIC;
}

bool userManagerDelegates()
{
    const uid_t user = storeOwner().user;
    const QString runtimeDir = qEnvironmentVariable("XDG_RUNTIME_DIR", u"/run/user/%1"_s.arg(user));
    if (!QFileInfo::exists(runtimeDir + "/systemd/private"_L1) || !QFileInfo::exists(runtimeDir + "/bus"_L1))
        return false;
    QFile controllers(u"/sys/fs/cgroup/user.slice/user-%1.slice/user@%1.service/cgroup.controllers"_s.arg(user));
    if (!controllers.open(QIODevice::ReadOnly))
        return false;
    const QList<QByteArray> names = controllers.readAll().simplified().split(' ');
    return names.contains("memory") && names.contains("pids");
}

} // namespace

CgroupSetup CgroupSetup::ofThisSystem()
{
    const bool root = !inUserNamespace(); // the uid does not tell: a monitor's clean-up runs as the namespace's root
    const bool systemd = QFileInfo::exists(u"/run/systemd/system"_s); // sd_booted(3)
    if (isCgroup2("/sys/fs/cgroup")) {
        if (root)
            return {.manager = systemd ? Manager::Systemd : Manager::Files, .version = Version::V2};
        if (systemd && userManagerDelegates())
            return {.manager = Manager::Systemd, .version = Version::V2, .ofUser = true};
        return {};
    }
    // Version 1 gives nothing to users. enterNamespaces() has unmounted the unified part of a hybrid setup for root.
    if (root && QFileInfo::exists(u"/sys/fs/cgroup/memory"_s))
        return {.manager = systemd ? Manager::Systemd : Manager::Files, .version = Version::V1};
    return {};
}

QStringList CgroupSetup::runtimeArguments() const
{
    switch (manager) {
    case Manager::Disabled:
        return {u"--cgroup-manager=disabled"_s};
    case Manager::Systemd:
        return {u"--systemd-cgroup"_s};
    case Manager::Files:
        break;
    }
    return {};
}

QString CgroupSetup::pathFor(const QString &name) const
{
    switch (manager) {
    case Manager::Disabled:
        return {};
    case Manager::Systemd:
        return (ofUser ? u"user.slice:slipway:%1"_s : u"system.slice:slipway:%1"_s).arg(name);
    case Manager::Files:
        break;
    }
    // One level only: the runtime removes its own folder but not parents.
    return u"/slipway-%1"_s.arg(name);
}

} // namespace Engine::Internal
