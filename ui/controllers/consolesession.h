// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/containers.h>

#include <QtCore/QObject>

#include <memory>

namespace Gui {

class EngineSession;

//! One connection of a console to a container: attached to its own terminal, or a shell of its own beside it.
//! Has no window; a TerminalView is its face. GUI thread.
class ConsoleSession final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ConsoleSession)

public:
    enum class Mode { Attach, Shell };
    enum class State { Idle, Connecting, Open, Ended, Failed };

    ConsoleSession(EngineSession &session, const Engine::ContainerInfo &container, Mode mode, QObject *parent);
    ~ConsoleSession() override;

    Mode mode() const { return m_mode; }
    State state() const { return m_state; }
    bool isLive() const { return m_state == State::Connecting || m_state == State::Open; }
    int exitCode() const { return m_exitCode; }                 //!< when Ended
    const Engine::Error &error() const { return m_error; }      //!< when Failed

    //! Connects. With Start::Yes the container is started as well, so that no byte of its output is missed; with
    //! Start::No what its log ends with is shown first.
    void open(Engine::Containers::Start start);
    //! What the user typed.
    void write(const QByteArray &bytes);
    void resize(int columns, int rows);

Q_SIGNALS:
    void stateChanged();
    //! For the terminal.
    void received(const QByteArray &bytes);

private:
    void openShell();
    void attach(Engine::Containers::Start start);
    void showLogEnd();
    void watch();
    void setState(State state);
    QByteArray forTerminal(const QByteArray &bytes) const;

    EngineSession &m_session;
    Engine::ContainerInfo m_container;
    Mode m_mode;
    State m_state = State::Idle;
    int m_exitCode = 0;
    bool m_hasShown = false;    // anything of this container: the end of its log would be shown twice
    int m_columns = 80, m_rows = 24;
    Engine::Error m_error;
    std::unique_ptr<Engine::Console> m_console;
    std::unique_ptr<Engine::LogOperation> m_logEnd;
};

} // namespace Gui
