// SPDX-License-Identifier: GPL-3.0-or-later
#include "oci/dockerfileparser_p.h"

#include "base/try_p.h"
#include "oci/shelllexer_p.h"

#include <QtCore/QRegularExpression>

#include <nlohmann/json.hpp>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr int maxTriggerDepth = 8; // ONBUILD ONBUILD is a mistake that is reported where it is understood
constexpr qsizetype maxFileBytes = 16 * 1024 * 1024; // BuildKit's own limit for what a frontend reads

//! The white space that separates a keyword from its arguments: not Unicode's, and no line feed.
bool isBlank(QChar c)
{
    return c == u' ' || c == u'\t' || c == u'\v' || c == u'\f' || c == u'\r';
}

QStringList splitAtBlanks(const QString &text, qsizetype limit = -1)
{
    QStringList parts;
    qsizetype begin = 0;
    for (qsizetype i = 0; i < text.size() && (limit < 0 || parts.size() + 1 < limit);) {
        if (!isBlank(text[i])) {
            ++i;
            continue;
        }
        parts += text.mid(begin, i - begin);
        while (i < text.size() && isBlank(text[i]))
            ++i;
        begin = i;
    }
    return parts << text.mid(begin);
}

QString leftTrimmed(QStringView text)
{
    qsizetype i = 0;
    while (i < text.size() && text[i].isSpace())
        ++i;
    return text.mid(i).toString();
}

bool isCommentLine(QStringView line)
{
    const auto first = std::find_if(line.begin(), line.end(), [](QChar c) { return !c.isSpace(); });
    return first != line.end() && *first == u'#';
}

QString withoutLineEnd(QString line)
{
    while (line.endsWith(u'\n') || line.endsWith(u'\r'))
        line.chop(1);
    return line;
}

Error syntaxError(const QString &detail)
{
    return Error{.code = ErrorCode::InvalidInput, .detail = detail};
}

//! Splits at blanks outside of quotes; quotes and escapes stay in the words.
QStringList quotedWords(const QString &text, QChar escape)
{
    QStringList words;
    QString word;
    bool inWord = false;
    QChar quote;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        if (quote.isNull() && c.isSpace()) {
            if (inWord)
                words += std::exchange(word, {});
            inWord = false;
            continue;
        }
        inWord = true;
        if (c == escape && quote != u'\'') {
            if (i + 1 == text.size()) // an escape character at the very end escapes nothing
                break;
            word += c;
            word += text[++i];
            continue;
        }
        if (quote.isNull() && (c == u'\'' || c == u'"'))
            quote = c;
        else if (c == quote)
            quote = QChar();
        word += c;
    }
    if (inWord && !word.isEmpty())
        words += word;
    return words;
}

struct SplitLine {
    QString keyword;
    QStringList flags;
    QString rest;
};

//! Takes the leading `--flag` words off \p line; quotes and backslashes in them are resolved.
QString takeFlags(const QString &line, QStringList *flags)
{
    qsizetype i = 0;
    while (true) {
        while (i < line.size() && line[i].isSpace())
            ++i;
        if (!QStringView(line).mid(i).startsWith("--"_L1))
            return line.mid(i);
        QString word;
        QChar quote;
        for (; i < line.size() && !(quote.isNull() && line[i].isSpace()); ++i) {
            const QChar c = line[i];
            if (c == quote)
                quote = QChar();
            else if (quote.isNull() && (c == u'\'' || c == u'"'))
                quote = c;
            else if (c == u'\\' && i + 1 < line.size())
                word += line[++i];
            else if (c != u'\\')
                word += c;
        }
        if (word == "--"_L1) // ends the flags
            return line.mid(i);
        *flags += word;
        if (i >= line.size())
            return {};
    }
}

SplitLine splitInstruction(const QString &line)
{
    const QStringList parts = splitAtBlanks(line.trimmed(), 2);
    SplitLine split{.keyword = parts.first(), .flags = {}, .rest = {}};
    if (parts.size() == 2)
        split.rest = takeFlags(parts[1], &split.flags).trimmed();
    return split;
}

Result<QStringList> nameValueWords(const QString &rest, QLatin1StringView instruction, QChar escape)
{
    const QStringList words = quotedWords(rest, escape);
    if (words.isEmpty())
        return QStringList();
    if (!words.first().contains(u'=')) { // ENV name the rest of the line
        const QStringList parts = splitAtBlanks(rest, 2);
        if (parts.size() < 2)
            return Failure(syntaxError(u"%1 must have two arguments"_s.arg(instruction)));
        return QStringList{parts[0], parts[1], QString()};
    }
    QStringList triples;
    for (const QString &word : words) {
        const qsizetype equals = word.indexOf(u'=');
        if (equals < 0)
            return Failure(syntaxError(u"Syntax error - can't find = in %1. Must be of the form: name=value"_s.arg(goQuoted(word))));
        triples << word.left(equals) << word.mid(equals + 1) << u"="_s;
    }
    return triples;
}

struct Arguments {
    QStringList words;
    bool isJson = false;
};

Result<Arguments> execOr(const QString &rest, QStringList (*shellForm)(const QString &))
{
    if (rest.isEmpty())
        return Arguments{};
    if (const auto exec = ENGINE_TRY(parseExecForm(rest)))
        return Arguments{*exec, true};
    return Arguments{shellForm(rest), false};
}

Result<Arguments> healthcheckArguments(const QString &rest)
{
    qsizetype end = 0;
    while (end < rest.size() && !rest[end].isSpace())
        ++end;
    if (end == 0)
        return Arguments{};
    Arguments command = ENGINE_TRY(execOr(leftTrimmed(QStringView(rest).mid(end)), [](const QString &text) { return QStringList{text}; }));
    command.words.prepend(rest.left(end));
    return command;
}

//! The arguments of \p keyword; the words of one it does not know are left alone.
Result<Arguments> instructionArguments(const QString &keyword, const QString &rest, QChar escape)
{
    const QString name = keyword.toUpper();
    if (name == "ENV"_L1 || name == "LABEL"_L1)
        return Arguments{ENGINE_TRY(nameValueWords(rest, name == "ENV"_L1 ? "ENV"_L1 : "LABEL"_L1, escape)), false};
    if (name == "ARG"_L1)
        return Arguments{quotedWords(rest, escape), false};
    if (name == "CMD"_L1 || name == "ENTRYPOINT"_L1 || name == "RUN"_L1 || name == "SHELL"_L1)
        return execOr(rest, [](const QString &text) { return QStringList{text}; });
    if (name == "ADD"_L1 || name == "COPY"_L1 || name == "VOLUME"_L1)
        return execOr(rest, [](const QString &text) { return splitAtBlanks(text); });
    if (name == "HEALTHCHECK"_L1)
        return healthcheckArguments(rest);
    if (name == "EXPOSE"_L1 || name == "FROM"_L1)
        return Arguments{rest.isEmpty() ? QStringList() : splitAtBlanks(rest), false};
    if (name == "MAINTAINER"_L1 || name == "STOPSIGNAL"_L1 || name == "USER"_L1 || name == "WORKDIR"_L1)
        return Arguments{rest.isEmpty() ? QStringList() : QStringList{rest}, false};
    return Arguments{{QString()}, false};
}

QList<Heredoc> heredocsOf(const QString &line)
{
    const auto words = ShellLexer()
                           .setQuotes(ShellLexer::Quotes::Keep)
                           .setEscapes(ShellLexer::Escapes::Keep)
                           .setUnset(ShellLexer::Unset::Keep)
                           .expand(line, {});
    QList<Heredoc> heredocs;
    if (!words) // open quotes are the shell's affair here
        return heredocs;
    static const QRegularExpression operatorAlone(u"^\\d*<<-?$"_s);
    for (qsizetype i = 0; i < words->words.size(); ++i) {
        QString word = words->words[i];
        if (operatorAlone.match(word).hasMatch() && i + 1 < words->words.size()) // "<< EOF"
            word += words->words[++i];
        if (auto heredoc = Heredoc::fromWord(word))
            heredocs += *heredoc;
    }
    return heredocs;
}

bool mayHoldHeredocs(const DockerfileNode &node)
{
    const DockerfileNode &inner = node.trigger ? *node.trigger : node;
    const QString name = inner.name();
    return !inner.isJson && (name == "ADD"_L1 || name == "COPY"_L1 || name == "RUN"_L1);
}

} // namespace

QString goQuoted(const QString &text)
{
    QString out = u"\""_s;
    for (const uint c : text.toUcs4()) {
        switch (c) {
        case '"': out += "\\\""_L1; continue;
        case '\\': out += "\\\\"_L1; continue;
        case '\a': out += "\\a"_L1; continue;
        case '\b': out += "\\b"_L1; continue;
        case '\f': out += "\\f"_L1; continue;
        case '\n': out += "\\n"_L1; continue;
        case '\r': out += "\\r"_L1; continue;
        case '\t': out += "\\t"_L1; continue;
        case '\v': out += "\\v"_L1; continue;
        default: break;
        }
        if (c == ' ' || (QChar::isPrint(c) && !QChar::isSpace(c)))
            out += QString::fromUcs4(reinterpret_cast<const char32_t *>(&c), 1);
        else if (c < 0x80)
            out += u"\\x%1"_s.arg(c, 2, 16, QChar(u'0'));
        else if (c < 0x10000)
            out += u"\\u%1"_s.arg(c, 4, 16, QChar(u'0'));
        else
            out += u"\\U%1"_s.arg(c, 8, 16, QChar(u'0'));
    }
    return out + u'"';
}

Result<std::optional<QStringList>> parseExecForm(const QString &text)
{
    const QString trimmed = leftTrimmed(text);
    if (!trimmed.startsWith(u'['))
        return std::nullopt;
    const auto array = nlohmann::json::parse(trimmed.toStdString(), nullptr, false);
    if (!array.is_array())
        return std::nullopt;
    QStringList strings;
    for (const auto &element : array) {
        if (!element.is_string())
            return Failure(syntaxError(u"when using JSON array syntax, arrays must be comprised of strings only"_s));
        strings += QString::fromStdString(element.get_ref<const std::string &>());
    }
    return strings;
}

QString Heredoc::chompedContent() const
{
    if (!chomp)
        return content;
    static const QRegularExpression leadingTabs(u"^\\t+"_s, QRegularExpression::MultilineOption);
    QString out = content;
    return out.remove(leadingTabs);
}

std::optional<Heredoc> Heredoc::fromWord(const QString &word)
{
    static const QRegularExpression form(u"^(\\d*)<<(-?)([^<]*)$"_s);
    const QRegularExpressionMatch match = form.match(word);
    const QString delimiter = match.captured(3);
    if (!match.hasMatch() || delimiter.isEmpty())
        return std::nullopt;
    ShellLexer lexer;
    const auto plain = lexer.setUnset(ShellLexer::Unset::Keep).expand(delimiter, {});
    const auto raw = lexer.setQuotes(ShellLexer::Quotes::Keep).expand(delimiter, {});
    if (!plain || !raw || plain->words.size() != 1 || raw->words.size() != 1)
        return std::nullopt;
    return Heredoc{.name = plain->words.first(),
                   .content = {},
                   .fileDescriptor = match.captured(1).toInt(),
                   .expand = plain->words.first() == raw->words.first(),
                   .chomp = !match.captured(2).isEmpty()};
}

SourcePosition DockerfileNode::positionAt(qsizetype offset) const
{
    SourcePosition place{firstLine, 1};
    for (const Piece &piece : m_pieces) {
        if (piece.offset > offset)
            break;
        place = {piece.place.line, piece.place.column + int(offset - piece.offset)};
    }
    return place;
}

std::pair<SourcePosition, SourcePosition> DockerfileNode::rangeOf(QStringView word) const
{
    const qsizetype at = word.isEmpty() ? -1 : original.indexOf(word, keyword.size());
    if (at < 0)
        return {begin(), end()};
    const SourcePosition last = positionAt(at + word.size() - 1);
    return {positionAt(at), {last.line, last.column + 1}};
}

QString DockerfileNode::dump() const
{
    QString out = keyword.toLower();
    if (!flags.isEmpty()) {
        QStringList quoted;
        for (const QString &flag : flags)
            quoted += goQuoted(flag);
        out += " ["_L1 + quoted.join(u' ') + u']';
    }
    if (trigger)
        out += " ("_L1 + trigger->dump() + u')';
    for (const QString &argument : arguments)
        out += u' ' + goQuoted(argument);
    return out;
}

bool ParsedDockerfile::hasErrors() const
{
    return std::any_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic &d) { return d.severity == Diagnostic::Severity::Error; });
}

//! One pass over the lines; a friend of the nodes it fills.
class DockerfileParser final
{
public:
    explicit DockerfileParser(const QByteArray &text)
    {
        QString decoded = QString::fromUtf8(text);
        if (decoded.startsWith(QChar::ByteOrderMark)) // QString::fromUtf8 keeps it in some versions
            decoded.remove(0, 1);
        for (qsizetype begin = 0; begin < decoded.size();) {
            const qsizetype lineFeed = decoded.indexOf(u'\n', begin);
            const qsizetype end = lineFeed < 0 ? decoded.size() : lineFeed + 1;
            m_lines += decoded.mid(begin, end - begin);
            begin = end;
        }
    }

    ParsedDockerfile run()
    {
        while (m_line < m_lines.size())
            readNext();
        if (m_file.nodes.isEmpty() && !m_file.hasErrors())
            report({1, 1}, {qMax(1, int(m_lines.size())), 1}, u"file with no instructions"_s, u"start with a line like: FROM busybox"_s);
        std::stable_sort(m_file.diagnostics.begin(), m_file.diagnostics.end(), [](const Diagnostic &a, const Diagnostic &b) {
            return std::pair(a.begin.line, a.begin.column) < std::pair(b.begin.line, b.begin.column);
        });
        return std::move(m_file);
    }

private:
    void report(SourcePosition begin, SourcePosition end, const QString &message, const QString &remedy = {},
                Diagnostic::Severity severity = Diagnostic::Severity::Error)
    {
        m_file.diagnostics += Diagnostic{severity, begin, end, message, remedy};
    }
    void readNext();
    void readDirective(const QString &line);
    QString readLogicalLine(DockerfileNode *node);
    bool takeContinuation(QString *line) const;
    void fillNode(DockerfileNode *node, const QString &text, int depth);
    void readHeredocs(DockerfileNode *node);
    SourcePosition endOfLine(qsizetype line) const { return {int(line) + 1, int(withoutLineEnd(m_lines[line]).size()) + 1}; }

    QStringList m_lines;
    qsizetype m_line = 0;           //!< next line to read, from 0
    ParsedDockerfile m_file;
    bool m_directivesDone = false;
    QStringList m_seenDirectives;
    QStringList m_comments;
};

//! Removes the continuation character at the end of \p line. It must not itself be escaped.
bool DockerfileParser::takeContinuation(QString *line) const
{
    qsizetype end = line->size();
    while (end > 0 && ((*line)[end - 1] == u' ' || (*line)[end - 1] == u'\t'))
        --end;
    if (end == 0 || (*line)[end - 1] != m_file.escape || (end > 1 && (*line)[end - 2] == m_file.escape))
        return false;
    line->truncate(end - 1);
    return true;
}

void DockerfileParser::readDirective(const QString &line)
{
    static const QRegularExpression form(u"^\\s*#\\s*([a-zA-Z][a-zA-Z0-9]*)\\s*=\\s*(.+?)\\s*$"_s);
    const QRegularExpressionMatch match = form.match(line);
    m_directivesDone = !match.hasMatch();
    const QString name = match.captured(1).toLower();
    const QString value = match.captured(2);
    if (m_directivesDone || (name != "escape"_L1 && name != "syntax"_L1 && name != "check"_L1))
        return;
    const SourcePosition begin{int(m_line) + 1, 1};
    if (m_seenDirectives.contains(name)) {
        report(begin, endOfLine(m_line), u"only one %1 parser directive can be used"_s.arg(name), u"remove this line"_s);
        return;
    }
    m_seenDirectives += name;
    m_comments.clear();
    if (name == "syntax"_L1) {
        m_file.syntax = value;
        m_file.syntaxLine = begin.line;
    } else if (name == "check"_L1) {
        m_file.check = value;
    } else if (value == "\\"_L1 || value == "`"_L1) {
        m_file.escape = value.front();
    } else {
        report(begin, endOfLine(m_line), u"invalid escape token '%1' does not match ` or \\"_s.arg(value), u"write # escape=` or # escape=\\"_s);
    }
}

void DockerfileParser::readNext()
{
    const QString line = withoutLineEnd(m_lines[m_line]);
    if (isCommentLine(line)) {
        const QString comment = leftTrimmed(line).mid(1).trimmed();
        if (comment.isEmpty()) // a bare '#' parts what it follows from the instruction
            m_comments.clear();
        else
            m_comments += comment;
        if (!m_directivesDone)
            readDirective(leftTrimmed(line));
        ++m_line;
        return;
    }
    m_directivesDone = true;
    if (leftTrimmed(line).isEmpty()) {
        ++m_line;
        return;
    }
    DockerfileNode node;
    node.comments = std::exchange(m_comments, {});
    const QString text = readLogicalLine(&node);
    fillNode(&node, text, 0);
    readHeredocs(&node);
    node.lastLine = int(m_line);
    node.m_end = endOfLine(m_line - 1);
    m_file.nodes += node;
}

//! Joins continued lines; comment lines and empty lines in between belong to the instruction but not to its text.
QString DockerfileParser::readLogicalLine(DockerfileNode *node)
{
    QString line = withoutLineEnd(m_lines[m_line]);
    const qsizetype indent = line.size() - leftTrimmed(line).size();
    line.remove(0, indent);
    node->firstLine = int(m_line) + 1;
    node->m_pieces += DockerfileNode::Piece{0, {node->firstLine, int(indent) + 1}};
    ++m_line;
    QString text;
    qsizetype emptyLine = -1;
    bool continued = takeContinuation(&line);
    text += line;
    while (continued && m_line < m_lines.size()) {
        QString next = withoutLineEnd(m_lines[m_line]);
        const qsizetype number = m_line++;
        if (isCommentLine(next))
            continue;
        if (next.trimmed().isEmpty()) {
            emptyLine = emptyLine < 0 ? number : emptyLine;
            continue;
        }
        node->m_pieces += DockerfileNode::Piece{text.size(), {int(number) + 1, 1}};
        continued = takeContinuation(&next);
        text += next;
    }
    if (emptyLine >= 0) {
        report({int(emptyLine) + 1, 1}, {int(emptyLine) + 1, 1}, u"Empty continuation line found in: %1"_s.arg(text.left(120)),
               u"remove the empty line; a comment line may stand there"_s, Diagnostic::Severity::Warning);
    }
    return text;
}

void DockerfileParser::fillNode(DockerfileNode *node, const QString &text, int depth)
{
    const SplitLine split = splitInstruction(text);
    node->original = text;
    node->keyword = split.keyword;
    node->flags = split.flags;
    if (node->name() == "ONBUILD"_L1) {
        if (split.rest.isEmpty() || depth > maxTriggerDepth)
            return;
        auto trigger = std::make_shared<DockerfileNode>();
        trigger->m_pieces = node->m_pieces;
        trigger->firstLine = node->firstLine;
        fillNode(trigger.get(), split.rest, depth + 1);
        node->isValid = trigger->isValid;
        node->trigger = trigger;
        return;
    }
    auto arguments = instructionArguments(split.keyword, split.rest, m_file.escape);
    if (!arguments) {
        node->isValid = false;
        report(node->positionAt(0), endOfLine(m_line - 1), arguments.error().detail);
        return;
    }
    node->arguments = arguments->words;
    node->isJson = arguments->isJson;
}

void DockerfileParser::readHeredocs(DockerfileNode *node)
{
    if (!mayHoldHeredocs(*node) || !node->original.contains("<<"_L1))
        return;
    for (Heredoc &heredoc : heredocsOf(node->original)) {
        bool terminated = false;
        while (!terminated && m_line < m_lines.size()) {
            const QString &line = m_lines[m_line++];
            QString candidate = withoutLineEnd(line);
            while (heredoc.chomp && candidate.startsWith(u'\t'))
                candidate.remove(0, 1);
            terminated = candidate == heredoc.name;
            if (!terminated)
                heredoc.content += line;
        }
        if (!terminated) {
            node->isValid = false;
            const auto [begin, end] = node->rangeOf(QString("<<"_L1 + QString(heredoc.chomp ? u"-"_s : QString())));
            report(begin, end, u"unterminated heredoc"_s, u"end it with a line that holds only %1"_s.arg(heredoc.name));
        }
        node->heredocs += heredoc;
    }
}

ParsedDockerfile parseDockerfile(const QByteArray &text)
{
    if (text.size() > maxFileBytes) {
        ParsedDockerfile file;
        file.diagnostics += Diagnostic{Diagnostic::Severity::Error, {1, 1}, {1, 1}, u"the Dockerfile is larger than 16 MB"_s, {}};
        return file;
    }
    return DockerfileParser(text).run();
}

} // namespace Engine::Internal
