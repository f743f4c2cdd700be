// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/containers.h>

#include <QtCore/QObject>

class QAction;
class QMenu;
class QWidget;

namespace Gui {

//! What can be done to the selected containers: one QAction each, the same in menus, buttons and shortcuts, with its
//! equivalent command in the tool tip and to copy. Only what fits the whole selection is enabled.
class ContainerActions final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ContainerActions)

public:
    //! The shortcuts work while \p shortcutOwner or what is in it has the focus.
    explicit ContainerActions(QWidget *shortcutOwner);

    void setSelection(const QList<Engine::ContainerInfo> &selection);
    //! A context menu; deletes itself when closed.
    QMenu *makeMenu(QWidget *parent) const;

    QAction *start, *stop, *restart, *kill, *console, *logs, *rename, *remove;

private:
    QAction *add(const QString &iconName, const QString &text, const QKeySequence &shortcut);
    void describe(QAction *action, const QString &verb);

    QWidget *m_owner;
    QList<Engine::ContainerInfo> m_selection;
};

} // namespace Gui
