// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>

namespace Cli {

struct Command;
struct CommandGroup;

//! `slipway --help`.
[[nodiscard]] QString programHelp();
//! `slipway container --help`.
[[nodiscard]] QString groupHelp(const CommandGroup &group);
//! `slipway run --help`; \p path is how it was called.
[[nodiscard]] QString commandHelp(const Command &command, const QString &path);
//! "slipway run [OPTIONS] IMAGE …"
[[nodiscard]] QString usageLine(const Command &command, const QString &path);
//! The known commands nearest to \p typed, best first; empty when nothing is near.
[[nodiscard]] QStringList suggestions(const QString &typed);

} // namespace Cli
