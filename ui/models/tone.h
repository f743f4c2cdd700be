// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/Qt>

namespace Gui {

//! How a state feels; each has its own colour and its own shape.
enum class Tone { Idle, Ok, Warn, Bad, Busy };

//! Roles that delegates of several models share.
enum SharedRole {
    SortRole = Qt::UserRole + 100,  //!< raw numbers and dates
    FilterRole,                     //!< all words a filter looks in
    ToneRole,                       //!< Tone, of a cell with a badge
    IdRole,                         //!< QString, the row's identity
    ShareRole,                      //!< 0…1, the length of a size bar
};

} // namespace Gui
