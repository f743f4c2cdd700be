// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/terminal/terminalfilter.h"

#include <QtCore/QObject>
#include <QtCore/QPoint>
#include <QtCore/QSize>
#include <QtGui/QRgb>

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <vector>

class QKeyEvent;
struct tsm_screen;
struct tsm_vte;

namespace Gui {

//! A terminal without a window: bytes of a program in, a grid of cells out. Lives without a pty, so an attached
//! container, an exec or a test can stand behind it. GUI thread. Hostile output is harmless (tst_terminal fuzzes it).
class TerminalScreen final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TerminalScreen)

public:
    struct Cell {
        std::array<char32_t, 4> text{};
        quint8 length = 0;      //!< characters in text; 0 is blank
        quint8 width = 1;       //!< columns; 0: covered by a wide cell on its left
        bool bold = false, italic = false, underline = false;
        QRgb foreground = 0, background = 0;
    };
    struct Colors {
        QRgb text = 0, ground = 0;
        std::array<QRgb, 16> ansi{};

        //! Of one of libtsm's colour codes; \p direct for a negative one.
        QRgb of(int code, QRgb direct) const;
    };

    static constexpr int scrollbackLines = 10'000;

    explicit TerminalScreen(QObject *parent = nullptr);
    ~TerminalScreen() override;

    //! What the program wrote, cut anywhere. Cost: about 10 MB/s.
    void feed(const QByteArray &bytes);
    void resize(QSize cells);
    QSize size() const { return m_size; }
    void setColors(const Colors &colors);

    //! The grid, row by row; valid until the next call of a non-const function.
    std::span<const Cell> cells();
    //! Where the cursor is, or nothing when it is hidden or the history is shown.
    std::optional<QPoint> cursor();
    QString text();

    //! Sends a key to the program. \return whether the key means anything to a terminal
    bool sendKey(const QKeyEvent &event);
    //! Sends text as if typed, bracketed when the program asked for that.
    void paste(const QString &text);
    bool wantsBracketedPaste() const { return m_filter.bracketedPaste(); }

    //! \p button: 0 left, 1 middle, 2 right, 64 and 65 the wheel. \return whether the program takes mouse reports
    enum class MouseAction { Press, Release, Move };
    bool sendMouse(MouseAction action, int button, QPoint cell, Qt::KeyboardModifiers modifiers);

    void scroll(int lines);         //!< positive: back in history
    void scrollToEnd();
    bool isAlternate() const;       //!< a full-screen program: it has no history
    void sendArrow(bool up, int times);

    void startSelection(QPoint cell);
    void extendSelection(QPoint cell);
    void clearSelection();
    QString selectedText() const;

Q_SIGNALS:
    void changed();
    //! For the program's standard input.
    void output(const QByteArray &bytes);
    void titleChanged(const QString &title);

private:
    class Callbacks;

    void snapshot();
    void touch();

    tsm_screen *m_screen = nullptr;
    tsm_vte *m_vte = nullptr;
    TerminalFilter m_filter;
    Colors m_colors;
    QSize m_size{80, 24};
    std::vector<Cell> m_cells;
    bool m_stale = true;
    bool m_inHistory = false;
    bool m_selecting = false;
};

} // namespace Gui
