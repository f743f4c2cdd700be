// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/spec_p.h"

#include "runtime/commandline_p.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <array>

using namespace Qt::StringLiterals;
using nlohmann::json;

namespace Engine::Internal {

namespace {

constexpr auto defaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"_L1;
constexpr uint32_t ttyGroup = 5; // gid of devpts nodes, as every distribution has it

//! Numbers are the kernel's (linux/capability.h), so the index is the bit in CapEff.
constexpr std::array capabilityNames = {
    "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID",
    "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW",
    "CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT",
    "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE", "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD",
    "CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG",
    "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
};

//! moby oci/caps/defaults.go
constexpr std::array defaultCapabilities = {
    "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID",
    "CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE",
};

//! moby oci/defaults.go
constexpr std::array maskedPaths = {
    "/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
    "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap",
};
constexpr std::array readonlyPaths = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};

//! Character devices every container may use; -1 means any minor (moby oci/defaults.go).
struct DeviceRule {
    const char *type;
    int major;
    int minor;
    const char *access;
};
constexpr std::array deviceRules = {
    DeviceRule{"c", -1, -1, "m"},  DeviceRule{"b", -1, -1, "m"},  DeviceRule{"c", 1, 3, "rwm"}, DeviceRule{"c", 1, 5, "rwm"},
    DeviceRule{"c", 1, 7, "rwm"},  DeviceRule{"c", 1, 8, "rwm"},  DeviceRule{"c", 1, 9, "rwm"}, DeviceRule{"c", 5, 0, "rwm"},
    DeviceRule{"c", 5, 1, "rwm"},  DeviceRule{"c", 5, 2, "rwm"},  DeviceRule{"c", 136, -1, "rwm"},
};

std::string text(const QString &string)
{
    return string.toStdString();
}

json array(const QStringList &strings)
{
    json list = json::array();
    for (const QString &string : strings)
        list.push_back(text(string));
    return list;
}

//! Bits of the capabilities this process may hand on, from "CapBnd:" of /proc/self/status.
quint64 ownCapabilities()
{
    QFile status(u"/proc/self/status"_s);
    if (status.open(QIODevice::ReadOnly)) {
        const QByteArray content = status.readAll();
        const qsizetype at = content.indexOf("CapBnd:");
        if (at >= 0)
            return content.mid(at + 7, 20).trimmed().left(16).toULongLong(nullptr, 16);
    }
    return 0;
}

json mount(const char *target, const char *type, const char *source, std::initializer_list<const char *> options)
{
    json list = json::array();
    for (const char *option : options)
        list.push_back(option);
    return {{"destination", target}, {"type", type}, {"source", source}, {"options", std::move(list)}};
}

json devptsMount(const IdMap &ids)
{
    json entry = mount("/dev/pts", "devpts", "devpts", {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"});
    if (ids.isMappedGroup(ttyGroup))
        entry["options"].push_back("gid=5");
    return entry;
}

//! A nested user namespace does not own the host's network, so the kernel refuses a fresh sysfs there: the host's is
//! bound read-only instead, as Podman does.
json sysMount(const SpecRequest &request, const IdMap &ids)
{
    const char *access = request.process.privileged ? "rw" : "ro";
    if (ids.needsUserNamespace() && request.network == NetworkMode::Host)
        return mount("/sys", "bind", "/sys", {"rbind", "rprivate", "nosuid", "noexec", "nodev", access});
    return mount("/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", access});
}

QList<SpecMount> sortedByDepth(QList<SpecMount> mounts)
{
    std::stable_sort(mounts.begin(), mounts.end(), [](const SpecMount &a, const SpecMount &b) {
        return QDir::cleanPath(a.target).count(u'/') < QDir::cleanPath(b.target).count(u'/');
    });
    return mounts;
}

json makeMounts(const SpecRequest &request, const IdMap &ids)
{
    json mounts = json::array({
        mount("/proc", "proc", "proc", {"nosuid", "noexec", "nodev"}),
        mount("/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}),
        devptsMount(ids),
        sysMount(request, ids),
    });
    if (request.cgroups.manager != CgroupSetup::Manager::Disabled)
        mounts.push_back(mount("/sys/fs/cgroup", "cgroup", "cgroup",
                               {"nosuid", "noexec", "nodev", "relatime", request.process.privileged ? "rw" : "ro"}));
    mounts.push_back(mount("/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}));
    mounts.push_back(mount("/dev/shm", "tmpfs", "shm", {"nosuid", "noexec", "nodev", "mode=1777", "size=65536k"}));

    for (const SpecMount &wanted : sortedByDepth(request.mounts)) {
        json entry = {{"destination", text(wanted.target)}, {"type", text(wanted.type)}, {"source", text(wanted.source)},
                      {"options", array(wanted.options)}};
        const auto same = std::find_if(mounts.begin(), mounts.end(),
                                       [&](const json &m) { return m.at("destination") == entry.at("destination"); });
        if (same == mounts.end())
            mounts.push_back(std::move(entry));
        else
            *same = std::move(entry);
    }
    return mounts;
}

json idRanges(const std::vector<IdRange> &ranges)
{
    json list = json::array();
    for (const IdRange &range : ranges)
        list.push_back({{"containerID", range.container}, {"hostID", range.engine}, {"size", range.count}});
    return list;
}

json makeNamespaces(const SpecRequest &request, const IdMap &ids)
{
    json list = json::array({{{"type", "pid"}}, {{"type", "ipc"}}, {{"type", "uts"}}, {{"type", "mount"}}});
    if (request.network == NetworkMode::None)
        list.push_back({{"type", "network"}});
    if (ids.needsUserNamespace())
        list.push_back({{"type", "user"}});
    // Docker's defaults: a cgroup namespace with version 2 and the host's with version 1.
    if (request.cgroups.version == CgroupSetup::Version::V2 && !request.process.privileged)
        list.push_back({{"type", "cgroup"}});
    return list;
}

json deviceResources(bool privileged)
{
    if (privileged)
        return {{"devices", json::array({{{"allow", true}, {"access", "rwm"}}})}};
    json rules = json::array({{{"allow", false}, {"access", "rwm"}}});
    for (const DeviceRule &rule : deviceRules) {
        json entry = {{"allow", true}, {"type", rule.type}, {"access", rule.access}};
        if (rule.major >= 0)
            entry["major"] = rule.major;
        if (rule.minor >= 0)
            entry["minor"] = rule.minor;
        rules.push_back(std::move(entry));
    }
    return {{"devices", std::move(rules)}};
}

//! The host's device nodes below /dev, but for what a container has its own of.
json hostDevices()
{
    json list = json::array();
    QStringList folders = {u"/dev"_s};
    while (!folders.isEmpty()) {
        const QString folder = folders.takeFirst();
        const QDir::Filters filters = QDir::AllEntries | QDir::System | QDir::Hidden | QDir::NoDotAndDotDot;
        const QStringList names = QDir(folder).entryList(filters);
        for (const QString &name : names) {
            const QString path = folder + u'/' + name;
            struct stat info = {};
            if (::lstat(path.toUtf8().constData(), &info) != 0)
                continue;
            static const QStringList own = {u"/dev/pts"_s, u"/dev/shm"_s, u"/dev/mqueue"_s, u"/dev/fd"_s, u"/dev/console"_s,
                                            u"/dev/ptmx"_s, u"/dev/.lxc"_s, u"/dev/.lxd-mounts"_s};
            if (own.contains(path))
                continue;
            if (S_ISDIR(info.st_mode))
                folders.append(path);
            if (S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode))
                list.push_back({{"path", text(path)}, {"type", S_ISCHR(info.st_mode) ? "c" : "b"}, {"major", major(info.st_rdev)},
                                {"minor", minor(info.st_rdev)}, {"fileMode", info.st_mode & 07777}, {"uid", info.st_uid},
                                {"gid", info.st_gid}});
        }
    }
    return list;
}

//! CPU temperature throttling counters tell what neighbours do (moby, since 28.2).
void maskThermalCounters(json &masked)
{
    for (int cpu = 0;; ++cpu) {
        const QString folder = u"/sys/devices/system/cpu/cpu%1"_s.arg(cpu);
        if (!QFileInfo::exists(folder))
            return;
        if (QFileInfo::exists(folder + "/thermal_throttle"_L1))
            masked.push_back(text(folder + "/thermal_throttle"_L1));
    }
}

json makeLinux(const SpecRequest &request, const IdMap &ids)
{
    const bool privileged = request.process.privileged;
    json section = {{"namespaces", makeNamespaces(request, ids)}};
    if (ids.needsUserNamespace()) {
        section["uidMappings"] = idRanges(ids.users());
        section["gidMappings"] = idRanges(ids.groups());
    }
    if (request.cgroups.manager != CgroupSetup::Manager::Disabled) {
        section["cgroupsPath"] = text(request.cgroups.pathFor(request.cgroupName));
        if (!ids.needsUserNamespace()) // device rules are an eBPF program with version 2: the host's root only
            section["resources"] = deviceResources(privileged);
    }
    if (privileged) {
        section["devices"] = hostDevices();
        return section;
    }
    json masked = maskedPaths;
    maskThermalCounters(masked);
    if (ids.needsUserNamespace() && request.network == NetworkMode::Host)
        masked.push_back("/sys/kernel"); // of the host's sysfs, see sysMount()
    section["maskedPaths"] = std::move(masked);
    section["readonlyPaths"] = readonlyPaths;
    if (!request.seccomp.program.isEmpty()) // a runtime that does not know the annotation must not run it unconfined
        section["seccomp"] = {{"defaultAction", "SCMP_ACT_ERRNO"}, {"architectures", json::array()}};
    else if (!request.seccomp.profile.is_null())
        section["seccomp"] = request.seccomp.profile;
    return section;
}

} // namespace

QStringList capabilitiesFor(bool privileged)
{
    const quint64 own = ownCapabilities();
    QStringList names;
    for (size_t bit = 0; bit < capabilityNames.size(); ++bit) {
        if (!(own >> bit & 1))
            continue;
        const auto isSame = [&](const char *name) { return qstrcmp(name, capabilityNames[bit]) == 0; };
        if (privileged || std::any_of(defaultCapabilities.begin(), defaultCapabilities.end(), isSame))
            names.append(QString::fromLatin1(capabilityNames[bit]));
    }
    return names;
}

QStringList processEnvironment(const QStringList &configured, const QString &hostname, const QString &home, bool tty)
{
    QStringList environment = {defaultPath, "HOSTNAME="_L1 + hostname};
    if (tty)
        environment.append(u"TERM=xterm"_s);
    environment = overrideEnvironment(std::move(environment), configured);
    const auto isHome = [](const QString &entry) { return entry.startsWith("HOME="_L1); };
    if (std::none_of(environment.begin(), environment.end(), isHome))
        environment.append("HOME="_L1 + home);
    return environment;
}

json makeProcess(const ProcessSpec &process)
{
    const json capabilities = array(capabilitiesFor(process.privileged));
    // Only root gets them as effective; another user's programs gain them by setuid or file capabilities within the
    // bounding set, as in Docker.
    const json effective = process.user.uid == 0 ? capabilities : json::array();
    json user = {{"uid", process.user.uid}, {"gid", process.user.gid}, {"umask", 022}};
    if (!process.user.additionalGids.isEmpty())
        user["additionalGids"] = std::vector<uint32_t>(process.user.additionalGids.begin(), process.user.additionalGids.end());
    return {{"terminal", process.tty},
            {"user", std::move(user)},
            {"args", array(process.arguments)},
            {"env", array(process.environment)},
            {"cwd", process.workingDir.isEmpty() ? "/" : text(process.workingDir)},
            {"capabilities", {{"bounding", capabilities}, {"effective", effective}, {"permitted", effective}}},
            {"noNewPrivileges", false}};
}

json makeSpec(const SpecRequest &request, const IdMap &ids)
{
    json spec = {{"ociVersion", "1.0.2"},
                 {"process", makeProcess(request.process)},
                 {"root", {{"path", text(request.rootfs)}, {"readonly", request.readOnlyRoot}}},
                 {"mounts", makeMounts(request, ids)},
                 {"linux", makeLinux(request, ids)}};
    if (!request.hostname.isEmpty())
        spec["hostname"] = text(request.hostname);
    if (!request.process.privileged && !request.seccomp.program.isEmpty())
        spec["annotations"] = {{"run.oci.seccomp_bpf_data", request.seccomp.program.toStdString()}};
    return spec;
}

} // namespace Engine::Internal
