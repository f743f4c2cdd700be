// SPDX-License-Identifier: GPL-3.0-or-later
#include "humanize.h"

#include <QtCore/QTimeZone>

#include <array>

namespace Cli {

using namespace Qt::StringLiterals;

namespace {

struct Range {
    char32_t first;
    char32_t last;
};

//! East Asian wide and fullwidth blocks and emoji (Unicode 15, EastAsianWidth.txt W and F), merged.
constexpr Range wideRanges[] = {
    {0x1100, 0x115F}, {0x2E80, 0x303E}, {0x3041, 0xA4CF}, {0xA960, 0xA97F}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF},
    {0xFE30, 0xFE6F}, {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1FAFF},
    {0x20000, 0x3FFFD},
};

int columnsOf(char32_t character)
{
    for (const Range &range : wideRanges) {
        if (character >= range.first && character <= range.last)
            return 2;
    }
    return 1;
}

QString counted(qint64 count, QLatin1StringView unit)
{
    return QString::number(count) + u' ' + unit;
}

} // namespace

QString humanDuration(std::chrono::seconds duration)
{
    const qint64 seconds = duration.count();
    const qint64 minutes = seconds / 60;
    const qint64 hours = (seconds + 1800) / 3600; // rounded, as Docker does
    if (seconds < 1)
        return u"Less than a second"_s;
    if (seconds == 1)
        return u"1 second"_s;
    if (seconds < 60)
        return counted(seconds, "seconds"_L1);
    if (minutes == 1)
        return u"About a minute"_s;
    if (minutes < 60)
        return counted(minutes, "minutes"_L1);
    if (hours == 1)
        return u"About an hour"_s;
    if (hours < 48)
        return counted(hours, "hours"_L1);
    if (hours < 24 * 7 * 2)
        return counted(hours / 24, "days"_L1);
    if (hours < 24 * 30 * 2)
        return counted(hours / 24 / 7, "weeks"_L1);
    if (hours < 24 * 365 * 2)
        return counted(hours / 24 / 30, "months"_L1);
    return counted(seconds / 3600 / 24 / 365, "years"_L1);
}

QString humanSince(const QDateTime &time, const QDateTime &now)
{
    if (!time.isValid())
        return u"N/A"_s;
    return humanDuration(std::chrono::seconds(time.secsTo(now))) + " ago"_L1;
}

QString humanSize(qint64 bytes)
{
    static constexpr std::array units{"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    double size = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (size >= 999.5 && unit + 1 < units.size()) { // what would round to four digits takes the next unit
        size /= 1000;
        ++unit;
    }
    return QString::number(size, 'g', 3) + QLatin1StringView(units[unit]);
}

QString goTime(const QDateTime &time)
{
    const QDateTime local = time.toLocalTime();
    const int minutes = local.offsetFromUtc() / 60;
    return local.toString(u"yyyy-MM-dd HH:mm:ss "_s)
        + u"%1%2%3 "_s.arg(minutes < 0 ? u'-' : u'+')
              .arg(std::abs(minutes) / 60, 2, 10, QLatin1Char('0'))
              .arg(std::abs(minutes) % 60, 2, 10, QLatin1Char('0'))
        + local.timeZoneAbbreviation();
}

QString ellipsis(const QString &text, int width)
{
    if (width <= 0)
        return {};
    const QList<uint> characters = text.toUcs4();
    int total = 0;
    for (const uint character : characters)
        total += columnsOf(character);
    if (total <= width)
        return text;
    if (width == 1)
        return QString::fromUcs4(reinterpret_cast<const char32_t *>(characters.constData()), 1);
    qsizetype taken = 0;
    for (int used = columnsOf(characters[0]); used < width; used += columnsOf(characters[taken])) // one column stays for "…"
        ++taken;
    return QString::fromUcs4(reinterpret_cast<const char32_t *>(characters.constData()), taken) + u'…';
}

QString quoted(const QString &text)
{
    QString result = u"\""_s;
    for (const uint character : text.toUcs4()) {
        switch (character) {
        case '"': result += "\\\""_L1; break;
        case '\\': result += "\\\\"_L1; break;
        case '\a': result += "\\a"_L1; break;
        case '\b': result += "\\b"_L1; break;
        case '\f': result += "\\f"_L1; break;
        case '\n': result += "\\n"_L1; break;
        case '\r': result += "\\r"_L1; break;
        case '\t': result += "\\t"_L1; break;
        case '\v': result += "\\v"_L1; break;
        default:
            if (character < 0x80 && !QChar::isPrint(character))
                result += u"\\x%1"_s.arg(character, 2, 16, QLatin1Char('0'));
            else if (!QChar::isPrint(character))
                result += u"\\u%1"_s.arg(character, 4, 16, QLatin1Char('0'));
            else
                result += QString::fromUcs4(reinterpret_cast<const char32_t *>(&character), 1);
        }
    }
    return result + u'"';
}

QString commandLine(const QStringList &command)
{
    return command.join(u' ');
}

QString harmless(const QString &text)
{
    QString result = text;
    for (QChar &character : result) {
        if (character.category() == QChar::Other_Control && character != u'\t')
            character = u'?';
    }
    return result;
}

} // namespace Cli
