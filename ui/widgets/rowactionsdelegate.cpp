// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rowactionsdelegate.h"

#include "widgets/theme.h"

#include <QtGui/QHelpEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QAbstractItemView>
#include <QtWidgets/QApplication>
#include <QtWidgets/QToolTip>

namespace Gui {

namespace {

constexpr int rowButtonSide = 28, rowButtonGap = 4;

QRect buttonRect(const QRect &cell, int number, qsizetype count)
{
    const int width = int(count) * rowButtonSide + (int(count) - 1) * rowButtonGap;
    const int left = cell.right() - 8 - width + number * (rowButtonSide + rowButtonGap);
    return {left, cell.center().y() - rowButtonSide / 2 + 1, rowButtonSide, rowButtonSide};
}

} // namespace

RowActionsDelegate::RowActionsDelegate(ButtonsOf buttonsOf, QObject *parent)
    : QStyledItemDelegate(parent), m_buttonsOf(std::move(buttonsOf))
{
}

void RowActionsDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyleOptionViewItem item(option);
    initStyleOption(&item, index);
    const QStyle *style = item.widget ? item.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &item, painter, item.widget);
    const auto buttons = m_buttonsOf(index);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    for (int i = 0; i < buttons.size(); ++i) {
        const QRect where = buttonRect(option.rect, i, buttons.size());
        const bool hovered = m_hover == i && m_hoverIndex == index;
        if (hovered) {
            painter->setPen(themeColors().edge);
            painter->setBrush(themeColors().base);
            painter->drawRoundedRect(QRectF(where).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
        }
        icon(buttons[i].icon, hovered ? IconRole::Strong : IconRole::Normal).paint(painter, where.adjusted(6, 6, -6, -6));
    }
    painter->restore();
}

QSize RowActionsDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const
{
    return {2 * rowButtonSide + rowButtonGap + 16, rowButtonSide + 8};
}

int RowActionsDelegate::buttonAt(const QPoint &point, const QRect &cell, qsizetype count) const
{
    for (int i = 0; i < count; ++i) {
        if (buttonRect(cell, i, count).contains(point))
            return i;
    }
    return -1;
}

bool RowActionsDelegate::editorEvent(QEvent *event, QAbstractItemModel *, const QStyleOptionViewItem &option, const QModelIndex &index)
{
    if (event->type() != QEvent::MouseMove && event->type() != QEvent::MouseButtonRelease && event->type() != QEvent::MouseButtonPress)
        return false;
    const auto *mouse = static_cast<QMouseEvent *>(event);
    const auto buttons = m_buttonsOf(index);
    const int at = buttonAt(mouse->position().toPoint(), option.rect, buttons.size());
    if (event->type() == QEvent::MouseMove) {
        m_hover = at;
        m_hoverIndex = index;
        if (auto *view = qobject_cast<QAbstractItemView *>(const_cast<QWidget *>(option.widget)))
            view->viewport()->update(option.rect);
        return false;
    }
    if (at < 0 || mouse->button() != Qt::LeftButton)
        return false;
    if (event->type() == QEvent::MouseButtonRelease)
        Q_EMIT triggered(buttons[at].action, index);
    return true;
}

bool RowActionsDelegate::helpEvent(QHelpEvent *event, QAbstractItemView *view, const QStyleOptionViewItem &option, const QModelIndex &index)
{
    const auto buttons = m_buttonsOf(index);
    const int at = event->type() == QEvent::ToolTip ? buttonAt(event->pos(), option.rect, buttons.size()) : -1;
    if (at < 0)
        return QStyledItemDelegate::helpEvent(event, view, option, index);
    QToolTip::showText(event->globalPos(), buttons[at].toolTip, view, buttonRect(option.rect, at, buttons.size()));
    return true;
}

} // namespace Gui
