// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/await.h"
#include "cli/buildview.h"
#include "cli/command.h"
#include "cli/input/buildoptions.h"
#include "cli/input/createoptions.h"
#include "cli/output.h"
#include "cli/pullimage.h"

#include <engine/engine.h>

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>

#include <unistd.h>

namespace Cli {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 largestDockerfile = 16 << 20;

//! What to build, and what is needed to talk about it.
struct BuildInput {
    Engine::BuildRequest request;
    QByteArray dockerfile;          //!< its bytes, for errors
    QString dockerfileName;         //!< as the user knows it
    std::unique_ptr<QTemporaryDir> emptyContext;    //!< for `build -`
};

Checked<QByteArray> readStandardInput()
{
    QFile input;
    if (!input.open(STDIN_FILENO, QIODevice::ReadOnly))
        return std::unexpected(u"standard input: "_s + input.errorString());
    const QByteArray bytes = input.read(largestDockerfile + 1);
    if (bytes.size() > largestDockerfile)
        return std::unexpected(u"the Dockerfile on standard input is larger than 16 MB"_s);
    return bytes;
}

bool looksLikeArchive(const QByteArray &bytes)
{
    return bytes.startsWith("\x1f\x8b") || bytes.startsWith("BZh") || bytes.startsWith("\xFD" "7zXZ") || bytes.startsWith("\x28\xB5\x2F\xFD")
        || bytes.mid(257, 5) == "ustar";
}

//! `build -`: a Dockerfile on standard input and nothing else.
Checked<void> readPipedContext(BuildInput &input)
{
    const Checked<QByteArray> bytes = readStandardInput();
    if (!bytes)
        return std::unexpected(bytes.error());
    if (looksLikeArchive(*bytes))
        return std::unexpected(u"an archive as build context is not available yet; unpack it and give its folder"_s);
    input.emptyContext = std::make_unique<QTemporaryDir>();
    if (!input.emptyContext->isValid())
        return std::unexpected(input.emptyContext->errorString());
    input.request.contextDir = input.emptyContext->path();
    input.request.dockerfileText = QString::fromUtf8(*bytes);
    input.dockerfile = *bytes;
    input.dockerfileName = u"Dockerfile"_s;
    return {};
}

Checked<void> readFolderContext(BuildInput &input, const QString &path, const QString &file)
{
    static const QStringList remote{u"http://"_s, u"https://"_s, u"git://"_s, u"git@"_s, u"ssh://"_s};
    if (std::ranges::any_of(remote, [&path](const QString &scheme) { return path.startsWith(scheme); }))
        return std::unexpected(u"%1: a build context from a server is not available yet; fetch it and give its folder"_s.arg(path));
    const QFileInfo folder(path);
    if (!folder.exists())
        return std::unexpected(u"path \"%1\" not found"_s.arg(path));
    if (!folder.isDir())
        return std::unexpected(u"the build context must be a folder: %1"_s.arg(path));
    input.request.contextDir = folder.absoluteFilePath();
    if (file == "-"_L1) {
        const Checked<QByteArray> bytes = readStandardInput();
        if (!bytes)
            return std::unexpected(bytes.error());
        input.request.dockerfileText = QString::fromUtf8(*bytes);
        input.dockerfile = *bytes;
        input.dockerfileName = u"Dockerfile"_s;
        return {};
    }
    input.dockerfileName = file.isEmpty() ? QDir::cleanPath(path + "/Dockerfile"_L1) : file;
    input.request.dockerfilePath = QFileInfo(input.dockerfileName).absoluteFilePath();
    QFile dockerfile(input.request.dockerfilePath);
    if (dockerfile.open(QIODevice::ReadOnly))
        input.dockerfile = dockerfile.read(largestDockerfile); // the engine says what is wrong with one that cannot be read
    return {};
}

//! What RUN gets to see beside its files.
Checked<void> readRunOptions(Engine::BuildRequest &request, const OptionValues &options)
{
    const Checked<QMap<QString, Engine::BuildSecret>> secrets = collectSecrets(options.list("secret"));
    if (!secrets)
        return std::unexpected(u"could not parse secrets: %1: %2"_s.arg(options.list("secret").join(u' '), secrets.error()));
    const Checked<QMap<QString, QStringList>> agents = collectSshAgents(options.list("ssh"));
    if (!agents)
        return std::unexpected(u"could not parse ssh: %1: %2"_s.arg(options.list("ssh").join(u' '), agents.error()));
    const Checked<QList<Engine::BuildUlimit>> ulimits = collectUlimits(options.list("ulimit"));
    if (!ulimits)
        return std::unexpected(u"invalid argument for \"--ulimit\" flag: %1"_s.arg(ulimits.error()));
    for (const QString &host : options.list("add-host")) {
        const Checked<QString> entry = parseExtraHost(host);
        if (!entry)
            return std::unexpected(u"invalid argument \"%1\" for \"--add-host\" flag: %2"_s.arg(host, entry.error()));
        request.extraHosts += *entry;
    }
    if (options.has("shm-size")) {
        const Checked<qint64> bytes = parseByteSize(options.text("shm-size"));
        if (!bytes)
            return std::unexpected(u"invalid argument \"%1\" for \"--shm-size\" flag: %2"_s.arg(options.text("shm-size"), bytes.error()));
        request.shmBytes = *bytes;
    }
    request.secrets = *secrets;
    request.sshAgents = *agents;
    request.ulimits = *ulimits;
    return {};
}

Checked<BuildInput> readBuildInput(const OptionValues &options, const QString &context)
{
    BuildInput input;
    const Checked<QMap<QString, QString>> arguments = collectBuildArgs(options.list("build-arg"));
    if (!arguments)
        return std::unexpected(arguments.error());
    const Checked<QMap<QString, QString>> labels = collectLabels({}, options.list("label"));
    if (!labels)
        return std::unexpected(labels.error());
    const Checked<Engine::NetworkMode> network = parseNetwork(options.text("network"));
    if (!network)
        return std::unexpected(network.error());
    for (const QString &tag : options.list("tag")) {
        if (const Engine::Result<Engine::ImageReference> reference = Engine::ImageReference::parse(tag); !reference)
            return std::unexpected(u"invalid argument \"%1\" for \"-t, --tag\" flag: %2"_s.arg(tag, reference.error().detail));
    }
    input.request.tags = options.list("tag");
    input.request.buildArgs = *arguments;
    input.request.labels = *labels;
    input.request.network = *network;
    input.request.target = options.text("target");
    input.request.noCache = options.flag("no-cache");
    input.request.pull = options.flag("pull");
    input.request.platform = options.text("platform");
    for (const QString &stages : options.list("no-cache-filter"))
        input.request.noCacheStages += stages.split(u',', Qt::SkipEmptyParts);
    if (const Checked<void> forRun = readRunOptions(input.request, options); !forRun)
        return std::unexpected(forRun.error());
    const Checked<void> read = context == "-"_L1 ? readPipedContext(input) : readFolderContext(input, context, options.text("file"));
    if (!read)
        return std::unexpected(read.error());
    return input;
}

int buildMistake(const Context &context, const QString &mistake, int exitCode)
{
    printError("slipway: "_L1 + mistake);
    if (exitCode == 125)
        printError(u"See 'slipway %1 --help'."_s.arg(context.invocation.path));
    return exitCode;
}

int tellSuccess(const Context &context, const Engine::BuildRequest &request, const Engine::ImageInfo &image)
{
    const bool isQuiet = context.options().flag("quiet");
    if (isQuiet)
        printLine(image.id.toString());
    else
        printLine("Successfully built "_L1 + image.id.shortHex());
    for (const QString &tag : request.tags) {
        const Engine::Result<Engine::ImageReference> reference = Engine::ImageReference::parse(tag);
        if (reference && !isQuiet)
            printLine("Successfully tagged "_L1 + reference->withDefaultTag().familiarString());
    }
    if (!context.options().has("iidfile"))
        return 0;
    QFile idFile(context.options().text("iidfile"));
    if (!idFile.open(QIODevice::WriteOnly | QIODevice::Truncate) || idFile.write(image.id.toString().toLatin1()) < 0)
        return buildMistake(context, u"writing %1: %2"_s.arg(idFile.fileName(), idFile.errorString()), 1);
    return 0;
}

//! With -q nothing is shown of a build that goes well, and everything of one that does not.
class QuietOutput final
{
public:
    explicit QuietOutput(Engine::BuildOperation *build)
    {
        if (build)
            QObject::connect(build, &Engine::BuildOperation::output, build,
                             [this](int, const QByteArray &bytes, Engine::OutputStream) { m_bytes += bytes; });
    }
    void show() const { writeAll(STDERR_FILENO, m_bytes); }

private:
    QByteArray m_bytes;
};

int runBuild(Context &context)
{
    const OptionValues &options = context.options();
    const QString progress = options.text("progress");
    static const QStringList progressKinds{u"auto"_s, u"plain"_s, u"tty"_s, u"quiet"_s};
    if (!progress.isEmpty() && !progressKinds.contains(progress))
        return buildMistake(context, u"invalid progress mode %1: must be one of auto, plain, tty, quiet"_s.arg(progress), 125);
    const Checked<BuildInput> input = readBuildInput(options, context.arguments().constFirst());
    if (!input)
        return buildMistake(context, input.error(), input.error().startsWith("invalid argument"_L1) ? 125 : 1);
    const bool isQuiet = options.flag("quiet") || progress == "quiet"_L1;
    if (input->dockerfile.contains(starterImage)) {
        if (const Engine::Result<> imported = ensureStarterImage(*context.engine, context.session.starterImageFolder); !imported)
            return failed(imported.error());
    }
    const std::unique_ptr<Engine::BuildOperation> build = context.engine->builds().build(input->request);
    BuildView view(isQuiet ? nullptr : build.get(), input->dockerfile, input->dockerfileName);
    const QuietOutput hidden(isQuiet ? build.get() : nullptr);
    const Engine::Result<Engine::ImageInfo> built = awaitFinished(build.get(), &Engine::BuildOperation::finished);
    if (built && !isQuiet)
        view.finish();
    if (built)
        return tellSuccess(context, input->request, *built);
    if (isQuiet)
        hidden.show();
    view.explain(built.error());
    return built.error().exitCode ? built.error().exitCode : 1;
}

#define SLIPWAY_BUILD_LIMITS "Slipway does not have resource limits yet"
#define SLIPWAY_BUILD_LATER "Slipway does not have this yet"

constexpr OptionSpec buildOptions[] = {
    {0, "add-host", OptionKind::List, "strings", "Add a custom host-to-IP mapping (format: \"host:ip\")"},
    {0, "build-arg", OptionKind::List, "list", "Set build-time variables"},
    {'f', "file", OptionKind::Text, "string", "Name of the Dockerfile (Default is \"PATH/Dockerfile\"; - for standard input)"},
    {0, "force-rm", OptionKind::Flag, "", ""}, // nothing intermediate is ever left
    {0, "iidfile", OptionKind::Text, "string", "Write the image ID to the file"},
    {0, "label", OptionKind::List, "list", "Set metadata for an image"},
    {0, "network", OptionKind::Text, "string", "Set the networking mode for the RUN instructions during build (host|none)"},
    {0, "no-cache", OptionKind::Flag, "", "Do not use cache when building the image"},
    {0, "no-cache-filter", OptionKind::List, "stringArray", "Do not cache specified stages"},
    {0, "platform", OptionKind::Text, "string", "Set target platform for build"},
    {0, "progress", OptionKind::Text, "string", "Set type of progress output (auto, plain, quiet)"},
    {0, "pull", OptionKind::Flag, "", "Always attempt to pull a newer version of the image"},
    {'q', "quiet", OptionKind::Flag, "", "Suppress the build output and print image ID on success"},
    {0, "rm", OptionKind::Flag, "", ""},
    {0, "secret", OptionKind::List, "stringArray", "Secret to expose to the build (format: \"id=mysecret[,src=/local/secret]\")"},
    {0, "shm-size", OptionKind::Text, "bytes", "Shared memory size for build containers"},
    {0, "ssh", OptionKind::List, "stringArray", "SSH agent socket or keys to expose to the build (format: \"default|<id>[=<socket>|<key>[,<key>]]\")"},
    {'t', "tag", OptionKind::List, "list", "Name and optionally a tag in the \"name:tag\" format"},
    {0, "target", OptionKind::Text, "string", "Set the target build stage to build"},
    {0, "ulimit", OptionKind::List, "ulimit", "Ulimit options"},

    {0, "build-context", OptionKind::List, "list", "", SLIPWAY_BUILD_LATER},
    {0, "cache-from", OptionKind::List, "list", "", SLIPWAY_BUILD_LATER},
    {0, "cache-to", OptionKind::List, "list", "", SLIPWAY_BUILD_LATER},
    {0, "compress", OptionKind::Flag, "", ""}, // the context is read where it is
    {0, "cgroup-parent", OptionKind::Text, "string", "", SLIPWAY_BUILD_LIMITS},
    {'c', "cpu-shares", OptionKind::Text, "int", "", SLIPWAY_BUILD_LIMITS},
    {0, "cpu-period", OptionKind::Text, "int", "", SLIPWAY_BUILD_LIMITS},
    {0, "cpu-quota", OptionKind::Text, "int", "", SLIPWAY_BUILD_LIMITS},
    {0, "cpuset-cpus", OptionKind::Text, "string", "", SLIPWAY_BUILD_LIMITS},
    {0, "cpuset-mems", OptionKind::Text, "string", "", SLIPWAY_BUILD_LIMITS},
    {'m', "memory", OptionKind::Text, "bytes", "", SLIPWAY_BUILD_LIMITS},
    {0, "memory-swap", OptionKind::Text, "bytes", "", SLIPWAY_BUILD_LIMITS},
    {0, "isolation", OptionKind::Text, "string", "", SLIPWAY_BUILD_LATER},
    {0, "load", OptionKind::Flag, "", ""}, // where else would it go
    {'o', "output", OptionKind::List, "list", "", SLIPWAY_BUILD_LATER},
    {0, "push", OptionKind::Flag, "", "", "Slipway cannot push yet"},
    {0, "security-opt", OptionKind::List, "list", "", SLIPWAY_BUILD_LATER},
    {0, "squash", OptionKind::Flag, "", "", SLIPWAY_BUILD_LATER},
};

constexpr Command buildTable[] = {
    {.paths = "build|image build|builder build", .usage = "[OPTIONS] PATH | -", .summary = "Build an image from a Dockerfile",
     .options = buildOptions, .count = {1, 1}, .run = runBuild, .section = Section::Common, .completion = Completion::Files},
};

} // namespace

std::span<const Command> buildCommands()
{
    return buildTable;
}

} // namespace Cli
