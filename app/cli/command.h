// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli.h"
#include "options.h"

#include <span>

namespace Cli {

//! What a command gets to work with.
struct Context {
    const Invocation &invocation;
    const Session &session;
    Engine::Engine *engine = nullptr;           //!< set for EngineUse::Required; for Optional when it could be had
    std::optional<Engine::Error> engineError;   //!< why there is no engine (EngineUse::Optional)

    const OptionValues &options() const { return invocation.options; }
    const QStringList &arguments() const { return invocation.arguments; }
};

//! None knows nothing of the installation; Settings knows where the store is and does not open it.
enum class EngineUse { None, Settings, Optional, Required };

//! How many arguments a command takes.
struct ArgumentCount {
    int min = 0;
    int max = -1;   //!< -1: any number
};

//! Where `slipway --help` lists a command.
enum class Section { Common, Other, Hidden };

//! What a shell offers for the arguments of a command. Program: an image or container, then what the shell offers for a program.
enum class Completion { Nothing, Files, Containers, RunningContainers, Images, ContainersAndImages, ImageProgram, ContainerProgram };

//! One command. The tables of these, one per file in commands/, are the whole grammar of the command line: parsing, help,
//! suggestions and completion all read them.
struct Command {
    //! Every way to call it, parted by '|'; the first is the usual one: "ps|container ls|container list".
    const char *paths = nullptr;
    const char *usage = "";             //!< after the path: "[OPTIONS] IMAGE [COMMAND] [ARG...]"
    const char *summary = "";
    std::span<const OptionSpec> options = {};
    ArgumentCount count = {};
    int (*run)(Context &context) = nullptr; //!< null: known to Docker, but not here yet; \c refusal says why
    EngineUse engine = EngineUse::Required;
    OptionOrder order = OptionOrder::Anywhere;
    Section section = Section::Other;
    const char *refusal = nullptr;
    Completion completion = Completion::Nothing;
    int engineFailureCode = 1;          //!< exit code when the engine cannot be opened: 125 for run and create
};

//! All commands, in the order of the help.
[[nodiscard]] std::span<const Command *const> allCommands();
//! The ways to call \p command: "ps", "container ls", …
[[nodiscard]] QStringList pathsOf(const Command &command);
//! \return null when no command is called that
[[nodiscard]] const Command *findCommand(QStringView path);

//! Words that group commands: "container", "image", "system".
struct CommandGroup {
    const char *name;
    const char *summary;
};
[[nodiscard]] std::span<const CommandGroup> commandGroups();

// One table per file in commands/.
[[nodiscard]] std::span<const Command> createCommands();
[[nodiscard]] std::span<const Command> lifecycleCommands();
[[nodiscard]] std::span<const Command> consoleCommands();
[[nodiscard]] std::span<const Command> listCommands();
[[nodiscard]] std::span<const Command> logCommands();
[[nodiscard]] std::span<const Command> imageCommands();
[[nodiscard]] std::span<const Command> snapshotCommands();
[[nodiscard]] std::span<const Command> archiveCommands();
[[nodiscard]] std::span<const Command> pullCommands();
[[nodiscard]] std::span<const Command> buildCommands();
[[nodiscard]] std::span<const Command> stepCommands();
[[nodiscard]] std::span<const Command> buildHistoryCommands();
[[nodiscard]] std::span<const Command> inspectCommands();
[[nodiscard]] std::span<const Command> systemCommands();
[[nodiscard]] std::span<const Command> maintenanceCommands();
[[nodiscard]] std::span<const Command> completionCommands();
[[nodiscard]] std::span<const Command> laterCommands();

} // namespace Cli
