// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/inspect_p.h"

#include <QtCore/QTimeZone>

using namespace Qt::StringLiterals;
using nlohmann::json;

namespace Engine::Internal {

namespace {

constexpr auto never = "0001-01-01T00:00:00Z"; // Go's zero time

std::string text(const QString &string)
{
    return string.toStdString();
}

json array(const QStringList &strings)
{
    json list = json::array();
    for (const QString &string : strings)
        list.push_back(text(string));
    return list;
}

//! Docker writes null for "not given".
json arrayOrNull(const QStringList &strings)
{
    return strings.isEmpty() ? json() : array(strings);
}

std::string stamp(qint64 ms)
{
    return ms > 0 ? text(QDateTime::fromMSecsSinceEpoch(ms, QTimeZone::utc()).toString(Qt::ISODateWithMs)) : never;
}

const char *statusWord(ContainerState state)
{
    switch (state) {
    case ContainerState::Created:
        return "created";
    case ContainerState::Running:
        return "running";
    case ContainerState::Paused:
        return "paused";
    case ContainerState::Exited:
        return "exited";
    case ContainerState::Dead:
        break;
    }
    return "dead";
}

json stateObject(const ContainerRecord &record)
{
    const ContainerInfo info = record.info();
    const ContainerLife &life = record.life;
    return {{"Status", statusWord(info.state)}, {"Running", info.state == ContainerState::Running},
            {"Paused", info.state == ContainerState::Paused}, {"Restarting", false}, {"OOMKilled", false},
            {"Dead", info.state == ContainerState::Dead}, {"Pid", info.pid}, {"ExitCode", life.exitCode},
            {"Error", text(life.error)}, {"StartedAt", stamp(life.startedMs)}, {"FinishedAt", stamp(life.finishedMs)}};
}

json mountsArray(const CreateOptions &options)
{
    json mounts = json::array();
    for (const BindMount &bind : options.binds) {
        const bool writable = bind.access == BindMount::Access::ReadWrite;
        mounts.push_back({{"Type", "bind"}, {"Source", text(bind.source)}, {"Destination", text(bind.target)},
                          {"Mode", writable ? "" : "ro"}, {"RW", writable}, {"Propagation", "rprivate"}});
    }
    return mounts;
}

json portSet(const QStringList &ports)
{
    json set = json::object();
    for (const QString &port : ports)
        set[text(port)] = json::object();
    return set;
}

json configObject(const ContainerRecord &record)
{
    const CreateOptions &options = record.options;
    const MergedConfig &config = record.config;
    json labels = json::object();
    for (auto it = config.labels.begin(); it != config.labels.end(); ++it)
        labels[text(it.key())] = text(it.value());
    json object = {{"Hostname", text(record.hostname)}, {"Domainname", ""}, {"User", text(config.user)},
                   {"AttachStdin", options.openStdin}, {"AttachStdout", true}, {"AttachStderr", true}, {"Tty", options.tty},
                   {"OpenStdin", options.openStdin}, {"StdinOnce", options.openStdin && !options.tty},
                   {"Env", array(config.environment)}, {"Cmd", arrayOrNull(config.command)}, {"Image", text(record.image)},
                   {"Volumes", config.volumes.isEmpty() ? json() : portSet(config.volumes)}, {"WorkingDir", text(config.workingDir)},
                   {"Entrypoint", arrayOrNull(config.entrypoint)}, {"Labels", std::move(labels)}};
    if (!config.exposedPorts.isEmpty())
        object["ExposedPorts"] = portSet(config.exposedPorts);
    if (!config.stopSignal.isEmpty())
        object["StopSignal"] = text(config.stopSignal);
    if (options.stopTimeout)
        object["StopTimeout"] = options.stopTimeout->count();
    return object;
}

json hostConfigObject(const CreateOptions &options)
{
    QStringList binds;
    for (const BindMount &bind : options.binds)
        binds.append(bind.source + u':' + bind.target + (bind.access == BindMount::Access::ReadOnly ? u":ro"_s : QString()));
    return {{"Binds", arrayOrNull(binds)}, {"ContainerIDFile", ""}, {"LogConfig", {{"Type", "k8s-file"}, {"Config", json::object()}}},
            {"NetworkMode", options.network == NetworkMode::None ? "none" : "host"}, {"PortBindings", json::object()},
            {"RestartPolicy", {{"Name", "no"}, {"MaximumRetryCount", 0}}}, {"AutoRemove", options.autoRemove},
            {"CapAdd", json()}, {"CapDrop", json()}, {"ExtraHosts", arrayOrNull(options.addHosts)}, {"Privileged", options.privileged},
            {"ReadonlyRootfs", options.readOnlyRoot}, {"SecurityOpt", json()}, {"ShmSize", 67108864}, {"Init", options.init}};
}

} // namespace

QByteArray inspectDocument(const ContainerRecord &record, const ContainerFolder &folder)
{
    const QStringList arguments = record.config.arguments();
    const std::string network = record.options.network == NetworkMode::None ? "none" : "host";
    const json document = {
        {"Id", text(record.id.toString())}, {"Created", stamp(record.createdMs)}, {"Path", text(arguments.value(0))},
        {"Args", array(arguments.mid(1))}, {"State", stateObject(record)}, {"Image", text(record.imageId.toString())},
        {"ResolvConfPath", text(folder.resolvConf())}, {"HostnamePath", text(folder.hostname())}, {"HostsPath", text(folder.hosts())},
        {"LogPath", text(folder.log())}, {"Name", text(u'/' + record.name)}, {"RestartCount", 0}, {"Driver", "overlay"},
        {"Platform", "linux"}, {"MountLabel", ""}, {"ProcessLabel", ""}, {"AppArmorProfile", ""}, {"ExecIDs", json()},
        {"HostConfig", hostConfigObject(record.options)},
        {"GraphDriver", {{"Name", "overlay"}, {"Data", {{"MergedDir", text(folder.rootfs())}, {"UpperDir", text(folder.upper())},
                                                         {"WorkDir", text(folder.work())}}}}},
        {"Mounts", mountsArray(record.options)}, {"Config", configObject(record)},
        {"NetworkSettings", {{"Ports", json::object()}, {"Networks", {{network, {{"IPAddress", ""}, {"Gateway", ""}, {"MacAddress", ""}}}}}}},
    };
    return QByteArray::fromStdString(document.dump(4, ' ', false, json::error_handler_t::replace));
}

} // namespace Engine::Internal
