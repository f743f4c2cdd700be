// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/qglobal.h>

#include <optional>

class QKeyEvent;

namespace Gui {

//! A key press in libtsm's words.
struct TerminalKey {
    quint32 symbol = 0;     //!< XKB_KEY_…
    quint32 ascii = 0;      //!< TSM_VTE_INVALID when the key has none
    unsigned modifiers = 0; //!< TSM_…_MASK
    quint32 unicode = 0;    //!< TSM_VTE_INVALID when the key types nothing
};

//! \return nothing for keys a terminal does not send (modifiers alone, media keys)
std::optional<TerminalKey> terminalKey(const QKeyEvent &event);

} // namespace Gui
