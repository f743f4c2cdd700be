// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/containerrecord_p.h"

#include "base/try_p.h"
#include "linux/syscalls_p.h"

#include <QtCore/QTimeZone>

#include <array>

using namespace Qt::StringLiterals;
using nlohmann::json;

namespace Engine::Internal {

namespace {

json toJson(const QString &text)
{
    return text.toStdString();
}

json toJson(const QStringList &list)
{
    json array = json::array();
    for (const QString &text : list)
        array.push_back(text.toStdString());
    return array;
}

json toJson(const QMap<QString, QString> &map)
{
    json object = json::object();
    for (auto it = map.begin(); it != map.end(); ++it)
        object[it.key().toStdString()] = it.value().toStdString();
    return object;
}

json toJson(const ProcessIdentity &process)
{
    return json::array({process.pid, process.startTime});
}

void read(const json &value, QString &text)
{
    text = QString::fromStdString(value.get_ref<const std::string &>());
}

void read(const json &value, QStringList &list)
{
    list.clear();
    for (const json &item : value)
        list.append(QString::fromStdString(item.get_ref<const std::string &>()));
}

void read(const json &value, QMap<QString, QString> &map)
{
    map.clear();
    for (const auto &item : value.items())
        map.insert(QString::fromStdString(item.key()), QString::fromStdString(item.value().get_ref<const std::string &>()));
}

void read(const json &value, ProcessIdentity &process)
{
    process = {.pid = value.at(0).get<qint64>(), .startTime = value.at(1).get<quint64>()};
}

template<typename T>
    requires std::is_arithmetic_v<T>
void read(const json &value, T &number)
{
    number = value.get<T>();
}

json optionsToJson(const CreateOptions &options)
{
    json binds = json::array();
    for (const BindMount &bind : options.binds)
        binds.push_back({toJson(bind.source), toJson(bind.target), bind.access == BindMount::Access::ReadOnly});
    json object = {
        {"command", toJson(options.command)}, {"env", toJson(options.env)}, {"workingDir", toJson(options.workingDir)},
        {"user", toJson(options.user)}, {"hostname", toJson(options.hostname)}, {"addHosts", toJson(options.addHosts)},
        {"labels", toJson(options.labels)}, {"binds", std::move(binds)}, {"network", options.network == NetworkMode::None ? "none" : "host"},
        {"tty", options.tty}, {"openStdin", options.openStdin}, {"autoRemove", options.autoRemove},
        {"readOnlyRoot", options.readOnlyRoot}, {"privileged", options.privileged}, {"init", options.init},
        {"stopSignal", toJson(options.stopSignal)},
    };
    if (options.entrypoint)
        object["entrypoint"] = toJson(*options.entrypoint);
    if (options.stopTimeout)
        object["stopTimeout"] = options.stopTimeout->count();
    return object;
}

void optionsFromJson(const json &object, CreateOptions &options)
{
    read(object.at("command"), options.command);
    read(object.at("env"), options.env);
    read(object.at("workingDir"), options.workingDir);
    read(object.at("user"), options.user);
    read(object.at("hostname"), options.hostname);
    read(object.at("addHosts"), options.addHosts);
    read(object.at("labels"), options.labels);
    read(object.at("tty"), options.tty);
    read(object.at("openStdin"), options.openStdin);
    read(object.at("autoRemove"), options.autoRemove);
    read(object.at("readOnlyRoot"), options.readOnlyRoot);
    read(object.at("privileged"), options.privileged);
    read(object.at("init"), options.init);
    read(object.at("stopSignal"), options.stopSignal);
    options.network = object.at("network") == "none" ? NetworkMode::None : NetworkMode::Host;
    for (const json &item : object.at("binds")) {
        BindMount bind;
        read(item.at(0), bind.source);
        read(item.at(1), bind.target);
        bind.access = item.at(2).get<bool>() ? BindMount::Access::ReadOnly : BindMount::Access::ReadWrite;
        options.binds.append(bind);
    }
    if (const auto entrypoint = object.find("entrypoint"); entrypoint != object.end())
        read(*entrypoint, options.entrypoint.emplace());
    if (const auto timeout = object.find("stopTimeout"); timeout != object.end())
        options.stopTimeout = std::chrono::seconds(timeout->get<qint64>());
}

json configToJson(const MergedConfig &config)
{
    return {{"entrypoint", toJson(config.entrypoint)}, {"command", toJson(config.command)}, {"environment", toJson(config.environment)},
            {"workingDir", toJson(config.workingDir)}, {"user", toJson(config.user)}, {"stopSignal", toJson(config.stopSignal)},
            {"labels", toJson(config.labels)}, {"volumes", toJson(config.volumes)}, {"exposedPorts", toJson(config.exposedPorts)}};
}

void configFromJson(const json &object, MergedConfig &config)
{
    read(object.at("entrypoint"), config.entrypoint);
    read(object.at("command"), config.command);
    read(object.at("environment"), config.environment);
    read(object.at("workingDir"), config.workingDir);
    read(object.at("user"), config.user);
    read(object.at("stopSignal"), config.stopSignal);
    read(object.at("labels"), config.labels);
    read(object.at("volumes"), config.volumes);
    read(object.at("exposedPorts"), config.exposedPorts);
}

constexpr std::array phaseNames = {"created", "starting", "running", "exited"};

json lifeToJson(const ContainerLife &life)
{
    return {{"phase", phaseNames[size_t(life.phase)]}, {"process", toJson(life.process)}, {"monitor", toJson(life.monitor)},
            {"bootId", toJson(life.bootId)}, {"startedMs", life.startedMs}, {"finishedMs", life.finishedMs},
            {"exitCode", life.exitCode}, {"exitUnknown", life.exitUnknown}, {"error", toJson(life.error)}};
}

void lifeFromJson(const json &object, ContainerLife &life)
{
    const std::string phase = object.at("phase").get<std::string>();
    const auto found = std::find(phaseNames.begin(), phaseNames.end(), phase);
    life.phase = ContainerLife::Phase(found == phaseNames.end() ? 0 : found - phaseNames.begin());
    read(object.at("process"), life.process);
    read(object.at("monitor"), life.monitor);
    read(object.at("bootId"), life.bootId);
    read(object.at("startedMs"), life.startedMs);
    read(object.at("finishedMs"), life.finishedMs);
    read(object.at("exitCode"), life.exitCode);
    read(object.at("exitUnknown"), life.exitUnknown);
    read(object.at("error"), life.error);
}

QDateTime dateTimeOf(qint64 ms)
{
    return ms > 0 ? QDateTime::fromMSecsSinceEpoch(ms, QTimeZone::utc()) : QDateTime();
}

ContainerState stateOf(ContainerLife::Phase phase)
{
    switch (phase) {
    case ContainerLife::Phase::Created:
    case ContainerLife::Phase::Starting:
        return ContainerState::Created;
    case ContainerLife::Phase::Running:
        return ContainerState::Running;
    case ContainerLife::Phase::Exited:
        break;
    }
    return ContainerState::Exited;
}

} // namespace

ProcessIdentity ProcessIdentity::of(pid_t pid)
{
    return {.pid = pid, .startTime = processStartTime(pid)};
}

ContainerInfo ContainerRecord::info() const
{
    ContainerInfo info{.id = id, .name = name, .image = image, .imageId = imageId, .command = config.arguments(),
                       .state = stateOf(life.phase), .exitCode = life.exitCode, .exitUnknown = life.exitUnknown,
                       .error = life.error, .created = dateTimeOf(createdMs), .started = dateTimeOf(life.startedMs),
                       .finished = dateTimeOf(life.finishedMs), .pid = isRunning() ? life.process.pid : 0,
                       .network = options.network};
    for (const QString &port : config.exposedPorts) {
        bool ok = false;
        const quint32 number = port.section(u'/', 0, 0).toUInt(&ok);
        if (ok && number > 0 && number <= 65535 && !port.endsWith("/udp"_L1) && !port.endsWith("/sctp"_L1))
            info.exposedPorts.append(number);
    }
    info.labels = config.labels;
    info.tty = options.tty;
    info.openStdin = options.openStdin;
    info.autoRemove = options.autoRemove;
    return info;
}

QString toDocument(const ContainerRecord &record)
{
    const json document = {{"format", 1}, {"image", toJson(record.image)}, {"hostname", toJson(record.hostname)},
                           {"options", optionsToJson(record.options)}, {"config", configToJson(record.config)},
                           {"life", lifeToJson(record.life)}};
    // An image's config is text of others: what is no UTF-8 must not throw here.
    return QString::fromStdString(document.dump(-1, ' ', false, json::error_handler_t::replace));
}

Result<void> readDocument(ContainerRecord &record, const QString &document)
{
    try {
        const json object = json::parse(document.toStdString());
        read(object.at("image"), record.image);
        read(object.at("hostname"), record.hostname);
        optionsFromJson(object.at("options"), record.options);
        configFromJson(object.at("config"), record.config);
        lifeFromJson(object.at("life"), record.life);
        record.options.image = record.image;
        record.options.name = record.name;
        record.document = document;
        return {};
    } catch (const json::exception &problem) {
        return Failure(Error{.code = ErrorCode::Corrupt, .object = record.name,
                             .detail = u"the record of container %1 cannot be read: %2"_s.arg(record.name, QString::fromUtf8(problem.what()))});
    }
}

QString currentBootId()
{
    static const QString id = [] {
        const auto text = readFile(u"/proc/sys/kernel/random/boot_id"_s, 128);
        return text ? QString::fromLatin1(*text).trimmed() : QString();
    }();
    return id;
}

} // namespace Engine::Internal
