// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "controllers/containerscontroller.h"
#include "pages/containers/consolehost.h"
#include "pages/page.h"

class QLineEdit;
class QPushButton;
class QSplitter;
class QTabWidget;
class QModelIndex;

namespace Gui {

class ContainerActions;
class ImageModel;
class JsonView;
class ListFilter;
class ListTable;
class LogPane;
class OverviewPane;

//! The containers, and below them the log, the consoles and the facts of the one selected.
class ContainersPage final : public Page
{
    Q_OBJECT

public:
    //! \p images offers what can be run.
    ContainersPage(const PageContext &context, const ImageModel &images, QWidget *parent = nullptr);
    void activate() override;

    ContainersController &controller() { return *m_controller; }
    ConsoleHost &consoles() { return *m_consoles; }
    LogPane &logs() { return *m_logs; }
    //! Opens the Run dialog.
    void openRunDialog(const QString &image);
    enum class Tab { Logs, Console, Overview, Inspect };
    void select(const QString &idOrName, Tab tab);
    //! Selects it, shows its console and puts the focus there.
    void openConsoleOf(const QString &idOrName);
    //! The window closes: carries out what could still be undone.
    void finish();

Q_SIGNALS:
    void runningCountChanged(int running);
    void removed(const QStringList &names);

private:
    void setupTable();
    void setupTabs();
    void setupActions();
    void connectController();
    void engineReady() override;
    void messageButtonClicked() override;

    void onListed();
    void onSelectionChanged();
    void onCreated(const Engine::ContainerInfo &info, ContainersController::StartIt startIt);
    void onCreateFailed(const Engine::Error &error);
    void onRowAction(int action, const QModelIndex &index);
    void showCurrent(ConsoleHost::Open open);
    void showInspect(const QString &id);
    void openConsole();
    void askName();
    void removeSelected();
    void startAttached(const QString &id);
    QList<Engine::ContainerInfo> selection() const;
    const Engine::ContainerInfo *current() const;
    void forEachSelected(void (ContainersController::*what)(const QString &));

    const ImageModel &m_images;
    ContainersController *m_controller;
    ContainerActions *m_actions = nullptr;
    ListFilter *m_filter;
    QLineEdit *m_filterEdit;
    QPushButton *m_run;
    QSplitter *m_split;
    ListTable *m_table;
    QTabWidget *m_tabs;
    LogPane *m_logs;
    ConsoleHost *m_consoles;
    OverviewPane *m_overview;
    JsonView *m_inspect;
    QString m_wantedId; // to be selected when it is listed
};

} // namespace Gui
