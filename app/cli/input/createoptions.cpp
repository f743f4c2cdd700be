// SPDX-License-Identifier: GPL-3.0-or-later
#include "createoptions.h"

#include "cli/options.h"

#include <QtCore/QDir>

namespace Cli {

using namespace Qt::StringLiterals;

namespace {

QString badValue(const QString &value, const char *option, const QString &why)
{
    return u"invalid argument \"%1\" for \"%2\" flag: %3"_s.arg(value, QLatin1StringView(option), why);
}

//! A source that begins with a dot is a folder here, not the name of a volume.
QString withAbsoluteSource(const QString &text)
{
    if (!text.startsWith(u'.') || !text.contains(u':'))
        return text;
    const QString source = text.section(u':', 0, 0);
    return QDir::cleanPath(QDir::current().absoluteFilePath(source)) + u':' + text.section(u':', 1);
}

Checked<QList<Engine::BindMount>> readBinds(const QStringList &values)
{
    QList<Engine::BindMount> binds;
    for (const QString &value : values) {
        const Checked<VolumeSpec> spec = parseVolume(withAbsoluteSource(value));
        if (!spec)
            return std::unexpected(spec.error());
        if (spec->kind == VolumeSpec::Kind::Named) {
            return std::unexpected(u"-v %1: \"%2\" is the name of a volume, and Slipway does not have volumes yet; "
                                   "a folder starts with / or ./"_s.arg(value, spec->source));
        }
        if (spec->kind == VolumeSpec::Kind::Anonymous)
            return std::unexpected(u"-v %1: Slipway does not have volumes yet; give a folder: -v FOLDER:%1"_s.arg(value));
        if (!spec->propagation.isEmpty() && spec->propagation != "rprivate"_L1)
            return std::unexpected(u"-v %1: Slipway does not have mount propagation yet"_s.arg(value));
        binds.append({.source = QDir::cleanPath(spec->source),
                      .target = QDir::cleanPath(spec->target),
                      .access = spec->readOnly ? Engine::BindMount::Access::ReadOnly : Engine::BindMount::Access::ReadWrite});
    }
    return binds;
}

Checked<QStringList> readHosts(const QStringList &values)
{
    QStringList hosts;
    for (const QString &value : values) {
        const Checked<QString> host = parseExtraHost(value);
        if (!host)
            return std::unexpected(badValue(value, "--add-host", host.error()));
        hosts += *host;
    }
    return hosts;
}

} // namespace

Checked<Engine::NetworkMode> parseNetwork(const QString &text)
{
    if (text.isEmpty() || text == "host"_L1 || text == "default"_L1)
        return Engine::NetworkMode::Host;
    if (text == "none"_L1)
        return Engine::NetworkMode::None;
    return std::unexpected(u"--network %1: Slipway does not have networks of its own yet; there are host and none"_s.arg(text));
}

Checked<Engine::CreateOptions> readCreateOptions(const OptionValues &options, const QStringList &arguments)
{
    const Checked<QStringList> env = collectEnv(options.list("env-file"), options.list("env"));
    if (!env)
        return std::unexpected(env.error());
    const Checked<QMap<QString, QString>> labels = collectLabels(options.list("label-file"), options.list("label"));
    if (!labels)
        return std::unexpected(labels.error());
    const Checked<QList<Engine::BindMount>> binds = readBinds(options.list("volume"));
    if (!binds)
        return std::unexpected(binds.error());
    const Checked<QStringList> hosts = readHosts(options.list("add-host"));
    if (!hosts)
        return std::unexpected(hosts.error());
    const Checked<Engine::NetworkMode> network = parseNetwork(options.text("network"));
    if (!network)
        return std::unexpected(network.error());
    const QString workingDir = options.text("workdir");
    if (!workingDir.isEmpty() && !workingDir.startsWith(u'/'))
        return std::unexpected(u"the working directory '%1' is invalid, it needs to be an absolute path"_s.arg(workingDir));

    Engine::CreateOptions result{
        .image = arguments.constFirst(),
        .name = options.text("name"),
        .command = arguments.mid(1),
        .env = *env,
        .workingDir = workingDir,
        .user = options.text("user"),
        .hostname = options.text("hostname"),
        .addHosts = *hosts,
        .labels = *labels,
        .binds = *binds,
        .network = *network,
        .tty = options.flag("tty"),
        .openStdin = options.flag("interactive"),
        .autoRemove = options.flag("rm"),
        .readOnlyRoot = options.flag("read-only"),
        .privileged = options.flag("privileged"),
        .init = options.flag("init"),
        .stopSignal = options.text("stop-signal"),
    };
    if (options.has("entrypoint")) // an empty one takes the image's away
        result.entrypoint = options.text("entrypoint").isEmpty() ? QStringList() : QStringList(options.text("entrypoint"));
    if (const std::optional<int> seconds = options.integer("stop-timeout"))
        result.stopTimeout = std::chrono::seconds(*seconds);
    return result;
}

} // namespace Cli
