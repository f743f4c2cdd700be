// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QFrame>

class QLabel;
class QToolButton;

namespace Gui {

class BuildController;
class BuildOutputView;

//! What the build writes, with how it stands above it.
class OutputPanel final : public QFrame
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(OutputPanel)

public:
    explicit OutputPanel(BuildController *controller, QWidget *parent = nullptr);

    BuildOutputView *view() const { return m_view; }

Q_SIGNALS:
    void stepActivated(int step);

private:
    void changeEvent(QEvent *event) override;
    void showState();
    void showError();

    BuildController *m_controller;
    BuildOutputView *m_view;
    QLabel *m_picture;
    QLabel *m_title;
    QToolButton *m_follow;
};

} // namespace Gui
