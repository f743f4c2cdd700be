// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>

#include <functional>

class QTimer;
class QWidget;

namespace Gui {

//! Calls a function once a minute while a widget can be seen, for words such as "3 minutes ago". Nothing runs while the
//! widget is hidden or the window minimised.
class MinuteClock final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MinuteClock)

public:
    //! Owned by \p widget.
    MinuteClock(QWidget *widget, std::function<void()> tick);

private:
    bool eventFilter(QObject *watched, QEvent *event) override;

    std::function<void()> m_tick;
    QTimer *m_timer;
};

} // namespace Gui
