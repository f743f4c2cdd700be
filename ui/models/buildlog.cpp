// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/buildlog.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Gui {

namespace {

qsizetype bytesOf(const AnsiLine &line)
{
    return qsizetype(sizeof(AnsiLine)) + line.text.size() * qsizetype(sizeof(QChar))
        + line.spans.size() * qsizetype(sizeof(AnsiSpan));
}

} // namespace

void BuildLog::reset(int stepCount)
{
    m_steps.clear();
    m_steps.resize(size_t(std::max(stepCount, 0)));
    m_bytes = 0;
    m_longestLine = 0;
    Q_EMIT wasReset();
}

void BuildLog::append(int step, QByteArrayView bytes)
{
    if (!has(step))
        return;
    StepLog &log = m_steps[size_t(step)];
    store(&log, log.parser.feed(bytes));
    holdLimit();
    Q_EMIT changed(step);
}

void BuildLog::finishStep(int step)
{
    if (!has(step))
        return;
    StepLog &log = m_steps[size_t(step)];
    store(&log, log.parser.finish());
    Q_EMIT changed(step);
}

void BuildLog::store(StepLog *log, QList<AnsiLine> lines)
{
    for (AnsiLine &line : lines) {
        const qsizetype size = bytesOf(line);
        m_longestLine = std::max(m_longestLine, line.text.size());
        log->bytes += size;
        m_bytes += size;
        log->lines.push_back(std::move(line));
    }
    if (const auto excess = qsizetype(log->lines.size()) - kMaxLinesPerStep; excess > 0)
        dropOldest(log, excess);
}

void BuildLog::dropOldest(StepLog *log, qsizetype count)
{
    for (; count > 0 && !log->lines.empty(); --count) {
        const qsizetype size = bytesOf(log->lines.front());
        log->bytes -= size;
        m_bytes -= size;
        log->lines.pop_front();
        ++log->dropped;
    }
}

void BuildLog::holdLimit()
{
    while (m_bytes > kMaxBytes) {
        const auto largest = std::max_element(m_steps.begin(), m_steps.end(),
                                              [](const StepLog &a, const StepLog &b) { return a.bytes < b.bytes; });
        dropOldest(&*largest, qsizetype(largest->lines.size()) / 4 + 1); // a quarter at once: amortised O(1) a line
    }
}

qsizetype BuildLog::lineCount(int step) const
{
    if (!has(step))
        return 0;
    const StepLog &log = m_steps[size_t(step)];
    return qsizetype(log.lines.size()) + (log.parser.pending().text.isEmpty() ? 0 : 1);
}

const AnsiLine &BuildLog::line(int step, qsizetype line) const
{
    static const AnsiLine empty;
    if (!has(step) || line < 0)
        return empty;
    const StepLog &log = m_steps[size_t(step)];
    return line < qsizetype(log.lines.size()) ? log.lines[size_t(line)] : log.parser.pending();
}

qint64 BuildLog::droppedLines(int step) const
{
    return has(step) ? m_steps[size_t(step)].dropped : 0;
}

QString BuildLog::text(int step) const
{
    QStringList lines;
    for (qsizetype i = 0; i < lineCount(step); ++i)
        lines.append(line(step, i).text);
    return lines.join(u'\n');
}

} // namespace Gui
