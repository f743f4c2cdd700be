// SPDX-License-Identifier: GPL-3.0-or-later
#include "timestamp.h"

#include <QtCore/QRegularExpression>
#include <QtCore/QTimeZone>

#include <optional>

namespace Cli {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 nanosecondsPerSecond = 1'000'000'000;

//! The digits after a decimal point as nanoseconds; further digits are cut.
qint64 fraction(QStringView digits)
{
    QString nine = digits.left(9).toString();
    return nine.leftJustified(9, u'0').toLongLong();
}

//! Go's durations without sign: "1h30m", "1.5h", "300ms".
std::optional<qint64> parseDuration(const QString &text)
{
    static const QRegularExpression whole(u"^(?:\\d+(?:\\.\\d*)?(?:ns|us|µs|ms|s|m|h))+$"_s);
    static const QRegularExpression part(u"(\\d+(?:\\.\\d*)?)(ns|us|µs|ms|s|m|h)"_s);
    if (!whole.match(text).hasMatch())
        return {};
    double nanoseconds = 0;
    for (auto it = part.globalMatch(text); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        const QString unit = match.captured(2);
        const double factor = unit == "h"_L1 ? 3.6e12
            : unit == "m"_L1                 ? 6e10
            : unit == "s"_L1                 ? 1e9
            : unit == "ms"_L1                ? 1e6
            : unit == "ns"_L1                ? 1
                                             : 1e3;
        nanoseconds += match.captured(1).toDouble() * factor;
    }
    return static_cast<qint64>(nanoseconds);
}

std::optional<qint64> parseDate(const QString &text, Qt::TimeSpec zone)
{
    static const QRegularExpression pattern(
        u"^(\\d{4})-(\\d\\d)-(\\d\\d)(?:T(\\d{1,2})(?::(\\d\\d)(?::(\\d\\d)(?:\\.(\\d+))?)?)?)?(Z|[+-]\\d\\d:\\d\\d)?$"_s);
    const QRegularExpressionMatch match = pattern.match(text);
    if (!match.hasMatch())
        return {};
    const auto number = [&match](int group) { return match.captured(group).toInt(); };
    const QDate date(number(1), number(2), number(3));
    const QTime time(number(4), number(5), number(6));
    if (!date.isValid() || !time.isValid())
        return {};
    const QString offset = match.captured(8);
    qint64 seconds = 0;
    if (offset.isEmpty()) {
        seconds = (zone == Qt::UTC ? QDateTime(date, time, QTimeZone::utc()) : QDateTime(date, time)).toSecsSinceEpoch();
    } else {
        seconds = QDateTime(date, time, QTimeZone::utc()).toSecsSinceEpoch();
        if (offset != "Z"_L1) {
            const int distance = offset.mid(1, 2).toInt() * 3600 + offset.mid(4, 2).toInt() * 60;
            seconds += offset.startsWith(u'-') ? distance : -distance;
        }
    }
    return seconds * nanosecondsPerSecond + fraction(match.captured(7));
}

std::optional<qint64> parseEpoch(const QString &text)
{
    static const QRegularExpression pattern(u"^(\\d+)(?:\\.(\\d+))?$"_s);
    const QRegularExpressionMatch match = pattern.match(text);
    if (!match.hasMatch())
        return {};
    bool fits = false;
    const qint64 seconds = match.captured(1).toLongLong(&fits);
    if (!fits || seconds > std::numeric_limits<qint64>::max() / nanosecondsPerSecond - 1)
        return {};
    return seconds * nanosecondsPerSecond + fraction(match.captured(2));
}

} // namespace

std::expected<qint64, QString> parseTimestamp(const QString &text, const QDateTime &now, Qt::TimeSpec zone)
{
    if (const std::optional<qint64> duration = parseDuration(text))
        return now.toMSecsSinceEpoch() * 1'000'000 - *duration;
    if (const std::optional<qint64> date = parseDate(text, zone))
        return *date;
    if (const std::optional<qint64> epoch = parseEpoch(text))
        return *epoch;
    return std::unexpected(u"\"%1\" is neither a time (2013-01-02T13:23:37Z) nor a duration (42m)"_s.arg(text));
}

QString rfc3339Nano(qint64 nanosecondsSinceEpoch)
{
    const QDateTime time = QDateTime::fromSecsSinceEpoch(nanosecondsSinceEpoch / nanosecondsPerSecond, QTimeZone::utc());
    return time.toString(u"yyyy-MM-ddTHH:mm:ss"_s) + u'.'
        + QString::number(nanosecondsSinceEpoch % nanosecondsPerSecond).rightJustified(9, u'0') + u'Z';
}

} // namespace Cli
