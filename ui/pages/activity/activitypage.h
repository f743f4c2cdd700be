// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/page.h"

class QListView;
class QPushButton;

namespace Gui {

class Task;

//! What runs and what ran: pulls, builds, starts.
class ActivityPage final : public Page
{
    Q_OBJECT

public:
    explicit ActivityPage(const PageContext &context, QWidget *parent = nullptr);
    void activate() override;

private:
    void onTasksChanged();
    void showMenu(const QPoint &where);
    Task *currentTask() const;

    QListView *m_list;
    QPushButton *m_clear;
};

} // namespace Gui
