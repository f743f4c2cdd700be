// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/badgedelegate.h"

#include "widgets/theme.h"

#include <QtGui/QPainter>
#include <QtGui/QPainterPath>
#include <QtWidgets/QApplication>

namespace Gui {

namespace {

constexpr int badgeHeight = 20;

struct ToneColors { QColor text, fill; };

ToneColors colorsOf(Tone tone)
{
    const ThemeColors &t = themeColors();
    switch (tone) {
    case Tone::Ok: return {t.ok, t.okFill};
    case Tone::Warn: return {t.warn, t.warnFill};
    case Tone::Bad: return {t.bad, t.badFill};
    case Tone::Idle:
    case Tone::Busy: break;
    }
    return {t.idle, t.idleFill};
}

// a disc runs, two bars are paused, a cross failed, a square stands still, a ring is on its way
void paintShape(QPainter &p, const QPointF &center, Tone tone, const QColor &color)
{
    p.setPen(Qt::NoPen);
    p.setBrush(color);
    switch (tone) {
    case Tone::Ok:
        p.drawEllipse(center, 3.5, 3.5);
        break;
    case Tone::Warn:
        p.drawRect(QRectF(center.x() - 3.5, center.y() - 3.5, 2.5, 7));
        p.drawRect(QRectF(center.x() + 1, center.y() - 3.5, 2.5, 7));
        break;
    case Tone::Bad:
        p.setPen(QPen(color, 2, Qt::SolidLine, Qt::RoundCap));
        p.drawLine(center + QPointF(-3, -3), center + QPointF(3, 3));
        p.drawLine(center + QPointF(-3, 3), center + QPointF(3, -3));
        break;
    case Tone::Idle:
        p.drawRoundedRect(QRectF(center.x() - 3, center.y() - 3, 6, 6), 1, 1);
        break;
    case Tone::Busy:
        p.setPen(QPen(color, 1.5));
        p.setBrush(Qt::NoBrush);
        p.drawEllipse(center, 3, 3);
        break;
    }
}

QFont badgeFont(QFont font)
{
    font.setPointSizeF(font.pointSizeF() - 0.75);
    font.setWeight(QFont::DemiBold);
    return font;
}

} // namespace

int BadgeDelegate::paintBadge(QPainter &p, const QRect &where, const QFont &font, const QString &text, Tone tone)
{
    const QFont small = badgeFont(font);
    const QFontMetrics metrics(small);
    const int width = std::min(where.width(), metrics.horizontalAdvance(text) + 32);
    const QRectF badge(where.left(), where.center().y() - badgeHeight / 2 + 1, width, badgeHeight);
    const ToneColors colors = colorsOf(tone);
    p.save();
    p.setRenderHint(QPainter::Antialiasing);
    p.setPen(Qt::NoPen);
    p.setBrush(colors.fill);
    p.drawRoundedRect(badge, badgeHeight / 2.0, badgeHeight / 2.0);
    paintShape(p, QPointF(badge.left() + 12, badge.center().y()), tone, colors.text);
    p.setPen(colors.text);
    p.setFont(small);
    const QRectF room = badge.adjusted(21, 0, -8, 0);
    p.drawText(room, Qt::AlignVCenter, metrics.elidedText(text, Qt::ElideRight, int(room.width()) + 1));
    p.restore();
    return width;
}

void BadgeDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyleOptionViewItem item(option);
    initStyleOption(&item, index);
    const QString text = item.text;
    item.text.clear();
    const QStyle *style = item.widget ? item.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &item, painter, item.widget);
    if (!text.isEmpty())
        paintBadge(*painter, option.rect.adjusted(11, 0, -8, 0), option.font, text, index.data(ToneRole).value<Tone>());
}

QSize BadgeDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const QFontMetrics metrics(badgeFont(option.font));
    return {metrics.horizontalAdvance(index.data().toString()) + 48, badgeHeight + 16};
}

} // namespace Gui
