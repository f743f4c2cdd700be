// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtNetwork/QNetworkProxy>

namespace Engine::Internal {

//! The proxies that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name (lower case too), as curl and Docker read them.
//! Loopback hosts never go through a proxy.
class EnvironmentProxies final : public QNetworkProxyFactory
{
public:
    EnvironmentProxies();
    QList<QNetworkProxy> queryProxy(const QNetworkProxyQuery &query) override;

private:
    bool isExcluded(const QString &host) const;

    QNetworkProxy m_http;
    QNetworkProxy m_https;
    QStringList m_excluded;
};

} // namespace Engine::Internal
