// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "controllers/consolesession.h"

#include <QtCore/QHash>
#include <QtWidgets/QStackedWidget>

class QTabWidget;

namespace Gui {

class ConsoleView;
class MessagePane;

//! The consoles of all containers, kept by container: a session goes on when another container or page is looked at.
class ConsoleHost final : public QStackedWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ConsoleHost)

public:
    explicit ConsoleHost(EngineSession &session, QWidget *parent = nullptr);

    //! Shows the consoles of \p container, or why it has none yet. Opens the first one of a running container as
    //! \p open says: attached where the container has a terminal (Attached, which changes nothing in it), else a shell (Yes).
    enum class Open { No, Attached, Yes };
    void showContainer(const Engine::ContainerInfo &container, Open open);
    //! Attaches to a container that does not run yet and starts it.
    void attachAndStart(const Engine::ContainerInfo &container);
    void addShell();
    //! The container is gone.
    void forget(const QString &containerId);
    void focusTerminal();
    ConsoleView *currentConsole() const;

Q_SIGNALS:
    void startRequested(const QString &containerId);

private:
    ConsoleView *addConsole(const Engine::ContainerInfo &container, ConsoleSession::Mode mode);
    QTabWidget *tabsOf(const Engine::ContainerInfo &container);
    ConsoleView *attachedConsole(const QString &containerId) const;
    void closeTab(QTabWidget *tabs, int number);

    EngineSession &m_session;
    QHash<QString, QTabWidget *> m_tabs;
    Engine::ContainerInfo m_container;
    MessagePane *m_message;
};

} // namespace Gui
