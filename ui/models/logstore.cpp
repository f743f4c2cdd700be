// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logstore.h"

#include <QtCore/QDateTime>

#include <algorithm>

namespace Gui {

using namespace Qt::StringLiterals;

namespace {

constexpr int logTabWidth = 8;
constexpr int longestLine = 16 * 1024; // characters shown of one line; a log without line ends must not stall the view

bool isWide(char32_t c) // the East Asian wide ranges that fonts draw two cells wide
{
    return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff)
           || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) || (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd);
}

int extendedColor(const QList<QByteArray> &codes, qsizetype &i)
{
    if (i + 2 < codes.size() && codes[i + 1] == "5") {
        i += 2;
        return std::clamp(codes[i].toInt(), 0, 255);
    }
    if (i + 4 < codes.size() && codes[i + 1] == "2") {
        const auto part = [&](qsizetype at) { return std::clamp(codes[i + at].toInt(), 0, 255); };
        const int color = 0x01000000 | part(2) << 16 | part(3) << 8 | part(4);
        i += 4;
        return color;
    }
    return LogSpan::defaultColor;
}

void applySgr(const QByteArray &params, LogSpan &look)
{
    const QList<QByteArray> codes = QByteArray(params).replace(':', ';').split(';');
    for (qsizetype i = 0; i < codes.size(); ++i) {
        const int code = codes[i].toInt(); // empty is 0
        if (code == 0)
            look = {};
        else if (code == 1)
            look.bold = true;
        else if (code == 22)
            look.bold = false;
        else if (code == 4)
            look.underline = true;
        else if (code == 24)
            look.underline = false;
        else if (code >= 30 && code <= 37)
            look.color = code - 30;
        else if (code >= 90 && code <= 97)
            look.color = code - 90 + 8;
        else if (code == 38)
            look.color = extendedColor(codes, i);
        else if (code == 48)
            (void)extendedColor(codes, i); // grounds are not shown, but their numbers must be skipped
        else if (code == 39)
            look.color = LogSpan::defaultColor;
    }
}

// \return the number of bytes of the escape sequence at the start of \p s; an SGR is applied to \p look
qsizetype skipEscape(QByteArrayView s, LogSpan &look)
{
    if (s.size() < 2)
        return s.size();
    if (s[1] == '[') {
        qsizetype end = 2;
        while (end < s.size() && !(s[end] >= 0x40 && s[end] <= 0x7e))
            ++end;
        if (end < s.size() && s[end] == 'm' && (end == 2 || s[2] <= ';'))
            applySgr(s.sliced(2, end - 2).toByteArray(), look);
        return std::min(end + 1, s.size());
    }
    if (s[1] == ']' || s[1] == 'P' || s[1] == '_' || s[1] == '^') { // strings end with BEL or ESC backslash
        for (qsizetype end = 2; end < s.size(); ++end) {
            if (s[end] == '\a')
                return end + 1;
            if (s[end] == '\x1b')
                return std::min(end + 2, s.size());
        }
        return s.size();
    }
    return 2;
}

void appendPlain(const QString &decoded, LogText &line)
{
    line.text.reserve(line.text.size() + decoded.size());
    for (qsizetype i = 0; i < decoded.size(); ++i) {
        const QChar c = decoded[i];
        if (c == u'\t') {
            const int spaces = logTabWidth - line.columns % logTabWidth;
            line.text += QString(spaces, u' ');
            line.columns += spaces;
        } else if (c.isHighSurrogate() && i + 1 < decoded.size()) {
            line.text += c;
            line.text += decoded[++i];
            line.columns += isWide(QChar::surrogateToUcs4(c, decoded[i])) ? 2 : 1;
        } else if (c.unicode() >= 0x20 && c.unicode() != 0x7f) {
            line.text += c;
            line.columns += c.unicode() >= 0x1100 && isWide(c.unicode()) ? 2 : 1;
        }
    }
}

} // namespace

LogText parseLogLine(QByteArrayView bytes, LogSpan &carry)
{
    LogText line;
    while (!bytes.isEmpty() && (bytes.back() == '\n' || bytes.back() == '\r'))
        bytes.chop(1);
    const auto flush = [&](QByteArrayView plain) {
        if (plain.isEmpty() || line.text.size() >= longestLine)
            return;
        const qsizetype begin = line.text.size();
        appendPlain(QString::fromUtf8(plain), line);
        LogSpan span = carry;
        span.begin = int(begin);
        span.length = int(line.text.size() - begin);
        if (span.color != LogSpan::defaultColor || span.bold || span.underline)
            line.spans.push_back(span);
    };
    qsizetype plainBegin = 0;
    for (qsizetype i = 0; i < bytes.size();) {
        if (bytes[i] == '\r') { // a progress bar draws over itself: the last state counts
            line.text.clear();
            line.spans.clear();
            line.columns = 0;
            plainBegin = ++i;
        } else if (bytes[i] == '\x1b') {
            flush(bytes.sliced(plainBegin, i - plainBegin));
            i += skipEscape(bytes.sliced(i), carry);
            plainBegin = i;
        } else {
            ++i;
        }
    }
    flush(bytes.sliced(plainBegin));
    return line;
}

void LogStore::append(const QList<Engine::LogLine> &lines)
{
    if (lines.isEmpty())
        return;
    int first = count();
    for (const Engine::LogLine &line : lines) {
        const size_t stream = line.stream == Engine::OutputStream::Stderr ? 1 : 0;
        const bool ends = line.bytes.endsWith('\n');
        QByteArray bytes = line.bytes;
        const qint64 partialAt = m_partialLine[stream] - m_dropped;
        if (m_partialLine[stream] >= 0 && partialAt >= 0 && m_partial[stream].size() < longestLine) {
            bytes.prepend(m_partial[stream]);
            LogSpan look = m_lines[size_t(partialAt)].spans.empty() ? LogSpan() : m_carry[stream];
            LogText joined = parseLogLine(bytes, look);
            joined.nanoseconds = m_lines[size_t(partialAt)].nanoseconds;
            joined.isError = stream == 1;
            m_lines[size_t(partialAt)] = std::move(joined);
            first = std::min(first, int(partialAt));
        } else {
            LogText text = parseLogLine(bytes, m_carry[stream]);
            text.nanoseconds = line.nanoseconds;
            text.isError = stream == 1;
            m_lines.push_back(std::move(text));
            m_partialLine[stream] = m_dropped + count() - 1;
        }
        m_partial[stream] = ends ? QByteArray() : bytes;
        if (ends)
            m_partialLine[stream] = -1;
    }
    const int droppedNow = std::max(0, count() - maxLines);
    m_lines.erase(m_lines.begin(), m_lines.begin() + droppedNow);
    m_dropped += droppedNow;
    Q_EMIT appended(std::max(0, first - droppedNow), droppedNow);
}

void LogStore::clear()
{
    m_lines.clear();
    m_dropped = 0;
    for (size_t stream = 0; stream < 2; ++stream) {
        m_carry[stream] = {};
        m_partial[stream].clear();
        m_partialLine[stream] = -1;
    }
    Q_EMIT cleared();
}

LogStore::Match LogStore::find(const QString &text, int from, Direction direction) const
{
    if (text.isEmpty() || m_lines.empty())
        return {};
    const int step = direction == Direction::Forward ? 1 : -1;
    int at = (from % count() + count()) % count();
    for (int i = 0; i < count(); ++i, at = (at + step + count()) % count()) {
        const qsizetype column = line(at).text.indexOf(text, 0, Qt::CaseInsensitive);
        if (column >= 0)
            return {at, int(column)};
    }
    return {};
}

int LogStore::countMatches(const QString &text) const
{
    return int(std::ranges::count_if(m_lines, [&](const LogText &l) { return l.text.contains(text, Qt::CaseInsensitive); }));
}

QString LogStore::toText(int first, int last, Times times) const
{
    QString all;
    for (int i = std::max(0, first); i <= last && i < count(); ++i) {
        if (times == Times::Yes)
            all += logTimeText(line(i).nanoseconds) + u' ';
        all += line(i).text + u'\n';
    }
    return all;
}

QString logTimeText(qint64 nanoseconds)
{
    return QDateTime::fromMSecsSinceEpoch(nanoseconds / 1'000'000).toString(u"HH:mm:ss.zzz"_s);
}

} // namespace Gui
