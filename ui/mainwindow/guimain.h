// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/engine.h>

#include <memory>

namespace Gui {

//! What the program hands to the window.
struct GuiStart {
    Engine::EngineSettings settings;
    std::unique_ptr<Engine::OutsideLauncher> launcher;  //!< null when there is none
    std::optional<Engine::Error> namespaceError;        //!< why there is no local engine, else the window opens one
    QString samplesFolder;                              //!< installed or built example projects
    QString starterImageFolder;                         //!< OCI image layout of the embedded starter image
    QStringList arguments;                              //!< after `gui`: a Dockerfile or a folder to open
};

} // namespace Gui

//! Runs the window until it is closed; resolved by name from the ui library. Only in the main thread.
extern "C" int slipwayGuiMain(int &argc, char **argv, Gui::GuiStart *start);
using SlipwayGuiMain = int (*)(int &, char **, Gui::GuiStart *);
