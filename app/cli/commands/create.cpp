// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/await.h"
#include "cli/command.h"
#include "cli/input/createoptions.h"
#include "cli/output.h"
#include "cli/pullimage.h"
#include "cli/session/consolesession.h"

#include <engine/engine.h>

#include <QtCore/QFile>

#include <unistd.h>

namespace Cli {

using namespace Qt::StringLiterals;

namespace {

constexpr int createFailure = 125; // Docker: the failure is the engine's, not the command's in the container

int createMistake(const Context &context, const QString &mistake)
{
    printError("slipway: "_L1 + mistake);
    printError(u"See 'slipway %1 --help'."_s.arg(context.invocation.path));
    return createFailure;
}

//! `--pull`: when to ask the registry.
enum class PullPolicy { Missing, Always, Never };

Checked<PullPolicy> parsePullPolicy(const QString &text)
{
    if (text.isEmpty() || text == "missing"_L1)
        return PullPolicy::Missing;
    if (text == "always"_L1)
        return PullPolicy::Always;
    if (text == "never"_L1)
        return PullPolicy::Never;
    return std::unexpected(u"invalid pull option: '%1': must be one of \"always\", \"missing\" or \"never\""_s.arg(text));
}

//! True when create() failed because the image, and not something else, is not here.
bool isMissingImage(Engine::Engine &engine, const QString &image, const Engine::Error &error)
{
    if (error.code != Engine::ErrorCode::NotFound)
        return false;
    const Engine::Result<Engine::ImageInfo> found = await(engine.images().find(image));
    return !found && found.error().code == Engine::ErrorCode::NotFound;
}

Engine::Result<Engine::ContainerInfo> createContainer(Context &context, const Engine::CreateOptions &options, PullPolicy policy,
                                                      PullOutput pullOutput)
{
    Engine::Engine &engine = *context.engine;
    const auto pull = [&] { return pullImage(engine, options.image, pullOutput); };
    if (policy == PullPolicy::Always) {
        if (const Engine::Result<Engine::ImageInfo> pulled = pull(); !pulled)
            return std::unexpected(pulled.error());
    }
    Engine::Result<Engine::ContainerInfo> created = await(engine.containers().create(options));
    if (created || policy != PullPolicy::Missing || !isMissingImage(engine, options.image, created.error()))
        return created;
    const Engine::Result<Engine::ImageReference> reference = Engine::ImageReference::parse(options.image);
    if (!reference)
        return std::unexpected(reference.error());
    if (reference->familiarName() == QLatin1StringView(starterImage) && !context.session.starterImageFolder.isEmpty()) {
        if (const Engine::Result<> imported = ensureStarterImage(engine, context.session.starterImageFolder); !imported)
            return std::unexpected(imported.error());
        return await(engine.containers().create(options));
    }
    if (pullOutput != PullOutput::Quiet)
        printError(u"Unable to find image '%1' locally"_s.arg(reference->withDefaultTag().familiarString()));
    if (const Engine::Result<Engine::ImageInfo> pulled = pull(); !pulled)
        return std::unexpected(pulled.error());
    return await(engine.containers().create(options));
}

//! Everything `run` and `create` share, up to the created container; the exit code where that fails.
std::expected<Engine::ContainerInfo, int> createFromContext(Context &context)
{
    const OptionValues &options = context.options();
    const Checked<Engine::CreateOptions> wanted = readCreateOptions(options, context.arguments());
    if (!wanted)
        return std::unexpected(createMistake(context, wanted.error()));
    const Checked<PullPolicy> policy = parsePullPolicy(options.text("pull"));
    if (!policy)
        return std::unexpected(createMistake(context, policy.error()));
    QFile idFile(options.text("cidfile"));
    if (options.has("cidfile") && !idFile.open(QIODevice::WriteOnly | QIODevice::NewOnly)) {
        const QString why = idFile.exists()
            ? u"container ID file found, make sure the other container isn't running or delete %1"_s.arg(idFile.fileName())
            : u"failed to create the container ID file %1: %2"_s.arg(idFile.fileName(), idFile.errorString());
        return std::unexpected(createMistake(context, why));
    }
    const Engine::Result<Engine::ContainerInfo> created =
        createContainer(context, *wanted, *policy, options.flag("quiet") ? PullOutput::Quiet : PullOutput::ToStandardError);
    if (!created) {
        if (idFile.isOpen())
            idFile.remove();
        return std::unexpected(failed(created.error(), createFailure));
    }
    if (idFile.isOpen())
        idFile.write(created->id.toString().toLatin1());
    return *created;
}

int runCreate(Context &context)
{
    const std::expected<Engine::ContainerInfo, int> created = createFromContext(context);
    if (!created)
        return created.error();
    printLine(created->id.toString());
    return 0;
}

int startDetached(Engine::Engine &engine, const Engine::ContainerInfo &container)
{
    const Engine::Result<Engine::ContainerInfo> started = await(engine.containers().start(container.id.toString()));
    printLine(container.id.toString());
    return started ? 0 : failed(started.error(), started.error().exitCode ? started.error().exitCode : createFailure);
}

int runRun(Context &context)
{
    const OptionValues &options = context.options();
    const bool detached = options.flag("detach");
    const Checked<DetachKeys> detachKeys = detachKeysOf(options);
    if (!detachKeys)
        return createMistake(context, detachKeys.error());
    if (!detached && options.flag("tty") && options.flag("interactive") && !isTerminal(STDIN_FILENO)) {
        printError(u"the input device is not a TTY"_s);
        return 1;
    }
    const std::expected<Engine::ContainerInfo, int> created = createFromContext(context);
    if (!created)
        return created.error();
    Engine::Containers &containers = context.engine->containers();
    if (detached)
        return startDetached(*context.engine, *created);
    const QString id = created->id.toString();
    ConsoleSettings settings{
        .tty = created->tty ? ConsoleSettings::Tty::Yes : ConsoleSettings::Tty::No,
        .input = created->openStdin ? ConsoleSettings::Input::Yes : ConsoleSettings::Input::No,
        .detachKeys = *detachKeys,
        .forward = {},
    };
    if (options.flagByDefault("sig-proxy"))
        settings.forward = [&containers, id](int number) { static_cast<void>(containers.kill(id, QString::number(number))); };
    const ConsoleEnd end = ConsoleSession::run(containers.attach(id, Engine::Containers::Start::Yes, consoleSize()), std::move(settings));
    return ConsoleSession::exitCode(end, createFailure);
}

#define SLIPWAY_NEEDS_NETWORKS "this needs networks, which Slipway does not have yet; the container uses the host's network"
#define SLIPWAY_NEEDS_LIMITS "Slipway does not have resource limits yet"
#define SLIPWAY_NEEDS_VOLUMES "Slipway does not have volumes yet; -v FOLDER:FOLDER shares a folder"
#define SLIPWAY_NEEDS_HEALTH "Slipway does not have health checks yet"
#define SLIPWAY_NEEDS_SECURITY "Slipway does not have this setting yet; containers run with the default confinement, or --privileged"
#define SLIPWAY_NEEDS_WORK "Slipway does not have this yet"

// One table for both commands: `run` has three options more, at the beginning.
constexpr OptionSpec runTable[] = {
    {'d', "detach", OptionKind::Flag, "", "Run container in background and print container ID"},
    {0, "detach-keys", OptionKind::Text, "string", "Override the key sequence for detaching a container"},
    {0, "sig-proxy", OptionKind::Flag, "", "Proxy received signals to the process (default true)"},
    // create has these too
    {0, "rm", OptionKind::Flag, "", "Automatically remove the container when it exits"},
    {'a', "attach", OptionKind::List, "list", "", SLIPWAY_NEEDS_WORK "; run attaches standard output and error, and -i the input"},
    {0, "add-host", OptionKind::List, "list", "Add a custom host-to-IP mapping (host:ip)"},
    {0, "cidfile", OptionKind::Text, "string", "Write the container ID to the file"},
    {0, "entrypoint", OptionKind::Text, "string", "Overwrite the default ENTRYPOINT of the image"},
    {'e', "env", OptionKind::List, "list", "Set environment variables"},
    {0, "env-file", OptionKind::List, "list", "Read in a file of environment variables"},
    {'h', "hostname", OptionKind::Text, "string", "Container host name"},
    {0, "init", OptionKind::Flag, "", "Run an init inside the container that forwards signals and reaps processes"},
    {'i', "interactive", OptionKind::Flag, "", "Keep STDIN open even if not attached"},
    {'l', "label", OptionKind::List, "list", "Set meta data on a container"},
    {0, "label-file", OptionKind::List, "list", "Read in a line delimited file of labels"},
    {0, "name", OptionKind::Text, "string", "Assign a name to the container"},
    {0, "network", OptionKind::Text, "network", "Connect a container to a network (host|none)"},
    {0, "net", OptionKind::Text, "network", ""},
    {0, "privileged", OptionKind::Flag, "", "Give extended privileges to this container"},
    {0, "pull", OptionKind::Text, "string", "Pull image before running (\"always\", \"missing\", \"never\") (default \"missing\")"},
    {'q', "quiet", OptionKind::Flag, "", "Suppress the pull output"},
    {0, "read-only", OptionKind::Flag, "", "Mount the container's root filesystem as read only"},
    {0, "stop-signal", OptionKind::Text, "string", "Signal to stop the container"},
    {0, "stop-timeout", OptionKind::Integer, "int", "Timeout (in seconds) to stop a container"},
    {'t', "tty", OptionKind::Flag, "", "Allocate a pseudo-TTY"},
    {'u', "user", OptionKind::Text, "string", "Username or UID (format: <name|uid>[:<group|gid>])"},
    {'v', "volume", OptionKind::List, "list", "Bind mount a folder (/host/folder:/container/folder[:ro])"},
    {'w', "workdir", OptionKind::Text, "string", "Working directory inside the container"},

    {'p', "publish", OptionKind::List, "list", "", "publishing ports needs networks, which Slipway does not have yet; the container's ports "
                                                   "are open on the host's own network"},
    {'P', "publish-all", OptionKind::Flag, "", "", "publishing ports needs networks, which Slipway does not have yet; the container's ports "
                                                   "are open on the host's own network"},
    {0, "expose", OptionKind::List, "list", "", SLIPWAY_NEEDS_NETWORKS},
    {0, "dns", OptionKind::List, "list", "", SLIPWAY_NEEDS_NETWORKS},
    {0, "dns-option", OptionKind::List, "list", "", SLIPWAY_NEEDS_NETWORKS},
    {0, "dns-search", OptionKind::List, "list", "", SLIPWAY_NEEDS_NETWORKS},
    {0, "domainname", OptionKind::Text, "string", "", SLIPWAY_NEEDS_NETWORKS},
    {0, "ip", OptionKind::Text, "string", "", SLIPWAY_NEEDS_NETWORKS},
    {0, "ip6", OptionKind::Text, "string", "", SLIPWAY_NEEDS_NETWORKS},
    {0, "link", OptionKind::List, "list", "", SLIPWAY_NEEDS_NETWORKS},
    {0, "link-local-ip", OptionKind::List, "list", "", SLIPWAY_NEEDS_NETWORKS},
    {0, "mac-address", OptionKind::Text, "string", "", SLIPWAY_NEEDS_NETWORKS},
    {0, "network-alias", OptionKind::List, "list", "", SLIPWAY_NEEDS_NETWORKS},
    {0, "mount", OptionKind::List, "mount", "", SLIPWAY_NEEDS_VOLUMES},
    {0, "tmpfs", OptionKind::List, "list", "", SLIPWAY_NEEDS_WORK},
    {0, "volume-driver", OptionKind::Text, "string", "", SLIPWAY_NEEDS_VOLUMES},
    {0, "volumes-from", OptionKind::List, "list", "", SLIPWAY_NEEDS_VOLUMES},
    {0, "storage-opt", OptionKind::List, "list", "", SLIPWAY_NEEDS_WORK},
    {'m', "memory", OptionKind::Text, "bytes", "", SLIPWAY_NEEDS_LIMITS},
    {0, "memory-reservation", OptionKind::Text, "bytes", "", SLIPWAY_NEEDS_LIMITS},
    {0, "memory-swap", OptionKind::Text, "bytes", "", SLIPWAY_NEEDS_LIMITS},
    {0, "memory-swappiness", OptionKind::Text, "int", "", SLIPWAY_NEEDS_LIMITS},
    {0, "kernel-memory", OptionKind::Text, "bytes", "", SLIPWAY_NEEDS_LIMITS},
    {0, "cpus", OptionKind::Text, "decimal", "", SLIPWAY_NEEDS_LIMITS},
    {'c', "cpu-shares", OptionKind::Text, "int", "", SLIPWAY_NEEDS_LIMITS},
    {0, "cpu-period", OptionKind::Text, "int", "", SLIPWAY_NEEDS_LIMITS},
    {0, "cpu-quota", OptionKind::Text, "int", "", SLIPWAY_NEEDS_LIMITS},
    {0, "cpu-rt-period", OptionKind::Text, "int", "", SLIPWAY_NEEDS_LIMITS},
    {0, "cpu-rt-runtime", OptionKind::Text, "int", "", SLIPWAY_NEEDS_LIMITS},
    {0, "cpuset-cpus", OptionKind::Text, "string", "", SLIPWAY_NEEDS_LIMITS},
    {0, "cpuset-mems", OptionKind::Text, "string", "", SLIPWAY_NEEDS_LIMITS},
    {0, "blkio-weight", OptionKind::Text, "uint16", "", SLIPWAY_NEEDS_LIMITS},
    {0, "blkio-weight-device", OptionKind::List, "list", "", SLIPWAY_NEEDS_LIMITS},
    {0, "device-read-bps", OptionKind::List, "list", "", SLIPWAY_NEEDS_LIMITS},
    {0, "device-read-iops", OptionKind::List, "list", "", SLIPWAY_NEEDS_LIMITS},
    {0, "device-write-bps", OptionKind::List, "list", "", SLIPWAY_NEEDS_LIMITS},
    {0, "device-write-iops", OptionKind::List, "list", "", SLIPWAY_NEEDS_LIMITS},
    {0, "pids-limit", OptionKind::Text, "int", "", SLIPWAY_NEEDS_LIMITS},
    {0, "shm-size", OptionKind::Text, "bytes", "", SLIPWAY_NEEDS_LIMITS},
    {0, "ulimit", OptionKind::List, "ulimit", "", SLIPWAY_NEEDS_LIMITS},
    {0, "oom-kill-disable", OptionKind::Flag, "", "", SLIPWAY_NEEDS_LIMITS},
    {0, "oom-score-adj", OptionKind::Text, "int", "", SLIPWAY_NEEDS_LIMITS},
    {0, "cgroup-parent", OptionKind::Text, "string", "", SLIPWAY_NEEDS_LIMITS},
    {0, "cgroupns", OptionKind::Text, "string", "", SLIPWAY_NEEDS_LIMITS},
    {0, "health-cmd", OptionKind::Text, "string", "", SLIPWAY_NEEDS_HEALTH},
    {0, "health-interval", OptionKind::Text, "duration", "", SLIPWAY_NEEDS_HEALTH},
    {0, "health-retries", OptionKind::Text, "int", "", SLIPWAY_NEEDS_HEALTH},
    {0, "health-start-interval", OptionKind::Text, "duration", "", SLIPWAY_NEEDS_HEALTH},
    {0, "health-start-period", OptionKind::Text, "duration", "", SLIPWAY_NEEDS_HEALTH},
    {0, "health-timeout", OptionKind::Text, "duration", "", SLIPWAY_NEEDS_HEALTH},
    {0, "no-healthcheck", OptionKind::Flag, "", "", SLIPWAY_NEEDS_HEALTH},
    {0, "cap-add", OptionKind::List, "list", "", SLIPWAY_NEEDS_SECURITY},
    {0, "cap-drop", OptionKind::List, "list", "", SLIPWAY_NEEDS_SECURITY},
    {0, "security-opt", OptionKind::List, "list", "", SLIPWAY_NEEDS_SECURITY},
    {0, "device", OptionKind::List, "list", "", SLIPWAY_NEEDS_SECURITY},
    {0, "device-cgroup-rule", OptionKind::List, "list", "", SLIPWAY_NEEDS_SECURITY},
    {0, "gpus", OptionKind::Text, "gpu-request", "", SLIPWAY_NEEDS_SECURITY},
    {0, "group-add", OptionKind::List, "list", "", SLIPWAY_NEEDS_WORK},
    {0, "ipc", OptionKind::Text, "string", "", SLIPWAY_NEEDS_WORK},
    {0, "pid", OptionKind::Text, "string", "", SLIPWAY_NEEDS_WORK},
    {0, "uts", OptionKind::Text, "string", "", SLIPWAY_NEEDS_WORK},
    {0, "userns", OptionKind::Text, "string", "", SLIPWAY_NEEDS_WORK},
    {0, "sysctl", OptionKind::List, "map", "", SLIPWAY_NEEDS_WORK},
    {0, "annotation", OptionKind::List, "map", "", SLIPWAY_NEEDS_WORK},
    {0, "log-driver", OptionKind::Text, "string", "", SLIPWAY_NEEDS_WORK},
    {0, "log-opt", OptionKind::List, "list", "", SLIPWAY_NEEDS_WORK},
    {0, "restart", OptionKind::Text, "string", "", "Slipway does not have restart policies yet"},
    {0, "runtime", OptionKind::Text, "string", "", SLIPWAY_NEEDS_WORK},
    {0, "platform", OptionKind::Text, "string", "", "Slipway runs images of this machine's own platform only"},
};

constexpr std::size_t runOnlyOptions = 3;

constexpr Command createTable[] = {
    {.paths = "run|container run", .usage = "[OPTIONS] IMAGE [COMMAND] [ARG...]", .summary = "Create and run a new container from an image",
     .options = runTable, .count = {1, -1}, .run = runRun, .order = OptionOrder::BeforeArguments, .section = Section::Common,
     .completion = Completion::ImageProgram, .engineFailureCode = createFailure},
    {.paths = "create|container create", .usage = "[OPTIONS] IMAGE [COMMAND] [ARG...]", .summary = "Create a new container",
     .options = std::span(runTable).subspan(runOnlyOptions), .count = {1, -1}, .run = runCreate, .order = OptionOrder::BeforeArguments,
     .completion = Completion::ImageProgram, .engineFailureCode = createFailure},
};

} // namespace

std::span<const Command> createCommands()
{
    return createTable;
}

} // namespace Cli
