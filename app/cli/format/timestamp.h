// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QDateTime>

#include <expected>

namespace Cli {

//! Reads what `logs --since` takes: RFC 3339 with or without its ends ("2013-01-02T13:23Z", "2013-01-02"), seconds since
//! the epoch ("1136073600.000000001"), or a duration before \p now ("42m", "1h30m"). Without a zone \p zone counts.
//! \return nanoseconds since the epoch, or what is wrong
[[nodiscard]] std::expected<qint64, QString> parseTimestamp(const QString &text, const QDateTime &now,
                                                            Qt::TimeSpec zone = Qt::LocalTime);

//! RFC 3339 with nine digits, UTC: "2026-11-23T21:17:00.123456789Z".
[[nodiscard]] QString rfc3339Nano(qint64 nanosecondsSinceEpoch);

} // namespace Cli
