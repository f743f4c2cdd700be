// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/stageevaluator_p.h"

#include "base/try_p.h"
#include "build/imageconfig_p.h"
#include "oci/patternmatcher_p.h"
#include "oci/runmount_p.h"
#include "oci/shelllexer_p.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

// Passed on to RUN without being declared, and no part of any history (docs.docker.com, "Predefined ARGs").
bool isProxyArg(const QString &name)
{
    static const QStringList names{u"HTTP_PROXY"_s, u"HTTPS_PROXY"_s, u"FTP_PROXY"_s, u"NO_PROXY"_s, u"ALL_PROXY"_s};
    return names.contains(name.toUpper());
}

QString absolutePath(const QString &path, const QString &workingDir)
{
    return cleanedPath(path.startsWith(u'/') ? path : (workingDir.isEmpty() ? u"/"_s : workingDir) + u'/' + path);
}

//! One line for a list: what the user sees of a step, and a part of its identity.
QString oneLine(QString text)
{
    return text.simplified();
}

//! The words as a JSON array, the way a Dockerfile has them.
QString execForm(const QStringList &words)
{
    QStringList quoted;
    for (const QString &word : words)
        quoted += QString::fromUtf8(QJsonDocument(QJsonArray{word}).toJson(QJsonDocument::Compact).chopped(1).mid(1));
    return u'[' + quoted.join(", "_L1) + u']';
}

//! A command as it is written.
QString commandText(QLatin1StringView instruction, const CommandLine &command)
{
    return instruction + u' ' + (command.isShellForm ? command.words.join(u' ').simplified() : execForm(command.words));
}

QString joinedValues(QLatin1StringView instruction, const QList<KeyValue> &values)
{
    QString text = instruction;
    for (const KeyValue &value : values)
        text += u' ' + value.key + u'=' + value.value;
    return text;
}

} // namespace

void StageState::startFromScratch(const BuildPlatform &platform)
{
    startFromImage(emptyImageConfig(platform.os, platform.architecture, platform.variant));
}

void StageState::startFromImage(const nlohmann::json &config)
{
    m_image = inheritedImageConfig(config);
    for (const QString &entry : configStrings(m_image, "Env"))
        setVariable(entry.section(u'=', 0, 0), entry.section(u'=', 1));
    if (!m_variables.contains(u"PATH"_s)) {
        setVariable(u"PATH"_s, defaultPath());
        setEnvironment(&m_image, u"PATH"_s, defaultPath());
    }
    if (const QString dir = configString(m_image, "WorkingDir"); !dir.isEmpty())
        setConfigString(&m_image, "WorkingDir", absolutePath(dir, {}));
}

void StageState::startFromStage()
{
    m_cmdIsSet = false;
    setConfigStrings(&m_image, "OnBuild", {}); // they fire now
}

Result<QString> StageState::expand(const QString &word) const
{
    return ENGINE_TRY(ShellLexer(m_escape).expand(word, m_variables)).text;
}

Result<QStringList> StageState::expandEach(const QStringList &words) const
{
    QStringList expanded;
    for (const QString &word : words)
        expanded += ENGINE_TRY(expand(word));
    return expanded;
}

Result<RunMount> StageState::expandMount(const RunMount &mount) const
{
    const QString text = ENGINE_TRY(expand(mount.unexpanded));
    return parseRunMount(text);
}

void StageState::setVariable(const QString &name, const QString &value)
{
    if (!m_variables.contains(name))
        m_variableOrder += name;
    m_variables[name] = value;
}

QStringList StageState::shellForm(const CommandLine &command) const
{
    if (!command.isShellForm)
        return command.words;
    QStringList shell = configStrings(m_image, "Shell");
    if (shell.isEmpty())
        shell = QStringList{u"/bin/sh"_s, u"-c"_s};
    return shell << command.words.join(u' ');
}

//! One overload per instruction: expands it in place, applies it to the config and fills the step.
struct StageState::Applier {
    StageState &s;
    EvaluatedStep &step;

    Result<void> done(const QString &createdBy, HistoryLayer layer = HistoryLayer::No)
    {
        step.createdBy = createdBy;
        step.mayMakeLayer = layer == HistoryLayer::Yes;
        if (step.text.isEmpty())
            step.text = oneLine(createdBy);
        addHistory(&s.m_image, createdBy, layer);
        return {};
    }

    Result<void> operator()(Instructions::From &) { return {}; }

    Result<void> operator()(Instructions::Arg &arg)
    {
        QStringList shown;
        for (auto &definition : arg.definitions) {
            std::optional<QString> value;
            if (s.m_buildArgs.contains(definition.name))
                value = s.m_buildArgs[definition.name];
            else if (definition.defaultValue)
                value = ENGINE_TRY(s.expand(*definition.defaultValue));
            else if (s.m_globals.contains(definition.name))
                value = s.m_globals[definition.name];
            if (value)
                s.setVariable(definition.name, *value);
            definition.defaultValue = value;
            const auto known = std::find_if(s.m_declaredArgs.begin(), s.m_declaredArgs.end(), [&](const auto &declared) { return declared.first == definition.name; });
            if (known == s.m_declaredArgs.end())
                s.m_declaredArgs += std::pair(definition.name, value);
            else
                known->second = value;
            shown += value ? definition.name + u'=' + *value : definition.name;
        }
        return done("ARG "_L1 + shown.join(u' '));
    }

    Result<void> expandValues(QList<KeyValue> *values)
    {
        for (KeyValue &value : *values) {
            value.key = ENGINE_TRY(s.expand(value.key));
            value.value = ENGINE_TRY(s.expand(value.value));
        }
        return {};
    }

    Result<void> operator()(Instructions::Env &env)
    {
        ENGINE_TRY(expandValues(&env.values)); // all of them see what was set before the line
        for (const KeyValue &value : env.values) {
            s.setVariable(value.key, value.value);
            setEnvironment(&s.m_image, value.key, value.value);
        }
        return done(joinedValues("ENV"_L1, env.values));
    }

    Result<void> operator()(Instructions::Label &label)
    {
        ENGINE_TRY(expandValues(&label.values));
        for (const KeyValue &value : label.values)
            setLabel(&s.m_image, value.key, value.value);
        return done(joinedValues("LABEL"_L1, label.values));
    }

    Result<void> operator()(Instructions::Copy &copy)
    {
        copy.chown = ENGINE_TRY(s.expand(copy.chown));
        copy.chmod = ENGINE_TRY(s.expand(copy.chmod));
        copy.checksum = ENGINE_TRY(s.expand(copy.checksum));
        copy.sources = ENGINE_TRY(s.expandEach(copy.sources));
        copy.excludes = ENGINE_TRY(s.expandEach(copy.excludes));
        copy.destination = ENGINE_TRY(s.expand(copy.destination));
        const ShellLexer contentLexer = ShellLexer(s.m_escape).setQuotes(ShellLexer::Quotes::Ignore);
        for (InlineFile &file : copy.inlineFiles) {
            if (file.expand)
                file.content = ENGINE_TRY(contentLexer.expand(file.content, s.m_variables)).text;
        }
        QString history = copy.kind == Instructions::Copy::Kind::Add ? u"ADD"_s : u"COPY"_s;
        if (copy.parents)
            history += " --parents"_L1;
        if (!copy.chown.isEmpty())
            history += " --chown="_L1 + copy.chown;
        if (!copy.chmod.isEmpty())
            history += " --chmod="_L1 + copy.chmod;
        step.text = history;
        if (!copy.from.isEmpty())
            step.text += " --from="_L1 + copy.from;
        QString rest;
        for (const QString &source : copy.sources)
            rest += u' ' + source;
        for (const InlineFile &file : copy.inlineFiles)
            rest += " <<"_L1 + file.name;
        rest += u' ' + copy.destination;
        step.text = oneLine(step.text + rest);
        return done(history + rest + " # buildkit"_L1, HistoryLayer::Yes);
    }

    Result<void> operator()(Instructions::Run &run)
    {
        for (RunMount &mount : run.mounts) {
            if (!mount.unexpanded.isEmpty())
                mount = ENGINE_TRY(s.expandMount(mount));
        }
        CommandLine command = run.command;
        step.text = commandText("RUN"_L1, command);
        if (!run.mountText.isEmpty())
            step.text.insert(3, " --mount="_L1 + run.mountText.simplified());
        if (!command.heredocs.isEmpty() && command.words.size() == 1)
            takeHeredocs(&command);
        step.arguments = s.shellForm(command);
        step.workingDir = absolutePath(configString(s.m_image, "WorkingDir"), {});
        step.user = configString(s.m_image, "User");
        for (const QString &name : std::as_const(s.m_variableOrder))
            step.environment += name + u'=' + s.m_variables[name];
        return done("RUN "_L1 + argsPrefix() + step.arguments.join(u' ') + " # buildkit"_L1, HistoryLayer::Yes);
    }

    //! A lone here-document is the script itself; around other words the shell gets to see it as it stands.
    void takeHeredocs(CommandLine *command)
    {
        const Heredoc &first = command->heredocs.first();
        const QString content = first.chompedContent();
        step.text = oneLine(step.text + u' ' + content.left(200));
        if (!Heredoc::fromWord(command->words.first())) {
            for (const Heredoc &heredoc : std::as_const(command->heredocs))
                command->words.first() += u'\n' + heredoc.content + heredoc.name;
        } else if (first.content.startsWith("#!"_L1)) {
            step.scriptPath = "/dev/pipes/"_L1 + first.name.section(u'/', -1);
            step.script = content.toUtf8();
            command->words = QStringList{step.scriptPath};
        } else {
            command->words = QStringList{content};
        }
    }

    QString argsPrefix() const
    {
        QStringList values;
        for (const auto &[name, value] : std::as_const(s.m_declaredArgs))
            values += name + u'=' + s.m_variables.value(name, value.value_or(QString()));
        return values.isEmpty() ? QString() : u"|%1 %2 "_s.arg(values.size()).arg(values.join(u' '));
    }

    Result<void> operator()(Instructions::Cmd &cmd)
    {
        const QStringList words = s.shellForm(cmd.command);
        setConfigStrings(&s.m_image, "Cmd", words);
        s.m_image["config"]["ArgsEscaped"] = true;
        s.m_cmdIsSet = true;
        step.text = commandText("CMD"_L1, cmd.command);
        return done("CMD "_L1 + goQuotedList(words));
    }

    Result<void> operator()(Instructions::Entrypoint &entrypoint)
    {
        const QStringList words = s.shellForm(entrypoint.command);
        setConfigStrings(&s.m_image, "Entrypoint", words);
        if (!s.m_cmdIsSet) // the base image's CMD was meant for the base image's ENTRYPOINT
            setConfigStrings(&s.m_image, "Cmd", {});
        step.text = commandText("ENTRYPOINT"_L1, entrypoint.command);
        return done("ENTRYPOINT "_L1 + goQuotedList(words));
    }

    Result<void> operator()(Instructions::Healthcheck &check)
    {
        setHealthcheck(&s.m_image, check);
        return done(healthcheckHistory(check));
    }

    Result<void> operator()(Instructions::Expose &expose)
    {
        QStringList ports;
        for (const QString &word : std::as_const(expose.ports)) {
            const ExpandedWord expanded = ENGINE_TRY(ShellLexer(s.m_escape).expand(word, s.m_variables));
            for (const QString &spec : expanded.words)
                ports += ENGINE_TRY(parsePortSpec(spec));
        }
        ports.sort();
        ports.removeDuplicates();
        QStringList shown;
        for (const QString &port : std::as_const(ports)) {
            addToSet(&s.m_image, "ExposedPorts", port);
            shown += port + ":{}"_L1;
        }
        expose.ports = ports;
        step.text = "EXPOSE "_L1 + ports.join(u' ');
        return done("EXPOSE map["_L1 + shown.join(u' ') + u']');
    }

    Result<void> operator()(Instructions::Maintainer &maintainer)
    {
        s.m_image["author"] = maintainer.name.toStdString();
        return done("MAINTAINER "_L1 + maintainer.name);
    }

    Result<void> operator()(Instructions::Onbuild &onbuild)
    {
        setConfigStrings(&s.m_image, "OnBuild", configStrings(s.m_image, "OnBuild") << onbuild.expression);
        step.text = oneLine("ONBUILD "_L1 + onbuild.expression); // Docker gives it no history entry
        return {};
    }

    Result<void> operator()(Instructions::Shell &shell)
    {
        setConfigStrings(&s.m_image, "Shell", shell.words);
        step.text = "SHELL "_L1 + execForm(shell.words);
        return done("SHELL ["_L1 + shell.words.join(u' ') + u']');
    }

    Result<void> operator()(Instructions::StopSignal &stop)
    {
        stop.signal = ENGINE_TRY(s.expand(stop.signal));
        ENGINE_TRY(checkSignal(stop.signal));
        setConfigString(&s.m_image, "StopSignal", stop.signal);
        return done("STOPSIGNAL "_L1 + stop.signal);
    }

    Result<void> operator()(Instructions::User &user)
    {
        user.user = ENGINE_TRY(s.expand(user.user));
        setConfigString(&s.m_image, "User", user.user);
        return done("USER "_L1 + user.user);
    }

    Result<void> operator()(Instructions::Volume &volume)
    {
        volume.paths = ENGINE_TRY(s.expandEach(volume.paths));
        for (const QString &path : std::as_const(volume.paths)) {
            if (path.isEmpty())
                return Failure(Error{.code = ErrorCode::InvalidInput, .detail = u"VOLUME specified can not be an empty string"_s});
            addToSet(&s.m_image, "Volumes", path);
        }
        step.text = "VOLUME "_L1 + execForm(volume.paths);
        return done("VOLUME ["_L1 + volume.paths.join(u' ') + u']');
    }

    Result<void> operator()(Instructions::Workdir &workdir)
    {
        const QString written = ENGINE_TRY(s.expand(workdir.path));
        // Docker keeps an absolute path as it is written, final '/' and all, and resolves a relative one.
        const QString shown = written.startsWith(u'/') ? written : absolutePath(written, configString(s.m_image, "WorkingDir"));
        workdir.path = absolutePath(shown, {});
        setConfigString(&s.m_image, "WorkingDir", shown);
        step.workingDir = workdir.path;
        return done("WORKDIR "_L1 + shown, workdir.path == "/"_L1 ? HistoryLayer::No : HistoryLayer::Yes);
    }
};

Result<EvaluatedStep> StageState::apply(const Instruction &instruction)
{
    EvaluatedStep step{.instruction = instruction, .workingDir = absolutePath(configString(m_image, "WorkingDir"), {}),
                       .user = configString(m_image, "User")};
    step.variables = m_variables;
    ENGINE_TRY(std::visit(Applier{*this, step}, step.instruction));
    if (std::holds_alternative<Instructions::Run>(step.instruction)) {
        for (auto it = m_buildArgs.begin(); it != m_buildArgs.end(); ++it) {
            if (!isProxyArg(it.key()))
                continue;
            for (const QString &name : {it.key().toUpper(), it.key().toLower()}) { // programs look for one or the other
                if (!m_variables.contains(name))
                    step.proxyEnvironment += name + u'=' + *it;
            }
        }
    }
    step.config = m_image;
    return step;
}

} // namespace Engine::Internal
