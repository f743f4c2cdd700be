// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/ansitext.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Gui {

QList<AnsiLine> AnsiParser::feed(QByteArrayView bytes)
{
    QList<AnsiLine> done;
    const QString text = m_decoder(bytes);
    for (const QChar c : text)
        take(c, &done);
    return done;
}

QList<AnsiLine> AnsiParser::finish()
{
    QList<AnsiLine> done;
    if (!m_line.text.isEmpty())
        done.append(std::exchange(m_line, {}));
    m_state = State::Text;
    m_returned = false;
    return done;
}

void AnsiParser::take(QChar c, QList<AnsiLine> *done)
{
    switch (m_state) {
    case State::Text:
        if (c == u'\x1b')
            m_state = State::Escape;
        else
            takeText(c, done);
        return;
    case State::Escape:
        m_parameters.clear();
        if (c == u'[')
            m_state = State::Csi;
        else if (c == u']' || c == u'P' || c == u'X' || c == u'^' || c == u'_')
            m_state = State::StringSequence;
        else if (c < u' ' || c >= u'0') // intermediates (0x20 to 0x2f) are followed by a final
            m_state = State::Text;
        return;
    case State::Csi:
        if (c >= u'@' && c <= u'~') {
            if (c == u'm')
                applySgr();
            m_state = State::Text;
        } else if (c == u'\x1b' || c == u'\n') {
            m_state = c == u'\n' ? State::Text : State::Escape;
        } else if (m_parameters.size() < 128) {
            m_parameters += c;
        }
        return;
    case State::StringSequence:
        if (c == u'\a' || c == u'\n') // a title never spans lines: an unfinished one must not swallow the rest
            m_state = State::Text;
        else if (c == u'\x1b')
            m_state = State::StringEscape;
        return;
    case State::StringEscape:
        m_state = c == u'\\' ? State::Text : State::StringSequence;
        return;
    }
}

void AnsiParser::takeText(QChar c, QList<AnsiLine> *done)
{
    if (c == u'\n') {
        done->append(std::exchange(m_line, {}));
        m_returned = false;
        return;
    }
    if (c == u'\r') {
        m_returned = true;
        return;
    }
    if (c == u'\b') {
        m_line.text.chop(1);
        if (!m_line.spans.isEmpty() && m_line.spans.last().start + m_line.spans.last().length > m_line.text.size()
            && --m_line.spans.last().length == 0)
            m_line.spans.removeLast();
        return;
    }
    if ((c < u' ' && c != u'\t') || c == u'\x7f')
        return;
    if (std::exchange(m_returned, false))
        m_line = {};
    if (m_line.text.size() >= kMaxLine)
        return;
    if (m_style != AnsiStyle{}) {
        const qsizetype at = m_line.text.size();
        AnsiSpan *last = m_line.spans.isEmpty() ? nullptr : &m_line.spans.last();
        if (last && last->style == m_style && last->start + last->length == at)
            ++last->length;
        else
            m_line.spans.append({at, 1, m_style});
    }
    m_line.text += c;
}

int AnsiParser::extendedColour(const QList<int> &codes, qsizetype *at) const
{
    const auto code = [&](qsizetype i) { return i < codes.size() ? std::clamp(codes[i], 0, 255) : 0; };
    const qsizetype kind = *at + 1;
    if (code(kind) == 5) {
        *at = kind + 1;
        return code(kind + 1);
    }
    if (code(kind) == 2) {
        *at = kind + 3;
        return 0x1000000 | code(kind + 1) << 16 | code(kind + 2) << 8 | code(kind + 3);
    }
    return -1;
}

void AnsiParser::applySgr()
{
    QList<int> codes;
    const auto parts = QStringView(m_parameters).split(u';');
    for (const auto part : parts) {
        for (const auto sub : part.split(u':'))
            codes.append(sub.toInt());
    }
    for (qsizetype i = 0; i < codes.size(); ++i) {
        const int code = codes[i];
        switch (code) {
        case 0: m_style = {}; break;
        case 1: m_style.bold = true; break;
        case 2: m_style.dim = true; break;
        case 3: m_style.italic = true; break;
        case 4: m_style.underline = true; break;
        case 7: m_style.reverse = true; break;
        case 22: m_style.bold = m_style.dim = false; break;
        case 23: m_style.italic = false; break;
        case 24: m_style.underline = false; break;
        case 27: m_style.reverse = false; break;
        case 38: m_style.foreground = extendedColour(codes, &i); break;
        case 39: m_style.foreground = -1; break;
        case 48: m_style.background = extendedColour(codes, &i); break;
        case 49: m_style.background = -1; break;
        default:
            if (code >= 30 && code <= 37)
                m_style.foreground = code - 30;
            else if (code >= 40 && code <= 47)
                m_style.background = code - 40;
            else if (code >= 90 && code <= 97)
                m_style.foreground = code - 82;
            else if (code >= 100 && code <= 107)
                m_style.background = code - 92;
        }
    }
}

} // namespace Gui
