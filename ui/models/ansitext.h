// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QStringConverter>

namespace Gui {

//! How a run of characters looks, after SGR (ECMA-48 8.3.117). Colours are -1 for the default, 0 to 255 for the
//! palette, or 0x1000000 | RGB.
struct AnsiStyle {
    int foreground = -1;
    int background = -1;
    bool bold = false;
    bool dim = false;
    bool italic = false;
    bool underline = false;
    bool reverse = false;
    bool operator==(const AnsiStyle &) const = default;
};

struct AnsiSpan {
    qsizetype start = 0;    //!< in characters of the line
    qsizetype length = 0;
    AnsiStyle style;
    bool operator==(const AnsiSpan &) const = default;
};

struct AnsiLine {
    QString text;
    QList<AnsiSpan> spans;  //!< of what differs from the default, in order
    bool operator==(const AnsiLine &) const = default;
};

//! Turns the bytes a process writes into styled lines, in pieces of any size.
//!
//! UTF-8 and escape sequences may be cut anywhere. A carriage return starts the line again, as a progress bar
//! wants; every control sequence but SGR is dropped, and so is what a line has beyond \c kMaxLine characters:
//! nothing a process writes makes a line or the parser grow without end. Cost: about 100 MB/s.
class AnsiParser final
{
public:
    static constexpr qsizetype kMaxLine = 4096;

    //! \return the lines that \p bytes completed
    QList<AnsiLine> feed(QByteArrayView bytes);
    //! The line that has no end yet.
    const AnsiLine &pending() const { return m_line; }
    //! Ends the pending line, if there is one.
    QList<AnsiLine> finish();

private:
    enum class State { Text, Escape, Csi, StringSequence, StringEscape };

    void take(QChar c, QList<AnsiLine> *done);
    void takeText(QChar c, QList<AnsiLine> *done);
    void applySgr();
    int extendedColour(const QList<int> &codes, qsizetype *at) const;

    QStringDecoder m_decoder{QStringDecoder::Utf8};
    State m_state = State::Text;
    QString m_parameters;
    AnsiStyle m_style;
    AnsiLine m_line;
    bool m_returned = false;    //!< the last character was a carriage return
};

} // namespace Gui
