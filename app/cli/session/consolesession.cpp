// SPDX-License-Identifier: GPL-3.0-or-later
#include "consolesession.h"

#include "cli/await.h"
#include "cli/output.h"

#include <QtCore/QSocketNotifier>

#include <array>
#include <cerrno>
#include <csignal>

#include <unistd.h>

namespace Cli {

namespace {

constexpr qint64 highWater = 1 << 20;   // bytes waiting for the container before we stop reading our input
constexpr qint64 lowWater = 1 << 18;

QList<int> watchedSignals(const ConsoleSettings &settings)
{
    QList<int> numbers = settings.forward ? SignalWatcher::forwarded() : QList<int>{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    if (settings.tty == ConsoleSettings::Tty::Yes)
        numbers += SIGWINCH;
    return numbers;
}

} // namespace

Engine::ConsoleSize consoleSize()
{
    const std::optional<TerminalSize> size = ownTerminalSize();
    return size ? Engine::ConsoleSize{.columns = size->columns, .rows = size->rows} : Engine::ConsoleSize{};
}

ConsoleSession::ConsoleSession(std::unique_ptr<Engine::Console> console, ConsoleSettings settings, QObject *parent)
    : QObject(parent), m_console(std::move(console)), m_settings(std::move(settings)), m_signals(watchedSignals(m_settings))
{
    connect(&m_signals, &SignalWatcher::arrived, this, &ConsoleSession::handleSignal);
    connect(m_console.get(), &Engine::Console::opened, this, &ConsoleSession::open);
    connect(m_console.get(), &Engine::Console::received, this, &ConsoleSession::receive);
    connect(m_console.get(), &Engine::Console::bytesWritten, this, [this] {
        if (m_input && m_console->bytesToWrite() < lowWater)
            m_input->setEnabled(true);
    });
    connect(m_console.get(), &Engine::Console::closed, this, [this](const Engine::Result<int> &exitCode) {
        if (exitCode)
            finish({.how = ConsoleEnd::How::Exited, .code = *exitCode, .error = {}});
        else
            finish({.how = ConsoleEnd::How::Failed, .code = 0, .error = exitCode.error()});
    });
    if (m_settings.tty == ConsoleSettings::Tty::Yes)
        sendSize(); // it may have changed since the console was asked for
}

ConsoleSession::~ConsoleSession() = default;

void ConsoleSession::open()
{
    m_isOpen = true;
    const bool hasTty = m_settings.tty == ConsoleSettings::Tty::Yes;
    if (m_settings.input == ConsoleSettings::Input::Yes) {
        if (hasTty && isTerminal(STDIN_FILENO))
            m_raw.emplace();
        m_input = new QSocketNotifier(STDIN_FILENO, QSocketNotifier::Read, this);
        connect(m_input, &QSocketNotifier::activated, this, &ConsoleSession::readInput);
    }
    for (const int signalNumber : std::exchange(m_earlySignals, {}))
        handleSignal(signalNumber);
}

void ConsoleSession::readInput()
{
    std::array<char, 65536> buffer;
    const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (count <= 0) {
        inputEnded();
        return;
    }
    const QByteArray bytes(buffer.data(), count);
    if (!m_raw) {
        m_console->write(bytes);
    } else {
        m_console->write(m_settings.detachKeys.filter(bytes));
        if (m_settings.detachKeys.isDetached())
            finish({.how = ConsoleEnd::How::Detached, .code = 0, .error = {}});
    }
    if (m_console && m_console->bytesToWrite() > highWater)
        m_input->setEnabled(false);
}

void ConsoleSession::inputEnded()
{
    m_input->setEnabled(false);
    m_input->deleteLater();
    m_input = nullptr;
    if (m_raw) // the terminal itself is gone
        finish({.how = ConsoleEnd::How::Signalled, .code = SIGHUP, .error = {}});
    else
        m_console->closeInput();
}

void ConsoleSession::sendSize()
{
    const Engine::ConsoleSize size = consoleSize();
    if (size != Engine::ConsoleSize())
        m_console->resize(size.columns, size.rows);
}

void ConsoleSession::receive(const QByteArray &bytes, Engine::OutputStream stream)
{
    writeAll(stream == Engine::OutputStream::Stdout ? STDOUT_FILENO : STDERR_FILENO, bytes);
}

void ConsoleSession::handleSignal(int signalNumber)
{
    if (m_isEnded)
        return;
    if (signalNumber == SIGWINCH) {
        sendSize();
    } else if (!m_settings.forward) {
        finish({.how = ConsoleEnd::How::Signalled, .code = signalNumber, .error = {}});
    } else if (!m_isOpen) {
        m_earlySignals += signalNumber;
    } else {
        m_settings.forward(signalNumber);
    }
}

void ConsoleSession::finish(ConsoleEnd end)
{
    if (std::exchange(m_isEnded, true))
        return;
    m_raw.reset();
    if (m_input)
        m_input->setEnabled(false);
    Q_EMIT ended(end);
}

ConsoleEnd ConsoleSession::run(std::unique_ptr<Engine::Console> console, ConsoleSettings settings)
{
    std::unique_ptr<ConsoleSession> session;
    return awaitValue<ConsoleEnd>([&](const std::function<void(ConsoleEnd)> &done) {
        session = std::make_unique<ConsoleSession>(std::move(console), std::move(settings));
        connect(session.get(), &ConsoleSession::ended, session.get(), [done](const ConsoleEnd &end) { done(end); });
    });
}

int ConsoleSession::exitCode(const ConsoleEnd &end, int failureCode)
{
    switch (end.how) {
    case ConsoleEnd::How::Exited:
        return end.code;
    case ConsoleEnd::How::Detached:
        return 0;
    case ConsoleEnd::How::Signalled: // end as the signal would have ended us, so that a shell sees it
        std::signal(end.code, SIG_DFL);
        std::raise(end.code);
        return 128 + end.code;
    case ConsoleEnd::How::Failed:
        break;
    }
    return failed(*end.error, end.error->exitCode ? end.error->exitCode : failureCode);
}

} // namespace Cli
