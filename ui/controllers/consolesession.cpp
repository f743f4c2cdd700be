// SPDX-License-Identifier: GPL-3.0-or-later
#include "controllers/consolesession.h"

#include "controllers/enginesession.h"

#include <utility>

namespace Gui {

using namespace Qt::StringLiterals;
using Engine::Containers;

namespace {
constexpr int logEndLines = 500; // shown before the live output when attaching to what already runs
}

ConsoleSession::ConsoleSession(EngineSession &session, const Engine::ContainerInfo &container, Mode mode, QObject *parent)
    : QObject(parent), m_session(session), m_container(container), m_mode(mode)
{
}

ConsoleSession::~ConsoleSession() = default;

void ConsoleSession::setState(State state)
{
    m_state = state;
    Q_EMIT stateChanged();
}

void ConsoleSession::open(Containers::Start start)
{
    if (isLive() || !m_session.isReady())
        return;
    setState(State::Connecting);
    if (m_mode == Mode::Shell)
        openShell();
    else if (start == Containers::Start::Yes || std::exchange(m_hasShown, true))
        attach(start);
    else
        showLogEnd();
}

// bash where the image has it, else its sh
void ConsoleSession::openShell()
{
    Engine::ExecOptions options;
    options.command = {u"/bin/sh"_s, u"-c"_s, u"command -v bash >/dev/null 2>&1 && exec bash; exec sh"_s};
    options.env = {u"TERM=xterm-256color"_s};
    options.tty = true;
    options.openStdin = true;
    options.columns = m_columns;
    options.rows = m_rows;
    m_console = m_session.engine().containers().exec(m_container.id.toString(), options);
    watch();
}

void ConsoleSession::showLogEnd()
{
    m_logEnd = m_session.engine().containers().logs(m_container.id.toString(), {.tail = logEndLines});
    connect(m_logEnd.get(), &Engine::LogOperation::read, this, [this](const QList<Engine::LogLine> &lines) {
        for (const Engine::LogLine &line : lines)
            Q_EMIT received(forTerminal(line.bytes));
    });
    connect(m_logEnd.get(), &Engine::LogOperation::finished, this, [this] { attach(Containers::Start::No); });
}

void ConsoleSession::attach(Containers::Start start)
{
    m_console = m_session.engine().containers().attach(m_container.id.toString(), start, {.columns = m_columns, .rows = m_rows});
    watch();
}

void ConsoleSession::watch()
{
    connect(m_console.get(), &Engine::Console::opened, this, [this] {
        m_console->resize(m_columns, m_rows);
        setState(State::Open);
    });
    connect(m_console.get(), &Engine::Console::received, this,
            [this](const QByteArray &bytes) { Q_EMIT received(forTerminal(bytes)); });
    connect(m_console.get(), &Engine::Console::closed, this, [this](const Engine::Result<int> &exitCode) {
        if (exitCode)
            m_exitCode = *exitCode;
        else
            m_error = exitCode.error();
        setState(exitCode ? State::Ended : State::Failed);
    });
}

// without a terminal nothing turns line feeds into new lines
QByteArray ConsoleSession::forTerminal(const QByteArray &bytes) const
{
    if (m_mode == Mode::Shell || m_container.tty)
        return bytes;
    return QByteArray(bytes).replace("\r\n", "\n").replace("\n", "\r\n");
}

void ConsoleSession::write(const QByteArray &bytes)
{
    if (!m_console || !isLive())
        return;
    if (m_mode == Mode::Shell || m_container.tty)
        return m_console->write(bytes);
    const QByteArray typed = QByteArray(bytes).replace("\r", "\n"); // no terminal there: lines end with LF and are echoed here
    Q_EMIT received(forTerminal(typed));
    m_console->write(typed);
}

void ConsoleSession::resize(int columns, int rows)
{
    m_columns = columns;
    m_rows = rows;
    if (m_console && isLive())
        m_console->resize(columns, rows);
}

} // namespace Gui
