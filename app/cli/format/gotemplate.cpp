// SPDX-License-Identifier: GPL-3.0-or-later
#include "gotemplate.h"

#include "templateparser_p.h"

#include <QtCore/QHash>

#include <algorithm>

namespace Cli {

using namespace Qt::StringLiterals;

namespace {

//! A mistake while rendering; caught in GoTemplate::render().
struct RenderMistake {
    QString words;
};

//! How Go's fmt prints a value: maps as map[a:1 b:2], lists as [1 2].
QString goText(const Json &value)
{
    switch (value.type()) {
    case Json::value_t::null:
        return u"<no value>"_s;
    case Json::value_t::string:
        return QString::fromStdString(value.get_ref<const std::string &>());
    case Json::value_t::array: {
        QStringList items;
        for (const Json &item : value)
            items += item.is_null() ? u"<nil>"_s : goText(item);
        return u'[' + items.join(u' ') + u']';
    }
    case Json::value_t::object: {
        QStringList items;
        for (const auto &[key, item] : value.items())
            items += QString::fromStdString(key) + u':' + (item.is_null() ? u"<nil>"_s : goText(item));
        items.sort();
        return "map["_L1 + items.join(u' ') + u']';
    }
    default:
        return QString::fromStdString(value.dump());
    }
}

bool isTrue(const Json &value)
{
    switch (value.type()) {
    case Json::value_t::null:
        return false;
    case Json::value_t::boolean:
        return value.get<bool>();
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
    case Json::value_t::number_float:
        return value.get<double>() != 0;
    case Json::value_t::string:
        return !value.get_ref<const std::string &>().empty();
    default:
        return !value.empty();
    }
}

using Arguments = std::vector<Json>;
using Function = Json (*)(const Arguments &);

Json text(const QString &value)
{
    return value.toStdString();
}

const Json &argument(const Arguments &arguments, std::size_t index)
{
    if (index >= arguments.size())
        throw RenderMistake{u"wrong number of args: want at least %1 got %2"_s.arg(index + 1).arg(arguments.size())};
    return arguments[index];
}

qint64 number(const Arguments &arguments, std::size_t index)
{
    const Json &value = argument(arguments, index);
    if (!value.is_number())
        throw RenderMistake{u"wrong type for value; expected int; got %1"_s.arg(goText(value))};
    return value.get<qint64>();
}

Json joinFunction(const Arguments &arguments)
{
    QStringList items;
    for (const Json &item : argument(arguments, 0))
        items += goText(item);
    return text(items.join(goText(argument(arguments, 1))));
}

Json splitFunction(const Arguments &arguments)
{
    Json parts = Json::array();
    for (const QString &part : goText(argument(arguments, 0)).split(goText(argument(arguments, 1))))
        parts.push_back(part.toStdString());
    return parts;
}

Json titleFunction(const Arguments &arguments)
{
    QString words = goText(argument(arguments, 0));
    for (qsizetype i = 0; i < words.size(); ++i) {
        if (i == 0 || words[i - 1].isSpace())
            words[i] = words[i].toUpper();
    }
    return text(words);
}

Json padFunction(const Arguments &arguments)
{
    const QString value = goText(argument(arguments, 0));
    if (value.isEmpty())
        return text(value);
    return text(QString(std::max<qint64>(0, number(arguments, 1)), u' ') + value + QString(std::max<qint64>(0, number(arguments, 2)), u' '));
}

Json lengthFunction(const Arguments &arguments)
{
    const Json &value = argument(arguments, 0);
    if (value.is_string())
        return value.get_ref<const std::string &>().size();
    return value.size();
}

Json indexFunction(const Arguments &arguments)
{
    Json value = argument(arguments, 0);
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const Json &key = arguments[i];
        if (value.is_object() && key.is_string()) {
            const auto found = value.find(key.get_ref<const std::string &>());
            value = found == value.end() ? Json() : Json(*found);
        } else if (value.is_array() && key.is_number_integer()) {
            const qint64 at = key.get<qint64>();
            if (at < 0 || static_cast<std::size_t>(at) >= value.size())
                throw RenderMistake{u"error calling index: reflect: slice index out of range"_s};
            value = Json(value[static_cast<std::size_t>(at)]);
        } else {
            throw RenderMistake{u"error calling index: cannot index %1 with %2"_s.arg(goText(value), goText(key))};
        }
    }
    return value;
}

//! printf with Go's verbs %s %v %d %q %t %% and widths.
Json printfFunction(const Arguments &arguments)
{
    const QString format = goText(argument(arguments, 0));
    QString result;
    std::size_t next = 1;
    for (qsizetype i = 0; i < format.size(); ++i) {
        if (format[i] != u'%') {
            result += format[i];
            continue;
        }
        QString width;
        for (++i; i < format.size() && (format[i].isDigit() || format[i] == u'-' || format[i] == u'.'); ++i)
            width += format[i];
        if (i >= format.size())
            break;
        if (format[i] == u'%') {
            result += u'%';
            continue;
        }
        QString value = next < arguments.size() ? goText(arguments[next]) : u"%!%1(MISSING)"_s.arg(format[i]);
        if (format[i] == u'q' && next < arguments.size())
            value = QString::fromStdString(Json(value.toStdString()).dump());
        ++next;
        const int columns = width.section(u'.', 0, 0).toInt();
        result += columns < 0 ? value.leftJustified(-columns) : value.rightJustified(columns);
    }
    return text(result);
}

Json printFunction(const Arguments &arguments)
{
    QString result;
    for (const Json &value : arguments)
        result += goText(value);
    return text(result);
}

Json printlnFunction(const Arguments &arguments)
{
    QStringList parts;
    for (const Json &value : arguments)
        parts += goText(value);
    return text(parts.join(u' ') + u'\n');
}

Json andFunction(const Arguments &arguments)
{
    const auto found = std::ranges::find_if_not(arguments, isTrue);
    return found == arguments.end() ? argument(arguments, arguments.size() - 1) : *found;
}

Json orFunction(const Arguments &arguments)
{
    const auto found = std::ranges::find_if(arguments, isTrue);
    return found == arguments.end() ? argument(arguments, arguments.size() - 1) : *found;
}

Json equalsFunction(const Arguments &arguments)
{
    const Json &first = argument(arguments, 0);
    static_cast<void>(argument(arguments, 1));
    return std::any_of(arguments.begin() + 1, arguments.end(), [&first](const Json &other) { return other == first; });
}

const QHash<QString, Function> &functions()
{
    static const QHash<QString, Function> table{
        {u"json"_s, [](const Arguments &a) { return Json(argument(a, 0).dump(-1, ' ', false, Json::error_handler_t::replace)); }},
        {u"join"_s, joinFunction},
        {u"split"_s, splitFunction},
        {u"lower"_s, [](const Arguments &a) { return text(goText(argument(a, 0)).toLower()); }},
        {u"upper"_s, [](const Arguments &a) { return text(goText(argument(a, 0)).toUpper()); }},
        {u"title"_s, titleFunction},
        {u"truncate"_s, [](const Arguments &a) { return text(goText(argument(a, 0)).left(number(a, 1))); }},
        {u"pad"_s, padFunction},
        {u"print"_s, printFunction},
        {u"printf"_s, printfFunction},
        {u"println"_s, printlnFunction},
        {u"len"_s, lengthFunction},
        {u"index"_s, indexFunction},
        {u"and"_s, andFunction},
        {u"or"_s, orFunction},
        {u"not"_s, [](const Arguments &a) { return Json(!isTrue(argument(a, 0))); }},
        {u"eq"_s, equalsFunction},
        {u"ne"_s, [](const Arguments &a) { return Json(argument(a, 0) != argument(a, 1)); }},
        {u"lt"_s, [](const Arguments &a) { return Json(argument(a, 0) < argument(a, 1)); }},
        {u"le"_s, [](const Arguments &a) { return Json(argument(a, 0) <= argument(a, 1)); }},
        {u"gt"_s, [](const Arguments &a) { return Json(argument(a, 0) > argument(a, 1)); }},
        {u"ge"_s, [](const Arguments &a) { return Json(argument(a, 0) >= argument(a, 1)); }},
    };
    return table;
}

class Renderer final
{
public:
    enum class Purpose { Values, Header };

    Renderer(const Json &data, GoTemplate::Missing missing, Purpose purpose) : m_missing(missing), m_purpose(purpose)
    {
        m_variables.append({u"$"_s, data});
    }

    void block(const std::vector<std::shared_ptr<GoTemplate::Node>> &nodes, const Json &dot)
    {
        const qsizetype scope = m_variables.size();
        for (const auto &node : nodes)
            render(*node, dot);
        m_variables.resize(scope);
    }

    QString output;

private:
    using Node = GoTemplate::Node;

    void render(const Node &node, const Json &dot)
    {
        switch (node.kind) {
        case Node::Kind::Text:
            output += node.text;
            break;
        case Node::Kind::Print: {
            const Json value = evaluate(node.pipeline, dot);
            if (node.pipeline.variables.isEmpty())
                output += goText(value);
            break;
        }
        case Node::Kind::If:
            block(isTrue(evaluate(node.pipeline, dot)) ? node.body : node.otherwise, dot);
            break;
        case Node::Kind::With: {
            const Json value = evaluate(node.pipeline, dot);
            if (isTrue(value))
                block(node.body, value);
            else
                block(node.otherwise, dot);
            break;
        }
        case Node::Kind::Range:
            range(node, dot);
            break;
        case Node::Kind::Block:
            block(node.body, dot);
            break;
        }
    }

    void range(const Node &node, const Json &dot)
    {
        TemplatePipeline pipeline = node.pipeline;
        const QStringList variables = std::exchange(pipeline.variables, {});
        const Json items = evaluate(pipeline, dot);
        if (items.empty()) {
            block(node.otherwise, dot);
            return;
        }
        if (!items.is_structured())
            throw RenderMistake{u"range can't iterate over %1"_s.arg(goText(items))};
        std::vector<std::pair<Json, Json>> entries;
        for (const auto &[key, value] : items.items())
            entries.emplace_back(items.is_array() ? Json(entries.size()) : Json(key), value);
        if (items.is_object())
            std::ranges::sort(entries, {}, [](const auto &entry) { return entry.first.template get<std::string>(); });
        for (const auto &[key, value] : entries) {
            const qsizetype scope = m_variables.size();
            if (variables.size() == 2)
                m_variables.append({variables[0], key});
            if (!variables.isEmpty())
                m_variables.append({variables.last(), value});
            block(node.body, value);
            m_variables.resize(scope);
        }
    }

    Json evaluate(const TemplatePipeline &pipeline, const Json &dot)
    {
        std::optional<Json> value;
        for (const TemplateCall &call : pipeline.calls)
            value = evaluate(call, dot, value);
        for (const QString &variable : pipeline.variables)
            m_variables.append({variable, *value});
        return *value;
    }

    //! \p piped: what the call before gave; the last argument of this one.
    Json evaluate(const TemplateCall &call, const Json &dot, const std::optional<Json> &piped)
    {
        const TemplateOperand &first = call.front();
        if (first.kind == TemplateOperand::Kind::Nil)
            throw RenderMistake{u"nil is not a command"_s};
        if (first.kind != TemplateOperand::Kind::Function) {
            if (call.size() > 1 || piped)
                throw RenderMistake{u"can't give argument to non-function %1"_s.arg(describe(first))};
            return value(first, dot);
        }
        Arguments arguments;
        for (std::size_t i = 1; i < call.size(); ++i)
            arguments.push_back(value(call[i], dot));
        if (piped)
            arguments.push_back(*piped);
        if (m_purpose == Purpose::Header) // `table {{upper .Names}}` is headed "NAMES"
            return argument(arguments, 0);
        return functions().value(first.name)(arguments);
    }

    Json value(const TemplateOperand &operand, const Json &dot)
    {
        switch (operand.kind) {
        case TemplateOperand::Kind::Literal:
            return operand.literal;
        case TemplateOperand::Kind::Nil:
            return {};
        case TemplateOperand::Kind::Field:
            return follow(dot, operand);
        case TemplateOperand::Kind::Parenthesis:
            return follow(evaluate(*operand.inner, dot), operand);
        case TemplateOperand::Kind::Function:
            return functions().value(operand.name)({});
        case TemplateOperand::Kind::Variable:
            break;
        }
        const auto found = std::find_if(m_variables.crbegin(), m_variables.crend(),
                                        [&operand](const auto &entry) { return entry.first == operand.name; });
        if (found == m_variables.crend())
            throw RenderMistake{u"undefined variable \"%1\""_s.arg(operand.name)};
        return follow(found->second, operand);
    }

    Json follow(const Json &from, const TemplateOperand &operand) const
    {
        Json value = from;
        for (const QString &name : operand.path) {
            const auto found = value.is_object() ? value.find(name.toStdString()) : value.end();
            if (found == value.end()) {
                if (m_missing == GoTemplate::Missing::IsError)
                    throw RenderMistake{u"executing \"\" at <%1>: map has no entry for key \"%2\""_s.arg(describe(operand), name)};
                return {};
            }
            value = Json(*found);
        }
        return value;
    }

    static QString describe(const TemplateOperand &operand)
    {
        const QString fields = operand.path.isEmpty() ? QString() : u'.' + operand.path.join(u'.');
        return operand.kind == TemplateOperand::Kind::Field && fields.isEmpty() ? u"."_s : operand.name + fields;
    }

    GoTemplate::Missing m_missing;
    Purpose m_purpose;
    QList<std::pair<QString, Json>> m_variables;
};

} // namespace

bool isTemplateFunction(const QString &name)
{
    return functions().contains(name);
}

std::expected<GoTemplate, QString> GoTemplate::parse(const QString &text)
{
    std::expected<std::shared_ptr<const Node>, QString> root = parseTemplate(text);
    if (!root)
        return std::unexpected(root.error());
    return GoTemplate(*std::move(root));
}

std::expected<QString, QString> GoTemplate::render(const Json &data, Missing missing) const
{
    try {
        Renderer renderer(data, missing, Renderer::Purpose::Values);
        renderer.block(m_root->body, data);
        return renderer.output;
    } catch (const RenderMistake &mistake) {
        return std::unexpected("template: :1: "_L1 + mistake.words);
    } catch (const Json::exception &error) {
        return std::unexpected("template: :1: "_L1 + QString::fromUtf8(error.what()));
    }
}

std::expected<QString, QString> GoTemplate::renderHeader(const Json &titles) const
{
    try {
        Renderer renderer(titles, Missing::IsNoValue, Renderer::Purpose::Header);
        renderer.block(m_root->body, titles);
        return renderer.output;
    } catch (const RenderMistake &mistake) {
        return std::unexpected("template: :1: "_L1 + mistake.words);
    }
}

} // namespace Cli
