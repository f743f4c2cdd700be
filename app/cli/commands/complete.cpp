// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/command.h"
#include "cli/output.h"

// `slipway complete -- WORD…` for shells: prints what may stand for the last word, one candidate a line. A line that begins
// with a colon names a set the shell fetches itself: ":containers", ":running", ":images", ":objects", ":files", ":programs".
namespace Cli {

using namespace Qt::StringLiterals;

namespace {

QStringList commandNames(const QString &group)
{
    QStringList names;
    for (const Command *command : allCommands()) {
        if (!command->run || command->section == Section::Hidden)
            continue;
        for (const QString &path : pathsOf(*command)) {
            if (group.isEmpty() ? !path.contains(u' ') : path.startsWith(group + u' '))
                names += path.section(u' ', -1);
        }
    }
    if (group.isEmpty()) {
        names += u"gui"_s;
        for (const CommandGroup &entry : commandGroups())
            names += QString::fromLatin1(entry.name);
    }
    names.sort();
    names.removeDuplicates();
    return names;
}

QStringList optionNames(const Command &command)
{
    QStringList names{u"--help"_s};
    for (const OptionSpec &option : command.options) {
        if (!option.refusal && *option.help)
            names += "--"_L1 + QLatin1StringView(option.longName);
    }
    names.sort();
    return names;
}

//! The option that \p word leaves waiting for a value, if any: "--name", "-e", "-ite".
bool awaitsValue(const Command &command, const QString &word)
{
    if (word.contains(u'='))
        return false;
    for (const OptionSpec &option : command.options) {
        const bool isMeant = word.startsWith("--"_L1)
            ? word.mid(2) == QLatin1StringView(option.longName)
            : word.startsWith(u'-') && option.shortName && word.endsWith(QLatin1Char(option.shortName));
        if (isMeant)
            return option.kind != OptionKind::Flag;
    }
    return false;
}

//! How many arguments stand before the last word.
int argumentsBefore(const Command &command, const QStringList &words)
{
    int count = 0;
    for (qsizetype i = 0; i + 1 < words.size(); ++i) {
        if (words[i].startsWith(u'-') && words[i].size() > 1)
            i += awaitsValue(command, words[i]) ? 1 : 0;
        else
            ++count;
    }
    return count;
}

QStringList argumentCandidates(const Command &command, int index)
{
    const bool isFirst = index == 0;
    if (command.count.max >= 0 && index >= command.count.max)
        return {};
    switch (command.completion) {
    case Completion::Nothing:
        return {};
    case Completion::Files:
        return {u":files"_s};
    case Completion::Containers:
        return {u":containers"_s};
    case Completion::RunningContainers:
        return {u":running"_s};
    case Completion::Images:
        return {u":images"_s};
    case Completion::ContainersAndImages:
        return {u":objects"_s};
    case Completion::ImageProgram:
        return {isFirst ? u":images"_s : u":programs"_s};
    case Completion::ContainerProgram:
        return {isFirst ? u":running"_s : u":programs"_s};
    }
    return {};
}

//! \p words: all after "slipway", the last one being typed.
QStringList candidates(QStringList words)
{
    while (words.size() > 1 && words.first().startsWith(u'-')) // global options
        words.remove(0, words.first() == "--root"_L1 ? std::min<qsizetype>(2, words.size() - 1) : 1);
    if (words.size() <= 1)
        return commandNames({});
    QString path = words.takeFirst();
    const auto groups = commandGroups();
    if (std::ranges::any_of(groups, [&path](const CommandGroup &group) { return path == QLatin1StringView(group.name); })) {
        if (words.size() <= 1)
            return commandNames(path);
        path += u' ' + words.takeFirst();
    }
    const Command *command = findCommand(path);
    if (!command || !command->run)
        return {};
    if (words.size() > 1 && awaitsValue(*command, words.at(words.size() - 2)))
        return {u":files"_s};
    const int index = argumentsBefore(*command, words);
    const bool mayBeOption = command->order == OptionOrder::Anywhere || index == 0;
    if (words.last().startsWith(u'-') && mayBeOption)
        return optionNames(*command);
    return argumentCandidates(*command, index);
}

int runComplete(Context &context)
{
    for (const QString &candidate : candidates(context.arguments()))
        printLine(candidate);
    return 0;
}

constexpr Command completeTable[] = {
    {.paths = "complete", .usage = "-- WORD...", .summary = "Print what may stand for the last word", .run = runComplete,
     .engine = EngineUse::None, .section = Section::Hidden},
};

} // namespace

std::span<const Command> completionCommands()
{
    return completeTable;
}

} // namespace Cli
