// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/format.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QLocale>
#include <QtCore/QRegularExpression>

namespace Gui {

using namespace Qt::StringLiterals;

namespace {
struct Words {
    Q_DECLARE_TR_FUNCTIONS(Gui::Format)
};
} // namespace

QString sizeText(qint64 bytes)
{
    return QLocale().formattedDataSize(bytes, bytes < 1000 ? 0 : 1, QLocale::DataSizeSIFormat);
}

QString exactSizeText(qint64 bytes)
{
    // %n cannot hold more than an int
    return bytes == 1 ? Words::tr("1 byte") : Words::tr("%1 bytes").arg(QLocale().toString(bytes));
}

QString agoText(const QDateTime &time, const QDateTime &now)
{
    if (!time.isValid())
        return {};
    const qint64 seconds = time.secsTo(now);
    constexpr qint64 minute = 60, hour = 60 * minute, day = 24 * hour, week = 7 * day, month = 30 * day, year = 365 * day;
    if (seconds < 10)
        return Words::tr("just now");
    if (seconds < minute)
        return Words::tr("%n second(s) ago", nullptr, int(seconds));
    if (seconds < hour)
        return Words::tr("%n minute(s) ago", nullptr, int(seconds / minute));
    if (seconds < day)
        return Words::tr("%n hour(s) ago", nullptr, int(seconds / hour));
    if (seconds < 2 * week)
        return Words::tr("%n day(s) ago", nullptr, int(seconds / day));
    if (seconds < 2 * month)
        return Words::tr("%n week(s) ago", nullptr, int(seconds / week));
    if (seconds < 2 * year)
        return Words::tr("%n month(s) ago", nullptr, int(seconds / month));
    return Words::tr("%n year(s) ago", nullptr, int(seconds / year));
}

QString durationText(std::chrono::milliseconds duration)
{
    const qint64 ms = duration.count();
    const QLocale locale;
    if (ms < 1000)
        return Words::tr("%1 ms").arg(locale.toString(ms));
    if (ms < 60'000)
        return Words::tr("%1 s").arg(locale.toString(double(ms) / 1000.0, 'f', 1));
    return Words::tr("%1 min %2 s").arg(locale.toString(ms / 60'000), locale.toString(ms / 1000 % 60));
}

QString fullTimeText(const QDateTime &time)
{
    return QLocale().toString(time.toLocalTime(), QLocale::LongFormat);
}

QString shellCommand(const QStringList &words)
{
    static const QRegularExpression plain(u"^[A-Za-z0-9_@%+=:,./-]+$"_s);
    QStringList quoted;
    for (const QString &word : words)
        quoted += plain.match(word).hasMatch() ? word : u'\'' + QString(word).replace(u'\'', u"'\\''"_s) + u'\'';
    return quoted.join(u' ');
}

} // namespace Gui
