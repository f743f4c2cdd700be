// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QStringList>

namespace Cli {

//! Aligns rows of tab-separated cells: each column as wide as its widest cell and three spaces, at least ten; the last
//! cell of a row is not filled up. Docker's table settings.
[[nodiscard]] QString alignedTable(const QList<QStringList> &rows);

} // namespace Cli
