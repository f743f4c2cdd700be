// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "detachkeys.h"
#include "signals.h"

#include "cli/terminal.h"

#include <engine/containers.h>

#include <functional>
#include <memory>
#include <optional>

class QSocketNotifier;

namespace Cli {

struct ConsoleSettings {
    enum class Tty { No, Yes } tty = Tty::No;       //!< the process in the container has a terminal
    enum class Input { No, Yes } input = Input::No; //!< standard input goes to it
    DetachKeys detachKeys;
    //! Passes a signal of ours on to the container. Not set: signals end the command line as usual.
    std::function<void(int signalNumber)> forward;
};

//! Of the terminal we run on; zeros without one.
[[nodiscard]] Engine::ConsoleSize consoleSize();

//! How a session ended.
struct ConsoleEnd {
    enum class How { Exited, Detached, Signalled, Failed } how = How::Failed;
    int code = 0;                       //!< exit code, or the number of the signal
    std::optional<Engine::Error> error; //!< with Failed
};

//! Joins a container's console to this process: its terminal or its standard streams.
//!
//! Raw mode, window size, detach keys, signals, and input that waits for a slow container. Main thread with an event loop.
class ConsoleSession final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ConsoleSession)

public:
    //! Watches signals from now on, so make it before the container starts.
    ConsoleSession(std::unique_ptr<Engine::Console> console, ConsoleSettings settings, QObject *parent = nullptr);
    ~ConsoleSession() override;

    //! Waits for the end; the terminal is itself again after it.
    [[nodiscard]] static ConsoleEnd run(std::unique_ptr<Engine::Console> console, ConsoleSettings settings);
    //! Docker's exit code for an end; prints the error if there is one.
    [[nodiscard]] static int exitCode(const ConsoleEnd &end, int failureCode);

Q_SIGNALS:
    void ended(const Cli::ConsoleEnd &end);

private:
    void open();
    void readInput();
    void inputEnded();
    void sendSize();
    void receive(const QByteArray &bytes, Engine::OutputStream stream);
    void handleSignal(int signalNumber);
    void finish(ConsoleEnd end);

    std::unique_ptr<Engine::Console> m_console;
    ConsoleSettings m_settings;
    SignalWatcher m_signals;
    std::optional<RawTerminal> m_raw;
    QSocketNotifier *m_input = nullptr;
    QList<int> m_earlySignals;  //!< came before the container could get them
    bool m_isOpen = false;
    bool m_isEnded = false;
};

} // namespace Cli
