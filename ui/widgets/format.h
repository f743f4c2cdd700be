// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QDateTime>
#include <QtCore/QString>
#include <QtCore/QStringList>

#include <chrono>

namespace Gui {

//! "4.3 MB", in the user's language, with powers of 1000 as Docker shows sizes.
QString sizeText(qint64 bytes);
//! "4,261,376 bytes", for tool tips.
QString exactSizeText(qint64 bytes);
//! "3 minutes ago" as seen at \p now.
QString agoText(const QDateTime &time, const QDateTime &now);
//! "850 ms", "4.2 s", "3 min 20 s".
QString durationText(std::chrono::milliseconds duration);
//! The date and time in full, for tool tips.
QString fullTimeText(const QDateTime &time);
//! \p words as a POSIX shell needs them, quoted only where they must be.
QString shellCommand(const QStringList &words);

} // namespace Gui
