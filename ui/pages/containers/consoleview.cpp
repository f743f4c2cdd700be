// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/containers/consoleview.h"

#include "errors/errortext.h"
#include "widgets/terminal/terminalview.h"

#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>

namespace Gui {

using namespace Qt::StringLiterals;
using State = ConsoleSession::State;
using Mode = ConsoleSession::Mode;

ConsoleView::ConsoleView(EngineSession &session, const Engine::ContainerInfo &container, Mode mode, QWidget *parent)
    : QWidget(parent), m_session(new ConsoleSession(session, container, mode, this)), m_terminal(new TerminalView(this)),
      m_bar(new QFrame(this)), m_text(new QLabel(m_bar)), m_again(new QPushButton(m_bar))
{
    m_bar->setObjectName(u"commandBox"_s);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    auto *row = new QHBoxLayout(m_bar);
    row->setContentsMargins(12, 4, 4, 4);
    row->addWidget(m_text, 1);
    row->addWidget(m_again);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(4);
    column->addWidget(m_terminal, 1);
    column->addWidget(m_bar);
    m_bar->hide();
    setFocusProxy(m_terminal);

    connect(m_session, &ConsoleSession::received, &m_terminal->screen(), &TerminalScreen::feed);
    connect(&m_terminal->screen(), &TerminalScreen::output, m_session, &ConsoleSession::write);
    connect(m_terminal, &TerminalView::gridResized, m_session, &ConsoleSession::resize);
    connect(m_session, &ConsoleSession::stateChanged, this, &ConsoleView::onStateChanged);
    connect(m_again, &QPushButton::clicked, this, [this] {
        if (m_session->mode() == Mode::Attach)
            Q_EMIT restartRequested();
        else
            m_session->open(Engine::Containers::Start::No);
    });
}

void ConsoleView::onStateChanged()
{
    const State state = m_session->state();
    m_terminal->setInputEnabled(m_session->isLive());
    m_bar->setVisible(state == State::Ended || state == State::Failed);
    const bool isShell = m_session->mode() == Mode::Shell;
    m_again->setText(isShell ? tr("New shell") : tr("Restart"));
    if (state == State::Ended)
        m_text->setText(tr("Exited with code %1. %2").arg(m_session->exitCode()).arg(exitCodeText(m_session->exitCode())));
    else if (state == State::Failed && isShell && m_session->error().exitCode == 127)
        m_text->setText(tr("This image has no shell, so only its own program can be watched here."));
    else if (state == State::Failed)
        m_text->setText(errorText(m_session->error()).sentence);
}

} // namespace Gui
