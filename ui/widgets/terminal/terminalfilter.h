// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>

namespace Gui {

//! Stands before libtsm 4.0.2 and does what it leaves out. It keeps track of the private modes libtsm does not keep
//! (mouse reports, bracketed paste), writes CSI Ps b (REP, which TERM=xterm-256color promises) out as the repeated
//! character, answers DECRQM, drops the private sequences of xterm and kitty that libtsm would misread, and turns
//! colons in SGR into semicolons. All else goes through as it is. Sequences may be cut anywhere between two calls.
class TerminalFilter final
{
public:
    enum class MouseMode { Off, Press, PressRelease, Drag, Motion }; // DECSET 9, 1000, 1002, 1003

    struct Output {
        QByteArray toScreen;
        QByteArray toProgram;   //!< answers
    };

    //! \p screenCells bounds what one REP may repeat.
    Output filter(const QByteArray &bytes, int screenCells);

    MouseMode mouseMode() const { return m_mouse; }
    bool sgrMouse() const { return m_sgrMouse; }            //!< DECSET 1006
    bool bracketedPaste() const { return m_bracketedPaste; } //!< DECSET 2004

private:
    enum class State { Ground, Escape, Csi, String };

    void take(char byte, Output &out);
    void endCsi(char final, Output &out);
    void keepModes(bool on);
    QByteArray plainSgr() const;
    void remember(char byte);

    State m_state = State::Ground;
    QByteArray m_params, m_held;
    QByteArray m_last;          // UTF-8 of the character being read
    QByteArray m_repeatable;    // the last complete character
    qsizetype m_begin = 0;      // of the sequence, in Output::toScreen
    int m_screenCells = 1;
    MouseMode m_mouse = MouseMode::Off;
    bool m_sgrMouse = false, m_bracketedPaste = false;
};

} // namespace Gui
