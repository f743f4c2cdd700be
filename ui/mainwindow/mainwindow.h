// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/page.h"

#include <QtWidgets/QMainWindow>

class QStackedWidget;

namespace Gui {

class ContainersPage;
class ImagesPage;
class Rail;
class Task;
class Toast;

//! The rail and the pages beside it. Navigates; knows nothing of containers.
class MainWindow final : public QMainWindow
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MainWindow)

public:
    explicit MainWindow(const PageContext &context);

    enum class Place { Containers, Images, Build, Activity, Settings };
    void goTo(Place place);
    Page *page(Place place) const { return m_pages.value(int(place)).page; }

private:
    struct Entry { Page *page; int railPlace; };

    void setupPages();
    void addPage(Place place, Page *page, const QString &iconName);
    void connectPages();
    void watchTasks();
    void onTaskFailed(Task *task);
    void resizeEvent(QResizeEvent *event) override;
    void closeEvent(QCloseEvent *event) override;

    PageContext m_context;
    Rail *m_rail;
    QStackedWidget *m_stack;
    Toast *m_toast;
    ContainersPage *m_containers = nullptr;
    ImagesPage *m_images = nullptr;
    QMap<int, Entry> m_pages; // by Place
};

} // namespace Gui
