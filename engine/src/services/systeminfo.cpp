// SPDX-License-Identifier: GPL-3.0-or-later
#include "services/systeminfo_p.h"

#include "linux/idmap_p.h"
#include "linux/spawn_p.h"
#include "linux/syscalls_p.h"
#include "runtime/cgroups_p.h"

#include <QtCore/QThread>

#include <sys/sysinfo.h>
#include <sys/utsname.h>

using namespace Qt::StringLiterals;

namespace Engine::Internal {
namespace {

// "crun version 1.8.1" and "conmon version 2.1.6" alike; else the words that say why there is none.
QString versionOf(const QString &path, const QString &program)
{
    const auto found = path.isEmpty() ? findProgram(program, program) : Result<QString>(path);
    if (!found)
        return found.error().detail;
    const auto output = runCommand(SpawnRequest{.program = *found, .arguments = {u"--version"_s}});
    if (!output)
        return output.error().detail;
    const auto words = QString::fromUtf8(output->standardOutput).section(u'\n', 0, 0).split(u' ', Qt::SkipEmptyParts);
    const auto at = words.indexOf("version"_L1);
    if (at < 1 || at + 1 >= words.size())
        return u"%1 does not say its version"_s.arg(*found);
    return words[at - 1] + u' ' + words[at + 1];
}

QString cgroupVersion()
{
    const auto setup = CgroupSetup::ofThisSystem();
    if (setup.manager == CgroupSetup::Manager::Disabled || setup.version == CgroupSetup::Version::None)
        return u"none (no delegation)"_s;
    return setup.version == CgroupSetup::Version::V2 ? u"2"_s : u"1"_s;
}

bool fileSays(const QString &path, QByteArrayView text)
{
    return readFile(path, 4096).value_or(QByteArray()).trimmed() == text;
}

QStringList securityOptions(bool rootless)
{
    QStringList options;
    if (fileSays(u"/sys/module/apparmor/parameters/enabled"_s, "Y"))
        options.append(u"apparmor"_s);
    if (readFile(u"/proc/sys/kernel/seccomp/actions_avail"_s, 4096))
        options.append(u"seccomp"_s);
    if (fileSays(u"/sys/fs/selinux/enforce"_s, "1"))
        options.append(u"selinux"_s);
    if (rootless)
        options.append(u"rootless"_s);
    return options;
}

} // namespace

QString prettyNameOf(const QByteArray &osRelease)
{
    for (const auto &line : osRelease.split('\n')) {
        if (!line.startsWith("PRETTY_NAME="))
            continue;
        auto value = QString::fromUtf8(line.mid(12)).trimmed();
        const bool quoted = value.size() >= 2 && (value.startsWith(u'"') || value.startsWith(u'\'')) && value.back() == value.front();
        return quoted ? value.sliced(1, value.size() - 2) : value;
    }
    return u"Linux"_s;
}

EngineInfo collectSystemInfo(const EngineSettings &settings)
{
    utsname names{};
    ::uname(&names);
    struct sysinfo system{};
    ::sysinfo(&system);
    auto osRelease = readFile(u"/etc/os-release"_s, 64 * 1024);
    if (!osRelease)
        osRelease = readFile(u"/usr/lib/os-release"_s, 64 * 1024);
    const bool rootless = IdMap::ofThisProcess().needsUserNamespace();
    return EngineInfo{.version = QStringLiteral(SLIPWAY_VERSION),
                      .root = settings.paths.root,
                      .runtime = versionOf(settings.runtimePath, u"crun"_s),
                      .monitor = versionOf(settings.monitorPath, u"conmon"_s),
                      .kernel = QString::fromLatin1(names.release),
                      .operatingSystem = prettyNameOf(osRelease.value_or(QByteArray())),
                      .architecture = QString::fromLatin1(names.machine),
                      .cgroupVersion = cgroupVersion(),
                      .storageDriver = u"overlay"_s,
                      .securityOptions = securityOptions(rootless),
                      .cpus = QThread::idealThreadCount(),
                      .memoryBytes = qint64(system.totalram) * system.mem_unit,
                      .rootless = rootless};
}

} // namespace Engine::Internal
