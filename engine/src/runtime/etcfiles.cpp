// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/etcfiles_p.h"

#include "base/try_p.h"
#include "linux/syscalls_p.h"

#include <QtNetwork/QHostAddress>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr auto localHosts = "127.0.0.1\tlocalhost\n"
                            "::1\tlocalhost ip6-localhost ip6-loopback\n"
                            "fe00::\tip6-localnet\n"
                            "ff00::\tip6-mcastprefix\n"
                            "ff02::1\tip6-allnodes\n"
                            "ff02::2\tip6-allrouters\n";
constexpr qint64 maxEtcFileBytes = 4 * 1024 * 1024;

//! The host's file, ending with a newline; \p otherwise when it cannot be read.
QByteArray hostFile(const QString &path, const QByteArray &otherwise)
{
    auto content = readFile(path, maxEtcFileBytes);
    if (!content)
        return otherwise;
    if (!content->isEmpty() && !content->endsWith('\n'))
        content->append('\n');
    return *content;
}

} // namespace

Result<QByteArray> hostsLine(const QString &addHost)
{
    // Docker takes "name:ip" and "name=ip"; an IPv6 address has colons of its own and may stand in brackets.
    const qsizetype equals = addHost.indexOf(u'=');
    const qsizetype separator = equals > 0 ? equals : addHost.indexOf(u':');
    const QString name = addHost.left(std::max<qsizetype>(separator, 0));
    QString address = addHost.mid(separator + 1);
    if (address.startsWith(u'[') && address.endsWith(u']'))
        address = address.mid(1, address.size() - 2);
    const bool spaces = std::any_of(name.begin(), name.end(), [](QChar c) { return c.isSpace() || c == u'#'; });
    if (name.isEmpty() || spaces || QHostAddress(address).isNull())
        return Failure(Error{.code = ErrorCode::InvalidInput, .object = addHost, .detail = u"bad format for add-host: \"%1\""_s.arg(addHost),
                             .remedy = u"Write name:address, for example db:10.0.0.7"_s});
    return address.toUtf8() + '\t' + name.toUtf8() + '\n';
}

Result<EtcFiles> EtcFiles::make(NetworkMode network, const QString &hostname, const QStringList &addHosts)
{
    EtcFiles files;
    const bool host = network == NetworkMode::Host;
    files.hosts = host ? hostFile(u"/etc/hosts"_s, localHosts) : QByteArray(localHosts);
    for (const QString &entry : addHosts)
        files.hosts += ENGINE_TRY(hostsLine(entry));
    files.hostname = hostname.toUtf8() + '\n';
    if (host)
        files.resolvConf = hostFile(u"/etc/resolv.conf"_s, {});
    return files;
}

Result<void> EtcFiles::write(const ContainerFolder &folder) const
{
    ENGINE_TRY(writeFileAtomically(folder.hosts(), hosts, 0644, Sync::No));
    ENGINE_TRY(writeFileAtomically(folder.hostname(), hostname, 0644, Sync::No));
    return writeFileAtomically(folder.resolvConf(), resolvConf, 0644, Sync::No);
}

} // namespace Engine::Internal
