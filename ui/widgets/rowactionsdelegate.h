// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QStyledItemDelegate>

#include <functional>

namespace Gui {

//! Small buttons at the end of a row for its commonest actions. What they do is also in the context menu, where the
//! keyboard reaches it.
class RowActionsDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    struct Button {
        int action = 0;         //!< the caller's number
        QString icon;
        QString toolTip;
    };
    //! The buttons of a row, left to right, at most two.
    using ButtonsOf = std::function<QList<Button>(const QModelIndex &)>;

    RowActionsDelegate(ButtonsOf buttonsOf, QObject *parent);

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    bool editorEvent(QEvent *event, QAbstractItemModel *model, const QStyleOptionViewItem &option, const QModelIndex &index) override;
    bool helpEvent(QHelpEvent *event, QAbstractItemView *view, const QStyleOptionViewItem &option, const QModelIndex &index) override;

Q_SIGNALS:
    void triggered(int action, const QModelIndex &index);

private:
    int buttonAt(const QPoint &point, const QRect &cell, qsizetype count) const;

    ButtonsOf m_buttonsOf;
    QPersistentModelIndex m_hoverIndex;
    int m_hover = -1;
};

} // namespace Gui
