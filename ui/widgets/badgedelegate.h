// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/tone.h"

#include <QtWidgets/QStyledItemDelegate>

namespace Gui {

//! Draws a cell's text as a badge in the colour and with the shape of its ToneRole.
class BadgeDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

    //! The badge alone, vertically centred at the left of \p where. \return its width
    static int paintBadge(QPainter &painter, const QRect &where, const QFont &font, const QString &text, Tone tone);
};

} // namespace Gui
