// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/theme.h"

#include <QtGui/QIconEngine>

namespace Gui {

//! Draws an SVG of the resources that uses currentColor in a colour of the look in use, so that icons follow a change
//! of look without being made anew. Rendered pixmaps are kept in QPixmapCache.
class TintIconEngine final : public QIconEngine
{
public:
    TintIconEngine(const QString &name, IconRole role) : m_name(name), m_role(role) {}

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State state) override;
    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override;
    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State state, qreal scale) override;
    QIconEngine *clone() const override { return new TintIconEngine(m_name, m_role); }

private:
    QColor color(QIcon::Mode mode, QIcon::State state) const;

    QString m_name;
    IconRole m_role;
};

} // namespace Gui
