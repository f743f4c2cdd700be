// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli.h"

#include "command.h"
#include "help.h"
#include "output.h"

#include <QtCore/QCoreApplication>

#include <algorithm>
#include <vector>

namespace Cli {

using namespace Qt::StringLiterals;

namespace {

constexpr int usageError = 125; // Docker's exit code for an option it does not know, whatever the command

constexpr OptionSpec globalOptions[] = {
    {0, "root", OptionKind::Text, "string"},
    {'v', "version", OptionKind::Flag},
    {'h', "help", OptionKind::Flag},
};

void printUsageMistake(const QString &mistake, const QString &path)
{
    printError(mistake);
    printError(u"See 'slipway %1'."_s.arg((path + " --help"_L1).trimmed()));
}

int unknownCommand(const QString &path)
{
    printError(u"slipway: '%1' is not a slipway command."_s.arg(path));
    const QStringList near = suggestions(path);
    if (!near.isEmpty())
        printError("\nDid you mean this?\n\t"_L1 + near.join("\n\t"_L1) + u'\n');
    printError(u"See 'slipway --help'"_s);
    return 1;
}

int wrongArgumentCount(const Command &command, const QString &path)
{
    const auto [min, max] = command.count;
    QString need;
    if (max == 0)
        need = u"accepts no arguments"_s;
    else if (min == max)
        need = u"requires exactly %1 argument%2"_s.arg(min).arg(min == 1 ? ""_L1 : "s"_L1);
    else if (max < 0)
        need = u"requires at least %1 argument%2"_s.arg(min).arg(min == 1 ? ""_L1 : "s"_L1);
    else
        need = u"requires at least %1 and at most %2 arguments"_s.arg(min).arg(max);
    printError(u"\"slipway %1\" %2.\nSee 'slipway %1 --help'.\n\nUsage:  %3\n\n%4"_s
                   .arg(path, need, usageLine(command, path), QString::fromUtf8(command.summary)));
    return 1;
}

int refused(const Command &command, const QString &path)
{
    printError(u"slipway: %1 is not available yet: %2"_s.arg(path, QLatin1StringView(command.refusal)));
    return 1;
}

const CommandGroup *findGroup(const QString &name)
{
    const auto groups = commandGroups();
    const auto found = std::ranges::find_if(groups, [&name](const CommandGroup &g) { return name == QLatin1StringView(g.name); });
    return found == groups.end() ? nullptr : &*found;
}

//! The command's own options and --help (-h where the command has no other use for it).
std::vector<OptionSpec> withHelp(const Command &command)
{
    std::vector<OptionSpec> specs(command.options.begin(), command.options.end());
    const bool taken = std::ranges::any_of(specs, [](const OptionSpec &spec) { return spec.shortName == 'h'; });
    specs.push_back({taken ? '\0' : 'h', "help", OptionKind::Flag});
    return specs;
}

Invocation::Needs needsOf(EngineUse use)
{
    switch (use) {
    case EngineUse::None:
        return Invocation::Needs::Nothing;
    case EngineUse::Settings:
        return Invocation::Needs::Settings;
    case EngineUse::Optional:
    case EngineUse::Required:
        break;
    }
    return Invocation::Needs::Engine;
}

std::expected<Invocation, int> parseCommand(const Command &command, Invocation invocation, const QStringList &arguments)
{
    if (!command.run)
        return std::unexpected(refused(command, invocation.path));
    std::expected<ParsedOptions, QString> parsed = parseOptions(withHelp(command), arguments, command.order);
    if (!parsed) {
        printUsageMistake(parsed.error(), invocation.path);
        return std::unexpected(usageError);
    }
    if (parsed->options.flag("help")) {
        print(commandHelp(command, invocation.path));
        return std::unexpected(0);
    }
    const auto [min, max] = command.count;
    if (parsed->arguments.size() < min || (max >= 0 && parsed->arguments.size() > max))
        return std::unexpected(wrongArgumentCount(command, invocation.path));
    invocation.command = &command;
    invocation.needs = needsOf(command.engine);
    invocation.options = std::move(parsed->options);
    invocation.arguments = std::move(parsed->arguments);
    return invocation;
}

//! \p words: the command and all that follows it.
std::expected<Invocation, int> parseWords(Invocation invocation, QStringList words)
{
    const QString word = words.takeFirst();
    if (word == "gui"_L1) {
        invocation.needs = Invocation::Needs::Window;
        invocation.arguments = words;
        return invocation;
    }
    if (word == "help"_L1)
        return words.isEmpty() ? parse({u"--help"_s}) : parseWords(std::move(invocation), words << u"--help"_s);
    invocation.path = word;
    if (const CommandGroup *group = findGroup(word)) {
        if (words.isEmpty() || words.first() == "--help"_L1 || words.first() == "-h"_L1) {
            print(groupHelp(*group));
            return std::unexpected(0);
        }
        invocation.path += u' ' + words.takeFirst();
    }
    const Command *command = findCommand(invocation.path);
    if (!command)
        return std::unexpected(unknownCommand(invocation.path));
    return parseCommand(*command, std::move(invocation), words);
}

} // namespace

std::expected<Invocation, int> parse(const QStringList &arguments)
{
    const std::expected<ParsedOptions, QString> global = parseOptions(globalOptions, arguments, OptionOrder::BeforeArguments);
    if (!global) {
        printUsageMistake(global.error(), {});
        return std::unexpected(usageError);
    }
    if (global->options.flag("version")) {
        printLine(u"Slipway version " SLIPWAY_VERSION ""_s);
        return std::unexpected(0);
    }
    if (global->options.flag("help")) {
        print(programHelp());
        return std::unexpected(0);
    }
    Invocation invocation;
    invocation.rootOverride = global->options.text("root");
    if (global->arguments.isEmpty()) {
        invocation.needs = Invocation::Needs::Window;
        return invocation;
    }
    return parseWords(std::move(invocation), global->arguments);
}

int run(const Invocation &invocation, const Session &session, int argc, char **argv)
{
    const Command &command = *invocation.command;
    Context context{.invocation = invocation, .session = session, .engine = nullptr, .engineError = session.namespaceError};
    if (command.engine == EngineUse::None || command.engine == EngineUse::Settings)
        return command.run(context);

    const QCoreApplication application(argc, argv);
    std::unique_ptr<Engine::Engine> engine;
    if (!context.engineError) {
        Engine::Result<std::unique_ptr<Engine::Engine>> created = Engine::Engine::create(session.settings);
        if (created)
            engine = *std::move(created);
        else
            context.engineError = created.error();
    }
    if (!engine && command.engine == EngineUse::Required)
        return failed(*context.engineError, command.engineFailureCode);
    context.engine = engine.get();
    return command.run(context);
}

} // namespace Cli
