// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/await.h"
#include "cli/command.h"
#include "cli/input/values.h"
#include "cli/output.h"
#include "cli/session/consolesession.h"

#include <engine/engine.h>

#include <unistd.h>

namespace Cli {

using namespace Qt::StringLiterals;

namespace {

int consoleMistake(const Context &context, const QString &mistake)
{
    printError("slipway: "_L1 + mistake);
    printError(u"See 'slipway %1 --help'."_s.arg(context.invocation.path));
    return 125;
}

int attachTo(Context &context, const Engine::ContainerInfo &container, ConsoleSettings settings, Engine::Containers::Start start)
{
    Engine::Containers &containers = context.engine->containers();
    const QString id = container.id.toString();
    settings.tty = container.tty ? ConsoleSettings::Tty::Yes : ConsoleSettings::Tty::No;
    if (container.tty && settings.input == ConsoleSettings::Input::Yes && !isTerminal(STDIN_FILENO)) {
        printError(u"the input device is not a TTY"_s);
        return 1;
    }
    if (context.options().flagByDefault("sig-proxy"))
        settings.forward = [&containers, id](int number) { static_cast<void>(containers.kill(id, QString::number(number))); };
    return ConsoleSession::exitCode(ConsoleSession::run(containers.attach(id, start, consoleSize()), std::move(settings)), 1);
}

int runAttach(Context &context)
{
    const Checked<DetachKeys> keys = detachKeysOf(context.options());
    if (!keys)
        return consoleMistake(context, keys.error());
    const Engine::Result<Engine::ContainerInfo> container =
        await(context.engine->containers().find(context.arguments().constFirst()));
    if (!container)
        return failed(container.error());
    if (container->state != Engine::ContainerState::Running) {
        printError(container->state == Engine::ContainerState::Paused
                       ? u"Error: You cannot attach to a paused container, unpause it first"_s
                       : u"Error: You cannot attach to a stopped container, start it first"_s);
        return 1;
    }
    const bool takesInput = container->openStdin && !context.options().flag("no-stdin");
    return attachTo(context, *container,
                    {.input = takesInput ? ConsoleSettings::Input::Yes : ConsoleSettings::Input::No, .detachKeys = *keys, .forward = {}},
                    Engine::Containers::Start::No);
}

int startAndAttach(Context &context)
{
    const Checked<DetachKeys> keys = detachKeysOf(context.options());
    if (!keys)
        return consoleMistake(context, keys.error());
    if (context.arguments().size() > 1) {
        printError(u"you cannot start and attach multiple containers at once"_s);
        return 1;
    }
    const Engine::Result<Engine::ContainerInfo> container =
        await(context.engine->containers().find(context.arguments().constFirst()));
    if (!container)
        return failed(container.error());
    const bool takesInput = container->openStdin && context.options().flag("interactive");
    const bool isRunning = container->state == Engine::ContainerState::Running;
    return attachTo(context, *container,
                    {.input = takesInput ? ConsoleSettings::Input::Yes : ConsoleSettings::Input::No, .detachKeys = *keys, .forward = {}},
                    isRunning ? Engine::Containers::Start::No : Engine::Containers::Start::Yes);
}

int runStart(Context &context)
{
    if (context.options().flag("attach") || context.options().flag("interactive"))
        return startAndAttach(context);
    int exitCode = 0;
    for (const QString &name : context.arguments()) {
        const Engine::Result<Engine::ContainerInfo> started = await(context.engine->containers().start(name));
        if (started)
            printLine(name);
        else
            exitCode = failed(started.error());
    }
    return exitCode;
}

//! `exec -d`: waits only until the process runs.
int execDetached(std::unique_ptr<Engine::Console> console)
{
    const Engine::Result<int> begun = awaitValue<Engine::Result<int>>([&console](const std::function<void(Engine::Result<int>)> &done) {
        QObject::connect(console.get(), &Engine::Console::opened, console.get(), [done] { done(0); });
        QObject::connect(console.get(), &Engine::Console::closed, console.get(), done);
    });
    if (begun)
        return 0;
    return failed(begun.error(), begun.error().exitCode ? begun.error().exitCode : 1);
}

int runExec(Context &context)
{
    const OptionValues &options = context.options();
    const Checked<DetachKeys> keys = detachKeysOf(options);
    if (!keys)
        return consoleMistake(context, keys.error());
    const Checked<QStringList> env = collectEnv(options.list("env-file"), options.list("env"));
    if (!env)
        return consoleMistake(context, env.error());
    const bool detached = options.flag("detach");
    const bool takesInput = options.flag("interactive") && !detached;
    const bool hasTty = options.flag("tty");
    if (hasTty && takesInput && !isTerminal(STDIN_FILENO)) {
        printError(u"the input device is not a TTY"_s);
        return 1;
    }
    const TerminalSize size = ownTerminalSize().value_or(TerminalSize{});
    std::unique_ptr<Engine::Console> console =
        context.engine->containers().exec(context.arguments().constFirst(),
                                          {.command = context.arguments().mid(1),
                                           .env = *env,
                                           .workingDir = options.text("workdir"),
                                           .user = options.text("user"),
                                           .tty = hasTty,
                                           .openStdin = takesInput,
                                           .privileged = options.flag("privileged"),
                                           .columns = size.columns,
                                           .rows = size.rows});
    if (detached)
        return execDetached(std::move(console));
    const ConsoleEnd end = ConsoleSession::run(std::move(console),
                                               {.tty = hasTty ? ConsoleSettings::Tty::Yes : ConsoleSettings::Tty::No,
                                                .input = takesInput ? ConsoleSettings::Input::Yes : ConsoleSettings::Input::No,
                                                .detachKeys = *keys,
                                                .forward = {}});
    return ConsoleSession::exitCode(end, 1);
}

constexpr OptionSpec attachOptions[] = {
    {0, "detach-keys", OptionKind::Text, "string", "Override the key sequence for detaching a container"},
    {0, "no-stdin", OptionKind::Flag, "", "Do not attach STDIN"},
    {0, "sig-proxy", OptionKind::Flag, "", "Proxy all received signals to the process (default true)"},
};

constexpr OptionSpec startOptions[] = {
    {'a', "attach", OptionKind::Flag, "", "Attach STDOUT/STDERR and forward signals"},
    {0, "detach-keys", OptionKind::Text, "string", "Override the key sequence for detaching a container"},
    {'i', "interactive", OptionKind::Flag, "", "Attach container's STDIN"},
    {0, "checkpoint", OptionKind::Text, "string", "", "Slipway does not have checkpoints"},
    {0, "checkpoint-dir", OptionKind::Text, "string", "", "Slipway does not have checkpoints"},
};

constexpr OptionSpec execOptions[] = {
    {'d', "detach", OptionKind::Flag, "", "Detached mode: run command in the background"},
    {0, "detach-keys", OptionKind::Text, "string", "Override the key sequence for detaching a container"},
    {'e', "env", OptionKind::List, "list", "Set environment variables"},
    {0, "env-file", OptionKind::List, "list", "Read in a file of environment variables"},
    {'i', "interactive", OptionKind::Flag, "", "Keep STDIN open even if not attached"},
    {0, "privileged", OptionKind::Flag, "", "Give extended privileges to the command"},
    {'t', "tty", OptionKind::Flag, "", "Allocate a pseudo-TTY"},
    {'u', "user", OptionKind::Text, "string", "Username or UID (format: \"<name|uid>[:<group|gid>]\")"},
    {'w', "workdir", OptionKind::Text, "string", "Working directory inside the container"},
};

constexpr Command consoleTable[] = {
    {.paths = "exec|container exec", .usage = "[OPTIONS] CONTAINER COMMAND [ARG...]", .summary = "Execute a command in a running container",
     .options = execOptions, .count = {2, -1}, .run = runExec, .order = OptionOrder::BeforeArguments, .section = Section::Common, .completion = Completion::ContainerProgram},
    {.paths = "start|container start", .usage = "[OPTIONS] CONTAINER [CONTAINER...]", .summary = "Start one or more stopped containers",
     .options = startOptions, .count = {1, -1}, .run = runStart, .completion = Completion::Containers},
    {.paths = "attach|container attach", .usage = "[OPTIONS] CONTAINER",
     .summary = "Attach local standard input, output, and error streams to a running container", .options = attachOptions,
     .count = {1, 1}, .run = runAttach, .completion = Completion::RunningContainers},
};

} // namespace

std::span<const Command> consoleCommands()
{
    return consoleTable;
}

} // namespace Cli
