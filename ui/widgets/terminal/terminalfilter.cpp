// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/terminal/terminalfilter.h"

#include <QtCore/QList>

#include <utility>

namespace Gui {

namespace {

constexpr qsizetype longestParams = 64; // more is nonsense
constexpr qsizetype longestHeld = 256;

bool isIntermediate(char c)
{
    return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x30;
}

} // namespace

TerminalFilter::Output TerminalFilter::filter(const QByteArray &bytes, int screenCells)
{
    m_screenCells = screenCells;
    Output out;
    out.toScreen = std::exchange(m_held, {});
    out.toScreen.reserve(out.toScreen.size() + bytes.size());
    for (const char byte : bytes)
        take(byte, out);
    if (m_state == State::Escape || m_state == State::Csi) { // cut by the end of the block: waits for its rest
        m_held = out.toScreen.mid(m_begin);
        out.toScreen.truncate(m_begin);
        m_begin = 0;
        if (m_held.size() > longestHeld) {
            out.toScreen += std::exchange(m_held, {});
            m_state = State::Ground;
        }
    }
    return out;
}

void TerminalFilter::take(char byte, Output &out)
{
    const auto c = static_cast<unsigned char>(byte);
    out.toScreen.append(byte);
    if (c == 0x1b) {
        m_state = State::Escape;
        m_begin = out.toScreen.size() - 1;
        m_last.clear();
        return;
    }
    switch (m_state) {
    case State::Escape:
        m_state = c == '[' ? State::Csi : c == ']' || c == 'P' || c == '_' || c == '^' || c == 'X' ? State::String : State::Ground;
        m_params.clear();
        return;
    case State::String:
        if (c == 0x07 || c == 0x18 || c == 0x1a) // BEL ends it, CAN and SUB abort it; ESC \ comes by Escape
            m_state = State::Ground;
        return;
    case State::Csi:
        if (c >= 0x20 && c <= 0x3f) {
            if (m_params.size() < longestParams)
                m_params.append(byte);
            return;
        }
        m_state = State::Ground;
        endCsi(byte, out);
        m_repeatable.clear();
        return;
    case State::Ground:
        remember(byte);
    }
}

void TerminalFilter::remember(char byte)
{
    const auto c = static_cast<unsigned char>(byte);
    if (c < 0x20 || c == 0x7f) {
        m_last.clear();
        m_repeatable.clear();
    } else if (c < 0x80) {
        m_repeatable = QByteArray(1, byte);
        m_last.clear();
    } else if (c >= 0xc0) {
        m_last = QByteArray(1, byte);
        m_repeatable.clear();
    } else if (!m_last.isEmpty() && m_last.size() < 4) {
        m_last.append(byte);
        m_repeatable = m_last;
    }
}

void TerminalFilter::endCsi(char final, Output &out)
{
    const auto drop = [&] { out.toScreen.truncate(m_begin); };
    const char lead = m_params.isEmpty() ? '\0' : m_params.front();
    const bool intermediate = !m_params.isEmpty() && isIntermediate(m_params.back());
    if (final == 'b' && !intermediate) { // REP
        bool isNumber = false;
        const int times = m_params.isEmpty() ? 1 : m_params.toInt(&isNumber);
        drop();
        if (isNumber || m_params.isEmpty())
            out.toScreen += m_repeatable.repeated(qBound(1, times, m_screenCells));
    } else if (lead == '?' && (final == 'h' || final == 'l') && !intermediate) {
        keepModes(final == 'h');
    } else if (final == 'p' && m_params.endsWith('$')) { // DECRQM: libtsm takes it for a reset
        drop();
        out.toProgram += "\x1b[" + m_params.chopped(1) + ";0$y";
    } else if ((lead >= '<' && lead <= '>' && final != 'c') || (lead == '?' && final == 'm')
               || (intermediate && !(final == 'p' && lead == '!'))) {
        drop(); // libtsm would read ">4;2m" as SGR
    } else if (final == 'm' && m_params.contains(':')) {
        const QByteArray sgr = plainSgr();
        drop();
        out.toScreen += sgr;
    }
}

void TerminalFilter::keepModes(bool on)
{
    const auto numbers = m_params.mid(1).split(';');
    for (const QByteArray &number : numbers) {
        switch (number.toInt()) {
        case 9: m_mouse = on ? MouseMode::Press : MouseMode::Off; break;
        case 1000: m_mouse = on ? MouseMode::PressRelease : MouseMode::Off; break;
        case 1002: m_mouse = on ? MouseMode::Drag : MouseMode::Off; break;
        case 1003: m_mouse = on ? MouseMode::Motion : MouseMode::Off; break;
        case 1006: m_sgrMouse = on; break;
        case 2004: m_bracketedPaste = on; break;
        default: break;
        }
    }
}

// 38:2::r:g:b, 48:5:n, 4:3
QByteArray TerminalFilter::plainSgr() const
{
    QByteArrayList parts;
    const auto attributes = m_params.split(';');
    for (const QByteArray &attribute : attributes) {
        QByteArrayList fields = attribute.split(':');
        if (fields.size() >= 6 && fields[1] == "2")
            fields.removeAt(2); // the colour space
        if (fields.size() > 1 && fields[0] == "4")
            fields = {fields[1] == "0" ? "24" : "4"};
        parts += fields;
    }
    return "\x1b[" + parts.join(';') + 'm';
}

} // namespace Gui
