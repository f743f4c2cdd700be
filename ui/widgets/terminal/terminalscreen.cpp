// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/terminal/terminalscreen.h"

#include "widgets/terminal/terminalkeys.h"

#include <QtGui/QKeyEvent>

#include <libtsm.h>
#include <xkbcommon/xkbcommon-keysyms.h>

#include <cstdlib>
#include <new>

namespace Gui {

using namespace Qt::StringLiterals;

namespace {
constexpr int widestTerminal = 1000, highestTerminal = 500; // cells; bounds the memory of one console
}

//! libtsm's C callbacks.
class TerminalScreen::Callbacks
{
public:
    static void write(tsm_vte *, const char *bytes, size_t length, void *self)
    {
        Q_EMIT static_cast<TerminalScreen *>(self)->output(QByteArray(bytes, qsizetype(length)));
    }

    static void osc(tsm_vte *, const char *bytes, size_t length, void *self)
    {
        const QByteArray text(bytes, qsizetype(length));
        if (text.startsWith("0;") || text.startsWith("2;"))
            Q_EMIT static_cast<TerminalScreen *>(self)->titleChanged(QString::fromUtf8(text.mid(2)));
    }

    static int cell(tsm_screen *, uint64_t, const uint32_t *text, size_t length, unsigned width, unsigned x, unsigned y,
                    const tsm_screen_attr *a, tsm_age_t, void *data)
    {
        auto *self = static_cast<TerminalScreen *>(data);
        if (int(x) >= self->m_size.width() || int(y) >= self->m_size.height())
            return 0;
        Cell &c = self->m_cells[size_t(y) * size_t(self->m_size.width()) + x];
        c.length = quint8(std::min(length, c.text.size()));
        std::copy_n(text, c.length, c.text.begin());
        c.width = quint8(width);
        c.bold = a->bold;
        c.italic = a->italic;
        c.underline = a->underline;
        c.foreground = self->m_colors.of(a->fccode, qRgb(a->fr, a->fg, a->fb));
        c.background = self->m_colors.of(a->bccode, qRgb(a->br, a->bg, a->bb));
        if (a->inverse)
            std::swap(c.foreground, c.background);
        return 0;
    }
};

TerminalScreen::TerminalScreen(QObject *parent)
    : QObject(parent)
{
    if (tsm_screen_new(&m_screen, nullptr, nullptr) < 0
        || tsm_vte_new(&m_vte, m_screen, &Callbacks::write, this, nullptr, nullptr) < 0)
        throw std::bad_alloc(); // the only way these fail
    tsm_screen_set_max_sb(m_screen, scrollbackLines);
    tsm_vte_set_osc_cb(m_vte, &Callbacks::osc, this);
    tsm_screen_resize(m_screen, unsigned(m_size.width()), unsigned(m_size.height()));
}

TerminalScreen::~TerminalScreen()
{
    tsm_vte_unref(m_vte);
    tsm_screen_unref(m_screen);
}

QRgb TerminalScreen::Colors::of(int code, QRgb direct) const
{
    if (code < 0)
        return direct;
    if (code == TSM_COLOR_FOREGROUND)
        return text;
    return code < int(ansi.size()) ? ansi[size_t(code)] : ground;
}

void TerminalScreen::feed(const QByteArray &bytes)
{
    const TerminalFilter::Output filtered = m_filter.filter(bytes, m_size.width() * m_size.height());
    if (!filtered.toProgram.isEmpty())
        Q_EMIT output(filtered.toProgram);
    tsm_vte_input(m_vte, filtered.toScreen.constData(), size_t(filtered.toScreen.size()));
    touch();
}

void TerminalScreen::touch()
{
    m_stale = true;
    Q_EMIT changed();
}

void TerminalScreen::resize(QSize cells)
{
    const QSize bounded(std::clamp(cells.width(), 2, widestTerminal), std::clamp(cells.height(), 1, highestTerminal));
    if (bounded == m_size)
        return;
    const int cursorRow = int(tsm_screen_get_cursor_y(m_screen));
    const int unused = std::min(m_size.height() - bounded.height(), m_size.height() - 1 - cursorRow);
    if (unused > 0 && !isAlternate()) {
        // libtsm takes rows away at the top, even while those below the cursor are empty: bring the text down first
        tsm_screen_scroll_down(m_screen, unsigned(unused));
        tsm_screen_move_to(m_screen, tsm_screen_get_cursor_x(m_screen), unsigned(cursorRow + unused));
    }
    m_size = bounded;
    tsm_screen_resize(m_screen, unsigned(bounded.width()), unsigned(bounded.height()));
    touch();
}

void TerminalScreen::setColors(const Colors &colors)
{
    m_colors = colors; // libtsm's own palette is of no use: setting it clears the screen
    touch();
}

void TerminalScreen::snapshot()
{
    if (!m_stale)
        return;
    m_cells.assign(size_t(m_size.width()) * size_t(m_size.height()),
                   Cell{.foreground = m_colors.text, .background = m_colors.ground});
    tsm_screen_draw(m_screen, &Callbacks::cell, this);
    if (const auto at = cursor()) { // libtsm has drawn it inverted; the view draws its own
        Cell &c = m_cells[size_t(at->y() * m_size.width() + at->x())];
        std::swap(c.foreground, c.background);
    }
    m_stale = false;
}

std::span<const TerminalScreen::Cell> TerminalScreen::cells()
{
    snapshot();
    return m_cells;
}

std::optional<QPoint> TerminalScreen::cursor()
{
    if (m_inHistory || (tsm_screen_get_flags(m_screen) & TSM_SCREEN_HIDE_CURSOR))
        return {};
    const QPoint at(int(tsm_screen_get_cursor_x(m_screen)), int(tsm_screen_get_cursor_y(m_screen)));
    if (at.x() >= m_size.width() || at.y() >= m_size.height())
        return {};
    return at;
}

QString TerminalScreen::text()
{
    snapshot();
    QString lines;
    for (int y = 0; y < m_size.height(); ++y) {
        QString line;
        for (int x = 0; x < m_size.width(); ++x) {
            const Cell &c = m_cells[size_t(y * m_size.width() + x)];
            if (c.width > 0)
                line += c.length > 0 ? QString::fromUcs4(c.text.data(), c.length) : u" "_s;
        }
        while (line.endsWith(u' '))
            line.chop(1);
        lines += line + u'\n';
    }
    return lines;
}

bool TerminalScreen::sendKey(const QKeyEvent &event)
{
    const auto key = terminalKey(event);
    if (!key)
        return false;
    scrollToEnd();
    if (event.key() == Qt::Key_Backspace) { // libtsm sends BS; xterm-256color and every pty's erase character say DEL
        const bool wantsOther = event.modifiers() & Qt::ControlModifier;
        Q_EMIT output(QByteArray(event.modifiers() & Qt::AltModifier ? "\x1b" : "") + (wantsOther ? '\b' : '\x7f'));
        return true;
    }
    tsm_vte_handle_keyboard(m_vte, key->symbol, key->ascii, key->modifiers, key->unicode);
    return true;
}

void TerminalScreen::paste(const QString &text)
{
    // an ESC in pasted text could end the bracket and type a command
    const QByteArray bytes = text.toUtf8().replace("\x1b", "").replace("\r\n", "\r").replace("\n", "\r");
    Q_EMIT output(m_filter.bracketedPaste() ? "\x1b[200~" + bytes + "\x1b[201~" : bytes);
    scrollToEnd();
}

bool TerminalScreen::sendMouse(MouseAction action, int button, QPoint cell, Qt::KeyboardModifiers modifiers)
{
    using Mode = TerminalFilter::MouseMode;
    const Mode mode = m_filter.mouseMode();
    if (mode == Mode::Off || (modifiers & Qt::ShiftModifier)) // Shift: the user wants to select
        return false;
    const bool isMove = action == MouseAction::Move;
    if ((isMove && mode != Mode::Motion && !(mode == Mode::Drag && button >= 0)) || (action == MouseAction::Release && mode == Mode::Press))
        return true;
    int code = (button < 0 ? 3 : button) + (isMove ? 32 : 0) + (modifiers & Qt::AltModifier ? 8 : 0)
               + (modifiers & Qt::ControlModifier ? 16 : 0);
    constexpr int largestPlainCoordinate = 222; // of the old encoding, one byte each
    if (m_filter.sgrMouse()) {
        Q_EMIT output(u"\x1b[<%1;%2;%3%4"_s.arg(code).arg(cell.x() + 1).arg(cell.y() + 1)
                          .arg(QLatin1Char(action == MouseAction::Release ? 'm' : 'M')).toLatin1());
    } else if (cell.x() <= largestPlainCoordinate && cell.y() <= largestPlainCoordinate) {
        if (action == MouseAction::Release)
            code |= 3;
        Q_EMIT output(QByteArray("\x1b[M") + char(32 + code) + char(33 + cell.x()) + char(33 + cell.y()));
    }
    return true;
}

void TerminalScreen::scroll(int lines)
{
    if (lines > 0)
        tsm_screen_sb_up(m_screen, unsigned(lines));
    else
        tsm_screen_sb_down(m_screen, unsigned(-lines));
    m_inHistory = true; // libtsm does not tell; until the next key the cursor is drawn by it
    touch();
}

void TerminalScreen::scrollToEnd()
{
    tsm_screen_sb_reset(m_screen);
    m_inHistory = false;
    touch();
}

bool TerminalScreen::isAlternate() const
{
    return tsm_screen_get_flags(m_screen) & TSM_SCREEN_ALTERNATE;
}

void TerminalScreen::sendArrow(bool up, int times)
{
    for (int i = 0; i < times; ++i)
        tsm_vte_handle_keyboard(m_vte, up ? XKB_KEY_Up : XKB_KEY_Down, TSM_VTE_INVALID, 0, TSM_VTE_INVALID);
}

void TerminalScreen::startSelection(QPoint cell)
{
    tsm_screen_selection_start(m_screen, unsigned(cell.x()), unsigned(cell.y()));
    m_selecting = true;
    touch();
}

void TerminalScreen::extendSelection(QPoint cell)
{
    tsm_screen_selection_target(m_screen, unsigned(cell.x()), unsigned(cell.y()));
    touch();
}

void TerminalScreen::clearSelection()
{
    tsm_screen_selection_reset(m_screen);
    m_selecting = false;
    touch();
}

QString TerminalScreen::selectedText() const
{
    if (!m_selecting)
        return {};
    char *bytes = nullptr;
    if (tsm_screen_selection_copy(m_screen, &bytes) < 0)
        return {};
    const std::unique_ptr<char, decltype(&std::free)> owner(bytes, &std::free);
    return QString::fromUtf8(bytes);
}

} // namespace Gui
