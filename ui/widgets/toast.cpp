// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/toast.h"

#include <QtCore/QEvent>
#include <QtCore/QTimer>
#include <QtGui/QAccessible>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>

namespace Gui {

using namespace Qt::StringLiterals;

namespace {
constexpr int textMs = 4000;
constexpr int edgeMargin = 24;
}

Toast::Toast(QWidget *window)
    : QFrame(window), m_text(new QLabel(this)), m_button(new QPushButton(this)), m_timer(new QTimer(this))
{
    setObjectName(u"toast"_s);
    m_text->setTextFormat(Qt::PlainText);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(16, 8, 8, 8);
    row->setSpacing(16);
    row->addWidget(m_text, 1);
    row->addWidget(m_button);
    m_timer->setSingleShot(true);
    connect(m_timer, &QTimer::timeout, this, &QWidget::hide);
    connect(m_button, &QPushButton::clicked, this, [this] {
        hide();
        if (m_action)
            std::exchange(m_action, {})();
    });
    window->installEventFilter(this);
    hide();
}

void Toast::showText(const QString &text)
{
    m_action = {};
    m_button->hide();
    show(text, textMs);
}

void Toast::showAction(const QString &text, const QString &button, int visibleMs, std::function<void()> action)
{
    m_action = std::move(action);
    m_button->setText(button);
    m_button->show();
    show(text, visibleMs);
}

void Toast::setClearance(int pixels)
{
    m_clearance = pixels;
    if (isVisible())
        place();
}

void Toast::show(const QString &text, int visibleMs)
{
    m_text->setText(text);
    setAccessibleName(text);
    place();
    QWidget::show();
    raise();
    m_timer->start(visibleMs);
    QAccessibleEvent spoken(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&spoken);
}

void Toast::place()
{
    const QSize room = parentWidget()->size();
    const int widest = room.width() - 2 * edgeMargin;
    m_text->setWordWrap(false);
    layout()->activate();
    QSize wanted = layout()->sizeHint();
    if (wanted.width() > widest) { // an error's sentence
        m_text->setWordWrap(true);
        layout()->activate();
        wanted = {widest, layout()->heightForWidth(widest)};
    }
    resize(wanted);
    move((room.width() - width()) / 2, room.height() - height() - edgeMargin - m_clearance);
}

bool Toast::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize && isVisible())
        place();
    return QFrame::eventFilter(watched, event);
}

} // namespace Gui
