// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/await.h"
#include "cli/command.h"
#include "cli/output.h"

#include <engine/engine.h>

#include <functional>

namespace Cli {

using namespace Qt::StringLiterals;

namespace {

//! Does \p work for every argument, prints the name of each that went well; one that fails does not stop the others.
int forEachContainer(Context &context, const std::function<Engine::Result<>(Engine::Containers &, const QString &)> &work)
{
    int exitCode = 0;
    for (const QString &name : context.arguments()) {
        if (const Engine::Result<> done = work(context.engine->containers(), name); done)
            printLine(name);
        else
            exitCode = failed(done.error());
    }
    return exitCode;
}

std::optional<std::chrono::seconds> stopTimeout(const Context &context)
{
    const std::optional<int> old = context.options().integer("time"); // Docker before 28
    const std::optional<int> seconds = context.options().integer("timeout");
    if (!seconds && !old)
        return {};
    return std::chrono::seconds(seconds ? *seconds : *old);
}

int runStop(Context &context)
{
    const auto timeout = stopTimeout(context);
    return forEachContainer(context, [timeout](Engine::Containers &containers, const QString &name) {
        return await(containers.stop(name, timeout));
    });
}

int runRestart(Context &context)
{
    const auto timeout = stopTimeout(context);
    return forEachContainer(context, [timeout](Engine::Containers &containers, const QString &name) -> Engine::Result<> {
        const Engine::Result<> stopped = await(containers.stop(name, timeout));
        if (!stopped && stopped.error().code != Engine::ErrorCode::InUse) // InUse: it was not running
            return stopped;
        const Engine::Result<Engine::ContainerInfo> started = await(containers.start(name));
        return started ? Engine::Result<>() : std::unexpected(started.error());
    });
}

int runKill(Context &context)
{
    const QString signal = context.options().has("signal") ? context.options().text("signal") : u"KILL"_s;
    return forEachContainer(context, [&signal](Engine::Containers &containers, const QString &name) {
        return await(containers.kill(name, signal));
    });
}

int runRemove(Context &context)
{
    const bool isForced = context.options().flag("force");
    const auto force = isForced ? Engine::Containers::Force::Yes : Engine::Containers::Force::No;
    int exitCode = 0;
    for (const QString &name : context.arguments()) {
        const Engine::Result<> removed = await(context.engine->containers().remove(name, force));
        if (removed)
            printLine(name);
        else if (isForced && removed.error().code == Engine::ErrorCode::NotFound)
            printError(removed.error()); // gone already is what was wanted
        else
            exitCode = failed(removed.error());
    }
    return exitCode;
}

int runRename(Context &context)
{
    const QString &oldName = context.arguments().at(0);
    const QString &newName = context.arguments().at(1);
    if (oldName.isEmpty() || newName.isEmpty()) {
        printError(u"Error: Neither old nor new names may be empty"_s);
        return 1;
    }
    const Engine::Result<> renamed = await(context.engine->containers().rename(oldName, newName));
    return renamed ? 0 : failed(renamed.error());
}

int runWait(Context &context)
{
    int exitCode = 0;
    for (const QString &name : context.arguments()) {
        const Engine::Result<int> ended = await(context.engine->containers().wait(name));
        if (ended)
            printLine(QString::number(*ended));
        else
            exitCode = failed(ended.error());
    }
    return exitCode;
}

int runPort(Context &context)
{
    const QString &name = context.arguments().constFirst();
    const Engine::Result<Engine::ContainerInfo> found = await(context.engine->containers().find(name));
    if (!found)
        return failed(found.error());
    if (context.arguments().size() > 1) {
        const QString port = context.arguments().at(1);
        printError(u"Error: No public port '%1' published for %2"_s.arg(port.contains(u'/') ? port : port + "/tcp"_L1, name));
        printError(u"Publishing ports needs networks, which Slipway does not have yet."_s);
        return 1;
    }
    return 0; // nothing is published, so there is nothing to list
}

constexpr OptionSpec stopOptions[] = {
    {'t', "timeout", OptionKind::Integer, "int", "Seconds to wait before killing the container"},
    {0, "time", OptionKind::Integer, "int", ""},
    {'s', "signal", OptionKind::Text, "string", "", "Slipway stops with the container's own stop signal; slipway kill -s sends another"},
};

constexpr OptionSpec killOptions[] = {
    {'s', "signal", OptionKind::Text, "string", "Signal to send to the container (default \"KILL\")"},
};

constexpr OptionSpec removeOptions[] = {
    {'f', "force", OptionKind::Flag, "", "Force the removal of a running container (uses SIGKILL)"},
    {'v', "volumes", OptionKind::Flag, "", "Remove anonymous volumes associated with the container"}, // it has none
    {'l', "link", OptionKind::Flag, "", "", "Slipway does not have links"},
};

constexpr const char *manyContainers = "[OPTIONS] CONTAINER [CONTAINER...]";

constexpr Command lifecycleTable[] = {
    {.paths = "stop|container stop", .usage = manyContainers, .summary = "Stop one or more running containers", .options = stopOptions,
     .count = {1, -1}, .run = runStop, .completion = Completion::RunningContainers},
    {.paths = "restart|container restart", .usage = manyContainers, .summary = "Restart one or more containers", .options = stopOptions,
     .count = {1, -1}, .run = runRestart, .completion = Completion::Containers},
    {.paths = "kill|container kill", .usage = manyContainers, .summary = "Kill one or more running containers", .options = killOptions,
     .count = {1, -1}, .run = runKill, .completion = Completion::RunningContainers},
    {.paths = "rm|container rm|container remove", .usage = manyContainers, .summary = "Remove one or more containers",
     .options = removeOptions, .count = {1, -1}, .run = runRemove, .completion = Completion::Containers},
    {.paths = "rename|container rename", .usage = "CONTAINER NEW_NAME", .summary = "Rename a container", .count = {2, 2}, .run = runRename, .completion = Completion::Containers},
    {.paths = "wait|container wait", .usage = "CONTAINER [CONTAINER...]",
     .summary = "Block until one or more containers stop, then print their exit codes", .count = {1, -1}, .run = runWait, .completion = Completion::Containers},
    {.paths = "port|container port", .usage = "CONTAINER [PRIVATE_PORT[/PROTO]]",
     .summary = "List port mappings or a specific mapping for the container", .count = {1, 2}, .run = runPort, .completion = Completion::Containers},
};

} // namespace

std::span<const Command> lifecycleCommands()
{
    return lifecycleTable;
}

} // namespace Cli
