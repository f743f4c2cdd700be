// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/terminal/terminalkeys.h"

#include <QtGui/QKeyEvent>

#include <libtsm.h>
#include <xkbcommon/xkbcommon-keysyms.h>

#include <algorithm>
#include <iterator>

namespace Gui {

namespace {

constexpr std::pair<int, quint32> namedKeys[] = {
    {Qt::Key_Return, XKB_KEY_Return}, {Qt::Key_Enter, XKB_KEY_KP_Enter}, {Qt::Key_Tab, XKB_KEY_Tab},
    {Qt::Key_Backtab, XKB_KEY_ISO_Left_Tab}, {Qt::Key_Backspace, XKB_KEY_BackSpace}, {Qt::Key_Escape, XKB_KEY_Escape},
    {Qt::Key_Up, XKB_KEY_Up}, {Qt::Key_Down, XKB_KEY_Down}, {Qt::Key_Left, XKB_KEY_Left}, {Qt::Key_Right, XKB_KEY_Right},
    {Qt::Key_Home, XKB_KEY_Home}, {Qt::Key_End, XKB_KEY_End}, {Qt::Key_PageUp, XKB_KEY_Page_Up},
    {Qt::Key_PageDown, XKB_KEY_Page_Down}, {Qt::Key_Insert, XKB_KEY_Insert}, {Qt::Key_Delete, XKB_KEY_Delete}};

quint32 namedSymbol(int key)
{
    if (key >= Qt::Key_F1 && key <= Qt::Key_F12)
        return XKB_KEY_F1 + quint32(key - Qt::Key_F1);
    const auto found = std::ranges::find(namedKeys, key, &std::pair<int, quint32>::first);
    return found == std::end(namedKeys) ? 0 : found->second;
}

} // namespace

std::optional<TerminalKey> terminalKey(const QKeyEvent &event)
{
    TerminalKey key{.symbol = namedSymbol(event.key()), .unicode = TSM_VTE_INVALID};
    if (event.modifiers() & Qt::ShiftModifier)
        key.modifiers |= TSM_SHIFT_MASK;
    if (event.modifiers() & Qt::ControlModifier)
        key.modifiers |= TSM_CONTROL_MASK;
    if (event.modifiers() & Qt::AltModifier)
        key.modifiers |= TSM_ALT_MASK;
    if (key.symbol == 0) {
        if ((key.modifiers & TSM_CONTROL_MASK) && event.key() >= '@' && event.key() <= '_') { // Ctrl+A … Ctrl+_
            key.symbol = quint32(event.key() >= 'A' && event.key() <= 'Z' ? event.key() | 0x20 : event.key());
        } else {
            const auto typed = event.text().toUcs4();
            if (typed.isEmpty())
                return {};
            key.symbol = typed.first();
        }
        key.unicode = key.symbol;
    }
    key.ascii = key.symbol < 128 ? key.symbol : TSM_VTE_INVALID;
    return key;
}

} // namespace Gui
