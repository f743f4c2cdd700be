// SPDX-License-Identifier: GPL-3.0-or-later
#include "oci/dockerfileinstructions_p.h"

#include "base/try_p.h"
#include "oci/runmount_p.h"

#include <QtCore/QRegularExpression>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

const QStringList &instructionNames()
{
    static const QStringList names{u"ADD"_s,        u"ARG"_s,  u"CMD"_s,     u"COPY"_s, u"ENTRYPOINT"_s, u"ENV"_s,    u"EXPOSE"_s, u"FROM"_s,    u"HEALTHCHECK"_s,
                                   u"LABEL"_s,      u"MAINTAINER"_s, u"ONBUILD"_s, u"RUN"_s,  u"SHELL"_s,      u"STOPSIGNAL"_s, u"USER"_s,   u"VOLUME"_s,  u"WORKDIR"_s};
    return names;
}

Failure mistake(const DockerfileNode &node, const QString &detail, const QString &remedy = {}, QStringView word = {})
{
    return Failure(Error{.code = ErrorCode::InvalidInput,
                         .object = node.name(),
                         .detail = detail,
                         .remedy = remedy,
                         .position = node.rangeOf(word).first});
}

QString suggestion(const QString &word, const QStringList &options)
{
    const QString nearest = nearestWord(word, options);
    return nearest.isEmpty() ? QString() : u" (did you mean %1?)"_s.arg(nearest);
}

//! The flags of one instruction: each known one at most once, unless it is a list.
class Flags final
{
public:
    enum class Kind { Value, Switch, List };

    explicit Flags(const DockerfileNode &node) : m_node(node) {}
    Flags &allow(const char *name, Kind kind = Kind::Value)
    {
        m_known.insert(QString::fromLatin1(name), kind);
        return *this;
    }

    Result<void> read()
    {
        for (const QString &flag : m_node.flags) {
            const qsizetype equals = flag.indexOf(u'=');
            const QString name = flag.mid(2, equals < 0 ? -1 : equals - 2);
            const auto kind = m_known.constFind(name);
            if (kind == m_known.constEnd()) {
                return mistake(m_node, u"unknown flag: --%1%2"_s.arg(name, suggestion(name, m_known.keys())),
                               m_known.isEmpty() ? u"%1 takes no flags"_s.arg(m_node.name())
                                                 : u"%1 knows --%2"_s.arg(m_node.name(), m_known.keys().join(", --"_L1)),
                               flag);
            }
            if (*kind != Kind::List && m_values.contains(name))
                return mistake(m_node, u"Duplicate flag specified: %1"_s.arg(name), u"keep one of them"_s, flag);
            QString value = flag.mid(equals + 1);
            if (*kind == Kind::Switch) {
                value = equals < 0 ? u"true"_s : value.toLower();
                if (value != "true"_L1 && value != "false"_L1)
                    return mistake(m_node, u"expecting boolean value for flag %1, not: %2"_s.arg(name, value), {}, flag);
            } else if (equals < 0) {
                return mistake(m_node, u"missing a value on flag: --%1"_s.arg(name), u"write --%1=VALUE"_s.arg(name), flag);
            }
            m_values[name] += value;
        }
        return {};
    }

    QString value(const char *name) const { return m_values.value(QString::fromLatin1(name)).value(0); }
    QStringList values(const char *name) const { return m_values.value(QString::fromLatin1(name)); }
    bool isSet(const char *name) const { return value(name) == "true"_L1; }

private:
    const DockerfileNode &m_node;
    QMap<QString, Kind> m_known;
    QMap<QString, QStringList> m_values;
};

Result<void> noFlags(const DockerfileNode &node)
{
    return Flags(node).read();
}

Result<void> needArguments(const DockerfileNode &node)
{
    if (node.arguments.isEmpty())
        return mistake(node, u"%1 requires at least one argument"_s.arg(node.name()));
    return {};
}

Result<QString> onlyArgument(const DockerfileNode &node)
{
    ENGINE_TRY(noFlags(node));
    if (node.arguments.size() != 1)
        return mistake(node, u"%1 requires exactly one argument"_s.arg(node.name()));
    return node.arguments.first();
}

Result<QList<KeyValue>> keyValues(const DockerfileNode &node)
{
    ENGINE_TRY(noFlags(node));
    ENGINE_TRY(needArguments(node));
    QList<KeyValue> values;
    for (qsizetype i = 0; i + 2 < node.arguments.size(); i += 3) {
        if (node.arguments[i].isEmpty())
            return mistake(node, u"%1 names can not be blank"_s.arg(node.name()));
        values += KeyValue{node.arguments[i], node.arguments[i + 1]};
    }
    return values;
}

Result<Instruction> parseFrom(const DockerfileNode &node)
{
    static const QRegularExpression validName(u"^[a-z][a-z0-9-_\\.]*$"_s);
    Flags flags(node);
    ENGINE_TRY(flags.allow("platform").read());
    Instructions::From from{.base = {}, .stageName = {}, .platform = flags.value("platform")};
    const QStringList &words = node.arguments;
    if (words.size() == 3 && words[1].compare("as"_L1, Qt::CaseInsensitive) == 0) {
        from.stageName = words[2].toLower();
        if (!validName.match(from.stageName).hasMatch()) {
            return mistake(node, u"invalid name for build stage: %1, name can't start with a number or contain symbols"_s.arg(goQuoted(words[2])), {},
                           words[2]);
        }
    } else if (words.size() != 1) {
        return mistake(node, u"FROM requires either one or three arguments"_s, u"write FROM image, or FROM image AS name"_s);
    }
    from.base = words.first();
    return from;
}

Result<Instruction> parseArg(const DockerfileNode &node)
{
    ENGINE_TRY(noFlags(node));
    ENGINE_TRY(needArguments(node));
    Instructions::Arg arg;
    for (const QString &word : node.arguments) {
        const qsizetype equals = word.indexOf(u'=');
        if (equals == 0)
            return mistake(node, u"ARG names can not be blank"_s, {}, word);
        if (equals < 0)
            arg.definitions += Instructions::Arg::Definition{word, std::nullopt};
        else
            arg.definitions += Instructions::Arg::Definition{word.left(equals), word.mid(equals + 1)};
    }
    return arg;
}

Result<Instruction> parseCopy(const DockerfileNode &node)
{
    using Kind = Flags::Kind;
    const bool isAdd = node.name() == "ADD"_L1;
    if (node.arguments.size() < 2) {
        return mistake(node, u"%1 requires at least two arguments, but only one was provided. Destination could not be determined"_s.arg(node.name()),
                       u"write %1 source… destination"_s.arg(node.name()));
    }
    Flags flags(node);
    flags.allow("chown").allow("chmod").allow("link", Kind::Switch).allow("exclude", Kind::List);
    if (isAdd)
        flags.allow("checksum").allow("keep-git-dir", Kind::Switch).allow("unpack", Kind::Switch);
    else
        flags.allow("from").allow("parents", Kind::Switch);
    ENGINE_TRY(flags.read());
    Instructions::Copy copy;
    copy.kind = isAdd ? Instructions::Copy::Kind::Add : Instructions::Copy::Kind::Copy;
    copy.destination = node.arguments.last();
    if (!node.isJson && Heredoc::fromWord(copy.destination))
        return mistake(node, u"%1 cannot accept a heredoc as a destination"_s.arg(node.name()), {}, copy.destination);
    for (const QString &source : node.arguments.mid(0, node.arguments.size() - 1)) {
        const auto heredoc = node.isJson ? std::nullopt : Heredoc::fromWord(source);
        if (!heredoc) {
            copy.sources += source;
            continue;
        }
        const auto attached = std::find_if(node.heredocs.begin(), node.heredocs.end(), [&](const Heredoc &h) { return h.name == heredoc->name; });
        if (attached == node.heredocs.end())
            return mistake(node, u"could not find heredoc: %1"_s.arg(heredoc->name), {}, source);
        copy.inlineFiles += InlineFile{attached->name, attached->chompedContent(), attached->expand};
    }
    copy.from = flags.value("from");
    copy.chown = flags.value("chown");
    copy.chmod = flags.value("chmod");
    copy.checksum = flags.value("checksum");
    copy.excludes = flags.values("exclude");
    copy.link = flags.isSet("link");
    copy.parents = flags.isSet("parents");
    copy.keepGitFolder = flags.isSet("keep-git-dir");
    if (!flags.value("unpack").isEmpty())
        copy.unpack = flags.isSet("unpack");
    return copy;
}

Result<Instruction> parseRun(const DockerfileNode &node)
{
    Flags flags(node);
    ENGINE_TRY(flags.allow("mount", Flags::Kind::List).allow("network").allow("security").read());
    Instructions::Run run;
    run.command = {node.arguments, !node.isJson, node.heredocs};
    run.network = flags.value("network");
    run.security = flags.value("security");
    if (!run.network.isEmpty() && run.network != "default"_L1 && run.network != "none"_L1 && run.network != "host"_L1)
        return mistake(node, u"invalid network mode %1"_s.arg(goQuoted(run.network)), u"use default, none or host"_s, run.network);
    if (!run.security.isEmpty() && run.security != "sandbox"_L1 && run.security != "insecure"_L1)
        return mistake(node, u"security %1 is not valid"_s.arg(goQuoted(run.security)), u"use sandbox or insecure"_s, run.security);
    run.mountText = flags.values("mount").join(u' ');
    for (const QString &text : flags.values("mount")) {
        if (text.contains(u'$') && !text.contains("from="_L1)) { // understood once it is expanded
            run.mounts += RunMount{.unexpanded = text};
            continue;
        }
        auto mount = parseRunMount(text);
        if (!mount)
            return mistake(node, mount.error().detail, mount.error().remedy, text);
        run.mounts += *mount;
    }
    return run;
}

//! Go's duration texts: "1h30m", "5.5s". \return nothing when \p text is none
std::optional<std::chrono::nanoseconds> parseDuration(const QString &text)
{
    static const QRegularExpression part(u"\\G(\\d+(?:\\.\\d*)?|\\.\\d+)(ns|us|µs|ms|s|m|h)"_s);
    static const QMap<QString, double> unitNs{{u"ns"_s, 1},   {u"us"_s, 1e3}, {u"µs"_s, 1e3}, {u"ms"_s, 1e6},
                                              {u"s"_s, 1e9}, {u"m"_s, 6e10}, {u"h"_s, 3.6e12}};
    if (text == "0"_L1)
        return std::chrono::nanoseconds(0);
    double total = 0;
    qsizetype at = 0;
    for (auto matches = part.globalMatch(text); matches.hasNext();) {
        const QRegularExpressionMatch match = matches.next();
        total += match.captured(1).toDouble() * unitNs.value(match.captured(2));
        at = match.capturedEnd();
    }
    if (at == 0 || at != text.size() || total > 9.2e18)
        return std::nullopt;
    return std::chrono::nanoseconds(qint64(std::llround(total)));
}

Result<std::chrono::nanoseconds> durationFlag(const DockerfileNode &node, const Flags &flags, const char *name)
{
    const QString text = flags.value(name);
    if (text.isEmpty())
        return std::chrono::nanoseconds(0);
    const auto duration = parseDuration(text);
    if (!duration)
        return mistake(node, u"time: invalid duration %1"_s.arg(goQuoted(text)), u"write a number with a unit, like 30s or 1m30s"_s, text);
    if (*duration != std::chrono::nanoseconds(0) && *duration < std::chrono::milliseconds(1)) {
        return mistake(node, u"Interval %1 cannot be less than 1ms"_s.arg(goQuoted(QString::fromLatin1(name))), {}, text);
    }
    return *duration;
}

Result<Instruction> parseHealthcheck(const DockerfileNode &node)
{
    ENGINE_TRY(needArguments(node));
    Instructions::Healthcheck check;
    const QString type = node.arguments.first().toUpper();
    QStringList command = node.arguments.mid(1);
    Flags flags(node);
    if (type == "NONE"_L1) {
        ENGINE_TRY(flags.read());
        if (!command.isEmpty())
            return mistake(node, u"HEALTHCHECK NONE takes no arguments"_s);
        check.test = QStringList{u"NONE"_s};
        return check;
    }
    ENGINE_TRY(flags.allow("interval").allow("timeout").allow("start-period").allow("start-interval").allow("retries").read());
    if (type != "CMD"_L1) {
        return mistake(node, u"Unknown type %1 in HEALTHCHECK (try CMD)"_s.arg(goQuoted(type)), u"write HEALTHCHECK CMD …, or HEALTHCHECK NONE"_s,
                       node.arguments.first());
    }
    if (command.isEmpty())
        return mistake(node, u"Missing command after HEALTHCHECK CMD"_s);
    check.test = QStringList{node.isJson ? u"CMD"_s : u"CMD-SHELL"_s} + command;
    check.interval = ENGINE_TRY(durationFlag(node, flags, "interval"));
    check.timeout = ENGINE_TRY(durationFlag(node, flags, "timeout"));
    check.startPeriod = ENGINE_TRY(durationFlag(node, flags, "start-period"));
    check.startInterval = ENGINE_TRY(durationFlag(node, flags, "start-interval"));
    if (const QString retries = flags.value("retries"); !retries.isEmpty()) {
        bool isNumber = false;
        check.retries = retries.toInt(&isNumber);
        if (!isNumber)
            return mistake(node, u"--retries must be a number, not %1"_s.arg(goQuoted(retries)), {}, retries);
        if (check.retries < 0)
            return mistake(node, u"--retries cannot be negative (%1)"_s.arg(retries), {}, retries);
    }
    return check;
}

Result<Instruction> parseOnbuild(const DockerfileNode &node)
{
    static const QRegularExpression keyword(u"^\\s*ONBUILD\\s*"_s, QRegularExpression::CaseInsensitiveOption);
    ENGINE_TRY(noFlags(node));
    if (!node.trigger)
        return mistake(node, u"ONBUILD requires at least one argument"_s);
    const QString inner = node.trigger->name();
    if (inner == "ONBUILD"_L1)
        return mistake(node, u"Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"_s);
    if (inner == "FROM"_L1 || inner == "MAINTAINER"_L1)
        return mistake(node, u"%1 isn't allowed as an ONBUILD trigger"_s.arg(inner));
    QString expression = node.original;
    expression.remove(keyword);
    for (const Heredoc &heredoc : node.heredocs)
        expression += u'\n' + heredoc.content + heredoc.name;
    return Instructions::Onbuild{expression};
}

Result<Instruction> parseShell(const DockerfileNode &node)
{
    ENGINE_TRY(noFlags(node));
    if (node.arguments.isEmpty())
        return mistake(node, u"SHELL requires at least one argument"_s);
    if (!node.isJson)
        return mistake(node, u"SHELL requires the arguments to be in JSON form"_s, u"write SHELL [\"/bin/sh\", \"-c\"]"_s);
    return Instructions::Shell{node.arguments};
}

Result<Instruction> parseVolume(const DockerfileNode &node)
{
    ENGINE_TRY(noFlags(node));
    ENGINE_TRY(needArguments(node));
    QStringList paths;
    for (const QString &path : node.arguments) {
        paths += path.trimmed();
        if (paths.last().isEmpty())
            return mistake(node, u"VOLUME specified can not be an empty string"_s);
    }
    return Instructions::Volume{paths};
}

Result<CommandLine> commandLine(const DockerfileNode &node)
{
    ENGINE_TRY(noFlags(node));
    return CommandLine{node.arguments, !node.isJson, {}};
}

template<typename Type>
Result<Instruction> withCommand(const DockerfileNode &node)
{
    return Type{ENGINE_TRY(commandLine(node))};
}

template<typename Type>
Result<Instruction> withValues(const DockerfileNode &node)
{
    return Type{ENGINE_TRY(keyValues(node))};
}

template<typename Type>
Result<Instruction> withArgument(const DockerfileNode &node)
{
    return Type{ENGINE_TRY(onlyArgument(node))};
}

Result<Instruction> parseExpose(const DockerfileNode &node)
{
    ENGINE_TRY(noFlags(node));
    ENGINE_TRY(needArguments(node));
    QStringList ports = node.arguments;
    ports.sort();
    return Instructions::Expose{ports};
}

using InstructionParser = Result<Instruction> (*)(const DockerfileNode &);

const QMap<QString, InstructionParser> &instructionParsers()
{
    using namespace Instructions;
    static const QMap<QString, InstructionParser> parsers{
        {u"ADD"_s, parseCopy},
        {u"ARG"_s, parseArg},
        {u"CMD"_s, withCommand<Cmd>},
        {u"COPY"_s, parseCopy},
        {u"ENTRYPOINT"_s, withCommand<Entrypoint>},
        {u"ENV"_s, withValues<Env>},
        {u"EXPOSE"_s, parseExpose},
        {u"FROM"_s, parseFrom},
        {u"HEALTHCHECK"_s, parseHealthcheck},
        {u"LABEL"_s, withValues<Label>},
        {u"MAINTAINER"_s, withArgument<Maintainer>},
        {u"ONBUILD"_s, parseOnbuild},
        {u"RUN"_s, parseRun},
        {u"SHELL"_s, parseShell},
        {u"STOPSIGNAL"_s, withArgument<StopSignal>},
        {u"USER"_s, withArgument<User>},
        {u"VOLUME"_s, parseVolume},
        {u"WORKDIR"_s, withArgument<Workdir>},
    };
    return parsers;
}

//! Insertions, deletions, replacements and swaps of neighbours that make \p b of \p a.
int editDistance(const QString &a, const QString &b)
{
    QList<QList<int>> d(a.size() + 1, QList<int>(b.size() + 1));
    for (int i = 0; i <= a.size(); ++i)
        d[i][0] = i;
    for (int j = 0; j <= b.size(); ++j)
        d[0][j] = j;
    for (qsizetype i = 1; i <= a.size(); ++i) {
        for (qsizetype j = 1; j <= b.size(); ++j) {
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[a.size()][b.size()];
}

Diagnostic diagnosticOf(const DockerfileNode &node, const Error &error)
{
    const bool isUnknown = !instructionParsers().contains(node.name());
    const SourcePosition end = isUnknown ? node.positionAt(node.keyword.size()) : node.end();
    return {Diagnostic::Severity::Error, error.position.value_or(node.begin()), end, error.detail, error.remedy};
}

//! Sorts the instructions into stages; what stands outside of one is a mistake.
void readStages(Dockerfile *dockerfile)
{
    const QList<DockerfileNode> &nodes = dockerfile->file.nodes;
    for (int i = 0; i < nodes.size(); ++i) {
        const auto &instruction = dockerfile->instructions[i];
        if (nodes[i].name() == "FROM"_L1) {
            QString name;
            if (const auto *from = instruction ? std::get_if<Instructions::From>(&*instruction) : nullptr)
                name = from->stageName;
            dockerfile->stages += DockerfileStage{i, {}, name};
        } else if (!dockerfile->stages.isEmpty()) {
            dockerfile->stages.last().commands += i;
        } else if (nodes[i].name() == "ARG"_L1) {
            dockerfile->globalArgs += i;
        } else if (instruction) {
            dockerfile->instructions[i].reset();
            dockerfile->diagnostics += Diagnostic{Diagnostic::Severity::Error, nodes[i].begin(), nodes[i].end(),
                                                  u"no build stage in current context"_s, u"start with a FROM line; only ARG may stand before it"_s};
        }
    }
    if (dockerfile->stages.isEmpty() && !nodes.isEmpty() && dockerfile->diagnostics.isEmpty()) {
        dockerfile->diagnostics += Diagnostic{Diagnostic::Severity::Error, nodes.last().end(), nodes.last().end(),
                                              u"dockerfile contains no stages to build"_s, u"add a line like: FROM busybox"_s};
    }
}

} // namespace

QString nearestWord(const QString &word, const QStringList &options)
{
    QString best;
    int bestDistance = 3; // further away it is another word
    for (const QString &option : options) {
        const int distance = editDistance(word.toLower(), option.toLower());
        if (distance < bestDistance && distance < word.size()) {
            bestDistance = distance;
            best = option;
        }
    }
    return best;
}

QString goDuration(std::chrono::nanoseconds duration)
{
    using namespace std::chrono;
    if (duration == 0ns)
        return u"0s"_s;
    const auto fraction = [](double value, QLatin1StringView unit) { return QString::number(value, 'g', 15) + unit; };
    const double ns = double(duration.count());
    if (duration < 1us)
        return fraction(ns, "ns"_L1);
    if (duration < 1ms)
        return fraction(ns / 1e3, "µs"_L1);
    if (duration < 1s)
        return fraction(ns / 1e6, "ms"_L1);
    const auto wholeHours = duration_cast<hours>(duration);
    const auto wholeMinutes = duration_cast<minutes>(duration - wholeHours);
    const double seconds = double((duration - wholeHours - wholeMinutes).count()) / 1e9;
    QString out;
    if (wholeHours.count())
        out += QString::number(wholeHours.count()) + u'h';
    if (wholeHours.count() || wholeMinutes.count())
        out += QString::number(wholeMinutes.count()) + u'm';
    return out + fraction(seconds, "s"_L1);
}

Result<Instruction> parseInstruction(const DockerfileNode &node)
{
    const auto parser = instructionParsers().constFind(node.name());
    if (parser != instructionParsers().constEnd())
        return (*parser)(node);
    const bool isUpper = node.keyword == node.name();
    QStringList names = instructionNames();
    if (!isUpper) {
        for (QString &name : names)
            name = name.toLower();
    }
    return mistake(node, u"unknown instruction: %1%2"_s.arg(node.keyword.left(64), suggestion(node.keyword.left(64), names)),
                   u"every line starts with one of %1"_s.arg(instructionNames().join(", "_L1)));
}

Result<std::pair<DockerfileNode, Instruction>> parseTrigger(const QString &expression)
{
    const ParsedDockerfile file = parseDockerfile(expression.toUtf8());
    if (file.hasErrors() || file.nodes.size() != 1) {
        return Failure(Error{.code = ErrorCode::InvalidInput,
                             .object = expression.left(80),
                             .detail = u"the base image's ONBUILD trigger '%1' cannot be read: %2"_s.arg(
                                 expression.left(80), file.diagnostics.isEmpty() ? u"it is not one instruction"_s : file.diagnostics.first().message)});
    }
    const Instruction instruction = ENGINE_TRY(parseInstruction(file.nodes.first()));
    return std::pair(file.nodes.first(), instruction);
}

Dockerfile readDockerfile(const QByteArray &text)
{
    Dockerfile dockerfile;
    dockerfile.file = parseDockerfile(text);
    dockerfile.diagnostics = dockerfile.file.diagnostics;
    for (const DockerfileNode &node : dockerfile.file.nodes) {
        dockerfile.instructions += std::nullopt;
        if (!node.isValid)
            continue;
        auto instruction = parseInstruction(node);
        if (instruction && node.trigger && node.trigger->isValid) {
            if (const auto trigger = parseInstruction(*node.trigger); !trigger)
                instruction = Failure(trigger.error());
        }
        if (instruction)
            dockerfile.instructions.last() = std::move(*instruction);
        else
            dockerfile.diagnostics += diagnosticOf(node, instruction.error());
    }
    readStages(&dockerfile);
    std::stable_sort(dockerfile.diagnostics.begin(), dockerfile.diagnostics.end(), [](const Diagnostic &a, const Diagnostic &b) {
        return std::pair(a.begin.line, a.begin.column) < std::pair(b.begin.line, b.begin.column);
    });
    return dockerfile;
}

} // namespace Engine::Internal
