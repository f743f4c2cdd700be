// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/await.h"
#include "cli/changelines.h"
#include "cli/command.h"
#include "cli/input/createoptions.h"
#include "cli/input/values.h"
#include "cli/output.h"
#include "cli/session/consolesession.h"

#include <engine/engine.h>

#include <QtCore/QDir>
#include <QtCore/QFileInfo>

#include <unistd.h>

// Time travel through a build: a console, or the changes, at any line of a Dockerfile.
namespace Cli {

using namespace Qt::StringLiterals;

namespace {

int stepMistake(const Context &context, const QString &mistake)
{
    printError("slipway: "_L1 + mistake);
    printError(u"See 'slipway %1 --help'."_s.arg(context.invocation.path));
    return 125;
}

Checked<Engine::BuildRequest> stepRequest(const OptionValues &options, const QString &path)
{
    const QFileInfo folder(path);
    if (!folder.isDir())
        return std::unexpected(u"path \"%1\" not found"_s.arg(path));
    const Checked<QMap<QString, QString>> arguments = collectBuildArgs(options.list("build-arg"));
    if (!arguments)
        return std::unexpected(arguments.error());
    const Checked<Engine::NetworkMode> network = parseNetwork(options.text("network"));
    if (!network)
        return std::unexpected(network.error());
    Engine::BuildRequest request;
    request.contextDir = folder.absoluteFilePath();
    const QString file = options.text("file");
    request.dockerfilePath = QFileInfo(file.isEmpty() ? QDir::cleanPath(path + "/Dockerfile"_L1) : file).absoluteFilePath();
    request.buildArgs = *arguments;
    request.target = options.text("target");
    request.network = *network;
    return request;
}

Checked<Engine::StepPlace> stepPlace(const OptionValues &options)
{
    if (int(options.has("before")) + int(options.has("after")) + int(options.flag("failed")) != 1)
        return std::unexpected(u"say where: --before LINE, --after LINE or --failed"_s);
    if (options.flag("failed"))
        return Engine::StepPlace{.line = 0, .side = Engine::StepPlace::Side::Failed};
    if (options.has("before"))
        return Engine::StepPlace{.line = options.integer("before").value_or(0), .side = Engine::StepPlace::Side::Before};
    return Engine::StepPlace{.line = options.integer("after").value_or(0), .side = Engine::StepPlace::Side::After};
}

int runStepShell(Context &context)
{
    const QStringList command = context.arguments().mid(1);
    const Checked<Engine::StepPlace> place = stepPlace(context.options());
    if (!place)
        return stepMistake(context, place.error());
    const Checked<Engine::BuildRequest> request = stepRequest(context.options(), context.arguments().constFirst());
    if (!request)
        return stepMistake(context, request.error());
    const bool takesInput = isTerminal(STDIN_FILENO);
    if (!takesInput && command.isEmpty())
        return failed(Engine::Error{.code = Engine::ErrorCode::InvalidInput, .detail = u"the input device is not a TTY"_s,
                                    .remedy = u"Give a command after the folder to run it without one"_s});
    const auto opening = context.engine->builds().openStep(*request, *place, command);
    QObject::connect(opening.get(), &Engine::StepContainerOperation::output, opening.get(),
                     [](const QByteArray &bytes, Engine::OutputStream) { writeAll(STDERR_FILENO, bytes); });
    const Engine::Result<Engine::ContainerInfo> container = awaitFinished(opening.get(), &Engine::StepContainerOperation::finished);
    if (!container)
        return failed(container.error());
    Engine::Containers &containers = context.engine->containers();
    const QString id = container->id.toString();
    const ConsoleEnd end = ConsoleSession::run(containers.attach(id, Engine::Containers::Start::Yes),
                                               {.tty = ConsoleSettings::Tty::Yes,
                                                .input = takesInput ? ConsoleSettings::Input::Yes : ConsoleSettings::Input::No,
                                                .detachKeys = DetachKeys(),
                                                .forward = [&containers, id](int number) { static_cast<void>(containers.kill(id, QString::number(number))); }});
    return ConsoleSession::exitCode(end, 125);
}

int runStepDiff(Context &context)
{
    const Checked<Engine::BuildRequest> request = stepRequest(context.options(), context.arguments().constFirst());
    if (!request)
        return stepMistake(context, request.error());
    const int line = context.options().integer("after").value_or(0);
    if (line <= 0)
        return stepMistake(context, u"say which step: --after LINE"_s);
    const Engine::Result<Engine::BuildPlan> plan = await(context.engine->builds().plan(*request));
    if (!plan)
        return failed(plan.error());
    const auto step = std::ranges::find_if(plan->steps, [line](const Engine::BuildStep &s) { return s.firstLine <= line && line <= s.lastLine; });
    if (step == plan->steps.end())
        return failed(Engine::Error{.code = Engine::ErrorCode::NotFound, .detail = u"there is no instruction at line %1"_s.arg(line)});
    if (step->state != Engine::BuildStep::State::Cached)
        return failed(Engine::Error{.code = Engine::ErrorCode::NotFound, .detail = u"the step at line %1 has not been built: %2"_s.arg(line).arg(step->cause),
                                    .remedy = u"slipway build "_s + context.arguments().constFirst()});
    if (!step->makesLayer || step->layer.isNull())
        return 0; // it changes the configuration only
    const auto changes = await(context.engine->fileTrees().changes(Engine::TreeState::ofLayer(step->layer)));
    if (!changes)
        return failed(changes.error());
    writeAll(STDOUT_FILENO, changeLines(*changes));
    return 0;
}

#define SLIPWAY_STEP_OPTIONS                                                                                      \
    {0, "build-arg", OptionKind::List, "list", "Set build-time variables"},                                       \
    {'f', "file", OptionKind::Text, "string", "Name of the Dockerfile (default: \"PATH/Dockerfile\")"},           \
    {0, "network", OptionKind::Text, "string", "Network of the console and of steps that run first (host|none)"}, \
    {0, "target", OptionKind::Text, "string", "Set the target build stage to build"}

constexpr OptionSpec shellOptions[] = {
    {0, "after", OptionKind::Integer, "line", "The files as they are after the instruction at this line"},
    {0, "before", OptionKind::Integer, "line", "The files as they are before the instruction at this line"},
    {0, "failed", OptionKind::Flag, "", "The files as the RUN left them that failed in the last build"},
    SLIPWAY_STEP_OPTIONS,
};

constexpr OptionSpec stepDiffOptions[] = {
    {0, "after", OptionKind::Integer, "line", "The instruction at this line"},
    SLIPWAY_STEP_OPTIONS,
};

constexpr Command stepTable[] = {
    {.paths = "builder shell", .usage = "[OPTIONS] PATH [COMMAND] [ARG...]", .summary = "Open a console at any line of a Dockerfile", .options = shellOptions,
     .count = {1, -1}, .run = runStepShell, .order = OptionOrder::BeforeArguments, .completion = Completion::Files},
    {.paths = "builder diff", .usage = "[OPTIONS] PATH", .summary = "Inspect what an instruction of a Dockerfile changed", .options = stepDiffOptions,
     .count = {1, 1}, .run = runStepDiff, .completion = Completion::Files},
};

} // namespace

std::span<const Command> stepCommands()
{
    return stepTable;
}

} // namespace Cli
