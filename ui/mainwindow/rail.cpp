// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow/rail.h"

#include "widgets/theme.h"

#include <QtCore/QLocale>
#include <QtGui/QPainter>
#include <QtGui/QShortcut>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QButtonGroup>
#include <QtWidgets/QLabel>

namespace Gui {

using namespace Qt::StringLiterals;

namespace {
constexpr int wideWidth = 188, narrowWidth = 60, placeHeight = 36, iconSide = 18, railMargin = 12;
}

RailButton::RailButton(const QString &iconName, const QString &name, const QKeySequence &shortcut, QWidget *parent)
    : QAbstractButton(parent), m_name(name), m_shortcut(shortcut.toString(QKeySequence::NativeText))
{
    setText(name);
    setIcon(Gui::icon(iconName));
    auto *keys = new QShortcut(shortcut, this);
    connect(keys, &QShortcut::activated, this, &QAbstractButton::click); // a button's own shortcut waits 100 ms for its picture
    setCheckable(true);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    describe();
}

void RailButton::setCount(int count)
{
    if (count == m_count)
        return;
    m_count = count;
    describe();
    update();
}

void RailButton::setCollapsed(bool collapsed)
{
    m_collapsed = collapsed;
    updateGeometry();
    update();
}

void RailButton::describe()
{
    setToolTip(tr("%1 (%2)", "name of a place, its shortcut").arg(m_name, m_shortcut));
    setAccessibleName(m_name);
    setAccessibleDescription(m_count > 0 ? tr("%n running", nullptr, m_count) : QString());
}

QSize RailButton::sizeHint() const
{
    return {m_collapsed ? narrowWidth - 2 * railMargin : fontMetrics().horizontalAdvance(m_name) + 80, placeHeight};
}

void RailButton::paintEvent(QPaintEvent *)
{
    const ThemeColors &t = themeColors();
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    const QRectF ground = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    if (isChecked() || underMouse() || isDown()) {
        p.setPen(Qt::NoPen);
        p.setBrush(isChecked() ? t.base : t.raised);
        p.drawRoundedRect(ground, 7, 7);
    }
    if (hasFocus()) {
        p.setPen(QPen(t.accent, 1));
        p.setBrush(Qt::NoBrush);
        p.drawRoundedRect(ground, 7, 7);
    }
    const int iconX = m_collapsed ? (width() - iconSide) / 2 : 12;
    icon().paint(&p, QRect(iconX, (height() - iconSide) / 2, iconSide, iconSide), Qt::AlignCenter, QIcon::Normal,
                 isChecked() ? QIcon::On : QIcon::Off);
    if (!m_collapsed) {
        QFont f = font();
        f.setWeight(isChecked() ? QFont::DemiBold : QFont::Medium);
        p.setFont(f);
        p.setPen(isChecked() || underMouse() ? t.text : t.dim);
        const QRect room = rect().adjusted(iconX + iconSide + 12, 0, m_count > 0 ? -44 : -8, 0);
        p.drawText(room, Qt::AlignVCenter, p.fontMetrics().elidedText(m_name, Qt::ElideRight, room.width()));
    }
    if (m_count > 0)
        paintCount(p);
}

void RailButton::paintCount(QPainter &p)
{
    const ThemeColors &t = themeColors();
    if (m_collapsed) {
        p.setPen(Qt::NoPen);
        p.setBrush(t.ok);
        p.drawEllipse(QPointF(width() / 2.0 + 10, height() / 2.0 - 9), 3.5, 3.5);
        return;
    }
    QFont f = font();
    f.setPointSizeF(f.pointSizeF() - 1.5);
    f.setWeight(QFont::DemiBold);
    p.setFont(f);
    const QString text = QLocale().toString(m_count);
    const int w = std::max(20, p.fontMetrics().horizontalAdvance(text) + 12);
    const QRectF pill(width() - w - 8, (height() - 20) / 2.0, w, 20);
    p.setPen(Qt::NoPen);
    p.setBrush(t.okFill);
    p.drawRoundedRect(pill, 10, 10);
    p.setPen(t.ok);
    p.drawText(pill, Qt::AlignCenter, text);
}

void RailButton::enterEvent(QEnterEvent *event)
{
    QAbstractButton::enterEvent(event);
    update();
}

void RailButton::leaveEvent(QEvent *event)
{
    QAbstractButton::leaveEvent(event);
    update();
}

Rail::Rail(QWidget *parent)
    : QFrame(parent), m_group(new QButtonGroup(this)), m_brand(new QLabel(u"Slipway"_s, this)), m_top(new QVBoxLayout),
      m_bottom(new QVBoxLayout)
{
    setObjectName(u"rail"_s);
    setAccessibleName(tr("Places"));
    m_brand->setObjectName(u"brand"_s);
    m_brand->setContentsMargins(12, 0, 0, 0);
    m_brand->setFixedHeight(44);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(railMargin, 8, railMargin, railMargin);
    column->setSpacing(4);
    column->addWidget(m_brand);
    m_top->setSpacing(4);
    m_bottom->setSpacing(4);
    column->addLayout(m_top);
    column->addStretch(1);
    column->addLayout(m_bottom);
    connect(m_group, &QButtonGroup::idClicked, this, &Rail::placeChosen);
    setCollapsed(false);
}

int Rail::addPlace(const QString &iconName, const QString &name, Where where)
{
    const int place = int(m_places.size());
    auto *button = new RailButton(iconName, name, QKeySequence(Qt::CTRL | Qt::Key(Qt::Key_1 + place)), this);
    m_places += button;
    m_group->addButton(button, place);
    (where == Where::Top ? m_top : m_bottom)->addWidget(button);
    return place;
}

void Rail::setCurrent(int place)
{
    m_places.at(place)->setChecked(true);
}

void Rail::setCount(int place, int count)
{
    m_places.at(place)->setCount(count);
}

void Rail::setCollapsed(bool collapsed)
{
    setFixedWidth(collapsed ? narrowWidth : wideWidth);
    m_brand->setText(collapsed ? QString() : u"Slipway"_s);
    for (RailButton *place : std::as_const(m_places))
        place->setCollapsed(collapsed);
}

} // namespace Gui
