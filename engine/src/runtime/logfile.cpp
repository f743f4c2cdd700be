// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/logfile_p.h"

#include "linux/syscalls_p.h"

#include <QtCore/QTimeZone>

#include <sys/stat.h>

#include <charconv>
#include <chrono>
#include <optional>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr qint64 tailBlockBytes = 64 * 1024;
constexpr qsizetype stampMaxBytes = 40; // "2026-11-23T21:36:29.315049503+00:00"

//! Reads a number at the front of \p text and the separator behind it (0: none wanted).
std::optional<int> takeNumber(QByteArrayView &text, char separator)
{
    int value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc() || value < 0)
        return {};
    text = text.sliced(end - text.data());
    if (separator != 0) {
        if (text.isEmpty() || text.front() != separator)
            return {};
        text = text.sliced(1);
    }
    return value;
}

//! "+00:00", "-05:30", "Z" in seconds.
std::optional<int> zoneOffset(QByteArrayView text)
{
    if (text == "Z")
        return 0;
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-'))
        return {};
    QByteArrayView rest = text.sliced(1);
    const auto hours = takeNumber(rest, ':');
    const auto minutes = takeNumber(rest, 0);
    if (!hours || !minutes)
        return {};
    const int seconds = *hours * 3600 + *minutes * 60;
    return text[0] == '-' ? -seconds : seconds;
}

//! RFC 3339 with up to nine decimals, in nanoseconds since the epoch.
std::optional<qint64> parseStamp(QByteArrayView text)
{
    const auto year = takeNumber(text, '-');
    const auto month = year ? takeNumber(text, '-') : year;
    const auto day = month ? takeNumber(text, 'T') : month;
    const auto hour = day ? takeNumber(text, ':') : day;
    const auto minute = hour ? takeNumber(text, ':') : hour;
    const auto second = minute ? takeNumber(text, 0) : minute;
    if (!second)
        return {};
    qint64 nanoseconds = 0;
    if (text.startsWith('.')) {
        text = text.sliced(1);
        int digits = 0;
        while (!text.isEmpty() && text.front() >= '0' && text.front() <= '9' && digits < 9) {
            nanoseconds = nanoseconds * 10 + (text.front() - '0');
            text = text.sliced(1);
            ++digits;
        }
        for (; digits < 9; ++digits)
            nanoseconds *= 10;
    }
    const auto offset = zoneOffset(text);
    const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(unsigned(*month)), std::chrono::day(unsigned(*day))};
    if (!offset || !date.ok() || *year < 1970 || *year > 2200)
        return {};
    const qint64 days = std::chrono::sys_days(date).time_since_epoch().count();
    const qint64 seconds = days * 86400 + *hour * 3600 + *minute * 60 + *second - *offset;
    return seconds * 1'000'000'000 + nanoseconds;
}

//! The parts of one log line before its text.
struct LogHead {
    qint64 nanoseconds = 0;
    OutputStream stream = OutputStream::Stdout;
    bool partial = false;
    qsizetype textAt = 0;
};

std::optional<LogHead> parseHead(QByteArrayView line)
{
    const qsizetype space = line.first(std::min(line.size(), stampMaxBytes)).indexOf(' ');
    if (space < 0)
        return {};
    const QByteArrayView rest = line.sliced(space + 1);
    LogHead head;
    if (rest.startsWith("stdout "))
        head.stream = OutputStream::Stdout;
    else if (rest.startsWith("stderr "))
        head.stream = OutputStream::Stderr;
    else
        return {};
    if (rest.size() < 9 || rest[8] != ' ' || (rest[7] != 'F' && rest[7] != 'P'))
        return {};
    const auto stamp = parseStamp(line.first(space));
    if (!stamp)
        return {};
    head.nanoseconds = *stamp;
    head.partial = rest[7] == 'P';
    head.textAt = space + 1 + 9;
    return head;
}

std::optional<LogLine> parseLine(QByteArrayView line)
{
    const auto head = parseHead(line);
    if (!head)
        return {};
    LogLine entry;
    entry.nanoseconds = head->nanoseconds;
    entry.time = QDateTime::fromMSecsSinceEpoch(head->nanoseconds / 1'000'000, QTimeZone::utc());
    entry.stream = head->stream;
    entry.bytes = line.sliced(head->textAt).toByteArray();
    if (!head->partial)
        entry.bytes.append('\n');
    return entry;
}

//! The log's last part, grown backwards block by block.
class BackwardReader final
{
public:
    BackwardReader(int fd, qint64 size) : m_fd(fd), m_begin(size) {}
    qint64 begin() const { return m_begin; }
    QByteArrayView bytes() const { return m_bytes; }

    Result<bool> grow()
    {
        const qint64 step = std::min(m_begin, tailBlockBytes);
        if (step == 0)
            return false;
        QByteArray block(step, Qt::Uninitialized);
        qint64 done = 0;
        while (done < step) {
            const ssize_t count = ::pread(m_fd, block.data() + done, size_t(step - done), m_begin - step + done);
            if (count < 0 && errno == EINTR)
                continue;
            if (count <= 0)
                return Failure(errnoError("pread", u"container log"_s, count < 0 ? errno : EIO));
            done += count;
        }
        m_begin -= step;
        m_bytes.prepend(block);
        return true;
    }

private:
    int m_fd;
    qint64 m_begin;
    QByteArray m_bytes;
};

} // namespace

QList<LogLine> LogParser::feed(QByteArrayView bytes)
{
    QList<LogLine> lines;
    m_rest.append(bytes.data(), bytes.size());
    qsizetype begin = 0;
    for (qsizetype end = m_rest.indexOf('\n'); end >= 0; end = m_rest.indexOf('\n', begin)) {
        if (auto line = parseLine(QByteArrayView(m_rest).sliced(begin, end - begin)))
            lines.append(std::move(*line));
        begin = end + 1;
    }
    m_rest.remove(0, begin);
    return lines;
}

// A whole line ends with an F entry, so the wanted place is behind the (lines + 1)-th F entry from the end. P entries at
// the very end are an unfinished line of its own.
Result<qint64> findLogTail(int fd, int lines)
{
    struct stat info = {};
    if (::fstat(fd, &info) != 0)
        return Failure(errnoError("fstat", u"container log"_s, errno));
    if (lines <= 0)
        return qint64(info.st_size);
    BackwardReader reader(fd, info.st_size);
    qint64 lineEnd = info.st_size; // absolute: one past the newline of the entry looked at next
    int found = 0;
    bool unfinished = true; // entries behind the last F
    while (true) {
        const qsizetype searchFrom = lineEnd - 2 - reader.begin();
        const qsizetype newline = searchFrom < 0 ? -1 : reader.bytes().lastIndexOf('\n', searchFrom);
        if (newline < 0 && reader.begin() > 0) {
            if (auto grown = reader.grow(); !grown)
                return Failure(grown.error());
            continue;
        }
        if (lineEnd <= reader.begin())
            return qint64(0);
        const qsizetype entryAt = newline + 1;
        const qsizetype entryBytes = lineEnd - reader.begin() - entryAt;
        const auto head = parseHead(reader.bytes().sliced(entryAt, std::max<qsizetype>(entryBytes, 0)));
        if (head && !head->partial) {
            if (found == lines)
                return lineEnd;
            ++found;
            unfinished = false;
        } else if (head && unfinished) {
            ++found;
            unfinished = false;
        }
        lineEnd = reader.begin() + entryAt;
        if (lineEnd <= 0)
            return qint64(0);
    }
}

} // namespace Engine::Internal
