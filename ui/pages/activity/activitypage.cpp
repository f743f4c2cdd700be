// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/activity/activitypage.h"

#include "errors/errortext.h"
#include "models/taskmodel.h"
#include "widgets/taskdelegate.h"
#include "widgets/theme.h"

#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QListView>
#include <QtWidgets/QMenu>
#include <QtWidgets/QPushButton>

namespace Gui {

using namespace Qt::StringLiterals;

ActivityPage::ActivityPage(const PageContext &pageContext, QWidget *parent)
    : Page(pageContext, EngineNeed::Optional, parent), m_list(new QListView(this)), m_clear(new QPushButton(tr("Clear history"), this))
{
    setTitle(tr("Activity"));
    tools()->addWidget(m_clear);
    TaskModel &tasks = context().tasks;
    m_list->setModel(&tasks);
    m_list->setItemDelegate(new TaskDelegate(m_list));
    m_list->setMouseTracking(true);
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    m_list->setAccessibleName(tr("Tasks"));
    setBody(m_list);
    connect(m_clear, &QPushButton::clicked, &tasks, &TaskModel::clearEnded);
    connect(m_list, &QWidget::customContextMenuRequested, this, &ActivityPage::showMenu);
    connect(&tasks, &TaskModel::runningCountChanged, this, &ActivityPage::onTasksChanged);
    connect(&tasks, &QAbstractItemModel::rowsInserted, this, &ActivityPage::onTasksChanged);
    connect(&tasks, &QAbstractItemModel::rowsRemoved, this, &ActivityPage::onTasksChanged);
    onTasksChanged();
}

void ActivityPage::activate()
{
    m_list->setFocus();
}

void ActivityPage::onTasksChanged()
{
    const TaskModel &tasks = context().tasks;
    const int running = tasks.runningCount();
    setSubtitle(running > 0 ? tr("%n task(s) running", nullptr, running) : tr("Nothing is running"));
    m_clear->setEnabled(tasks.rowCount() > running);
    if (tasks.rowCount() > 0)
        return showBody();
    showMessage({.kind = MessagePane::Kind::Empty, .icon = u"activity"_s, .title = tr("Nothing has happened yet"),
                 .sentence = tr("Pulls, builds and other longer work appear here while they run, and stay as the history of this session.")});
}

Task *ActivityPage::currentTask() const
{
    return context().tasks.task(m_list->currentIndex().row());
}

void ActivityPage::showMenu(const QPoint &where)
{
    Task *task = currentTask();
    if (!task)
        return;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction *cancel = menu->addAction(icon(u"x"_s), tr("Cancel"), task, &Task::cancel);
    cancel->setEnabled(task->canCancel());
    const auto copyAction = [menu, this](const QString &name, const QString &text) {
        QAction *copy = menu->addAction(icon(u"copy"_s), name, this, [text] { QGuiApplication::clipboard()->setText(text); });
        copy->setEnabled(!text.isEmpty());
    };
    copyAction(tr("Copy the command"), task->command());
    copyAction(tr("Copy the error"), task->state() == Task::State::Failed ? errorText(task->error()).details : QString());
    menu->popup(m_list->viewport()->mapToGlobal(where));
}

} // namespace Gui
