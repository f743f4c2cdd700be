// SPDX-License-Identifier: GPL-3.0-or-later
#include "buildoptions.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QRegularExpression>

#include <utility>

namespace Cli {

using namespace Qt::StringLiterals;

namespace {

//! Fields of a line of comma-separated values; "" stands for a quote inside of quotes.
QStringList fieldsOf(const QString &text)
{
    QStringList fields{QString()};
    bool quoted = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] == u'"' && quoted && i + 1 < text.size() && text[i + 1] == u'"')
            fields.last() += text[++i];
        else if (text[i] == u'"')
            quoted = !quoted;
        else if (text[i] == u',' && !quoted)
            fields += QString();
        else
            fields.last() += text[i];
    }
    return fields;
}

QString absolute(const QString &path)
{
    QString full = path;
    if (full == "~"_L1 || full.startsWith("~/"_L1)) // src=~/key: the shell expands that at the start of a word only
        full.replace(0, 1, QDir::homePath());
    return QDir::cleanPath(QFileInfo(full).absoluteFilePath());
}

struct Field {
    QString key;
    QString value;
};

Checked<Field> keyAndValue(const QString &field)
{
    const qsizetype equals = field.indexOf(u'=');
    if (equals < 0)
        return std::unexpected(u"invalid field '%1' must be a key=value pair"_s.arg(field));
    return Field{field.left(equals).toLower(), field.mid(equals + 1)};
}

} // namespace

Checked<QMap<QString, Engine::BuildSecret>> collectSecrets(const QStringList &values)
{
    QMap<QString, Engine::BuildSecret> secrets;
    for (const QString &value : values) {
        QString id, type, source, variable;
        for (const QString &text : fieldsOf(value)) {
            const Checked<Field> field = keyAndValue(text);
            if (!field)
                return std::unexpected(field.error());
            if (field->key == "type"_L1) {
                if (field->value != "file"_L1 && field->value != "env"_L1)
                    return std::unexpected(u"unsupported secret type \"%1\""_s.arg(field->value));
                type = field->value;
            } else if (field->key == "id"_L1) {
                id = field->value;
            } else if (field->key == "source"_L1 || field->key == "src"_L1) {
                source = field->value;
            } else if (field->key == "env"_L1) {
                variable = field->value;
            } else {
                return std::unexpected(u"unexpected key '%1' in '%2'"_s.arg(field->key, text));
            }
        }
        if (id.isEmpty())
            return std::unexpected(u"secret missing ID"_s);
        if (type == "env"_L1 && variable.isEmpty())
            variable = std::exchange(source, QString());
        if (source.isEmpty() && variable.isEmpty()) // the name says it all
            (type != "file"_L1 && qEnvironmentVariableIsSet(qPrintable(id)) ? variable : source) = id;
        Engine::BuildSecret secret;
        if (source.isEmpty()) {
            secret.variable = variable;
        } else {
            secret.file = absolute(source);
            if (!QFileInfo::exists(secret.file))
                return std::unexpected(u"failed to stat %1: stat %1: no such file or directory"_s.arg(source));
        }
        secrets.insert(id, secret);
    }
    return secrets;
}

Checked<QMap<QString, QStringList>> collectSshAgents(const QStringList &values)
{
    QMap<QString, QStringList> agents;
    for (const QString &value : values) {
        const QString id = value.section(u'=', 0, 0);
        QStringList paths;
        for (const QString &path : value.section(u'=', 1).split(u',', Qt::SkipEmptyParts))
            paths += absolute(path);
        if (paths.isEmpty()) {
            const QString socket = qEnvironmentVariable("SSH_AUTH_SOCK");
            if (socket.isEmpty())
                return std::unexpected(u"invalid empty ssh agent socket: make sure SSH_AUTH_SOCK is set"_s);
            paths += absolute(socket);
        }
        agents.insert(id.isEmpty() ? u"default"_s : id, paths);
    }
    return agents;
}

Checked<QList<Engine::BuildUlimit>> collectUlimits(const QStringList &values)
{
    static const QStringList known{u"core"_s, u"cpu"_s, u"data"_s, u"fsize"_s, u"locks"_s, u"memlock"_s, u"msgqueue"_s, u"nice"_s,
                                   u"nofile"_s, u"nproc"_s, u"rss"_s, u"rtprio"_s, u"rttime"_s, u"sigpending"_s, u"stack"_s};
    QMap<QString, Engine::BuildUlimit> limits;
    for (const QString &value : values) {
        const QString name = value.section(u'=', 0, 0);
        const QStringList numbers = value.section(u'=', 1).split(u':');
        if (!value.contains(u'=') || numbers.size() > 2)
            return std::unexpected(u"invalid ulimit argument: %1"_s.arg(value));
        if (!known.contains(name))
            return std::unexpected(u"invalid ulimit type: %1"_s.arg(name));
        bool softOk = false, hardOk = false;
        Engine::BuildUlimit limit{.name = name, .soft = numbers.first().toLongLong(&softOk), .hard = numbers.last().toLongLong(&hardOk)};
        if (!softOk || !hardOk || limit.soft < -1 || limit.hard < -1)
            return std::unexpected(u"invalid ulimit argument: %1"_s.arg(value));
        if (limit.hard != -1 && (limit.soft == -1 || limit.soft > limit.hard))
            return std::unexpected(u"ulimit soft limit must be less than or equal to hard limit: %1 > %2"_s.arg(limit.soft).arg(limit.hard));
        limits.insert(name, limit);
    }
    return limits.values();
}

Checked<qint64> parseByteSize(const QString &text)
{
    static const QRegularExpression form(u"^(\\d+(?:\\.\\d+)?) ?([kmgtp])?(?:i?b)?$"_s, QRegularExpression::CaseInsensitiveOption);
    static const QString units = u"kmgtp"_s;
    const auto match = form.match(text.trimmed());
    const double number = match.captured(1).toDouble();
    const qsizetype unit = match.captured(2).isEmpty() ? -1 : units.indexOf(match.captured(2).toLower());
    const double bytes = number * double(1LL << (10 * (unit + 1)));
    if (!match.hasMatch() || bytes > 9e18)
        return std::unexpected(u"invalid size: '%1'"_s.arg(text));
    return qint64(bytes);
}

} // namespace Cli
