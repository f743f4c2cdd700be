// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtGui/QColor>
#include <QtGui/QFont>
#include <QtGui/QIcon>

#include <array>

class QApplication;

namespace Gui {

//! The colours of one look. Every text colour has at least 4.5:1 on every ground it is used on; pairs() lists them
//! and tests/ui/tst_theme.cpp computes them.
struct ThemeColors {
    bool dark = false;
    QColor window;      //!< ground of pages
    QColor base;        //!< ground of lists, editors and fields
    QColor raised;      //!< hovered and checked things, tool tips
    QColor side;        //!< ground of the rail
    QColor line;        //!< hairlines between things
    QColor edge;        //!< borders of things one can click
    QColor text;
    QColor dim;         //!< secondary text
    QColor accent;      //!< links, indicators, focus
    QColor accentFill;  //!< ground of the primary button
    QColor onAccent;    //!< text on accentFill
    QColor selection;   //!< ground of the selected row
    QColor ok, warn, bad, idle;             //!< the four states: text and shapes
    QColor okFill, warnFill, badFill, idleFill; //!< grounds of their badges
    QColor mark;        //!< ground of found text; text stands on it
    QColor terminalBase, terminalText;
    std::array<QRgb, 16> ansi;              //!< the terminal's colours, dark to bright

    static const ThemeColors &darkLook();
    static const ThemeColors &lightLook();

    struct Pair { const char *name; QColor text; QColor ground; };
    QList<Pair> pairs() const;
};

//! WCAG 2.1 contrast ratio, 1 to 21.
double contrastRatio(const QColor &a, const QColor &b);

enum class Look { Light, Dark };

//! The look in use. GUI thread.
const ThemeColors &themeColors();
//! Sets style, palette, style sheet and fonts of the application; all widgets repaint. Cost: about 5 ms.
void applyTheme(QApplication &app, Look look);

//! A Lucide icon in the colours of the look in use, by file name without extension: "layers".
//! Checked icons take the accent; \p role fixes another colour.
enum class IconRole { Normal, Strong, OnAccent, Ok, Warn, Bad, Accent };
QIcon icon(const QString &name, IconRole role = IconRole::Normal);

QFont monospaceFont();      //!< JetBrains Mono or the system's, in the text size
QFont tabularFont();        //!< the text font with digits of equal width
QFont headingFont();        //!< of page titles

} // namespace Gui
