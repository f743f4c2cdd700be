// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/containers.h>

#include <QtCore/QObject>
#include <QtCore/QString>

#include <deque>
#include <vector>

namespace Gui {

//! A stretch of a log line in one look, from SGR sequences (ECMA-48).
struct LogSpan {
    static constexpr int defaultColor = -1;

    int begin = 0, length = 0;      //!< in LogText::text
    int color = defaultColor;       //!< 0…15 of the look's palette; 16…255 of xterm's; or 0x01RRGGBB
    bool bold = false, underline = false;
    bool operator==(const LogSpan &) const = default;
};

struct LogText {
    QString text;                   //!< without escape sequences and line end; tabs are written out
    std::vector<LogSpan> spans;     //!< only where the look is not the plain one
    qint64 nanoseconds = 0;
    bool isError = false;           //!< came by standard error
    int columns = 0;                //!< cells it takes in a fixed-width font
};

//! Takes SGR apart and drops every other control sequence. \p carry holds the look between two lines of one stream.
LogText parseLogLine(QByteArrayView bytes, LogSpan &carry);

//! The lines of a log, oldest first, at most maxLines of them. Adding costs about 1 µs for 100 bytes; it keeps
//! every line parsed, so that showing and searching are quick. GUI thread.
class LogStore final : public QObject
{
    Q_OBJECT

public:
    static constexpr int maxLines = 500'000;

    using QObject::QObject;

    void append(const QList<Engine::LogLine> &lines);
    void clear();
    int count() const { return int(m_lines.size()); }
    const LogText &line(int number) const { return m_lines[size_t(number)]; }
    //! Lines dropped at the old end since the last clear(), to translate line numbers.
    qint64 dropped() const { return m_dropped; }

    struct Match { int line = -1; int column = 0; };
    //! The next line with \p text from \p from on (backwards: before it), wrapping round; line -1 when there is none.
    enum class Direction { Forward, Backward };
    Match find(const QString &text, int from, Direction direction) const;
    int countMatches(const QString &text) const;
    //! All lines as plain text; with times when wanted.
    enum class Times { No, Yes };
    QString toText(int first, int last, Times times) const;

Q_SIGNALS:
    //! \p first is the first line that is new or changed; \p droppedNow lines went at the old end.
    void appended(int first, int droppedNow);
    void cleared();

private:
    std::deque<LogText> m_lines;
    LogSpan m_carry[2];             // of stdout and stderr
    QByteArray m_partial[2];        // bytes of the last line when it has no end yet
    qint64 m_partialLine[2] = {-1, -1}; // its number, counted from the first line ever
    qint64 m_dropped = 0;
};

//! "12:04:31.250" of a log line, in local time.
QString logTimeText(qint64 nanoseconds);

} // namespace Gui
