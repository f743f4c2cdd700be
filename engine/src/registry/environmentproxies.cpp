// SPDX-License-Identifier: GPL-3.0-or-later
#include "registry/environmentproxies_p.h"

#include "registry/httpclient_p.h"

#include <QtNetwork/QHostAddress>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

QString proxyVariable(const char *lower, const char *upper)
{
    const QString value = qEnvironmentVariable(lower);
    return value.isEmpty() ? qEnvironmentVariable(upper) : value;
}

QNetworkProxy proxyFrom(QString text)
{
    if (text.isEmpty())
        return QNetworkProxy::NoProxy;
    if (!text.contains("://"_L1))
        text.prepend("http://"_L1);
    const QUrl url(text);
    const bool isSocks = url.scheme().startsWith("socks5"_L1);
    if (url.host().isEmpty() || (!isSocks && url.scheme() != "http"_L1))
        return QNetworkProxy::NoProxy;
    return QNetworkProxy(isSocks ? QNetworkProxy::Socks5Proxy : QNetworkProxy::HttpProxy, url.host(),
                         quint16(url.port(isSocks ? 1080 : 80)), url.userName(), url.password());
}

} // namespace

EnvironmentProxies::EnvironmentProxies()
    : m_http(proxyFrom(proxyVariable("http_proxy", "HTTP_PROXY")))
    , m_https(proxyFrom(proxyVariable("https_proxy", "HTTPS_PROXY")))
{
    for (const QString &entry : proxyVariable("no_proxy", "NO_PROXY").split(u',', Qt::SkipEmptyParts))
        m_excluded.append(entry.trimmed());
}

QList<QNetworkProxy> EnvironmentProxies::queryProxy(const QNetworkProxyQuery &query)
{
    const QString host = query.url().host().isEmpty() ? query.peerHostName() : query.url().host();
    if (isLoopbackHost(host) || isExcluded(host))
        return {QNetworkProxy::NoProxy};
    return {query.protocolTag() == "https"_L1 ? m_https : m_http};
}

bool EnvironmentProxies::isExcluded(const QString &host) const
{
    const QHostAddress address(host);
    for (const QString &entry : m_excluded) {
        if (entry == "*"_L1 || host.compare(entry, Qt::CaseInsensitive) == 0)
            return true;
        const QString suffix = entry.startsWith(u'.') ? entry : u'.' + entry;
        if (host.endsWith(suffix, Qt::CaseInsensitive))
            return true;
        if (!address.isNull() && entry.contains(u'/') && address.isInSubnet(QHostAddress::parseSubnet(entry)))
            return true;
    }
    return false;
}

} // namespace Engine::Internal
