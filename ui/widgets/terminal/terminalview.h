// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/terminal/terminalscreen.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QTimer>
#include <QtWidgets/QWidget>

namespace Gui {

//! Shows a TerminalScreen and gives it keys and mouse. Nothing blinks and no timer runs: an idle terminal costs nothing.
//! Ctrl+Shift+C and Ctrl+Shift+V copy and paste, Ctrl with +, - and 0 zooms, Shift+Page Up looks back.
class TerminalView final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TerminalView)

public:
    explicit TerminalView(QWidget *parent = nullptr);

    TerminalScreen &screen() { return m_screen; }
    //! Keys are not sent while off: the process has ended.
    void setInputEnabled(bool enabled);
    void copy();
    void paste();
    QSize sizeHint() const override;

Q_SIGNALS:
    //! The grid has another size; tell the process.
    void gridResized(int columns, int rows);

private:
    bool event(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void changeEvent(QEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    bool focusNextPrevChild(bool) override { return false; } // Tab belongs to the program

    void updateSoon();
    bool handleOwnKey(const QKeyEvent &event);
    void pasteText(const QString &text);
    void zoom(double points);
    void setupFonts();
    void applyLook();
    void updateGrid();
    void paintRow(QPainter &painter, std::span<const TerminalScreen::Cell> row, int y);
    void paintRun(QPainter &painter, std::span<const TerminalScreen::Cell> run, int x, int y);
    void paintCursor(QPainter &painter);
    QPoint cellAt(const QPointF &position) const;

    TerminalScreen m_screen;
    QTimer m_paintTimer;                // runs only while output comes faster than frames
    QElapsedTimer m_lastPaint;
    std::array<QFont, 4> m_fonts;       // plain, bold, italic, both
    double m_points = 0;
    int m_cellWidth = 8, m_cellHeight = 16, m_ascent = 12;
    int m_button = -1;
    int m_wheelRest = 0;                // eighths of a degree not yet a line
    bool m_selecting = false;
    bool m_inputEnabled = true;
};

} // namespace Gui
