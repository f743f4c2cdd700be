// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/commandline_p.h"

#include "base/try_p.h"

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

QString stringOf(const nlohmann::json &value)
{
    return value.is_string() ? QString::fromStdString(value.get_ref<const std::string &>()) : QString();
}

QString stringAt(const nlohmann::json &object, const char *key)
{
    const auto found = object.find(key);
    return found == object.end() ? QString() : stringOf(*found);
}

QStringList stringsAt(const nlohmann::json &object, const char *key)
{
    QStringList strings;
    if (const auto found = object.find(key); found != object.end() && found->is_array()) {
        for (const nlohmann::json &item : *found)
            strings.append(stringOf(item));
    }
    return strings;
}

QStringList keysAt(const nlohmann::json &object, const char *key)
{
    QStringList keys;
    if (const auto found = object.find(key); found != object.end() && found->is_object()) {
        for (const auto &item : found->items())
            keys.append(QString::fromStdString(item.key()));
    }
    return keys;
}

QString variableName(const QString &entry)
{
    return entry.left(entry.indexOf(u'='));
}

bool isReset(const QStringList &entrypoint)
{
    return entrypoint.isEmpty() || (entrypoint.size() == 1 && entrypoint.first().isEmpty());
}

Failure invalid(const QString &object, const QString &detail, const QString &remedy)
{
    return Failure(Error{.code = ErrorCode::InvalidInput, .object = object, .detail = detail, .remedy = remedy});
}

Result<QStringList> mergedEnvironment(const QStringList &image, const QStringList &own)
{
    QStringList merged;
    for (const QString &entry : own) {
        if (entry.indexOf(u'=') <= 0)
            return invalid(entry, u"the environment variable \"%1\" is not of the form NAME=value"_s.arg(entry),
                           u"Write NAME=value"_s);
        merged = overrideEnvironment(std::move(merged), {entry});
    }
    for (const QString &entry : image) {
        const QString prefix = variableName(entry) + u'=';
        const bool set = std::any_of(own.begin(), own.end(), [&](const QString &o) { return o.startsWith(prefix); });
        if (!set && entry.indexOf(u'=') > 0)
            merged.append(entry);
    }
    return merged;
}

} // namespace

QStringList overrideEnvironment(QStringList base, const QStringList &over)
{
    for (const QString &entry : over) {
        const QString prefix = variableName(entry) + u'=';
        const auto same = std::find_if(base.begin(), base.end(), [&](const QString &e) { return e.startsWith(prefix); });
        if (same == base.end())
            base.append(entry);
        else
            *same = entry;
    }
    return base;
}

Result<MergedConfig> mergeConfig(const nlohmann::json &imageConfig, const CreateOptions &options)
{
    static const nlohmann::json nothing = nlohmann::json::object();
    const auto found = imageConfig.find("config");
    const nlohmann::json &image = found != imageConfig.end() && found->is_object() ? *found : nothing;

    MergedConfig merged;
    merged.command = options.command;
    if (options.entrypoint) {
        if (!isReset(*options.entrypoint))
            merged.entrypoint = *options.entrypoint;
    } else {
        if (merged.command.isEmpty())
            merged.command = stringsAt(image, "Cmd");
        merged.entrypoint = stringsAt(image, "Entrypoint");
        if (isReset(merged.entrypoint))
            merged.entrypoint.clear();
    }
    if (merged.arguments().isEmpty())
        return invalid(options.image, u"no command specified"_s,
                       u"Give a command after the image's name: the image has neither CMD nor ENTRYPOINT"_s);

    merged.environment = ENGINE_TRY(mergedEnvironment(stringsAt(image, "Env"), options.env));
    merged.workingDir = options.workingDir.isEmpty() ? stringAt(image, "WorkingDir") : options.workingDir;
    if (!merged.workingDir.isEmpty() && !merged.workingDir.startsWith(u'/'))
        return invalid(merged.workingDir, u"the working directory '%1' is invalid, it needs to be an absolute path"_s.arg(merged.workingDir),
                       u"Write a path that begins with /"_s);
    merged.user = options.user.isEmpty() ? stringAt(image, "User") : options.user;
    merged.stopSignal = options.stopSignal.isEmpty() ? stringAt(image, "StopSignal") : options.stopSignal;
    if (const auto labels = image.find("Labels"); labels != image.end() && labels->is_object()) {
        for (const auto &label : labels->items())
            merged.labels.insert(QString::fromStdString(label.key()), stringOf(label.value()));
    }
    merged.labels.insert(options.labels);
    merged.volumes = keysAt(image, "Volumes");
    merged.exposedPorts = keysAt(image, "ExposedPorts");
    merged.exposedPorts.sort();
    return merged;
}

} // namespace Engine::Internal
