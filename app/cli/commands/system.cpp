// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/await.h"
#include "cli/command.h"
#include "cli/output.h"

#include <engine/engine.h>

#include <QtCore/QSysInfo>

namespace Cli {

using namespace Qt::StringLiterals;

namespace {

int runVersion(Context &context)
{
    printLine(u"Client:"_s);
    printLine(u" Version:           " SLIPWAY_VERSION ""_s);
    printLine(u" Qt version:        "_s + QLatin1StringView(qVersion()));
    printLine(u" OS/Arch:           linux/"_s + QSysInfo::currentCpuArchitecture());
    if (!context.engine)
        return failed(*context.engineError);
    const Engine::Result<Engine::EngineInfo> info = await(context.engine->info());
    if (!info)
        return failed(info.error());
    printLine(u"\nEngine:"_s);
    printLine(u" Version:           "_s + info->version);
    printLine(u" Runtime:           "_s + info->runtime);
    printLine(u" Monitor:           "_s + info->monitor);
    printLine(u" Kernel Version:    "_s + info->kernel);
    return 0;
}

//! What `free -h` calls 3.8Gi: Docker prints memory in binary units.
QString binarySize(qint64 bytes)
{
    return QString::number(static_cast<double>(bytes) / (1LL << 30), 'g', 4) + "GiB"_L1;
}

int runInfo(Context &context)
{
    printLine(u"Client:\n Version:    " SLIPWAY_VERSION "\n"_s);
    if (!context.engine)
        return failed(*context.engineError);
    const Engine::Result<Engine::EngineInfo> info = await(context.engine->info());
    if (!info)
        return failed(info.error());
    printLine(u"Engine:"_s);
    printLine(u" Containers: %1"_s.arg(info->containers));
    printLine(u"  Running: %1"_s.arg(info->running));
    printLine(u"  Paused: %1"_s.arg(info->paused));
    printLine(u"  Stopped: %1"_s.arg(info->stopped));
    printLine(u" Images: %1"_s.arg(info->images));
    printLine(u" Engine Version: "_s + info->version);
    printLine(u" Storage Driver: "_s + info->storageDriver);
    printLine(u" Cgroup Version: "_s + info->cgroupVersion);
    printLine(u" Runtime: "_s + info->runtime);
    printLine(u" Monitor: "_s + info->monitor);
    printLine(u" Security Options:"_s);
    for (const QString &option : info->securityOptions)
        printLine("  "_L1 + option);
    printLine(u" Kernel Version: "_s + info->kernel);
    printLine(u" Operating System: "_s + info->operatingSystem);
    printLine(u" OSType: linux"_s);
    printLine(u" Architecture: "_s + info->architecture);
    printLine(u" CPUs: %1"_s.arg(info->cpus));
    printLine(u" Total Memory: "_s + binarySize(info->memoryBytes));
    printLine(u" Slipway Root Dir: "_s + info->root);
    return 0;
}

//! Called by a container's monitor at its end, inside the monitor's namespaces; not for people.
int runCleanup(Context &context)
{
    const Engine::Result<> cleaned =
        Engine::cleanUpContainer(context.session.settings, Engine::ContainerId(context.arguments().constFirst()));
    return cleaned ? 0 : failed(cleaned.error());
}

constexpr Command systemTable[] = {
    {.paths = "version", .usage = "", .summary = "Show the Slipway version information", .count = {0, 0}, .run = runVersion,
     .engine = EngineUse::Optional, .section = Section::Common},
    {.paths = "info|system info", .usage = "", .summary = "Display system-wide information", .count = {0, 0}, .run = runInfo,
     .engine = EngineUse::Optional, .section = Section::Common},
    {.paths = "cleanup", .usage = "CONTAINER", .summary = "Finish a container that has ended", .count = {1, 1}, .run = runCleanup,
     .engine = EngineUse::Settings, .section = Section::Hidden},
};

} // namespace

std::span<const Command> systemCommands()
{
    return systemTable;
}

} // namespace Cli
