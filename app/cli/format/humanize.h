// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QDateTime>
#include <QtCore/QStringList>

#include <chrono>

// Docker's ways to write sizes, times and texts, so that scripts which read its columns read ours.
namespace Cli {

//! "Less than a second", "5 seconds", "About a minute", "3 hours", "2 weeks".
[[nodiscard]] QString humanDuration(std::chrono::seconds duration);
//! "3 hours ago"; "N/A" for an invalid time.
[[nodiscard]] QString humanSince(const QDateTime &time, const QDateTime &now);
//! Decimal units, three digits: "0B", "13.3kB", "4.26MB", "117MB".
[[nodiscard]] QString humanSize(qint64 bytes);
//! Go's time.Time.String() for local time: "2026-11-23 21:17:00 +0000 UTC".
[[nodiscard]] QString goTime(const QDateTime &time);
//! Cuts \p text to \p width terminal columns with "…" at the end; wide characters count two.
[[nodiscard]] QString ellipsis(const QString &text, int width);
//! In double quotes as Go's strconv.Quote does, so that no control character of a container's reaches the terminal.
[[nodiscard]] QString quoted(const QString &text);
//! The command of a container on one line.
[[nodiscard]] QString commandLine(const QStringList &command);
//! Without what could command a terminal: control characters become "?".
[[nodiscard]] QString harmless(const QString &text);

} // namespace Cli
