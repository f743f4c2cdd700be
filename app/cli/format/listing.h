// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gotemplate.h"

#include <QtCore/QList>

namespace Cli {

//! How one list command prints its rows by default.
struct ListingView {
    const char *table;          //!< template of a row; cells parted by tabs
    const char *quietTable;     //!< with -q
    const char *raw = nullptr;  //!< --format raw: one field a line; null: there is no such format
    bool quietWins = false;     //!< -q counts more than a template: so for ps, not for images
    Json titles;                //!< heading of each field a row has
};

//! Prints \p rows (objects with the fields of the view) as --format says: empty or "table", "table TEMPLATE", "json", "raw", or a
//! TEMPLATE. \return the text, or the mistake in the template in Docker's words
[[nodiscard]] std::expected<QString, QString> formatListing(const ListingView &view, const QList<Json> &rows, const QString &format,
                                                            bool quiet);

//! The same, printed. \return the exit code
[[nodiscard]] int printListing(const ListingView &view, const QList<Json> &rows, const QString &format, bool quiet);

} // namespace Cli
