// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/containers/consolehost.h"

#include "models/containermodel.h"
#include "pages/containers/consoleview.h"
#include "widgets/messagepane.h"
#include "widgets/theme.h"

#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QTabBar>
#include <QtWidgets/QTabWidget>
#include <QtWidgets/QToolButton>

namespace Gui {

using namespace Qt::StringLiterals;
using Engine::ContainerInfo;
using Engine::Containers;
using Mode = ConsoleSession::Mode;

ConsoleHost::ConsoleHost(EngineSession &session, QWidget *parent)
    : QStackedWidget(parent), m_session(session), m_message(new MessagePane(this))
{
    addWidget(m_message);
    connect(m_message, &MessagePane::buttonClicked, this, [this] {
        if (m_container.state == Engine::ContainerState::Running)
            addShell();
        else
            Q_EMIT startRequested(containerKey(m_container));
    });
}

void ConsoleHost::showContainer(const ContainerInfo &container, Open open)
{
    m_container = container;
    const QString id = containerKey(container);
    const bool isRunning = container.state == Engine::ContainerState::Running;
    if (!m_tabs.contains(id) && isRunning && (open == Open::Yes || (open == Open::Attached && container.tty))) {
        ConsoleView *console = addConsole(container, container.tty ? Mode::Attach : Mode::Shell);
        console->session().open(Containers::Start::No);
    }
    // one that was started elsewhere after it had ended here goes on where it stopped
    if (ConsoleView *attached = attachedConsole(id); attached && isRunning && open != Open::No && !attached->session().isLive())
        attached->session().open(Containers::Start::No);
    if (QTabWidget *tabs = m_tabs.value(id))
        return setCurrentWidget(tabs);
    m_message->setMessage({.icon = u"square-terminal"_s,
                           .title = isRunning ? tr("No console is open") : tr("%1 is not running").arg(container.name),
                           .sentence = isRunning ? tr("A shell runs beside the container's own program and sees the same files.")
                                                 : tr("A console needs a running container."),
                           .button = isRunning ? tr("Open a shell") : tr("Start")});
    setCurrentWidget(m_message);
}

void ConsoleHost::attachAndStart(const ContainerInfo &container)
{
    m_container = container;
    ConsoleView *console = attachedConsole(containerKey(container));
    if (!console)
        console = addConsole(container, Mode::Attach);
    QTabWidget *tabs = tabsOf(container);
    tabs->setCurrentWidget(console);
    setCurrentWidget(tabs);
    console->session().open(Containers::Start::Yes);
}

void ConsoleHost::addShell()
{
    if (m_container.state != Engine::ContainerState::Running)
        return;
    ConsoleView *console = addConsole(m_container, Mode::Shell);
    QTabWidget *tabs = tabsOf(m_container);
    tabs->setCurrentWidget(console);
    setCurrentWidget(tabs);
    console->session().open(Containers::Start::No);
    focusTerminal();
}

void ConsoleHost::forget(const QString &containerId)
{
    if (QTabWidget *tabs = m_tabs.take(containerId))
        tabs->deleteLater();
}

void ConsoleHost::focusTerminal()
{
    if (ConsoleView *console = currentConsole())
        console->setFocus();
}

ConsoleView *ConsoleHost::currentConsole() const
{
    const auto *tabs = qobject_cast<QTabWidget *>(currentWidget());
    return tabs ? qobject_cast<ConsoleView *>(tabs->currentWidget()) : nullptr;
}

ConsoleView *ConsoleHost::attachedConsole(const QString &containerId) const
{
    const QTabWidget *tabs = m_tabs.value(containerId);
    for (int i = 0; tabs && i < tabs->count(); ++i) {
        auto *console = qobject_cast<ConsoleView *>(tabs->widget(i));
        if (console && console->session().mode() == Mode::Attach)
            return console;
    }
    return nullptr;
}

QTabWidget *ConsoleHost::tabsOf(const ContainerInfo &container)
{
    QTabWidget *&tabs = m_tabs[containerKey(container)];
    if (tabs)
        return tabs;
    tabs = new QTabWidget(this);
    tabs->setObjectName(u"consoles"_s); // not Qt's document mode, which draws a line above the corner
    tabs->setTabsClosable(true);
    tabs->tabBar()->setAccessibleName(tr("Consoles of %1").arg(container.name));
    auto *plus = new QToolButton(tabs);
    plus->setIcon(icon(u"plus"_s));
    plus->setToolTip(tr("Open another shell"));
    plus->setAccessibleName(tr("Open another shell"));
    auto *corner = new QWidget(tabs);
    auto *middle = new QVBoxLayout(corner);
    middle->setContentsMargins(0, 0, 4, 0);
    middle->addWidget(plus, 0, Qt::AlignVCenter);
    tabs->setCornerWidget(corner, Qt::TopRightCorner);
    connect(plus, &QToolButton::clicked, this, &ConsoleHost::addShell);
    connect(tabs, &QTabWidget::tabCloseRequested, this, [this, tabs](int number) { closeTab(tabs, number); });
    addWidget(tabs);
    return tabs;
}

ConsoleView *ConsoleHost::addConsole(const ContainerInfo &container, Mode mode)
{
    QTabWidget *tabs = tabsOf(container);
    auto *console = new ConsoleView(m_session, container, mode, tabs);
    int shells = 0;
    for (int i = 0; i < tabs->count(); ++i)
        shells += tabs->tabText(i).startsWith(tr("Shell")) ? 1 : 0;
    const QString name = mode == Mode::Attach ? tr("Main program") : shells == 0 ? tr("Shell") : tr("Shell %1").arg(shells + 1);
    tabs->addTab(console, name);
    connect(console, &ConsoleView::restartRequested, this,
            [this, id = containerKey(container)] { Q_EMIT startRequested(id); });
    return console;
}

void ConsoleHost::closeTab(QTabWidget *tabs, int number)
{
    QWidget *console = tabs->widget(number);
    tabs->removeTab(number);
    console->deleteLater();
    if (tabs->count() > 0)
        return;
    m_tabs.removeIf([tabs](const auto &entry) { return entry.value() == tabs; });
    tabs->deleteLater();
    showContainer(m_container, Open::No);
}

} // namespace Gui
