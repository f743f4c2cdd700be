// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/containers/containerspage.h"

#include "controllers/enginesession.h"
#include "controllers/whendone.h"
#include "dialogs/rundialog.h"
#include "errors/errortext.h"
#include "models/imagemodel.h"
#include "models/listfilter.h"
#include "pages/containers/consolehost.h"
#include "pages/containers/containeractions.h"
#include "pages/containers/logpane.h"
#include "pages/containers/overviewpane.h"
#include "widgets/badgedelegate.h"
#include "widgets/jsonview.h"
#include "widgets/listtable.h"
#include "widgets/messagebox.h"
#include "widgets/minuteclock.h"
#include "widgets/rowactionsdelegate.h"
#include "widgets/theme.h"
#include "widgets/uisettings.h"

#include <QtGui/QAction>
#include <QtGui/QShortcut>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QInputDialog>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMenu>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QTabBar>
#include <QtWidgets/QTabWidget>

#include <algorithm>

namespace Gui {

using namespace Qt::StringLiterals;
using Engine::ContainerInfo;
using Engine::ContainerState;

namespace {
constexpr int filterWidth = 220;

enum RowAction { StartOrStop, OpenConsole };
}

ContainersPage::ContainersPage(const PageContext &pageContext, const ImageModel &images, QWidget *parent)
    : Page(pageContext, EngineNeed::Required, parent), m_images(images),
      m_controller(new ContainersController(context().session, context().tasks, this)), m_filter(new ListFilter(this)),
      m_filterEdit(new QLineEdit), m_run(new QPushButton(icon(u"plus"_s, IconRole::OnAccent), tr("Run…"))),
      m_split(new QSplitter(Qt::Vertical)), m_table(new ListTable(tr("Containers"))), m_tabs(new QTabWidget),
      m_logs(new LogPane(context().session, context().settings)), m_consoles(new ConsoleHost(context().session)),
      m_overview(new OverviewPane), m_inspect(new JsonView)
{
    setTitle(tr("Containers"));
    setupTable();
    setupTabs();
    setupActions();
    m_split->addWidget(m_table);
    m_split->addWidget(m_tabs);
    m_split->setChildrenCollapsible(false);
    m_split->setHandleWidth(12);
    m_split->setStretchFactor(0, 1);
    m_split->setStretchFactor(1, 1);
    context().settings.keep(m_split, u"containers"_s);
    connectController();
    setBody(m_split);
    if (context().session.isReady())
        showMessage({.kind = MessagePane::Kind::Loading, .title = tr("Looking for containers…")});
}

void ContainersPage::setupTable()
{
    m_filter->setSourceModel(&m_controller->model());
    m_table->setModel(m_filter);
    m_table->setItemDelegateForColumn(ContainerModel::State, new BadgeDelegate(m_table));
    auto *buttons = new RowActionsDelegate(
        [this](const QModelIndex &index) -> QList<RowActionsDelegate::Button> {
            const ContainerInfo *info = m_controller->find(index.data(IdRole).toString());
            if (!info || m_controller->model().isBusy(containerKey(*info)))
                return {};
            if (info->state == ContainerState::Running)
                return {{OpenConsole, u"square-terminal"_s, tr("Open a console in %1").arg(info->name)},
                        {StartOrStop, u"circle-stop"_s, tr("Stop %1").arg(info->name)}};
            return {{StartOrStop, u"play"_s, tr("Start %1").arg(info->name)}};
        },
        m_table);
    m_table->setItemDelegateForColumn(ContainerModel::Actions, buttons);
    m_table->setWidths({170, 132, 230, 180, 140, 84}, ContainerModel::Command);
    m_table->hideWhenNarrow({ContainerModel::Command, ContainerModel::Created});
    m_table->sortByColumn(ContainerModel::Created, Qt::DescendingOrder);
    m_table->setMinimumHeight(120);
    context().settings.keep(m_table->horizontalHeader(), u"containers"_s);
    connect(buttons, &RowActionsDelegate::triggered, this, &ContainersPage::onRowAction);
    connect(m_table, &ListTable::selectionMoved, this, &ContainersPage::onSelectionChanged);
    connect(m_table, &ListTable::opened, this, &ContainersPage::openConsole);
    new MinuteClock(m_table, [this] { m_controller->model().refreshTimes(); });

    m_filterEdit->setPlaceholderText(tr("Filter…"));
    m_filterEdit->setAccessibleName(tr("Filter the containers"));
    m_filterEdit->addAction(icon(u"search"_s), QLineEdit::LeadingPosition);
    m_filterEdit->setClearButtonEnabled(true);
    m_filterEdit->setFixedWidth(filterWidth);
    m_run->setProperty("primary", true);
    m_run->setToolTip(tr("Run an image in a new container (Ctrl+N)"));
    tools()->addWidget(m_filterEdit);
    tools()->addWidget(m_run);
    connect(m_filterEdit, &QLineEdit::textChanged, m_filter, &ListFilter::setWords);
    connect(m_filterEdit, &QLineEdit::textChanged, this, &ContainersPage::onListed);
    connect(m_run, &QPushButton::clicked, this, [this] { openRunDialog({}); });
}

void ContainersPage::setupTabs()
{
    const std::tuple<QWidget *, QString, QString> tabs[] = {{m_logs, u"scroll-text"_s, tr("Logs")},
                                                            {m_consoles, u"square-terminal"_s, tr("Console")},
                                                            {m_overview, u"info"_s, tr("Overview")},
                                                            {m_inspect, u"braces"_s, tr("Inspect")}};
    for (const auto &[pane, iconName, name] : tabs)
        m_tabs->addTab(pane, icon(iconName), name);
    m_tabs->tabBar()->setAccessibleName(tr("Details of the container"));
    m_tabs->setMinimumHeight(140);
    m_tabs->setCurrentIndex(std::clamp(context().settings.number(u"containers/tab"_s, 0), 0, m_tabs->count() - 1));
    connect(m_tabs, &QTabWidget::currentChanged, this, [this](int tab) {
        context().settings.setNumber(u"containers/tab"_s, tab);
        showCurrent(ConsoleHost::Open::Yes);
        if (tab == int(Tab::Console))
            m_consoles->focusTerminal();
    });
    connect(m_consoles, &ConsoleHost::startRequested, this, &ContainersPage::startAttached);
    connect(m_overview, &OverviewPane::imageRequested, this, &Page::imageRequested);
}

void ContainersPage::setupActions()
{
    m_actions = new ContainerActions(m_table);
    connect(m_actions->start, &QAction::triggered, this, [this] { forEachSelected(&ContainersController::start); });
    connect(m_actions->stop, &QAction::triggered, this, [this] { forEachSelected(&ContainersController::stop); });
    connect(m_actions->restart, &QAction::triggered, this, [this] { forEachSelected(&ContainersController::restart); });
    connect(m_actions->kill, &QAction::triggered, this, [this] { forEachSelected(&ContainersController::kill); });
    connect(m_actions->console, &QAction::triggered, this, &ContainersPage::openConsole);
    connect(m_actions->logs, &QAction::triggered, this, [this] { m_tabs->setCurrentIndex(int(Tab::Logs)); });
    connect(m_actions->rename, &QAction::triggered, this, &ContainersPage::askName);
    connect(m_actions->remove, &QAction::triggered, this, &ContainersPage::removeSelected);
    connect(m_table, &ListTable::menuRequested, this, [this](const QPoint &where) { m_actions->makeMenu(m_table)->popup(where); });
    const auto shortcut = [this](const QKeySequence &keys, auto what) {
        auto *s = new QShortcut(keys, this);
        s->setContext(Qt::WidgetWithChildrenShortcut);
        connect(s, &QShortcut::activated, this, what);
    };
    shortcut(QKeySequence::New, [this] { openRunDialog({}); });
    shortcut(QKeySequence::Refresh, [this] { m_controller->refresh(); });
    shortcut(QKeySequence(Qt::Key_F6), [this] { m_table->hasFocus() ? m_tabs->currentWidget()->setFocus() : m_table->setFocus(); });
    shortcut(QKeySequence::Find, [this] {
        if (m_tabs->currentWidget() == m_logs && m_tabs->isAncestorOf(focusWidget()))
            m_logs->openSearch();
        else
            m_filterEdit->setFocus();
    });
}

void ContainersPage::connectController()
{
    connect(m_controller, &ContainersController::listed, this, &ContainersPage::onListed);
    connect(m_controller, &ContainersController::created, this, &ContainersPage::onCreated);
    connect(m_controller, &ContainersController::createFailed, this, &ContainersPage::onCreateFailed);
    connect(m_controller, &ContainersController::listFailed, this, [this](const Engine::Error &error) {
        const ErrorText text = errorText(error);
        showMessage({.kind = MessagePane::Kind::Error, .title = tr("The containers cannot be listed"),
                     .sentence = u"%1 %2"_s.arg(text.sentence, text.remedy), .command = text.command, .button = tr("Try again")});
    });
    connect(&m_controller->model(), &QAbstractItemModel::rowsAboutToBeRemoved, this, [this](const QModelIndex &, int first, int last) {
        for (int row = first; row <= last; ++row)
            m_consoles->forget(containerKey(m_controller->model().row(row)));
    });
    connect(&m_controller->model(), &QAbstractItemModel::dataChanged, this, [this](const QModelIndex &, const QModelIndex &, const QList<int> &roles) {
        if (roles.isEmpty()) // not for words such as "3 minutes ago"
            onSelectionChanged();
    });
}

void ContainersPage::engineReady()
{
    showMessage({.kind = MessagePane::Kind::Loading, .title = tr("Looking for containers…")});
}

void ContainersPage::messageButtonClicked()
{
    if (!m_controller->hasLoaded() || m_filter->rowCount() == 0) {
        if (!m_filterEdit->text().isEmpty())
            return m_filterEdit->clear();
        if (m_controller->hasLoaded())
            return openRunDialog({});
    }
    m_controller->refresh();
}

void ContainersPage::activate()
{
    m_table->setFocus();
}

void ContainersPage::finish()
{
    m_controller->flushRemovals();
    if (const ContainerInfo *info = current())
        context().settings.setText(u"containers/selected"_s, containerKey(*info));
}

void ContainersPage::onListed()
{
    const ContainerModel &model = m_controller->model();
    Q_EMIT runningCountChanged(model.runningCount());
    //: the number running, in the next sentence
    const QString running = tr("%n running", nullptr, model.runningCount());
    setSubtitle(model.rowCount() == 0 ? QString() : tr("%n container(s), %1", nullptr, model.rowCount()).arg(running));
    if (!m_controller->hasLoaded())
        return;
    if (model.rowCount() == 0)
        return showMessage({.icon = u"container"_s, .title = tr("No containers yet"),
                            .sentence = tr("A container is a program with its own files, started from an image."), .button = tr("Run an image…")});
    if (m_filter->rowCount() == 0)
        return showMessage({.icon = u"search"_s, .title = tr("Nothing matches “%1”").arg(m_filterEdit->text()), .button = tr("Show all")});
    showBody();
    if (m_wantedId.isEmpty() && m_table->selectedIds().isEmpty())
        m_wantedId = context().settings.text(u"containers/selected"_s);
    if (m_table->selectId(m_wantedId))
        m_wantedId.clear();
    else if (m_table->selectedIds().isEmpty())
        m_table->selectRow(0);
}

QList<ContainerInfo> ContainersPage::selection() const
{
    QList<ContainerInfo> selected;
    const QStringList ids = m_table->selectedIds();
    for (const QString &id : ids) {
        if (const ContainerInfo *info = m_controller->find(id))
            selected += *info;
    }
    return selected;
}

const ContainerInfo *ContainersPage::current() const
{
    const QStringList ids = m_table->selectedIds();
    return ids.isEmpty() ? nullptr : m_controller->find(ids.first());
}

void ContainersPage::onSelectionChanged()
{
    m_actions->setSelection(selection());
    showCurrent(ConsoleHost::Open::Attached); // going through the list starts no shell in each
}

void ContainersPage::showCurrent(ConsoleHost::Open open)
{
    const ContainerInfo *info = current();
    const auto tab = Tab(m_tabs->currentIndex());
    m_logs->setActive(tab == Tab::Logs);
    m_logs->showContainer(info);
    m_tabs->setEnabled(info);
    if (!info)
        return;
    m_consoles->showContainer(*info, tab == Tab::Console ? open : ConsoleHost::Open::No);
    if (tab == Tab::Overview)
        m_overview->showContainer(*info);
    if (tab == Tab::Inspect)
        showInspect(containerKey(*info));
}

void ContainersPage::showInspect(const QString &id)
{
    whenDone(context().session.engine().containers().inspect(id), this, [this, id](const Engine::Result<QByteArray> &json) {
        const ContainerInfo *info = current();
        if (info && containerKey(*info) == id) // the user may have gone on meanwhile
            m_inspect->setJson(json ? *json : errorText(json.error()).sentence.toUtf8());
    });
}

void ContainersPage::select(const QString &idOrName, Tab tab)
{
    const ContainerInfo *info = m_controller->find(idOrName);
    m_wantedId = info ? containerKey(*info) : idOrName;
    m_filterEdit->clear();
    if (m_table->selectId(m_wantedId))
        m_wantedId.clear();
    m_tabs->setCurrentIndex(int(tab));
    showCurrent(ConsoleHost::Open::Yes);
}

void ContainersPage::openConsoleOf(const QString &idOrName)
{
    select(idOrName, Tab::Console);
    m_consoles->focusTerminal();
}

void ContainersPage::openRunDialog(const QString &image)
{
    auto *dialog = new RunDialog(m_images.references(), image, this);
    connect(dialog, &RunDialog::runRequested, this, [this](const Engine::CreateOptions &options) {
        // with a terminal the console attaches first and then starts, so that nothing of the output is missed
        m_controller->create(options, options.tty ? ContainersController::StartIt::No : ContainersController::StartIt::Yes);
    });
    dialog->open();
}

void ContainersPage::onCreated(const ContainerInfo &info, ContainersController::StartIt startIt)
{
    const bool attaches = startIt == ContainersController::StartIt::No;
    if (attaches)
        m_consoles->attachAndStart(info);
    if (!isVisible())
        Q_EMIT containerRequested(containerKey(info));
    select(containerKey(info), attaches ? Tab::Console : Tab::Logs);
    if (attaches)
        m_consoles->focusTerminal();
}

void ContainersPage::onCreateFailed(const Engine::Error &error)
{
    const ErrorText text = errorText(error);
    const QString more = text.command.isEmpty() ? text.remedy : u"%1\n%2"_s.arg(text.remedy, text.command);
    auto *box = new MessageBox({.title = tr("Run a container"), .sentence = text.sentence, .more = more}, QMessageBox::Close, this);
    box->open();
}

void ContainersPage::onRowAction(int action, const QModelIndex &index)
{
    const QString id = index.data(IdRole).toString();
    m_table->selectId(id);
    const ContainerInfo *info = m_controller->find(id);
    if (action == OpenConsole)
        openConsole();
    else if (info && info->state == ContainerState::Running)
        m_controller->stop(id);
    else
        startAttached(id);
}

// a container with a terminal is started by attaching to it, so that its console shows all it writes
void ContainersPage::startAttached(const QString &id)
{
    const ContainerInfo *info = m_controller->find(id);
    if (info && info->tty && m_tabs->currentIndex() == int(Tab::Console))
        m_consoles->attachAndStart(*info);
    else
        m_controller->start(id);
}

void ContainersPage::openConsole()
{
    m_tabs->setCurrentIndex(int(Tab::Console));
    showCurrent(ConsoleHost::Open::Yes);
    m_consoles->focusTerminal();
}

void ContainersPage::forEachSelected(void (ContainersController::*what)(const QString &))
{
    const QStringList ids = m_table->selectedIds();
    for (const QString &id : ids)
        (m_controller->*what)(id);
}

void ContainersPage::askName()
{
    const ContainerInfo *info = current();
    if (!info)
        return;
    auto *dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Rename %1").arg(info->name));
    dialog->setLabelText(tr("New name"));
    dialog->setTextValue(info->name);
    connect(dialog, &QInputDialog::textValueSelected, this,
            [this, id = containerKey(*info)](const QString &name) { m_controller->rename(id, name.trimmed()); });
    dialog->open();
}

void ContainersPage::removeSelected()
{
    QStringList stopped, running, names;
    const QList<ContainerInfo> selected = selection();
    for (const ContainerInfo &info : selected) {
        (info.state == ContainerState::Running || info.state == ContainerState::Paused ? running : stopped) += containerKey(info);
        names += info.name;
    }
    if (running.isEmpty()) { // no question: it can be undone
        m_controller->removeLater(stopped);
        return Q_EMIT removed(names);
    }
    auto *question = new MessageBox({.title = tr("Remove containers"), .sentence = tr("Kill and remove %1?").arg(names.join(u", "_s)),
                                     .more = tr("%n of them still run(s). What they wrote into their own files is lost.", nullptr,
                                                int(running.size()))},
                                    QMessageBox::Cancel, this);
    connect(question->addDangerButton(tr("Kill and remove")), &QPushButton::clicked, this, [this, all = running + stopped] {
        for (const QString &id : all)
            m_controller->removeRunning(id);
    });
    question->open();
}

} // namespace Gui
