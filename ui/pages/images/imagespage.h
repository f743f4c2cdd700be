// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "controllers/imagescontroller.h"
#include "pages/page.h"

class QAction;
class QLabel;
class QLineEdit;
class QPushButton;
class QSplitter;
class QTabWidget;

namespace Gui {

class HistoryModel;
class JsonView;
class ListFilter;
class ListTable;

//! The images, and below them how the selected one came to be.
class ImagesPage final : public Page
{
    Q_OBJECT

public:
    explicit ImagesPage(const PageContext &context, QWidget *parent = nullptr);
    void activate() override;

    ImagesController &controller() { return *m_controller; }
    void select(const QString &idOrReference);
    void openPullDialog();
    void finish();

private:
    void setupTable();
    void setupDetails();
    void setupActions();
    QAction *addAction(const QString &iconName, const QString &text, const QKeySequence &shortcut, void (ImagesPage::*what)());
    void engineReady() override;
    void messageButtonClicked() override;

    void onListed();
    void onSelectionChanged();
    void showDetails();
    void showMenu(const QPoint &where);
    void run();
    void askTag();
    void removeCurrent();
    void removeName(const QString &name);
    void onRemoveFailed(const QString &nameOrId, const Engine::Error &error);
    const Engine::ImageInfo *current() const;

    ImagesController *m_controller;
    ListFilter *m_filter;
    HistoryModel *m_history;
    QLineEdit *m_filterEdit;
    QPushButton *m_pull;
    QSplitter *m_split;
    ListTable *m_table;
    QTabWidget *m_tabs;
    ListTable *m_historyTable;
    JsonView *m_inspect;
    QAction *m_run = nullptr, *m_tag = nullptr, *m_remove = nullptr;
    QString m_wanted, m_shownId;
};

} // namespace Gui
