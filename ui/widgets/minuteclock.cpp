// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/minuteclock.h"

#include <QtCore/QEvent>
#include <QtCore/QTimer>
#include <QtWidgets/QWidget>

namespace Gui {

MinuteClock::MinuteClock(QWidget *widget, std::function<void()> tick)
    : QObject(widget), m_tick(std::move(tick)), m_timer(new QTimer(this))
{
    m_timer->setInterval(60'000);
    m_timer->setTimerType(Qt::VeryCoarseTimer);
    connect(m_timer, &QTimer::timeout, this, [this] { m_tick(); });
    widget->installEventFilter(this);
}

bool MinuteClock::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Show) {
        m_tick();
        m_timer->start();
    } else if (event->type() == QEvent::Hide) {
        m_timer->stop();
    }
    return QObject::eventFilter(watched, event);
}

} // namespace Gui
