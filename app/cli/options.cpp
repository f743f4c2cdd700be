// SPDX-License-Identifier: GPL-3.0-or-later
#include "options.h"

namespace Cli {

using namespace Qt::StringLiterals;

namespace {

//! "-n, --last", as pflag names an option in its errors.
QString displayName(const OptionSpec &spec)
{
    const QString longForm = u"--%1"_s.arg(QLatin1StringView(spec.longName));
    return spec.shortName ? u"-%1, %2"_s.arg(QLatin1Char(spec.shortName)).arg(longForm) : longForm;
}

//! strconv.ParseBool's words.
std::optional<bool> parseBool(const QString &text)
{
    static const QStringList yes{u"1"_s, u"t"_s, u"T"_s, u"true"_s, u"TRUE"_s, u"True"_s};
    static const QStringList no{u"0"_s, u"f"_s, u"F"_s, u"false"_s, u"FALSE"_s, u"False"_s};
    if (yes.contains(text))
        return true;
    if (no.contains(text))
        return false;
    return {};
}

class Parser final
{
public:
    explicit Parser(std::span<const OptionSpec> specs) : m_specs(specs) {}

    std::expected<ParsedOptions, QString> parse(const QStringList &arguments, OptionOrder order);

private:
    using Outcome = std::expected<void, QString>;

    const OptionSpec *findLong(QStringView name) const;
    const OptionSpec *findShort(QChar name) const;
    Outcome parseLong(const QString &argument);
    Outcome parseShort(const QString &argument);
    Outcome store(const OptionSpec &spec, const QString &value);

    std::span<const OptionSpec> m_specs;
    QStringList m_rest;     //!< what was not looked at yet
    ParsedOptions m_result;
};

const OptionSpec *Parser::findLong(QStringView name) const
{
    for (const OptionSpec &spec : m_specs) {
        if (name == QLatin1StringView(spec.longName))
            return &spec;
    }
    return nullptr;
}

const OptionSpec *Parser::findShort(QChar name) const
{
    for (const OptionSpec &spec : m_specs) {
        if (spec.shortName && name == QLatin1Char(spec.shortName))
            return &spec;
    }
    return nullptr;
}

Parser::Outcome Parser::store(const OptionSpec &spec, const QString &value)
{
    if (spec.refusal)
        return std::unexpected(u"%1: %2"_s.arg(displayName(spec), QLatin1StringView(spec.refusal)));
    QString normal = value;
    if (spec.kind == OptionKind::Flag) {
        const std::optional<bool> on = parseBool(value);
        if (!on) {
            return std::unexpected(u"invalid argument \"%1\" for \"%2\" flag: strconv.ParseBool: parsing \"%1\": invalid syntax"_s
                                       .arg(value, displayName(spec)));
        }
        normal = *on ? u"true"_s : u"false"_s;
    } else if (spec.kind == OptionKind::Integer) {
        bool isNumber = false;
        value.toInt(&isNumber);
        if (!isNumber) {
            return std::unexpected(u"invalid argument \"%1\" for \"%2\" flag: strconv.ParseInt: parsing \"%1\": invalid syntax"_s
                                       .arg(value, displayName(spec)));
        }
    }
    m_result.options.set(spec, normal);
    return {};
}

Parser::Outcome Parser::parseLong(const QString &argument)
{
    const qsizetype equals = argument.indexOf(u'=');
    const QString name = argument.mid(2, equals < 0 ? -1 : equals - 2);
    if (name.isEmpty() || name.startsWith(u'-'))
        return std::unexpected(u"bad flag syntax: %1"_s.arg(argument));
    const OptionSpec *spec = findLong(name);
    if (!spec)
        return std::unexpected(u"unknown flag: --%1"_s.arg(name));
    if (equals >= 0)
        return store(*spec, argument.mid(equals + 1));
    if (spec->kind == OptionKind::Flag)
        return store(*spec, u"true"_s);
    if (m_rest.isEmpty())
        return std::unexpected(u"flag needs an argument: --%1"_s.arg(name));
    return store(*spec, m_rest.takeFirst());
}

Parser::Outcome Parser::parseShort(const QString &argument)
{
    for (qsizetype i = 1; i < argument.size(); ++i) {
        const OptionSpec *spec = findShort(argument[i]);
        if (!spec)
            return std::unexpected(u"unknown shorthand flag: '%1' in -%2"_s.arg(argument[i]).arg(argument.mid(i)));
        const QString rest = argument.mid(i + 1);
        if (rest.size() > 1 && rest.startsWith(u'='))
            return store(*spec, rest.mid(1));
        if (spec->kind == OptionKind::Flag) {
            if (const Outcome stored = store(*spec, u"true"_s); !stored)
                return stored;
            continue;
        }
        if (!rest.isEmpty())
            return store(*spec, rest);
        if (m_rest.isEmpty())
            return std::unexpected(u"flag needs an argument: '%1' in -%2"_s.arg(argument[i]).arg(argument.mid(i)));
        return store(*spec, m_rest.takeFirst());
    }
    return {};
}

std::expected<ParsedOptions, QString> Parser::parse(const QStringList &arguments, OptionOrder order)
{
    m_rest = arguments;
    while (!m_rest.isEmpty()) {
        const QString argument = m_rest.takeFirst();
        if (argument == "--"_L1) {
            m_result.arguments += m_rest;
            break;
        }
        if (argument.size() < 2 || !argument.startsWith(u'-')) { // a lone "-" is an argument
            m_result.arguments += argument;
            if (order == OptionOrder::BeforeArguments) {
                m_result.arguments += m_rest;
                break;
            }
            continue;
        }
        const Outcome outcome = argument[1] == u'-' ? parseLong(argument) : parseShort(argument);
        if (!outcome)
            return std::unexpected(outcome.error());
    }
    return std::move(m_result);
}

} // namespace

std::optional<int> OptionValues::integer(const char *name) const
{
    if (!has(name))
        return {};
    return text(name).toInt();
}

void OptionValues::set(const OptionSpec &spec, const QString &value)
{
    QStringList &values = m_values[QLatin1StringView(spec.longName)];
    if (spec.kind != OptionKind::List)
        values.clear();
    values += value;
}

std::expected<ParsedOptions, QString> parseOptions(std::span<const OptionSpec> specs, const QStringList &arguments,
                                                   OptionOrder order)
{
    return Parser(specs).parse(arguments, order);
}

} // namespace Cli
