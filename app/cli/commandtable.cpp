// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <vector>

namespace Cli {

using namespace Qt::StringLiterals;

std::span<const Command *const> allCommands()
{
    static const std::vector<const Command *> commands = [] {
        std::vector<const Command *> all;
        for (const std::span<const Command> table :
             {createCommands(), consoleCommands(), listCommands(), buildCommands(), buildHistoryCommands(), pullCommands(), imageCommands(), snapshotCommands(), stepCommands(), archiveCommands(),
              lifecycleCommands(), logCommands(), inspectCommands(), systemCommands(), maintenanceCommands(), completionCommands(), laterCommands()}) {
            for (const Command &command : table)
                all.push_back(&command);
        }
        return all;
    }();
    return commands;
}

QStringList pathsOf(const Command &command)
{
    return QString::fromLatin1(command.paths).split(u'|');
}

const Command *findCommand(QStringView path)
{
    for (const Command *command : allCommands()) {
        for (QLatin1StringView rest(command->paths); !rest.isEmpty();) {
            const qsizetype bar = rest.indexOf(u'|');
            if (path == (bar < 0 ? rest : rest.left(bar)))
                return command;
            rest = bar < 0 ? QLatin1StringView() : rest.mid(bar + 1);
        }
    }
    return nullptr;
}

std::span<const CommandGroup> commandGroups()
{
    static constexpr CommandGroup groups[] = {
        {"builder", "Manage builds"},
        {"builds", "Look at past builds"},
        {"container", "Manage containers"},
        {"image", "Manage images"},
        {"network", "Manage networks"},
        {"system", "Manage Slipway's store"},
        {"volume", "Manage volumes"},
    };
    return groups;
}

} // namespace Cli
