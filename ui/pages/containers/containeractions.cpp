// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/containers/containeractions.h"

#include "widgets/format.h"
#include "widgets/theme.h"

#include <QtGui/QAction>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QMenu>
#include <QtWidgets/QWidget>

#include <algorithm>

namespace Gui {

using namespace Qt::StringLiterals;
using Engine::ContainerInfo;
using Engine::ContainerState;

ContainerActions::ContainerActions(QWidget *shortcutOwner)
    : QObject(shortcutOwner), m_owner(shortcutOwner)
{
    start = add(u"play"_s, tr("Start"), QKeySequence(Qt::Key_S | Qt::SHIFT));
    stop = add(u"circle-stop"_s, tr("Stop"), QKeySequence(Qt::Key_S));
    restart = add(u"rotate-cw"_s, tr("Restart"), QKeySequence(Qt::Key_R));
    kill = add(u"zap"_s, tr("Kill"), QKeySequence(Qt::Key_K | Qt::SHIFT));
    console = add(u"square-terminal"_s, tr("Console"), QKeySequence(Qt::Key_E | Qt::SHIFT));
    logs = add(u"scroll-text"_s, tr("Logs"), QKeySequence(Qt::Key_M));
    rename = add(u"pencil"_s, tr("Rename…"), QKeySequence(Qt::Key_F2));
    remove = add(u"trash-2"_s, tr("Remove…"), QKeySequence(Qt::Key_Delete));
    setSelection({});
}

QAction *ContainerActions::add(const QString &iconName, const QString &text, const QKeySequence &shortcut)
{
    auto *action = new QAction(icon(iconName), text, this);
    action->setShortcut(shortcut);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    m_owner->addAction(action);
    return action;
}

void ContainerActions::setSelection(const QList<ContainerInfo> &selection)
{
    m_selection = selection;
    const auto all = [&](auto test) { return !selection.isEmpty() && std::ranges::all_of(selection, test); };
    const auto runs = [](const ContainerInfo &c) { return c.state == ContainerState::Running || c.state == ContainerState::Paused; };
    const bool running = all(runs), one = selection.size() == 1;
    start->setEnabled(all([&](const ContainerInfo &c) { return !runs(c); }));
    stop->setEnabled(running);
    restart->setEnabled(running);
    kill->setEnabled(running);
    console->setEnabled(one);
    logs->setEnabled(one);
    rename->setEnabled(one);
    remove->setEnabled(!selection.isEmpty());
    const std::pair<QAction *, QString> verbs[] = {{start, u"start"_s}, {stop, u"stop"_s}, {restart, u"restart"_s}, {kill, u"kill"_s},
                                                   {logs, u"logs -f"_s}, {remove, running ? u"rm -f"_s : u"rm"_s},
                                                   {console, u"exec -it"_s}, {rename, u"rename"_s}};
    for (const auto &[action, verb] : verbs)
        describe(action, verb);
}

void ContainerActions::describe(QAction *action, const QString &verb)
{
    QStringList words = u"slipway %1"_s.arg(verb).split(u' ');
    for (const ContainerInfo &info : std::as_const(m_selection))
        words += info.name;
    if (action == console)
        words += u"sh"_s;
    const QString command = m_selection.isEmpty() ? QString() : shellCommand(words);
    action->setData(command);
    const QString name = action->text().remove(u'…');
    const QString key = action->shortcut().toString(QKeySequence::NativeText);
    action->setToolTip(command.isEmpty() ? tr("%1 (%2)", "an action, its key").arg(name, key)
                                         : tr("%1 (%2)\n%3", "an action, its key, its command").arg(name, key, command));
}

QMenu *ContainerActions::makeMenu(QWidget *parent) const
{
    auto *menu = new QMenu(parent);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true);
    menu->addActions({start, stop, restart});
    menu->addSeparator();
    menu->addActions({console, logs});
    menu->addSeparator();
    menu->addAction(rename);
    QMenu *copy = menu->addMenu(icon(u"copy"_s), tr("Copy the command"));
    for (const QAction *action : {start, stop, restart, kill, console, logs, remove}) {
        const QString command = action->data().toString();
        if (action->isEnabled())
            copy->addAction(command, copy, [command] { QGuiApplication::clipboard()->setText(command); });
    }
    if (m_selection.size() == 1)
        copy->addAction(tr("Id %1").arg(m_selection.first().id.shortId()), copy,
                        [id = m_selection.first().id.toString()] { QGuiApplication::clipboard()->setText(id); });
    menu->addSeparator();
    menu->addActions({kill, remove}); // what destroys stands apart, at the end
    return menu;
}

} // namespace Gui
