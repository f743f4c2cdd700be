// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/imageconfig_p.h"

#include "base/try_p.h"

#include <QtCore/QRegularExpression>
#include <QtCore/QSet>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

// BuildKit's, which docker history and scanners know: the wording of the history lines is the same.
constexpr const char *historyComment = "buildkit.dockerfile.v0";

std::string utf8(const QString &text)
{
    return text.toStdString();
}

nlohmann::json &runConfig(nlohmann::json *image)
{
    nlohmann::json &config = (*image)["config"];
    if (!config.is_object())
        config = nlohmann::json::object();
    return config;
}

nlohmann::json &objectField(nlohmann::json *image, const char *field)
{
    nlohmann::json &object = runConfig(image)[field];
    if (!object.is_object())
        object = nlohmann::json::object();
    return object;
}

const nlohmann::json *find(const nlohmann::json &image, const char *field)
{
    if (!image.is_object() || !image.contains("config") || !image["config"].is_object() || !image["config"].contains(field))
        return nullptr;
    return &image["config"][field];
}

} // namespace

QString defaultPath()
{
    return u"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"_s;
}

nlohmann::json emptyImageConfig(const QString &os, const QString &architecture, const QString &variant)
{
    nlohmann::json image{{"os", utf8(os)}, {"architecture", utf8(architecture)}, {"config", nlohmann::json::object()}};
    if (!variant.isEmpty())
        image["variant"] = utf8(variant);
    setConfigString(&image, "WorkingDir", u"/"_s);
    setEnvironment(&image, u"PATH"_s, defaultPath());
    return image;
}

nlohmann::json inheritedImageConfig(const nlohmann::json &base)
{
    nlohmann::json image = nlohmann::json::object();
    for (const char *field : {"os", "architecture", "variant", "author", "history"}) {
        if (base.is_object() && base.contains(field))
            image[field] = base[field];
    }
    image["config"] = base.is_object() && base.contains("config") && base["config"].is_object() ? base["config"] : nlohmann::json::object();
    image["config"].erase("OnBuild");
    return image;
}

QStringList configStrings(const nlohmann::json &image, const char *field)
{
    QStringList values;
    if (const nlohmann::json *array = find(image, field); array && array->is_array()) {
        for (const auto &element : *array) {
            if (element.is_string())
                values += QString::fromStdString(element.get<std::string>());
        }
    }
    return values;
}

QString configString(const nlohmann::json &image, const char *field)
{
    const nlohmann::json *value = find(image, field);
    return value && value->is_string() ? QString::fromStdString(value->get<std::string>()) : QString();
}

void setConfigStrings(nlohmann::json *image, const char *field, const QStringList &values)
{
    nlohmann::json array = nlohmann::json::array();
    for (const QString &value : values)
        array.push_back(utf8(value));
    if (array.empty())
        runConfig(image).erase(field);
    else
        runConfig(image)[field] = std::move(array);
}

void setConfigString(nlohmann::json *image, const char *field, const QString &value)
{
    if (value.isEmpty())
        runConfig(image).erase(field);
    else
        runConfig(image)[field] = utf8(value);
}

void setEnvironment(nlohmann::json *image, const QString &name, const QString &value)
{
    QStringList environment = configStrings(*image, "Env");
    const QString entry = name + u'=' + value;
    for (QString &existing : environment) {
        if (existing.section(u'=', 0, 0) == name) {
            existing = entry;
            setConfigStrings(image, "Env", environment);
            return;
        }
    }
    setConfigStrings(image, "Env", environment << entry);
}

void setLabel(nlohmann::json *image, const QString &name, const QString &value)
{
    objectField(image, "Labels")[utf8(name)] = utf8(value);
}

void addToSet(nlohmann::json *image, const char *field, const QString &key)
{
    objectField(image, field)[utf8(key)] = nlohmann::json::object();
}

void setHealthcheck(nlohmann::json *image, const Instructions::Healthcheck &check)
{
    nlohmann::json object = nlohmann::json::object();
    for (const QString &word : check.test)
        object["Test"].push_back(utf8(word));
    const auto addDuration = [&](const char *field, std::chrono::nanoseconds value) {
        if (value.count() != 0)
            object[field] = value.count();
    };
    addDuration("Interval", check.interval);
    addDuration("Timeout", check.timeout);
    addDuration("StartPeriod", check.startPeriod);
    addDuration("StartInterval", check.startInterval);
    if (check.retries != 0)
        object["Retries"] = check.retries;
    runConfig(image)["Healthcheck"] = std::move(object);
}

QString healthcheckHistory(const Instructions::Healthcheck &check)
{
    QStringList fields{goQuotedList(check.test)};
    for (const auto duration : {check.interval, check.timeout, check.startPeriod, check.startInterval})
        fields += u'"' + goDuration(duration) + u'"';
    const QString retries = check.retries < 0x20 ? u"\\x%1"_s.arg(check.retries, 2, 16, QChar(u'0')) : QString(QChar(check.retries));
    return u"HEALTHCHECK &{%1 '%2'}"_s.arg(fields.join(u' '), retries);
}

void addHistory(nlohmann::json *image, const QString &createdBy, HistoryLayer layer)
{
    nlohmann::json entry{{"created_by", utf8(createdBy)}, {"comment", historyComment}};
    if (layer == HistoryLayer::No)
        entry["empty_layer"] = true;
    nlohmann::json &history = (*image)["history"];
    if (!history.is_array())
        history = nlohmann::json::array();
    history.push_back(std::move(entry));
}

Result<QStringList> parsePortSpec(const QString &text)
{
    const auto invalid = [&](const QString &port) {
        return Failure(Error{.code = ErrorCode::InvalidInput, .object = text, .detail = u"invalid containerPort: "_s + port,
                             .remedy = u"write a port like 80, 80/udp or 8000-8010"_s});
    };
    const QString protocol = text.contains(u'/') ? text.section(u'/', 1).toLower() : u"tcp"_s;
    const QString ports = text.section(u'/', 0, 0).section(u':', -1); // host parts of "ip:host:container" mean nothing here
    if (protocol != "tcp"_L1 && protocol != "udp"_L1 && protocol != "sctp"_L1)
        return Failure(Error{.code = ErrorCode::InvalidInput, .object = text, .detail = u"invalid proto: "_s + protocol});
    bool firstOk = false, lastOk = false;
    const int first = ports.section(u'-', 0, 0).toInt(&firstOk);
    const int last = ports.contains(u'-') ? ports.section(u'-', 1).toInt(&lastOk) : (lastOk = firstOk, first);
    if (!firstOk || !lastOk || first < 0 || last > 65535 || last < first)
        return invalid(ports);
    QStringList specs;
    for (int port = first; port <= last; ++port)
        specs += u"%1/%2"_s.arg(port).arg(protocol);
    return specs;
}

Result<void> checkSignal(const QString &text)
{
    static const QSet<QString> names{u"ABRT"_s, u"ALRM"_s, u"BUS"_s,  u"CHLD"_s, u"CLD"_s,  u"CONT"_s,   u"FPE"_s,  u"HUP"_s,  u"ILL"_s,    u"INT"_s,  u"IO"_s,   u"IOT"_s,
                                     u"KILL"_s, u"PIPE"_s, u"POLL"_s, u"PROF"_s, u"PWR"_s,  u"QUIT"_s,   u"SEGV"_s, u"STKFLT"_s, u"STOP"_s, u"SYS"_s,  u"TERM"_s, u"TRAP"_s,
                                     u"TSTP"_s, u"TTIN"_s, u"TTOU"_s, u"URG"_s,  u"USR1"_s, u"USR2"_s,   u"VTALRM"_s, u"WINCH"_s, u"XCPU"_s,  u"XFSZ"_s};
    static const QRegularExpression realTime(u"^RTM(IN(\\+([1-9]|1[0-5]))?|AX(-([1-9]|1[0-4]))?)$"_s);
    bool isNumber = false;
    const int number = text.toInt(&isNumber);
    QString name = text.toUpper();
    if (name.startsWith("SIG"_L1))
        name.remove(0, 3);
    if (isNumber ? number > 0 && number <= 64 : names.contains(name) || realTime.match(name).hasMatch())
        return {};
    return Failure(Error{.code = ErrorCode::InvalidInput, .object = text, .detail = u"invalid signal: "_s + text,
                         .remedy = u"write a name like SIGTERM, or a number from 1 to 64"_s});
}

QString goQuotedList(const QStringList &words)
{
    QStringList quoted;
    for (const QString &word : words)
        quoted += goQuoted(word);
    return u'[' + quoted.join(u' ') + u']';
}

} // namespace Engine::Internal
