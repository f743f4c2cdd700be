// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "registry/credentials_p.h"
#include "registry/httpclient_p.h"
#include "registry/registriesconf_p.h"

#include <engine/ids.h>

#include <QtCore/QHash>

#include <memory>
#include <mutex>

namespace Engine::Internal {

struct Challenge;

//! Everything about the way to a registry that the user's machine says; tests put their own in.
struct RegistrySettings {
    CertificateCheck certificates = CertificateCheck::Verify;
    QList<RegistryEntry> entries;
    QStringList credentialFiles;
    HttpLimits limits;
    int tries = 3;      //!< for one request or one blob without progress
    //! Waits before try \p number (1, 2, …); false when \p stop came first.
    std::function<bool(int number, const std::stop_token &stop)> pause;

    //! From registries.conf, ~/.docker/config.json and friends. Cost: a few small files.
    [[nodiscard]] static Result<RegistrySettings> ofThisMachine();
};

//! A pause of 1, 2, 4 … seconds that a stop request ends.
[[nodiscard]] bool growingPause(int number, const std::stop_token &stop);

//! The way to one repository, shared by all threads that pull from it: which endpoint answers, and the tokens it gave.
class RegistrySession final
{
    Q_DISABLE_COPY_MOVE(RegistrySession)

public:
    //! \return PermissionDenied when registries.conf blocks it
    [[nodiscard]] static Result<std::shared_ptr<RegistrySession>> create(const ImageReference &reference, RegistrySettings settings);

    const ImageReference &reference() const { return m_reference; }
    const RegistrySettings &settings() const { return m_settings; }

    //! An address to try: one endpoint with one scheme.
    struct Route {
        RegistryEndpoint endpoint;
        QString scheme;
        CertificateCheck certificates = CertificateCheck::Verify;

        QUrl url(const QString &rest) const;    //!< of "/v2/<path>/" + \p rest
        QString key() const { return scheme + QStringLiteral("://") + endpoint.host + u'/' + endpoint.path; }
    };
    //! In the order of preference; only the one that answered once it is known.
    QList<Route> routes() const;
    void settleOn(const Route &route);

    //! The Authorization header for \p route, empty while none was asked for.
    QByteArray authorization(const Route &route) const;
    //! Answers the 401 with \p challenges that \p refused got: asks for a token or gives name and password.
    //! When another thread already has a newer answer, that one stands.
    //! \return Unauthenticated when there is nothing (more) to give
    [[nodiscard]] Result<void> authenticate(HttpClient &client, const Route &route, const QList<Challenge> &challenges,
                                            const QByteArray &refused, const std::stop_token &stop);

private:
    RegistrySession(ImageReference reference, RegistrySettings settings, QList<RegistryEndpoint> endpoints);
    [[nodiscard]] Result<QByteArray> fetchToken(HttpClient &client, const Route &route, const Challenge &challenge,
                                                const std::optional<Credentials> &credentials, const std::stop_token &stop) const;
    [[nodiscard]] Result<std::optional<Credentials>> credentialsFor(const Route &route, const std::stop_token &stop) const;

    const ImageReference m_reference;
    const RegistrySettings m_settings;
    mutable std::mutex m_mutex;
    QList<Route> m_routes;
    QHash<QString, QByteArray> m_authorizations;    //!< by Route::key()
};

} // namespace Engine::Internal
