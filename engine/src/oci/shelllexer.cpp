// SPDX-License-Identifier: GPL-3.0-or-later
#include "oci/shelllexer_p.h"

#include "base/try_p.h"

#include <QtCore/QRegularExpression>

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

Failure lexFailure(const QString &detail)
{
    return Failure(Error{.code = ErrorCode::InvalidInput, .detail = detail});
}

//! Collects words: white space that comes unquoted separates, anything quoted belongs to the word.
class WordList final
{
public:
    void add(QChar c)
    {
        if (!c.isSpace())
            addRaw(c);
        else if (!m_word.isEmpty())
            flush();
    }
    void add(const QString &text)
    {
        for (const QChar c : text)
            add(c);
    }
    void addRaw(QChar c) { m_word += c; }
    void addRaw(const QString &text) { m_word += text; }
    QStringList take()
    {
        if (!m_word.isEmpty())
            flush();
        return std::exchange(m_words, {});
    }

private:
    void flush() { m_words += std::exchange(m_word, {}); }

    QString m_word;
    QStringList m_words;
};

//! A shell pattern (`*`, `?`, backslash escapes) as a regular expression; `/` is nothing special here.
Result<QRegularExpression> patternExpression(const QString &pattern, bool greedy, bool anchored)
{
    QString out = anchored ? u"^"_s : QString();
    for (qsizetype i = 0; i < pattern.size(); ++i) {
        QChar c = pattern[i];
        if (c == u'*') {
            out += greedy ? ".*"_L1 : ".*?"_L1;
            continue;
        }
        if (c == u'?') {
            out += u'.';
            continue;
        }
        if (c == u'\\') {
            const QChar next = i + 1 < pattern.size() ? pattern[i + 1] : QChar();
            if (next == u'}' || next == u'/') // written for ${…}'s sake, no part of the pattern
                continue;
            if (next != u'*' && next != u'?' && next != u'\\')
                return lexFailure(u"invalid pattern (%1) in substitution: invalid escape '\\%2'"_s.arg(pattern, QString(next)));
            c = next;
            ++i;
        }
        out += QRegularExpression::escape(QStringView(&c, 1));
    }
    return QRegularExpression(out, QRegularExpression::DotMatchesEverythingOption);
}

Result<QString> withoutPrefix(const QString &pattern, const QString &value, bool greedy)
{
    const QRegularExpression expression = ENGINE_TRY(patternExpression(pattern, greedy, true));
    const QRegularExpressionMatch match = expression.match(value);
    return match.hasMatch() ? value.mid(match.capturedEnd()) : value;
}

QString reversed(QString text)
{
    std::reverse(text.begin(), text.end());
    return text;
}

QString reversedPattern(const QString &pattern)
{
    QString out(pattern.size(), u' ');
    const qsizetype last = pattern.size() - 1;
    for (qsizetype i = 0; i <= last; ++i) {
        if (pattern[i] == u'\\' && i != last) {
            out[last - i - 1] = pattern[i];
            out[last - i] = pattern[i + 1];
            ++i;
        } else {
            out[last - i] = pattern[i];
        }
    }
    return out;
}

// A regular expression finds the leftmost match; the shortest match at the end is the leftmost one backwards.
Result<QString> withoutSuffix(const QString &pattern, const QString &value, bool greedy)
{
    return reversed(ENGINE_TRY(withoutPrefix(reversedPattern(pattern), reversed(value), greedy)));
}

class Expander final
{
public:
    using Lexer = ShellLexer;

    Expander(const QString &input, const QMap<QString, QString> &variables, QChar escape, Lexer::Quotes quotes, Lexer::Escapes escapes,
             Lexer::Unset unset)
        : m_input(input), m_variables(variables), m_escape(escape), m_quotes(quotes), m_escapes(escapes), m_unset(unset)
    {
    }

    Result<ExpandedWord> run()
    {
        auto [text, words] = ENGINE_TRY(processUntil({}, m_escapes));
        return ExpandedWord{text, words, m_matched, m_unmatched};
    }

private:
    struct Piece {
        QString text;
        QStringList words;
    };

    bool atEnd() const { return m_pos >= m_input.size(); }
    QChar peek() const { return m_input[m_pos]; }
    QChar next() { return m_input[m_pos++]; }
    bool peekIs(QChar c) const { return !atEnd() && peek() == c; }

    std::optional<QString> valueOf(const QString &name)
    {
        const auto found = m_variables.constFind(name);
        if (found == m_variables.constEnd()) {
            m_unmatched.insert(name);
            return std::nullopt;
        }
        m_matched.insert(name);
        return *found;
    }

    Result<Piece> processUntil(std::optional<QChar> stop, Lexer::Escapes escapes);
    void processPlain(QString &text, WordList &words);
    Result<QString> processSingleQuote();
    Result<QString> processDoubleQuote();
    Result<QString> processDollar();
    Result<QString> processBraces();
    Result<QString> processModifier(const QString &name, QChar first);
    Result<QString> applyModifier(const QString &name, const QString &modifier, QString word);
    Result<QString> processReplace(const QString &name);
    QString processName();

    // Each nested ${…} takes stack; nobody writes more, and a hostile file must not exhaust it.
    static constexpr int maxDepth = 200;

    const QString &m_input;
    const QMap<QString, QString> &m_variables;
    QChar m_escape;
    Lexer::Quotes m_quotes;
    Lexer::Escapes m_escapes;
    Lexer::Unset m_unset;
    qsizetype m_pos = 0;
    int m_depth = 0;
    QSet<QString> m_matched;
    QSet<QString> m_unmatched;
};

Result<Expander::Piece> Expander::processUntil(std::optional<QChar> stop, Lexer::Escapes escapes)
{
    if (++m_depth > maxDepth)
        return lexFailure(u"variable expansions are nested too deeply"_s);
    const auto outerEscapes = std::exchange(m_escapes, escapes);
    QString text;
    WordList words;
    while (!atEnd()) {
        const QChar c = peek();
        if (stop && c == *stop) {
            ++m_pos;
            m_escapes = outerEscapes;
            --m_depth;
            return Piece{text, words.take()};
        }
        if (c == u'$') {
            const QString value = ENGINE_TRY(processDollar());
            text += value;
            words.add(value);
        } else if ((c == u'\'' || c == u'"') && m_quotes != Lexer::Quotes::Ignore) {
            const QString quoted = ENGINE_TRY(c == u'"' ? processDoubleQuote() : processSingleQuote());
            text += quoted;
            words.addRaw(quoted);
        } else {
            processPlain(text, words);
        }
    }
    if (stop)
        return lexFailure(u"unexpected end of statement while looking for matching %1"_s.arg(*stop));
    --m_depth;
    return Piece{text, words.take()};
}

void Expander::processPlain(QString &text, WordList &words)
{
    QChar c = next();
    if (c != m_escape) {
        words.add(c);
        text += c;
        return;
    }
    if (m_escapes == Lexer::Escapes::Keep) {
        words.addRaw(c);
        text += c;
    }
    if (atEnd()) // an escape character at the very end escapes nothing
        return;
    c = next();
    words.addRaw(c);
    text += c;
}

Result<QString> Expander::processSingleQuote()
{
    const qsizetype begin = m_pos++;
    const qsizetype end = m_input.indexOf(u'\'', m_pos);
    if (end < 0)
        return lexFailure(u"unexpected end of statement while looking for matching single-quote"_s);
    m_pos = end + 1;
    return m_quotes == Lexer::Quotes::Keep ? m_input.mid(begin, m_pos - begin) : m_input.mid(begin + 1, end - begin - 1);
}

Result<QString> Expander::processDoubleQuote()
{
    const bool keepQuotes = m_quotes == Lexer::Quotes::Keep;
    QString text = keepQuotes ? u"\""_s : QString();
    ++m_pos;
    while (!atEnd()) {
        if (peek() == u'$') {
            text += ENGINE_TRY(processDollar());
            continue;
        }
        QChar c = next();
        if (c == u'"')
            return keepQuotes ? text + c : text;
        if (c == m_escape) {
            if (m_escapes == Lexer::Escapes::Keep)
                text += c;
            if (atEnd())
                break;
            if (peek() == u'"' || peek() == u'$' || peek() == m_escape) // the others keep their escape
                c = next();
        }
        text += c;
    }
    return lexFailure(u"unexpected end of statement while looking for matching double-quote"_s);
}

Result<QString> Expander::processDollar()
{
    ++m_pos;
    if (peekIs(u'{')) {
        ++m_pos;
        return processBraces();
    }
    const QString name = processName();
    if (name.isEmpty())
        return u"$"_s;
    const auto value = valueOf(name);
    if (!value && m_unset == Lexer::Unset::Keep)
        return QString(u'$' + name);
    return value.value_or(QString());
}

Result<QString> Expander::processBraces()
{
    if (atEnd())
        return lexFailure(u"syntax error: missing '}'"_s);
    if (peek() == u'{' || peek() == u'}' || peek() == u':')
        return lexFailure(u"syntax error: bad substitution"_s);
    const QString name = processName();
    if (atEnd())
        return lexFailure(u"syntax error: missing '}'"_s);
    const QChar c = next();
    if (c == u'}') {
        const auto value = valueOf(name);
        if (!value && m_unset == Lexer::Unset::Keep)
            return QString("${"_L1 + name + u'}');
        return value.value_or(QString());
    }
    if (c == u'/')
        return processReplace(name);
    return processModifier(name, c);
}

Result<QString> Expander::processModifier(const QString &name, QChar first)
{
    QString modifier = first;
    if (first == u':') {
        if (atEnd())
            return lexFailure(u"syntax error: missing '}'"_s);
        modifier += next();
    }
    const QChar last = modifier.back();
    const bool isTrim = last == u'#' || last == u'%';
    if (!u"+-?#%"_s.contains(last) || (isTrim && modifier.size() > 1))
        return lexFailure(u"unsupported modifier (%1) in substitution"_s.arg(modifier));
    auto word = processUntil(u'}', isTrim ? Lexer::Escapes::Keep : Lexer::Escapes::Remove);
    if (!word)
        return atEnd() && m_depth <= maxDepth ? lexFailure(u"syntax error: missing '}'"_s) : Failure(word.error());
    return applyModifier(name, modifier, word->text);
}

Result<QString> Expander::applyModifier(const QString &name, const QString &modifier, QString word)
{
    const auto value = valueOf(name);
    if (!value && m_unset == Lexer::Unset::Keep)
        return u"${%1%2%3}"_s.arg(name, modifier, word);
    const bool emptyCounts = modifier.size() > 1; // the form with a colon
    const bool missing = !value || (emptyCounts && value->isEmpty());
    switch (modifier.back().unicode()) {
    case u'-':
        return missing ? word : *value;
    case u'+':
        return missing ? QString() : word;
    case u'?':
        if (!missing)
            return *value;
        if (word.isEmpty())
            word = value ? u"is not allowed to be empty"_s : u"is not allowed to be unset"_s;
        return lexFailure(u"%1: %2"_s.arg(name, word));
    default:
        break;
    }
    const bool greedy = word.startsWith(modifier.back());
    if (greedy)
        word.remove(0, 1);
    return modifier == "%"_L1 ? withoutSuffix(word, value.value_or(QString()), greedy)
                              : withoutPrefix(word, value.value_or(QString()), greedy);
}

Result<QString> Expander::processReplace(const QString &name)
{
    const bool all = peekIs(u'/');
    if (all)
        ++m_pos;
    const auto pattern = processUntil(u'/', Lexer::Escapes::Keep);
    if (!pattern)
        return atEnd() ? lexFailure(u"syntax error: missing '/' in ${}"_s) : Failure(pattern.error());
    const auto replacement = processUntil(u'}', Lexer::Escapes::Keep);
    if (!replacement)
        return atEnd() ? lexFailure(u"syntax error: missing '}'"_s) : Failure(replacement.error());
    const auto value = valueOf(name);
    if (!value && m_unset == Lexer::Unset::Keep)
        return u"${%1/%2/%3}"_s.arg(name, pattern->text, replacement->text);
    const QRegularExpression expression = ENGINE_TRY(patternExpression(pattern->text, true, false));
    const QString before = value.value_or(QString());
    QString after;
    qsizetype from = 0;
    for (auto matches = expression.globalMatch(before); matches.hasNext();) {
        const QRegularExpressionMatch match = matches.next();
        after += QStringView(before).mid(from, match.capturedStart() - from);
        after += replacement->text;
        from = match.capturedEnd();
        if (!all)
            break;
    }
    after += QStringView(before).mid(from);
    return after;
}

//! A name, a positional number, or one of the shell's special parameters.
QString Expander::processName()
{
    const qsizetype begin = m_pos;
    if (!atEnd() && peek().isDigit()) {
        while (!atEnd() && peek().isDigit())
            ++m_pos;
    } else if (!atEnd() && u"@*#?-$!"_s.contains(peek())) {
        ++m_pos;
    } else {
        while (!atEnd() && (peek().isLetterOrNumber() || peek() == u'_' || peek().isSurrogate()))
            ++m_pos;
    }
    return m_input.mid(begin, m_pos - begin);
}

//! Go's %q, near enough for a message.
QString quotedForMessage(QString text)
{
    text.replace(u'\\', "\\\\"_L1).replace(u'"', "\\\""_L1);
    return u'"' + text + u'"';
}

} // namespace

Result<ExpandedWord> ShellLexer::expand(const QString &input, const QMap<QString, QString> &variables) const
{
    auto result = Expander(input, variables, m_escape, m_quotes, m_escapes, m_unset).run();
    if (!result) {
        result.error().detail = u"failed to process %1: %2"_s.arg(quotedForMessage(input.left(200)), result.error().detail);
        return Failure(result.error());
    }
    return result;
}

} // namespace Engine::Internal
