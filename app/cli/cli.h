// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "options.h"

#include <engine/engine.h>

#include <QtCore/QStringList>

#include <expected>
#include <optional>

namespace Cli {

struct Command;

//! A command line that was understood.
struct Invocation {
    //! What main() must do before run(): nothing at all, find out the settings, also enter the namespaces, or open the window.
    enum class Needs { Nothing, Settings, Engine, Window };

    const Command *command = nullptr;
    QString path;               //!< the command as it was typed: "ps", "container ls"
    Needs needs = Needs::Nothing;
    QString rootOverride;       //!< --root; empty: the default store
    OptionValues options;
    QStringList arguments;      //!< positional ones; for the window: what to open
};

//! Reads a command line without the program's name. Help, --version and mistakes are answered right here, on stdout
//! and stderr; what comes back then is the exit code.
//!
//! Starts no thread, makes no QCoreApplication, opens nothing. Cost: under 1 ms.
[[nodiscard]] std::expected<Invocation, int> parse(const QStringList &arguments);

//! What main() found out for the command.
struct Session {
    Engine::EngineSettings settings;
    std::optional<Engine::Error> namespaceError;    //!< why enterNamespaces() failed, if it did; run() tells the user
    QString starterImageFolder;                     //!< OCI layout of slipway-starter, which needs no registry; may be empty
};

//! Runs the command to its end and returns the exit code of the process. Main thread, once; not for Needs::Window.
[[nodiscard]] int run(const Invocation &invocation, const Session &session, int argc, char **argv);

} // namespace Cli
