// SPDX-License-Identifier: GPL-3.0-or-later
#include "registry/registryclient_p.h"

#include "base/logging_p.h"
#include "base/try_p.h"
#include "oci/manifest_p.h"
#include "registry/challenge_p.h"

#include <nlohmann/json.hpp>

#include <vector>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr qint64 errorBodyLimitBytes = 64 * 1024;
constexpr qint64 progressThatCountsBytes = 1024 * 1024; // a connection that gave this much before it broke starts counting anew

bool isTransient(const Error &error)
{
    return error.code == ErrorCode::Unreachable || error.code == ErrorCode::TimedOut;
}

bool isTransientStatus(int status)
{
    return status == 408 || status == 500 || status == 502 || status == 503 || status == 504;
}

// {"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]} (distribution-spec 1.1, "Error Codes").
QString registryWords(const QByteArray &body)
{
    const auto document = nlohmann::json::parse(body.cbegin(), body.cend(), nullptr, false);
    if (!document.is_object() || !document.contains("errors") || !document["errors"].is_array())
        return {};
    QStringList words;
    for (const auto &error : document["errors"]) {
        if (!error.is_object() || !error.contains("message") || !error["message"].is_string())
            continue;
        QString message = QString::fromStdString(error["message"].get<std::string>()).left(300).simplified();
        message.removeIf([](QChar c) { return !c.isPrint(); }); // no terminal escapes from a registry
        words.append(message);
        if (words.size() == 3)
            break;
    }
    return words.join("; "_L1);
}

Error digestMismatch(const QString &what, const Digest &expected, const Digest &found)
{
    return {.code = ErrorCode::Corrupt, .object = expected.toString(),
            .detail = u"%1 verification failed for digest %2: the registry sent %3"_s.arg(what, expected.toString(), found.toString()),
            .remedy = u"Try again; if it stays so, the registry's data is damaged."_s};
}

} // namespace

RegistryClient::RegistryClient(std::shared_ptr<RegistrySession> session)
    : m_session(std::move(session))
    , m_http(m_session->settings().limits)
{
}

Result<FetchedManifest> RegistryClient::manifest(const QString &tagOrDigest, const std::stop_token &stop)
{
    auto response = ENGINE_TRY(getWithRetries(u"manifests/"_s + tagOrDigest, {{"Accept", manifestAcceptHeader()}}, stop));
    if (response->status() != 200)
        return Failure(statusError(*response, u"manifest"_s));
    FetchedManifest fetched;
    fetched.content = ENGINE_TRY(response->readAll(manifestLimitBytes));
    fetched.mediaType = QString::fromLatin1(response->header("Content-Type"));
    fetched.digest = Digest::ofBytes(fetched.content);
    if (const auto asked = Digest::parse(tagOrDigest); asked && *asked != fetched.digest)
        return Failure(digestMismatch(u"manifest"_s, *asked, fetched.digest));
    return fetched;
}

Result<QByteArray> RegistryClient::blob(const Digest &digest, qint64 sizeBytes, const std::stop_token &stop)
{
    BlobSource source(*this, digest, sizeBytes, stop);
    QByteArray content;
    std::vector<char> chunk(64 * 1024);
    while (const size_t count = ENGINE_TRY(source.read(chunk)))
        content.append(chunk.data(), qsizetype(count));
    const Digest found = Digest::ofBytes(content);
    if (found != digest)
        return Failure(digestMismatch(u"blob"_s, digest, found));
    return content;
}

Result<std::unique_ptr<HttpResponse>> RegistryClient::openBlob(const Digest &digest, qint64 offset, const std::stop_token &stop)
{
    QList<HttpHeader> headers;
    if (offset > 0)
        headers.append(HttpHeader{"Range", "bytes=" + QByteArray::number(offset) + '-'});
    auto response = ENGINE_TRY(get(u"blobs/"_s + digest.toString(), headers, stop));
    const int status = response->status();
    if (status == 200 || (status == 206 && offset > 0))
        return response;
    return Failure(statusError(*response, u"blob"_s));
}

Result<std::unique_ptr<HttpResponse>> RegistryClient::getWithRetries(const QString &rest, const QList<HttpHeader> &headers,
                                                                     const std::stop_token &stop)
{
    for (int number = 1;; ++number) {
        auto response = get(rest, headers, stop);
        // A refused connection or an unknown host is an answer to somebody who waits for one: no second try.
        const bool again = response ? isTransientStatus((*response)->status()) : response.error().code == ErrorCode::TimedOut;
        if (!again || number >= settings().tries || !settings().pause(number, stop))
            return response;
    }
}

// Mirrors and schemes are tried in turn; the first one that answers properly stays for the whole session. Of several
// failures the last is reported: the registry's own, after its mirrors.
Result<std::unique_ptr<HttpResponse>> RegistryClient::get(const QString &rest, const QList<HttpHeader> &headers,
                                                          const std::stop_token &stop)
{
    const auto routes = m_session->routes();
    std::optional<Error> plainFailure;
    for (qsizetype i = 0; i < routes.size(); ++i) {
        const auto &route = routes[i];
        const bool isLast = i + 1 == routes.size();
        auto response = getOnRoute(route, rest, headers, stop);
        const bool mayMoveOn = !response && !isLast && response.error().code != ErrorCode::Cancelled
                               && (isTransient(response.error()) || route.endpoint.isMirror);
        if (!response && !mayMoveOn) {
            // A loopback registry that is down: the plain attempt's "connection refused" is the clearer one.
            return plainFailure && isTransient(response.error()) ? Failure(*plainFailure) : Failure(response.error());
        }
        if (!response) {
            qCDebug(lcRegistry) << "route failed" << route.key() << response.error().detail;
            if (route.scheme == "http"_L1)
                plainFailure = response.error();
            continue;
        }
        const int status = (*response)->status();
        // 400: what a TLS server says to plain HTTP. A mirror without the thing is passed over.
        const bool passOver = !isLast && ((route.scheme == "http"_L1 && status == 400) || (route.endpoint.isMirror && status >= 400));
        if (passOver)
            continue;
        m_session->settleOn(route);
        return response;
    }
    return Failure(Error{.code = ErrorCode::Unreachable, .object = m_session->reference().domain,
                         .detail = u"no way to %1 is configured"_s.arg(m_session->reference().domain)});
}

Result<std::unique_ptr<HttpResponse>> RegistryClient::getOnRoute(const RegistrySession::Route &route, const QString &rest,
                                                                 const QList<HttpHeader> &headers, const std::stop_token &stop)
{
    HttpRequest request;
    request.url = route.url(rest);
    request.headers = headers;
    request.certificates = route.certificates;
    for (int attempt = 0;; ++attempt) {
        request.authorization = m_session->authorization(route);
        auto response = ENGINE_TRY(m_http.send(request, stop));
        // Twice: the first answer may be a token that has just run out.
        if (response->status() != 401 || attempt == 2)
            return response;
        const auto challenges = parseChallenges(response->header("WWW-Authenticate"));
        response.reset();
        ENGINE_TRY(m_session->authenticate(m_http, route, challenges, request.authorization, stop));
    }
}

Error RegistryClient::statusError(HttpResponse &response, const QString &what) const
{
    const auto body = response.readAll(errorBodyLimitBytes);
    const QString words = body ? registryWords(*body) : QString();
    const ImageReference &reference = m_session->reference();
    const QString name = reference.familiarString();
    switch (response.status()) {
    case 401:
    case 403: {
        const QString reason = words.isEmpty() ? QString() : u": "_s + words;
        return {.code = response.status() == 401 ? ErrorCode::Unauthenticated : ErrorCode::PermissionDenied, .object = name,
                .detail = u"pull access denied for %1, repository does not exist or may require 'docker login'%2"_s.arg(
                    reference.familiarName(), reason),
                .remedy = u"Check the name, or sign in to %1 with an account that may pull it."_s.arg(reference.domain)};
    }
    case 404:
        if (what == "manifest"_L1) {
            return {.code = ErrorCode::NotFound, .object = name,
                    .detail = u"manifest for %1 not found: %2"_s.arg(name, words.isEmpty() ? u"manifest unknown"_s : words),
                    .remedy = u"Check the name and the tag."_s};
        }
        return {.code = ErrorCode::NotFound, .object = name,
                .detail = u"a layer of %1 is not in the registry: %2"_s.arg(name, words.isEmpty() ? u"blob unknown"_s : words),
                .remedy = u"The registry's data is incomplete: push the image again."_s};
    case 429:
        return {.code = ErrorCode::PermissionDenied, .object = name,
                .detail = u"%1 refuses more requests for now: %2"_s.arg(reference.domain,
                                                                       words.isEmpty() ? u"too many requests"_s : words),
                .remedy = u"Wait a while, or sign in to %1 for a higher limit."_s.arg(reference.domain)};
    default:
        return {.code = response.status() >= 500 ? ErrorCode::Unreachable : ErrorCode::Io, .object = name,
                .detail = u"%1 answered with HTTP status %2%3"_s.arg(printableUrl(response.url()))
                              .arg(response.status())
                              .arg(words.isEmpty() ? QString() : u": "_s + words),
                .remedy = u"Try again later."_s};
    }
}

BlobSource::BlobSource(RegistryClient &client, const Digest &digest, qint64 sizeBytes, std::stop_token stop)
    : m_client(client)
    , m_digest(digest)
    , m_sizeBytes(sizeBytes)
    , m_stop(std::move(stop))
{
}

Result<size_t> BlobSource::read(std::span<char> buffer)
{
    for (;;) {
        if (m_position > m_sizeBytes)
            return 0;
        const auto room = std::min(buffer.size(), size_t(m_sizeBytes - m_position + 1));
        auto opened = m_response ? Result<void>() : open();
        auto count = opened ? m_response->read(buffer.first(room)) : Result<size_t>(Failure(opened.error()));
        if (count && *count == 0 && m_position < m_sizeBytes) {
            count = Failure(Error{.code = ErrorCode::Unreachable, .object = m_digest.toString(),
                                  .detail = u"the registry sent %1 of %2 bytes of blob %3"_s.arg(m_position).arg(m_sizeBytes)
                                                .arg(m_digest.shortHex()),
                                  .remedy = u"Try again."_s});
        }
        if (count) {
            m_position += qint64(*count);
            return *count;
        }
        m_response.reset();
        if (!mayTryAgain(count.error()))
            return count;
    }
}

bool BlobSource::mayTryAgain(const Error &error)
{
    if (!isTransient(error))
        return false;
    if (m_position - m_positionAtFailure >= progressThatCountsBytes)
        m_failures = 0;
    m_positionAtFailure = m_position;
    ++m_failures;
    return m_failures < m_client.settings().tries && m_client.settings().pause(m_failures, m_stop);
}

Result<void> BlobSource::open()
{
    m_response = ENGINE_TRY(m_client.openBlob(m_digest, m_position, m_stop));
    if (m_position == 0)
        return {};
    if (m_response->status() == 200)
        return skipTo(m_position); // a server without Range
    const QByteArray range = m_response->header("Content-Range");
    if (!range.isEmpty() && !range.startsWith("bytes " + QByteArray::number(m_position) + '-')) {
        m_response.reset();
        return Failure(Error{.code = ErrorCode::Corrupt, .object = m_digest.toString(),
                             .detail = u"the registry sent another range of blob %1 than was asked for"_s.arg(m_digest.shortHex())});
    }
    return {};
}

Result<void> BlobSource::skipTo(qint64 offset)
{
    std::vector<char> chunk(256 * 1024);
    while (offset > 0) {
        const auto room = std::min(chunk.size(), size_t(offset));
        const size_t count = ENGINE_TRY(m_response->read(std::span(chunk).first(room)));
        if (count == 0) {
            return Failure(Error{.code = ErrorCode::Unreachable, .object = m_digest.toString(),
                                 .detail = u"the registry sent a shorter blob %1 than before"_s.arg(m_digest.shortHex())});
        }
        offset -= qint64(count);
    }
    return {};
}

} // namespace Engine::Internal
