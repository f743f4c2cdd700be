// SPDX-License-Identifier: GPL-3.0-or-later
#include "oci/runmount_p.h"

#include "base/try_p.h"

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

Failure mountMistake(const QString &detail, const QString &remedy = {})
{
    return Failure(Error{.code = ErrorCode::InvalidInput, .object = u"--mount"_s, .detail = detail, .remedy = remedy});
}

//! The fields of a line of comma-separated values, quotes resolved.
QStringList csvFields(const QString &text)
{
    QStringList fields{QString()};
    bool quoted = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        if (c == u'"' && quoted && i + 1 < text.size() && text[i + 1] == u'"')
            fields.last() += text[++i];
        else if (c == u'"')
            quoted = !quoted;
        else if (c == u',' && !quoted)
            fields += QString();
        else
            fields.last() += c;
    }
    return fields;
}

Result<bool> switchValue(const QString &name, const QString &value, bool hasValue)
{
    const QString lower = value.toLower();
    if (!hasValue || lower == "true"_L1 || lower == "1"_L1 || lower == "t"_L1)
        return true;
    if (lower == "false"_L1 || lower == "0"_L1 || lower == "f"_L1)
        return false;
    return mountMistake(u"invalid value for %1: %2"_s.arg(name, value), u"write true or false"_s);
}

Result<uint> numberValue(const QString &name, const QString &value, int base)
{
    bool ok = false;
    const uint number = value.toUInt(&ok, base);
    if (!ok)
        return mountMistake(u"invalid value %1 for %2"_s.arg(value, name));
    return number;
}

Result<qint64> sizeValue(const QString &value)
{
    static const QString units = u"bkmgt"_s;
    QString text = value.toLower();
    if (text.endsWith(u'b') && text.size() > 1 && units.indexOf(text[text.size() - 2]) > 0)
        text.chop(1);
    const qsizetype unit = text.isEmpty() ? -1 : units.indexOf(text.back());
    if (unit >= 0)
        text.chop(1);
    bool ok = false;
    const double number = text.toDouble(&ok);
    const double bytes = number * double(1LL << (10 * qMax<qsizetype>(unit, 0)));
    if (!ok || bytes < 0 || bytes > 9e18)
        return mountMistake(u"invalid value for size: %1"_s.arg(value), u"write a number with k, m or g"_s);
    return qint64(bytes);
}

Result<RunMount::Type> mountType(const QString &value)
{
    static const QMap<QString, RunMount::Type> types{{u"bind"_s, RunMount::Type::Bind},
                                                     {u"cache"_s, RunMount::Type::Cache},
                                                     {u"tmpfs"_s, RunMount::Type::Tmpfs},
                                                     {u"secret"_s, RunMount::Type::Secret},
                                                     {u"ssh"_s, RunMount::Type::Ssh}};
    const auto found = types.constFind(value);
    if (found == types.constEnd()) {
        const QString nearest = nearestWord(value, types.keys());
        return mountMistake(u"unsupported mount type %1%2"_s.arg(goQuoted(value), nearest.isEmpty() ? QString() : u" (did you mean %1?)"_s.arg(nearest)));
    }
    return *found;
}

Result<void> applyField(RunMount *mount, const QString &key, const QString &value)
{
    static const QStringList keys{u"type"_s, u"from"_s, u"source"_s, u"target"_s, u"readonly"_s, u"id"_s, u"sharing"_s, u"required"_s,
                                  u"size"_s, u"mode"_s, u"uid"_s,    u"gid"_s,    u"env"_s};
    if (key == "type"_L1) {
        mount->type = ENGINE_TRY(mountType(value.toLower()));
    } else if (key == "from"_L1) {
        if (value.contains(u'$'))
            return mountMistake(u"'from' doesn't support variable expansion, define alias stage instead"_s, u"add a stage: FROM … AS name, and write from=name"_s);
        mount->from = value;
    } else if (key == "source"_L1 || key == "src"_L1) {
        mount->source = value;
    } else if (key == "target"_L1 || key == "dst"_L1 || key == "destination"_L1) {
        mount->target = value;
    } else if (key == "id"_L1) {
        mount->id = value;
    } else if (key == "sharing"_L1) {
        if (value != "shared"_L1 && value != "private"_L1 && value != "locked"_L1)
            return mountMistake(u"unsupported sharing value %1"_s.arg(goQuoted(value)), u"use shared, private or locked"_s);
        mount->sharing = value == "shared"_L1 ? RunMount::Sharing::Shared : value == "private"_L1 ? RunMount::Sharing::Private : RunMount::Sharing::Locked;
    } else if (key == "size"_L1) {
        mount->sizeBytes = ENGINE_TRY(sizeValue(value));
    } else if (key == "mode"_L1) {
        mount->mode = ENGINE_TRY(numberValue(key, value, 8));
    } else if (key == "uid"_L1) {
        mount->uid = ENGINE_TRY(numberValue(key, value, 10));
    } else if (key == "gid"_L1) {
        mount->gid = ENGINE_TRY(numberValue(key, value, 10));
    } else if (key == "env"_L1) {
        mount->environmentVariable = value;
    } else {
        const QString nearest = nearestWord(key, keys);
        return mountMistake(u"unexpected key '%1' in '%1=%2'%3"_s.arg(key, value, nearest.isEmpty() ? QString() : u" (did you mean %1?)"_s.arg(nearest)));
    }
    return {};
}

Result<void> checkMount(const RunMount &mount)
{
    using Type = RunMount::Type;
    const bool isKey = mount.type == Type::Secret || mount.type == Type::Ssh;
    if (mount.target.isEmpty() && (mount.type == Type::Cache || mount.type == Type::Tmpfs)) // a bind without one covers the working folder
        return mountMistake(u"mount needs a target"_s, u"add target=/path"_s);
    if (mount.type == Type::Secret && mount.source.isEmpty() && mount.id.isEmpty() && mount.target.isEmpty())
        return mountMistake(u"one of source, target required"_s, u"add id=NAME"_s);
    if (mount.isRequired && !isKey)
        return mountMistake(u"unexpected key 'required' for mount type that is neither secret nor ssh"_s);
    if (mount.sizeBytes && mount.type != Type::Tmpfs)
        return mountMistake(u"unexpected key 'size' for mount type that is not tmpfs"_s);
    if (mount.environmentVariable && mount.type != Type::Secret)
        return mountMistake(u"unexpected key 'env' for mount type that is not secret"_s);
    return {};
}

} // namespace

Result<RunMount> parseRunMount(const QString &text)
{
    RunMount mount;
    std::optional<bool> readOnly;
    for (const QString &field : csvFields(text)) {
        const qsizetype equals = field.indexOf(u'=');
        const QString key = field.left(equals).toLower();
        const QString value = equals < 0 ? QString() : field.mid(equals + 1);
        if (key == "readonly"_L1 || key == "ro"_L1)
            readOnly = ENGINE_TRY(switchValue(key, value, equals >= 0));
        else if (key == "readwrite"_L1 || key == "rw"_L1)
            readOnly = !ENGINE_TRY(switchValue(key, value, equals >= 0));
        else if (key == "required"_L1)
            mount.isRequired = ENGINE_TRY(switchValue(key, value, equals >= 0));
        else if (equals < 0)
            return mountMistake(u"invalid field '%1' must be a key=value pair"_s.arg(field));
        else
            ENGINE_TRY(applyField(&mount, key, value));
    }
    mount.isReadOnly = readOnly.value_or(mount.type == RunMount::Type::Bind);
    ENGINE_TRY(checkMount(mount));
    return mount;
}

} // namespace Engine::Internal
