// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/sizebardelegate.h"

#include "models/tone.h"
#include "widgets/theme.h"

#include <QtGui/QPainter>
#include <QtWidgets/QApplication>

namespace Gui {

void SizeBarDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyleOptionViewItem item(option);
    initStyleOption(&item, index);
    const QString text = item.text;
    item.text.clear();
    const QStyle *style = item.widget ? item.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &item, painter, item.widget);
    constexpr int numberWidth = 80, gap = 8;
    const QRect cell = option.rect.adjusted(11, 0, -11, 0);
    const ThemeColors &t = themeColors();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const double share = index.data(ShareRole).toDouble();
    const int room = cell.width() - numberWidth - gap;
    if (share > 0 && room > 16) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(t.accentFill);
        painter->drawRoundedRect(QRectF(cell.left(), cell.center().y() - 2, std::max(3.0, room * share), 6), 3, 3);
    }
    painter->setPen(share > 0 ? t.text : t.dim);
    painter->setFont(tabularFont());
    painter->drawText(cell, Qt::AlignRight | Qt::AlignVCenter, text);
    painter->restore();
}

} // namespace Gui
