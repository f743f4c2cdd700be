// SPDX-License-Identifier: GPL-3.0-or-later
#include "templateparser_p.h"

namespace Cli {

using namespace Qt::StringLiterals;

namespace {

using Node = GoTemplate::Node;
using NodePtr = std::shared_ptr<Node>;

//! A mistake in the template on its way out of the recursive descent; caught in parseTemplate().
struct TemplateMistake {
    QString words;
};

struct TemplateToken {
    enum class Kind { Word, Field, Variable, String, Number, Pipe, Open, Close, Comma, Declare, Assign, End } kind = Kind::End;
    QString text;
    QStringList path;   //!< fields attached without a space: $x.A.B, ).A
};

bool isNameCharacter(QChar c)
{
    return c.isLetterOrNumber() || c == u'_';
}

//! Splits the inside of {{ }} into tokens.
class ActionLexer final
{
public:
    explicit ActionLexer(const QString &text) : m_text(text) {}

    std::vector<TemplateToken> tokens()
    {
        std::vector<TemplateToken> all;
        for (;;) {
            while (m_at < m_text.size() && m_text[m_at].isSpace())
                ++m_at;
            if (m_at >= m_text.size())
                break;
            all.push_back(next());
        }
        return all;
    }

private:
    using Kind = TemplateToken::Kind;

    TemplateToken next()
    {
        const QChar c = m_text[m_at];
        if (c == u'.' && !(m_at + 1 < m_text.size() && m_text[m_at + 1].isDigit()))
            return {Kind::Field, {}, fields()};
        if (c == u'$') {
            const qsizetype begin = m_at++;
            skipName();
            const QString name = m_text.mid(begin, m_at - begin);
            return {Kind::Variable, name, fields()};
        }
        if (c == u'"' || c == u'`' || c == u'\'')
            return {Kind::String, quoted(c), {}};
        if (c == u'|' || c == u',' || c == u'(' || c == u')') {
            ++m_at;
            const Kind kind = c == u'|' ? Kind::Pipe : c == u',' ? Kind::Comma : c == u'(' ? Kind::Open : Kind::Close;
            return {kind, {}, kind == Kind::Close ? fields() : QStringList()};
        }
        if (m_text.mid(m_at, 2) == ":="_L1) {
            m_at += 2;
            return {Kind::Declare, {}, {}};
        }
        if (c == u'=') {
            ++m_at;
            return {Kind::Assign, {}, {}};
        }
        return wordOrNumber();
    }

    TemplateToken wordOrNumber()
    {
        const qsizetype begin = m_at;
        const QChar first = m_text[m_at];
        if (first.isDigit() || first == u'-' || first == u'+' || first == u'.') {
            for (++m_at; m_at < m_text.size() && (isNameCharacter(m_text[m_at]) || m_text[m_at] == u'.'); ++m_at)
                ;
            return {Kind::Number, m_text.mid(begin, m_at - begin), {}};
        }
        skipName();
        if (m_at == begin)
            throw TemplateMistake{u"unexpected %1 in command"_s.arg(QString(u'"' + QString(first) + u'"'))};
        return {Kind::Word, m_text.mid(begin, m_at - begin), {}};
    }

    void skipName()
    {
        while (m_at < m_text.size() && isNameCharacter(m_text[m_at]))
            ++m_at;
    }

    //! ".A.B" from here on; a lone "." is the dot itself.
    QStringList fields()
    {
        QStringList path;
        while (m_at < m_text.size() && m_text[m_at] == u'.') {
            const qsizetype begin = ++m_at;
            skipName();
            if (m_at == begin)
                break;
            path += m_text.mid(begin, m_at - begin);
        }
        return path;
    }

    QString quoted(QChar quote)
    {
        QString value;
        for (++m_at; m_at < m_text.size() && m_text[m_at] != quote; ++m_at) {
            if (m_text[m_at] != u'\\' || quote == u'`' || m_at + 1 >= m_text.size()) {
                value += m_text[m_at];
                continue;
            }
            const QChar escaped = m_text[++m_at];
            value += escaped == u'n' ? QChar(u'\n') : escaped == u't' ? QChar(u'\t') : escaped == u'r' ? QChar(u'\r') : escaped;
        }
        if (m_at >= m_text.size())
            throw TemplateMistake{u"unterminated quoted string"_s};
        ++m_at;
        return value;
    }

    QString m_text;
    qsizetype m_at = 0;
};

//! Reads the tokens of one action.
class PipelineParser final
{
public:
    explicit PipelineParser(std::vector<TemplateToken> tokens) : m_tokens(std::move(tokens)) {}

    TemplatePipeline whole()
    {
        TemplatePipeline pipeline = parse();
        if (m_at < m_tokens.size())
            throw TemplateMistake{u"unexpected right paren"_s};
        return pipeline;
    }

private:
    using Kind = TemplateToken::Kind;

    const TemplateToken &peek(std::size_t ahead = 0) const
    {
        static const TemplateToken end;
        return m_at + ahead < m_tokens.size() ? m_tokens[m_at + ahead] : end;
    }

    TemplatePipeline parse()
    {
        TemplatePipeline pipeline;
        if (peek().kind == Kind::Variable) {
            const bool two = peek(1).kind == Kind::Comma && peek(2).kind == Kind::Variable;
            const Kind after = peek(two ? 3 : 1).kind;
            if (after == Kind::Declare || after == Kind::Assign) {
                pipeline.variables += peek().text;
                if (two)
                    pipeline.variables += peek(2).text;
                m_at += two ? 4 : 2;
            }
        }
        do {
            pipeline.calls.push_back(call());
        } while (peek().kind == Kind::Pipe && ++m_at);
        return pipeline;
    }

    TemplateCall call()
    {
        TemplateCall operands;
        while (peek().kind != Kind::End && peek().kind != Kind::Pipe && peek().kind != Kind::Close)
            operands.push_back(operand());
        if (operands.empty())
            throw TemplateMistake{u"missing value for command"_s};
        return operands;
    }

    TemplateOperand operand()
    {
        const TemplateToken token = m_tokens[m_at++];
        switch (token.kind) {
        case Kind::Field:
            return {.kind = TemplateOperand::Kind::Field, .name = {}, .path = token.path, .literal = {}, .inner = {}};
        case Kind::Variable:
            return {.kind = TemplateOperand::Kind::Variable, .name = token.text, .path = token.path, .literal = {}, .inner = {}};
        case Kind::String:
            return literal(token.text.toStdString());
        case Kind::Number:
            return number(token.text);
        case Kind::Open:
            return parenthesis();
        case Kind::Word:
            return word(token.text);
        default:
            throw TemplateMistake{u"unexpected token in operand"_s};
        }
    }

    static TemplateOperand literal(Json value)
    {
        return {.kind = TemplateOperand::Kind::Literal, .name = {}, .path = {}, .literal = std::move(value), .inner = {}};
    }

    static TemplateOperand number(const QString &text)
    {
        bool isInteger = false;
        const qint64 integer = text.toLongLong(&isInteger, 0);
        if (isInteger)
            return literal(integer);
        bool isReal = false;
        const double real = text.toDouble(&isReal);
        if (!isReal)
            throw TemplateMistake{u"bad number syntax: \"%1\""_s.arg(text)};
        return literal(real);
    }

    TemplateOperand parenthesis()
    {
        if (++m_depth > 100)
            throw TemplateMistake{u"parentheses are nested too deeply"_s};
        TemplateOperand result{.kind = TemplateOperand::Kind::Parenthesis, .name = {}, .path = {}, .literal = {}, .inner = {}};
        result.inner = std::make_shared<TemplatePipeline>(parse());
        --m_depth;
        if (peek().kind != Kind::Close)
            throw TemplateMistake{u"unclosed left paren"_s};
        result.path = peek().path;
        ++m_at;
        return result;
    }

    static TemplateOperand word(const QString &name)
    {
        if (name == "true"_L1 || name == "false"_L1)
            return literal(name == "true"_L1);
        if (name == "nil"_L1)
            return {.kind = TemplateOperand::Kind::Nil, .name = {}, .path = {}, .literal = {}, .inner = {}};
        if (!isTemplateFunction(name))
            throw TemplateMistake{u"function \"%1\" not defined"_s.arg(name)};
        return {.kind = TemplateOperand::Kind::Function, .name = name, .path = {}, .literal = {}, .inner = {}};
    }

    std::vector<TemplateToken> m_tokens;
    std::size_t m_at = 0;
    int m_depth = 0;
};

//! Text and actions, nested by if, range, with and end.
class TemplateParser final
{
public:
    explicit TemplateParser(const QString &text) : m_text(text) {}

    NodePtr parse()
    {
        auto root = std::make_shared<Node>();
        if (!block(root->body).isEmpty())
            throw TemplateMistake{u"unexpected {{end}}"_s};
        return root;
    }

private:
    //! Reads up to {{end}} or {{else …}} of this level. \return that action, or empty at the end of the text
    QString block(std::vector<NodePtr> &into)
    {
        for (;;) {
            const qsizetype open = m_text.indexOf("{{"_L1, m_at);
            QString text = m_text.mid(m_at, open < 0 ? -1 : open - m_at);
            if (m_trimNext)
                text = trimmedLeft(text);
            if (open < 0) {
                m_at = m_text.size();
                add(into, text);
                return {};
            }
            const QString inside = action(open);
            if (m_trimPrevious)
                text = trimmedRight(text);
            add(into, text);
            const QString keyword = inside.section(u' ', 0, 0);
            if (keyword == "end"_L1 || keyword == "else"_L1)
                return inside;
            if (!inside.startsWith("/*"_L1))
                into.push_back(node(inside));
        }
    }

    //! The text between {{ at \p open and its }}, without trim marks.
    QString action(qsizetype open)
    {
        const qsizetype close = closing(open + 2);
        QString inside = m_text.mid(open + 2, close - open - 2);
        m_at = close + 2;
        m_trimPrevious = inside.startsWith("- "_L1);
        m_trimNext = inside.endsWith(" -"_L1);
        if (m_trimPrevious)
            inside.remove(0, 2);
        if (m_trimNext)
            inside.chop(2);
        return inside.trimmed();
    }

    //! Where }} is that does not stand in a string.
    qsizetype closing(qsizetype from) const
    {
        QChar quote;
        for (qsizetype i = from; i + 1 < m_text.size(); ++i) {
            const QChar c = m_text[i];
            if (!quote.isNull()) {
                if (c == u'\\' && quote != u'`')
                    ++i;
                else if (c == quote)
                    quote = QChar();
            } else if (c == u'"' || c == u'`' || c == u'\'') {
                quote = c;
            } else if (c == u'}' && m_text[i + 1] == u'}') {
                return i;
            }
        }
        throw TemplateMistake{u"unclosed action"_s};
    }

    NodePtr node(const QString &inside)
    {
        const QString keyword = inside.section(u' ', 0, 0);
        auto result = std::make_shared<Node>();
        if (keyword == "if"_L1)
            result->kind = Node::Kind::If;
        else if (keyword == "range"_L1)
            result->kind = Node::Kind::Range;
        else if (keyword == "with"_L1)
            result->kind = Node::Kind::With;
        else {
            result->kind = Node::Kind::Print;
            result->pipeline = pipeline(inside);
            return result;
        }
        result->pipeline = pipeline(inside.mid(keyword.size()));
        control(*result);
        return result;
    }

    //! The body of an if, range or with, its else branches and its end.
    void control(Node &result)
    {
        const QString stop = block(result.body);
        if (stop.isEmpty())
            throw TemplateMistake{u"unexpected EOF"_s};
        if (stop == "end"_L1)
            return;
        const QString condition = stop.mid(4).trimmed(); // after "else"
        if (condition.isEmpty()) {
            if (block(result.otherwise) != "end"_L1)
                throw TemplateMistake{u"unexpected EOF"_s};
            return;
        }
        auto nested = std::make_shared<Node>();
        nested->kind = condition.startsWith("with "_L1) ? Node::Kind::With : Node::Kind::If;
        nested->pipeline = pipeline(condition.section(u' ', 1));
        control(*nested);
        result.otherwise.push_back(nested);
    }

    static TemplatePipeline pipeline(const QString &inside)
    {
        return PipelineParser(ActionLexer(inside).tokens()).whole();
    }

    static void add(std::vector<NodePtr> &into, const QString &text)
    {
        if (text.isEmpty())
            return;
        auto node = std::make_shared<Node>();
        node->kind = Node::Kind::Text;
        node->text = text;
        into.push_back(node);
    }

    static QString trimmedLeft(const QString &text)
    {
        qsizetype i = 0;
        while (i < text.size() && text[i].isSpace())
            ++i;
        return text.mid(i);
    }

    static QString trimmedRight(const QString &text)
    {
        qsizetype i = text.size();
        while (i > 0 && text[i - 1].isSpace())
            --i;
        return text.left(i);
    }

    QString m_text;
    qsizetype m_at = 0;
    bool m_trimPrevious = false;
    bool m_trimNext = false;
};

} // namespace

std::expected<std::shared_ptr<const GoTemplate::Node>, QString> parseTemplate(const QString &text)
{
    try {
        return TemplateParser(text).parse();
    } catch (const TemplateMistake &mistake) {
        return std::unexpected("template: :1: "_L1 + mistake.words);
    }
}

} // namespace Cli
