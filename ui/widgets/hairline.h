// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/theme.h"

#include <QtGui/QPainter>
#include <QtWidgets/QWidget>

namespace Gui {

//! A line of one pixel between two things.
class Hairline final : public QWidget
{
public:
    explicit Hairline(QWidget *parent = nullptr) : QWidget(parent) { setFixedHeight(1); }

protected:
    void paintEvent(QPaintEvent *) override { QPainter(this).fillRect(rect(), themeColors().line); }
};

} // namespace Gui
