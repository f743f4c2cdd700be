// SPDX-License-Identifier: GPL-3.0-or-later
#include "values.h"

#include <QtCore/QFile>
#include <QtCore/QStringDecoder>

#include <array>

#include <arpa/inet.h>

namespace Cli {

using namespace Qt::StringLiterals;

namespace {

//! \p mode: comma-separated words of which each group may be there once (moby's linuxValidMountMode).
bool isMountMode(const QString &mode)
{
    static const std::array groups{
        QStringList{u"ro"_s, u"rw"_s},
        QStringList{u"z"_s, u"Z"_s},
        QStringList{u"shared"_s, u"slave"_s, u"private"_s, u"rshared"_s, u"rslave"_s, u"rprivate"_s},
        QStringList{u"nocopy"_s},
        QStringList{u"consistent"_s, u"cached"_s, u"delegated"_s},
    };
    if (mode.isEmpty())
        return true;
    std::array<int, groups.size()> counts = {};
    for (const QString &word : mode.split(u',')) {
        bool known = false;
        for (std::size_t i = 0; i < groups.size(); ++i) {
            if (groups[i].contains(word)) {
                known = true;
                if (++counts[i] > 1)
                    return false;
            }
        }
        if (!known)
            return false;
    }
    return true;
}

QString propagationOf(const QString &mode)
{
    for (const QString &word : mode.split(u',')) {
        if (word.endsWith("shared"_L1) || word.endsWith("slave"_L1) || word.endsWith("private"_L1))
            return word;
    }
    return {};
}

bool isIpAddress(const QString &text)
{
    std::array<unsigned char, sizeof(in6_addr)> address;
    const QByteArray bytes = text.toUtf8();
    return inet_pton(AF_INET, bytes.constData(), address.data()) == 1 || inet_pton(AF_INET6, bytes.constData(), address.data()) == 1;
}

bool hasSpace(const QString &text)
{
    return std::ranges::any_of(text, [](QChar c) { return c.isSpace(); });
}

Checked<QByteArray> readFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return std::unexpected(u"open %1: %2"_s.arg(path, file.errorString()));
    return file.readAll();
}

} // namespace

Checked<VolumeSpec> parseVolume(const QString &text)
{
    const auto invalid = [&text](const QString &why = {}) {
        return std::unexpected(u"invalid volume specification: '%1'"_s.arg(text) + (why.isEmpty() ? QString() : ": "_L1 + why));
    };
    const QStringList parts = text.split(u':');
    if (parts.size() > 3 || parts[0].isEmpty())
        return invalid();
    if (parts.size() == 2 && isMountMode(parts[1])) // a target and a mode without a source is no volume
        return invalid();
    const QString mode = parts.value(2);
    if (!isMountMode(mode))
        return std::unexpected(u"invalid mode: %1"_s.arg(mode));
    VolumeSpec spec;
    if (parts.size() > 1) {
        spec.source = parts[0];
        spec.kind = spec.source.startsWith(u'/') ? VolumeSpec::Kind::Bind : VolumeSpec::Kind::Named;
    }
    spec.target = parts.size() > 1 ? parts[1] : parts[0];
    spec.readOnly = mode.split(u',').contains("ro"_L1);
    spec.propagation = propagationOf(mode);
    if (!spec.target.startsWith(u'/'))
        return invalid(u"invalid mount path: '%1' mount path must be absolute"_s.arg(spec.target));
    if (spec.kind != VolumeSpec::Kind::Bind && !spec.propagation.isEmpty())
        return invalid(u"a volume has no propagation mode"_s);
    return spec;
}

Checked<QString> parseEnv(const QString &text)
{
    const qsizetype equals = text.indexOf(u'=');
    if (equals == 0 || text.isEmpty())
        return std::unexpected(u"invalid environment variable: %1"_s.arg(text));
    if (equals > 0)
        return text;
    const QByteArray name = text.toLocal8Bit();
    if (!qEnvironmentVariableIsSet(name.constData()))
        return QString();
    return text + u'=' + qEnvironmentVariable(name.constData());
}

Checked<QStringList> parseEnvFile(const QByteArray &content, const QString &name)
{
    QByteArray bytes = content;
    if (bytes.startsWith("\xEF\xBB\xBF"))
        bytes.remove(0, 3);
    QStringList variables;
    int number = 0;
    for (const QByteArray &rawLine : bytes.split('\n')) {
        ++number;
        QStringDecoder decoder(QStringDecoder::Utf8);
        QString line = decoder(rawLine);
        if (decoder.hasError())
            return std::unexpected(u"env file %1 contains invalid utf8 bytes at line %2"_s.arg(name).arg(number));
        if (line.endsWith(u'\r'))
            line.chop(1);
        while (!line.isEmpty() && line.front().isSpace())
            line.remove(0, 1);
        if (line.isEmpty() || line.startsWith(u'#'))
            continue;
        const QString variable = line.section(u'=', 0, 0);
        if (variable.isEmpty())
            return std::unexpected(u"no variable name on line '%1'"_s.arg(line));
        if (hasSpace(variable))
            return std::unexpected(u"variable '%1' contains whitespaces"_s.arg(variable));
        const Checked<QString> value = parseEnv(line);
        if (!value)
            return std::unexpected(value.error());
        if (!value->isNull())
            variables += *value;
    }
    return variables;
}

Checked<QStringList> collectEnv(const QStringList &files, const QStringList &values)
{
    QStringList variables;
    for (const QString &file : files) {
        const Checked<QByteArray> content = readFile(file);
        if (!content)
            return std::unexpected(content.error());
        const Checked<QStringList> some = parseEnvFile(*content, file);
        if (!some)
            return std::unexpected(some.error());
        variables += *some;
    }
    for (const QString &value : values) {
        const Checked<QString> variable = parseEnv(value);
        if (!variable)
            return std::unexpected(variable.error());
        if (!variable->isNull())
            variables += *variable;
    }
    return variables;
}

Checked<QMap<QString, QString>> collectLabels(const QStringList &files, const QStringList &values)
{
    QStringList all;
    for (const QString &file : files) {
        const Checked<QByteArray> content = readFile(file);
        if (!content)
            return std::unexpected(content.error());
        for (const QString &line : QString::fromUtf8(*content).split(u'\n')) {
            if (!line.trimmed().isEmpty() && !line.trimmed().startsWith(u'#'))
                all += line.trimmed();
        }
    }
    QMap<QString, QString> labels;
    for (const QString &value : all + values) {
        const QString key = value.section(u'=', 0, 0);
        const QString name = key.trimmed();
        if (name.isEmpty())
            return std::unexpected(u"invalid label '%1': empty name"_s.arg(value));
        if (hasSpace(name))
            return std::unexpected(u"label '%1' contains whitespaces"_s.arg(name));
        labels.insert(name, value.section(u'=', 1));
    }
    return labels;
}

Checked<QString> parseExtraHost(const QString &text)
{
    const QChar separator = text.contains(u'=') ? u'=' : u':';
    const QString name = text.section(separator, 0, 0);
    if (!text.contains(separator) || name.isEmpty() || name.contains(u':'))
        return std::unexpected(u"bad format for add-host: \"%1\""_s.arg(text));
    QString address = text.section(separator, 1);
    if (address == "host-gateway"_L1)
        return name + u':' + address;
    if (address.size() > 2 && address.startsWith(u'[') && address.endsWith(u']'))
        address = address.mid(1, address.size() - 2);
    if (!isIpAddress(address))
        return std::unexpected(u"invalid IP address in add-host: \"%1\""_s.arg(address));
    return name + u':' + address;
}

Checked<QMap<QString, QString>> collectBuildArgs(const QStringList &values)
{
    QMap<QString, QString> arguments;
    for (const QString &value : values) {
        const Checked<QString> argument = parseEnv(value);
        if (!argument)
            return std::unexpected(argument.error());
        if (!argument->isNull())
            arguments.insert(argument->section(u'=', 0, 0), argument->section(u'=', 1));
    }
    return arguments;
}

Checked<QByteArray> parseDetachKeys(const QString &text)
{
    QByteArray keys;
    for (const QString &key : text.split(u',')) {
        const QString control = key.startsWith("ctrl-"_L1) ? key.mid(5) : QString();
        if (key.size() == 1 && key[0].unicode() < 0x80)
            keys += key[0].toLatin1();
        else if (control.size() == 1 && control[0].unicode() >= 'a' && control[0].unicode() <= 'z')
            keys += static_cast<char>(control[0].unicode() - 'a' + 1);
        else if (control.size() == 1 && "@[\\]^_"_L1.contains(control[0]))
            keys += static_cast<char>(control[0].unicode() - '@');
        else
            return std::unexpected(u"invalid detach keys (%1): Unknown character: '%2'"_s.arg(text, key));
    }
    return keys;
}

} // namespace Cli
