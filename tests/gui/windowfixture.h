// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "controllers/enginesession.h"
#include "controllers/starter.h"
#include "mainwindow/mainwindow.h"
#include "models/taskmodel.h"
#include "widgets/uisettings.h"

#include <QtCore/QTemporaryDir>

#include <memory>

//! A whole window on a real engine and a store of its own.
//!
//! enter() must be the first thing in main(): it enters the namespaces, which cannot be done once there are threads.
class WindowFixture final
{
public:
    //! \return why no engine can work here, or nothing
    static std::optional<Engine::Error> enter(const Engine::StorePaths &paths);

    //! The store in \p folder; settings of the window in it as well.
    explicit WindowFixture(const Engine::StorePaths &paths, const QString &settingsFile);

    Gui::MainWindow &window() { return *m_window; }
    Gui::EngineSession &session() { return *m_session; }
    Gui::TaskModel &tasks() { return m_tasks; }
    Gui::UiSettings &settings() { return m_settings; }
    //! Waits until the engine is open and the starter image is there. \return whether it came to that
    bool waitUntilReady(int timeoutMs);
    //! Closes the window and makes a new one on the same store, as quitting and starting again does.
    void restartWindow();

private:
    void open();

    Engine::EngineSettings m_engineSettings;
    QString m_settingsFile;
    Gui::UiSettings m_settings;
    Gui::TaskModel m_tasks;
    std::unique_ptr<Gui::EngineSession> m_session;
    std::unique_ptr<Gui::Starter> m_starter;
    std::unique_ptr<Gui::MainWindow> m_window;
    bool m_ready = false;
};
