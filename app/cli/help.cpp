// SPDX-License-Identifier: GPL-3.0-or-later
#include "help.h"

#include "command.h"

#include <algorithm>
#include <vector>

namespace Cli {

using namespace Qt::StringLiterals;

namespace {

constexpr int helpWidth = 80;

//! Breaks \p text at spaces so that no line is longer than \p width, where words allow it.
QStringList wrapped(const QString &text, qsizetype width)
{
    QStringList lines;
    QString line;
    const QStringList words = text.split(u' ');
    for (const QString &word : words) {
        if (!line.isEmpty() && line.size() + 1 + word.size() > width) {
            lines += line;
            line.clear();
        }
        line += (line.isEmpty() ? QString() : u" "_s) + word;
    }
    return lines << line;
}

//! "  name   summary" lines, aligned.
QString listing(const QList<std::pair<QString, QString>> &entries)
{
    qsizetype width = 0;
    for (const auto &[name, summary] : entries)
        width = std::max(width, name.size());
    QString text;
    for (const auto &[name, summary] : entries)
        text += "  "_L1 + name.leftJustified(width + 3) + summary + u'\n';
    return text;
}

QString optionColumn(const OptionSpec &spec)
{
    QString column = spec.shortName ? u"  -%1, --%2"_s.arg(QLatin1Char(spec.shortName)).arg(QLatin1StringView(spec.longName))
                                    : u"      --%1"_s.arg(QLatin1StringView(spec.longName));
    if (*spec.valueName)
        column += u' ' + QLatin1StringView(spec.valueName);
    return column;
}

QString optionsHelp(const Command &command)
{
    std::vector<const OptionSpec *> shown;
    for (const OptionSpec &spec : command.options) {
        if (*spec.help && !spec.refusal)
            shown.push_back(&spec);
    }
    if (shown.empty())
        return {};
    std::ranges::sort(shown, {}, [](const OptionSpec *spec) { return QLatin1StringView(spec->longName); });
    qsizetype width = 0;
    for (const OptionSpec *spec : shown)
        width = std::max(width, optionColumn(*spec).size());
    QString text = u"\nOptions:\n"_s;
    for (const OptionSpec *spec : shown) {
        const QStringList lines = wrapped(QString::fromUtf8(spec->help), std::max<qsizetype>(helpWidth - width - 3, 30));
        text += optionColumn(*spec).leftJustified(width + 3) + lines.first() + u'\n';
        for (const QString &line : lines.sliced(1))
            text += QString(width + 3, u' ') + line + u'\n';
    }
    return text;
}

QList<std::pair<QString, QString>> commandsOf(Section section)
{
    QList<std::pair<QString, QString>> entries;
    for (const Command *command : allCommands()) {
        const QString path = pathsOf(*command).first();
        if (command->section == section && command->run && !path.contains(u' '))
            entries.append({path, QString::fromUtf8(command->summary)});
    }
    return entries;
}

QList<std::pair<QString, QString>> commandsOf(const CommandGroup &group)
{
    QList<std::pair<QString, QString>> entries;
    const QString prefix = QLatin1StringView(group.name) + u' ';
    for (const Command *command : allCommands()) {
        if (!command->run || command->section == Section::Hidden)
            continue;
        for (const QString &path : pathsOf(*command)) {
            if (path.startsWith(prefix)) {
                entries.append({path.mid(prefix.size()), QString::fromUtf8(command->summary)});
                break; // further ones are other names of the same
            }
        }
    }
    std::ranges::sort(entries);
    return entries;
}

//! Levenshtein distance.
qsizetype distance(const QString &a, const QString &b)
{
    std::vector<qsizetype> row(static_cast<std::size_t>(b.size()) + 1);
    for (std::size_t j = 0; j < row.size(); ++j)
        row[j] = static_cast<qsizetype>(j);
    for (qsizetype i = 1; i <= a.size(); ++i) {
        qsizetype diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j < row.size(); ++j) {
            const bool same = a[i - 1] == b[static_cast<qsizetype>(j) - 1];
            const qsizetype best = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (same ? 0 : 1)});
            diagonal = std::exchange(row[j], best);
        }
    }
    return row.back();
}

} // namespace

QString usageLine(const Command &command, const QString &path)
{
    const QString line = "slipway "_L1 + path + u' ' + QLatin1StringView(command.usage);
    return line.trimmed();
}

QString commandHelp(const Command &command, const QString &path)
{
    QString text = u"Usage:  "_s + usageLine(command, path) + "\n\n"_L1 + QString::fromUtf8(command.summary) + u'\n';
    QStringList aliases = pathsOf(command);
    if (aliases.size() > 1) {
        for (QString &alias : aliases)
            alias.prepend("slipway "_L1);
        std::ranges::sort(aliases);
        text += "\nAliases:\n  "_L1 + aliases.join(", "_L1) + u'\n';
    }
    return text + optionsHelp(command);
}

QString groupHelp(const CommandGroup &group)
{
    const QLatin1StringView name(group.name);
    return u"Usage:  slipway %1 COMMAND\n\n%2\n\nCommands:\n"_s.arg(name, QLatin1StringView(group.summary)) + listing(commandsOf(group))
        + u"\nRun 'slipway %1 COMMAND --help' for more information on a command.\n"_s.arg(name);
}

QString programHelp()
{
    QList<std::pair<QString, QString>> groups;
    for (const CommandGroup &group : commandGroups()) {
        if (!commandsOf(group).isEmpty())
            groups.append({QLatin1StringView(group.name), QLatin1StringView(group.summary)});
    }
    QList<std::pair<QString, QString>> others = commandsOf(Section::Other);
    std::ranges::sort(others);
    return u"Usage:  slipway [OPTIONS] COMMAND\n\nDesigns, builds and runs containers. Without a command it opens its window.\n"
           "\nCommon Commands:\n"_s
        + listing(commandsOf(Section::Common)) + "\nManagement Commands:\n"_L1 + listing(groups) + "\nCommands:\n"_L1 + listing(others)
        + "\nGlobal Options:\n"
          "      --root string   Keep images and containers in this folder (default: $SLIPWAY_ROOT,\n"
          "                      else /var/lib/slipway for root and ~/.local/share/slipway for others)\n"
          "  -v, --version       Print version information and quit\n"
          "\nRun 'slipway COMMAND --help' for more information on a command.\n"_L1;
}

QStringList suggestions(const QString &typed)
{
    QList<std::pair<qsizetype, QString>> near;
    for (const Command *command : allCommands()) {
        if (!command->run || command->section == Section::Hidden)
            continue;
        for (const QString &path : pathsOf(*command)) {
            if (path.contains(u' ') != typed.contains(u' '))
                continue;
            const qsizetype d = distance(typed, path);
            if (d <= 2 || (typed.size() > 1 && path.startsWith(typed)))
                near.append({d, path});
        }
    }
    std::ranges::sort(near);
    QStringList names;
    for (const auto &[d, path] : near)
        names += path;
    return names.mid(0, 3);
}

} // namespace Cli
