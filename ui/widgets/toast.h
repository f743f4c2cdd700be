// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QFrame>

#include <functional>

class QLabel;
class QPushButton;
class QTimer;

namespace Gui {

//! A short word at the lower edge of the window that goes by itself, with at most one thing to do ("Undo").
class Toast final : public QFrame
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Toast)

public:
    explicit Toast(QWidget *window);

    void showText(const QString &text);
    //! \p action is called when the button is pressed, before the toast goes. Stays \p visibleMs.
    void showAction(const QString &text, const QString &button, int visibleMs, std::function<void()> action);
    //! Stays clear of so many pixels at the lower edge.
    void setClearance(int pixels);

private:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void place();
    void show(const QString &text, int visibleMs);

    QLabel *m_text;
    QPushButton *m_button;
    int m_clearance = 0;
    QTimer *m_timer; // runs only while the toast is shown
    std::function<void()> m_action;
};

} // namespace Gui
