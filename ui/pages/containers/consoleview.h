// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "controllers/consolesession.h"

#include <QtWidgets/QWidget>

class QFrame;
class QLabel;
class QPushButton;

namespace Gui {

class TerminalView;

//! A terminal with its session, and a bar that says how it ended and offers to begin again.
class ConsoleView final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ConsoleView)

public:
    ConsoleView(EngineSession &session, const Engine::ContainerInfo &container, ConsoleSession::Mode mode, QWidget *parent = nullptr);

    ConsoleSession &session() { return *m_session; }
    TerminalView &terminal() { return *m_terminal; }

Q_SIGNALS:
    //! The container itself must be started for this console to go on.
    void restartRequested();

private:
    void onStateChanged();

    ConsoleSession *m_session;
    TerminalView *m_terminal;
    QFrame *m_bar;
    QLabel *m_text;
    QPushButton *m_again;
};

} // namespace Gui
