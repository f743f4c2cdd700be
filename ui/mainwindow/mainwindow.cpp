// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow/mainwindow.h"

#include "errors/errortext.h"
#include "mainwindow/rail.h"
#include "models/taskmodel.h"
#include "pages/activity/activitypage.h"
#include "pages/build/buildpage.h"
#include "pages/containers/containerspage.h"
#include "pages/images/imagespage.h"
#include "pages/settings/settingspage.h"
#include "widgets/toast.h"
#include "widgets/uisettings.h"

#include <QtGui/QCloseEvent>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QStackedWidget>

namespace Gui {

using namespace Qt::StringLiterals;

namespace {
constexpr int narrowWindow = 900; // below, the rail shows icons only
}

MainWindow::MainWindow(const PageContext &context)
    : m_context(context), m_rail(new Rail), m_stack(new QStackedWidget), m_toast(nullptr)
{
    setWindowTitle(u"Slipway"_s);
    auto *center = new QWidget;
    auto *row = new QHBoxLayout(center);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_rail);
    row->addWidget(m_stack, 1);
    setCentralWidget(center);
    m_toast = new Toast(m_stack);
    setupPages();
    connectPages();
    watchTasks();
    setMinimumSize(640, 440);
    if (!restoreGeometry(m_context.settings.windowGeometry()))
        resize(1180, 760);
    // someone who has never been here starts with a Dockerfile
    const bool hasProject = !m_context.arguments.isEmpty();
    goTo(hasProject ? Place::Build : Place(m_context.settings.number(u"window/place"_s, int(Place::Build))));
}

void MainWindow::setupPages()
{
    auto *images = new ImagesPage(m_context);
    m_images = images;
    m_containers = new ContainersPage(m_context, images->controller().model());
    addPage(Place::Containers, m_containers, u"container"_s);
    addPage(Place::Images, images, u"layers"_s);
    addPage(Place::Build, new BuildPage(m_context), u"hammer"_s);
    addPage(Place::Activity, new ActivityPage(m_context), u"activity"_s);
    addPage(Place::Settings, new SettingsPage(m_context), u"settings"_s);
}

void MainWindow::addPage(Place place, Page *page, const QString &iconName)
{
    const Rail::Where where = place >= Place::Activity ? Rail::Where::Bottom : Rail::Where::Top;
    const int railPlace = m_rail->addPlace(iconName, page->title(), where);
    m_stack->addWidget(page);
    m_pages.insert(int(place), {page, railPlace});
    connect(m_rail, &Rail::placeChosen, this, [this, place, railPlace](int chosen) {
        if (chosen == railPlace)
            goTo(place);
    });
}

void MainWindow::connectPages()
{
    for (const Entry &entry : std::as_const(m_pages)) {
        connect(entry.page, &Page::noticed, m_toast, &Toast::showText);
        connect(entry.page, &Page::runRequested, this, [this](const QString &image) { m_containers->openRunDialog(image); });
        connect(entry.page, &Page::containerRequested, this, [this](const QString &id) {
            goTo(Place::Containers);
            m_containers->select(id, ContainersPage::Tab::Logs);
        });
        connect(entry.page, &Page::consoleRequested, this, [this](const QString &id) {
            goTo(Place::Containers);
            m_containers->openConsoleOf(id);
        });
        connect(entry.page, &Page::startRequested, this, [this](const Engine::ContainerInfo &container) {
            goTo(Place::Containers);
            m_containers->controller().adopt(container, ContainersController::StartIt::No);
        });
        connect(entry.page, &Page::imageRequested, this, [this](const QString &reference) {
            goTo(Place::Images);
            m_images->select(reference);
        });
        connect(entry.page, &Page::projectRequested, this, [this](const QString &path) {
            goTo(Place::Build);
            static_cast<BuildPage *>(page(Place::Build))->openProject(path);
        });
    }
    connect(m_containers, &ContainersPage::runningCountChanged, this, [this](int running) {
        m_rail->setCount(m_pages.value(int(Place::Containers)).railPlace, running);
    });
    connect(m_containers, &ContainersPage::removed, this, [this](const QStringList &names) {
        m_toast->showAction(names.size() == 1 ? tr("%1 is removed").arg(names.first()) : tr("%n container(s) removed", nullptr, int(names.size())),
                            tr("Undo"), ContainersController::undoMs, [this] { m_containers->controller().undoRemoval(); });
    });
}

void MainWindow::goTo(Place place)
{
    const auto entry = m_pages.constFind(int(place));
    if (entry == m_pages.constEnd())
        return;
    // back on a page, work goes on where it was left: in the console, say. The place that is in front already starts over.
    const bool comesBack = m_stack->currentWidget() != entry->page;
    QWidget *last = comesBack ? entry->page->focusWidget() : nullptr;
    m_rail->setCurrent(entry->railPlace);
    m_stack->setCurrentWidget(entry->page);
    m_context.settings.setNumber(u"window/place"_s, int(place));
    m_toast->setClearance(entry->page->lowerBarHeight());
    entry->page->activate();
    if (last && last->isVisible() && last->isEnabled())
        last->setFocus();
}

void MainWindow::watchTasks()
{
    TaskModel &tasks = m_context.tasks;
    connect(&tasks, &TaskModel::runningCountChanged, this, [this, &tasks] {
        m_rail->setCount(m_pages.value(int(Place::Activity)).railPlace, tasks.runningCount());
    });
    connect(&tasks, &TaskModel::failed, this, &MainWindow::onTaskFailed);
}

void MainWindow::onTaskFailed(Task *task)
{
    constexpr int visibleMs = 10'000; // long enough to read two sentences
    if (const auto *front = qobject_cast<Page *>(m_stack->currentWidget()); front && front->tellsOf(task))
        return;
    m_toast->showAction(tr("%1: %2").arg(task->title(), errorText(task->error()).sentence), tr("Show"), visibleMs,
                        [this] { goTo(Place::Activity); });
}

void MainWindow::resizeEvent(QResizeEvent *event)
{
    m_rail->setCollapsed(width() < narrowWindow);
    QMainWindow::resizeEvent(event);
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    auto *build = static_cast<BuildPage *>(page(Place::Build));
    if (build->hasUnsavedChanges()) { // asked without waiting: the window closes when the answer allows it
        event->ignore();
        goTo(Place::Build);
        build->whenUnsavedSettled([this] { close(); });
        return;
    }
    m_containers->finish();
    m_images->finish();
    m_context.settings.setWindowGeometry(saveGeometry());
    QMainWindow::closeEvent(event);
}

} // namespace Gui
