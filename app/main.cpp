// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/cli.h"
#include "installation.h"

#include <mainwindow/guimain.h>

#include <QtCore/QFile>

#include <dlfcn.h>

#include <cstdio>

namespace {

int fail(const QString &message)
{
    std::fprintf(stderr, "slipway: %s\n", message.toUtf8().constData());
    return 1;
}

QStringList argumentsOf(int argc, char **argv)
{
    QStringList arguments;
    for (int i = 1; i < argc; ++i)
        arguments.append(QString::fromLocal8Bit(argv[i]));
    return arguments;
}

// Qt ends the process with a core dump where it finds no display.
bool hasDisplay()
{
    return qEnvironmentVariableIsSet("QT_QPA_PLATFORM") || !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY")
           || !qEnvironmentVariableIsEmpty("DISPLAY");
}

// The window is a library of its own, so that a command line does not pay for loading Qt's.
int openWindow(int argc, char **argv, const Installation &installation, Gui::GuiStart start)
{
    if (!hasDisplay())
        return fail(QStringLiteral("there is no display to open a window on; `slipway --help` lists the commands"));
    const QString path = installation.uiLibrary();
    if (path.isEmpty())
        return fail(QStringLiteral("the window's part of the installation, libslipway-ui.so, is missing"));
    void *library = ::dlopen(QFile::encodeName(path).constData(), RTLD_NOW | RTLD_LOCAL);
    void *symbol = library ? ::dlsym(library, "slipwayGuiMain") : nullptr;
    if (!symbol)
        return fail(QString::fromLocal8Bit(::dlerror()));
    return reinterpret_cast<SlipwayGuiMain>(symbol)(argc, argv, &start);
}

int runWindow(int argc, char **argv, const Cli::Invocation &invocation, const Installation &installation,
              Engine::EngineSettings settings)
{
    auto entered = Engine::enterNamespaces(settings.paths, Engine::KeepLauncher::Yes);
    Gui::GuiStart start{.settings = std::move(settings),
                        .samplesFolder = installation.samplesFolder(),
                        .starterImageFolder = installation.starterImageFolder(),
                        .arguments = invocation.arguments};
    if (entered)
        start.launcher = std::move(*entered);
    else
        start.namespaceError = std::move(entered.error());
    return openWindow(argc, argv, installation, std::move(start));
}

int runCommand(int argc, char **argv, const Cli::Invocation &invocation, const Installation &installation,
               Engine::EngineSettings settings)
{
    auto entered = Engine::enterNamespaces(settings.paths, Engine::KeepLauncher::No);
    Cli::Session session{.settings = std::move(settings), .starterImageFolder = installation.starterImageFolder()};
    if (!entered)
        session.namespaceError = std::move(entered.error());
    return Cli::run(invocation, session, argc, argv);
}

} // namespace

// The namespaces come before any thread: a process with two cannot enter a user namespace.
int main(int argc, char **argv)
{
    const auto invocation = Cli::parse(argumentsOf(argc, argv));
    if (!invocation)
        return invocation.error();
    using Needs = Cli::Invocation::Needs;
    if (invocation->needs == Needs::Nothing)
        return Cli::run(*invocation, {}, argc, argv);
    const Installation installation;
    Engine::EngineSettings settings{.paths = Engine::StorePaths::forCurrentUser(invocation->rootOverride),
                                    .program = installation.program()};
    if (invocation->needs == Needs::Window)
        return runWindow(argc, argv, *invocation, installation, std::move(settings));
    if (invocation->needs == Needs::Settings)
        return Cli::run(*invocation, {.settings = std::move(settings)}, argc, argv);
    return runCommand(argc, argv, *invocation, installation, std::move(settings));
}
