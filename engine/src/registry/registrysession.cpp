// SPDX-License-Identifier: GPL-3.0-or-later
#include "registry/registrysession_p.h"

#include "base/try_p.h"
#include "registry/challenge_p.h"

#include <QtCore/QUrlQuery>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <condition_variable>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr qint64 tokenLimitBytes = 1024 * 1024;

Error denied(const ImageReference &reference)
{
    return {.code = ErrorCode::Unauthenticated, .object = reference.familiarString(),
            .detail = u"pull access denied for %1, repository does not exist or may require 'docker login'"_s.arg(
                reference.familiarName()),
            .remedy = u"Check the name, or sign in to %1."_s.arg(reference.domain)};
}

QByteArray basicAuthorization(const Credentials &credentials)
{
    return "Basic " + (credentials.user + u':' + credentials.secret).toUtf8().toBase64();
}

// A loopback registry speaks plain HTTP nearly always, and no certificate could be checked there; elsewhere "insecure"
// means TLS without a check first, as Docker and Podman do it.
QList<RegistrySession::Route> routesTo(const RegistryEndpoint &endpoint, CertificateCheck certificates)
{
    using Route = RegistrySession::Route;
    if (!endpoint.insecure)
        return {Route{endpoint, u"https"_s, certificates}};
    const Route plain{endpoint, u"http"_s, CertificateCheck::Skip};
    const Route unchecked{endpoint, u"https"_s, CertificateCheck::Skip};
    const bool isLoopback = isLoopbackHost(QUrl(u"//"_s + endpoint.host).host());
    return isLoopback ? QList{plain, unchecked} : QList{unchecked, plain};
}

HttpRequest tokenRequest(const QUrl &realm, const Challenge &challenge, const QString &scope,
                         const std::optional<Credentials> &credentials)
{
    const QString service = challenge.parameters.value(u"service"_s);
    HttpRequest request;
    request.url = realm;
    if (credentials && !credentials->identityToken.isEmpty()) {
        // OAuth2 (distribution docs, "Docker Registry v2 authentication using OAuth2").
        const auto encoded = [](const QString &value) { return QUrl::toPercentEncoding(value); };
        request.method = "POST";
        request.headers.append(HttpHeader{"Content-Type", "application/x-www-form-urlencoded"});
        request.body = "grant_type=refresh_token&client_id=slipway&service=" + encoded(service) + "&scope=" + encoded(scope)
                       + "&refresh_token=" + encoded(credentials->identityToken);
        return request;
    }
    QUrlQuery query(realm);
    if (!service.isEmpty())
        query.addQueryItem(u"service"_s, QString::fromLatin1(QUrl::toPercentEncoding(service)));
    query.addQueryItem(u"scope"_s, QString::fromLatin1(QUrl::toPercentEncoding(scope, ":/,")));
    request.url.setQuery(query);
    if (credentials)
        request.authorization = basicAuthorization(*credentials);
    return request;
}

QString tokenIn(const QByteArray &answer)
{
    const auto document = nlohmann::json::parse(answer.cbegin(), answer.cend(), nullptr, false);
    for (const char *key : {"token", "access_token"}) {
        if (document.is_object() && document.contains(key) && document[key].is_string())
            return QString::fromStdString(document[key].get<std::string>());
    }
    return {};
}

// A token becomes part of a header: nothing in it may end the line.
bool isHeaderSafe(const QString &token)
{
    return !token.isEmpty() && std::ranges::all_of(token, [](QChar c) { return c > u' ' && c < QChar(0x7f); });
}

} // namespace

Result<RegistrySettings> RegistrySettings::ofThisMachine()
{
    RegistrySettings settings;
    settings.entries = ENGINE_TRY(loadRegistriesConf());
    settings.credentialFiles = Internal::credentialFiles();
    settings.pause = growingPause;
    return settings;
}

bool growingPause(int number, const std::stop_token &stop)
{
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any never;
    const auto pause = std::chrono::seconds(1 << std::clamp(number - 1, 0, 4));
    never.wait_for(lock, stop, pause, [] { return false; });
    return !stop.stop_requested();
}

QUrl RegistrySession::Route::url(const QString &rest) const
{
    return QUrl(u"%1://%2/v2/%3/%4"_s.arg(scheme, endpoint.host, endpoint.path, rest));
}

RegistrySession::RegistrySession(ImageReference reference, RegistrySettings settings, QList<RegistryEndpoint> endpoints)
    : m_reference(std::move(reference))
    , m_settings(std::move(settings))
{
    for (const RegistryEndpoint &endpoint : endpoints)
        m_routes.append(routesTo(endpoint, m_settings.certificates));
}

Result<std::shared_ptr<RegistrySession>> RegistrySession::create(const ImageReference &reference, RegistrySettings settings)
{
    QList<RegistryEndpoint> endpoints = ENGINE_TRY(endpointsFor(reference, settings.entries));
    return std::shared_ptr<RegistrySession>(new RegistrySession(reference, std::move(settings), std::move(endpoints)));
}

QList<RegistrySession::Route> RegistrySession::routes() const
{
    const std::lock_guard lock(m_mutex);
    return m_routes;
}

void RegistrySession::settleOn(const Route &route)
{
    const std::lock_guard lock(m_mutex);
    m_routes = {route};
}

QByteArray RegistrySession::authorization(const Route &route) const
{
    const std::lock_guard lock(m_mutex);
    return m_authorizations.value(route.key());
}

Result<void> RegistrySession::authenticate(HttpClient &client, const Route &route, const QList<Challenge> &challenges,
                                           const QByteArray &refused, const std::stop_token &stop)
{
    if (authorization(route) != refused)
        return {};
    const auto bearer = std::ranges::find(challenges, u"bearer"_s, &Challenge::scheme);
    const auto basic = std::ranges::find(challenges, u"basic"_s, &Challenge::scheme);
    const auto credentials = ENGINE_TRY(credentialsFor(route, stop));
    QByteArray answer;
    if (bearer != challenges.end())
        answer = "Bearer " + ENGINE_TRY(fetchToken(client, route, *bearer, credentials, stop));
    else if (basic != challenges.end() && credentials && !credentials->secret.isEmpty())
        answer = basicAuthorization(*credentials);
    if (answer.isEmpty() || (answer == refused && bearer == challenges.end()))
        return Failure(denied(m_reference));
    const std::lock_guard lock(m_mutex);
    m_authorizations.insert(route.key(), answer);
    return {};
}

Result<std::optional<Credentials>> RegistrySession::credentialsFor(const Route &route, const std::stop_token &stop) const
{
    const bool isOrigin = !route.endpoint.isMirror && route.endpoint.path == m_reference.path;
    const QString domain = isOrigin ? m_reference.domain : route.endpoint.host;
    return findCredentials(domain, route.endpoint.path, m_settings.credentialFiles, stop);
}

// The token protocol: distribution docs, "Docker Registry v2 authentication via central service".
Result<QByteArray> RegistrySession::fetchToken(HttpClient &client, const Route &route, const Challenge &challenge,
                                               const std::optional<Credentials> &credentials, const std::stop_token &stop) const
{
    const QUrl realm(challenge.parameters.value(u"realm"_s), QUrl::StrictMode);
    const bool mayBePlain = route.scheme == "http"_L1;
    if (!realm.isValid() || realm.host().isEmpty() || (realm.scheme() != "https"_L1 && !(mayBePlain && realm.scheme() == "http"_L1))) {
        return Failure(Error{.code = ErrorCode::Unauthenticated, .object = m_reference.domain,
                             .detail = u"%1 names no safe place to get a token from"_s.arg(m_reference.domain)});
    }
    // Asked by our own words, not by the challenge's: a server cannot have a wider token made than this pull needs.
    const QString scope = u"repository:%1:pull"_s.arg(route.endpoint.path);
    HttpRequest request = tokenRequest(realm, challenge, scope, credentials);
    request.certificates = route.certificates;
    auto response = ENGINE_TRY(client.send(std::move(request), stop));
    const QByteArray answer = ENGINE_TRY(response->readAll(tokenLimitBytes));
    if (response->status() == 401 || response->status() == 403) {
        if (!credentials)
            return Failure(denied(m_reference));
        return Failure(Error{.code = ErrorCode::Unauthenticated, .object = m_reference.domain,
                             .detail = u"%1 refuses the stored user name and password"_s.arg(m_reference.domain),
                             .remedy = u"Sign in to %1 again."_s.arg(m_reference.domain)});
    }
    const QString token = tokenIn(answer);
    if (response->status() != 200 || !isHeaderSafe(token)) {
        return Failure(Error{.code = ErrorCode::Unauthenticated, .object = m_reference.domain,
                             .detail = u"%1 gave no token (HTTP status %2)"_s.arg(printableUrl(realm)).arg(response->status())});
    }
    return token.toLatin1();
}

} // namespace Engine::Internal
