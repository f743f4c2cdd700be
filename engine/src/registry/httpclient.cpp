// SPDX-License-Identifier: GPL-3.0-or-later
#include "registry/httpclient_p.h"

#include "base/logging_p.h"
#include "base/try_p.h"
#include "registry/environmentproxies_p.h"

#include <QtNetwork/QHostAddress>
#include <QtNetwork/QSslError>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr int redirectLimit = 10;

bool isRedirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

int effectivePort(const QUrl &url)
{
    return url.port(url.scheme() == "https"_L1 ? 443 : 80);
}

bool isSameOrigin(const QUrl &a, const QUrl &b)
{
    return a.scheme() == b.scheme() && a.host() == b.host() && effectivePort(a) == effectivePort(b);
}

QString hostAndPort(const QUrl &url)
{
    return url.port() < 0 ? url.host() : u"%1:%2"_s.arg(url.host()).arg(url.port());
}

Error httpError(ErrorCode code, const QUrl &url, const QString &reason, const QString &remedy = {})
{
    return {.code = code, .object = hostAndPort(url), .detail = u"%1: %2"_s.arg(printableUrl(url), reason), .remedy = remedy};
}

//! Of "bytes FIRST-LAST/WHOLE"; 0 for anything else.
qint64 firstByteOf(const QByteArray &contentRange)
{
    constexpr QByteArrayView unit("bytes ");
    if (!contentRange.startsWith(unit))
        return 0;
    bool isNumber = false;
    const qint64 first = contentRange.sliced(unit.size(), std::max(contentRange.indexOf('-') - unit.size(), qsizetype(0))).toLongLong(&isNumber);
    return isNumber && first > 0 ? first : 0;
}

Result<void> followRedirect(HttpRequest &request, const HttpResponse &response)
{
    const QUrl target = request.url.resolved(QUrl::fromEncoded(response.header("Location"), QUrl::StrictMode));
    const QString scheme = target.scheme();
    if (!target.isValid() || target.host().isEmpty() || (scheme != "https"_L1 && scheme != "http"_L1))
        return Failure(httpError(ErrorCode::Corrupt, request.url, u"the server redirects to an invalid address"_s));
    if (request.url.scheme() == "https"_L1 && scheme == "http"_L1) {
        return Failure(httpError(ErrorCode::Corrupt, request.url,
                                 u"the server redirects from https to plain http (%1), which is not followed"_s.arg(
                                     printableUrl(target))));
    }
    if (!isSameOrigin(request.url, target))
        request.authorization.clear();
    request.url = target;
    return {};
}

} // namespace

QString printableUrl(const QUrl &url)
{
    return url.toString(QUrl::RemoveUserInfo | QUrl::RemoveQuery | QUrl::RemoveFragment);
}

bool isLoopbackHost(const QString &host)
{
    if (host == "localhost"_L1 || host.endsWith(".localhost"_L1))
        return true;
    return QHostAddress(host).isLoopback();
}

HttpResponse::HttpResponse(std::unique_ptr<QNetworkReply> reply, const HttpLimits &limits, std::stop_token stop)
    : m_reply(std::move(reply))
    , m_limits(limits)
    , m_stop(std::move(stop))
    , m_onStop(m_stop, [this] { QMetaObject::invokeMethod(&m_loop, &QEventLoop::quit, Qt::QueuedConnection); })
{
    m_timer.setSingleShot(true);
    QObject::connect(&m_timer, &QTimer::timeout, &m_loop, &QEventLoop::quit);
    // Qt (6.4 to 6.8) forgets a size that is set before its own thread has taken the request up.
    QObject::connect(m_reply.get(), &QNetworkReply::requestSent, &m_loop,
                     [this] { m_reply->setReadBufferSize(bufferBytes); });
    QObject::connect(m_reply.get(), &QNetworkReply::metaDataChanged, &m_loop, &QEventLoop::quit);
    QObject::connect(m_reply.get(), &QNetworkReply::readyRead, &m_loop, &QEventLoop::quit);
    QObject::connect(m_reply.get(), &QNetworkReply::finished, &m_loop, &QEventLoop::quit);
    QObject::connect(m_reply.get(), &QNetworkReply::sslErrors, &m_loop, [this](const QList<QSslError> &errors) {
        for (const QSslError &error : errors)
            m_certificateErrors.append(error.errorString());
    });
}

// Sleeps until the reply has news. The stop callback posts to the loop, so a request between the check and exec()
// still ends it.
Result<void> HttpResponse::waitForSignal(std::chrono::milliseconds limit, const char *missing)
{
    if (m_stop.stop_requested())
        return Failure(Error{.code = ErrorCode::Cancelled, .detail = u"cancelled"_s});
    m_timer.start(limit);
    m_loop.exec();
    const bool timedOut = !m_timer.isActive();
    m_timer.stop();
    if (m_stop.stop_requested())
        return Failure(Error{.code = ErrorCode::Cancelled, .detail = u"cancelled"_s});
    if (timedOut && !m_reply->isFinished() && m_reply->bytesAvailable() == 0) {
        return Failure(httpError(ErrorCode::TimedOut, m_reply->url(),
                                 u"no %1 within %2 s"_s.arg(QLatin1StringView(missing)).arg(limit.count() / 1000.0),
                                 u"Check the network connection and try again."_s));
    }
    return {};
}

Result<void> HttpResponse::waitForHead()
{
    const auto deadline = std::chrono::steady_clock::now() + m_limits.answer;
    const auto statusOf = [this] { return m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(); };
    while (statusOf() == 0 && !m_reply->isFinished()) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        ENGINE_TRY(waitForSignal(std::max(left, std::chrono::milliseconds(1)), "answer"));
    }
    m_status = statusOf();
    if (m_status == 0)
        return Failure(networkError());
    m_reply->setReadBufferSize(bufferBytes);
    bool isNumber = false;
    const qint64 announced = m_reply->rawHeader("Content-Length").toLongLong(&isNumber);
    if (isNumber && announced >= 0)
        m_announcedBytes = announced;
    if (m_status == 206)
        m_firstByte = firstByteOf(m_reply->rawHeader("Content-Range"));
    return {};
}

Result<size_t> HttpResponse::read(std::span<char> buffer)
{
    for (;;) {
        if (m_stop.stop_requested())
            return Failure(Error{.code = ErrorCode::Cancelled, .detail = u"cancelled"_s});
        const qint64 count = m_reply->read(buffer.data(), qint64(buffer.size()));
        if (count > 0) {
            m_readBytes += count;
            return size_t(count);
        }
        if (m_reply->isFinished()) {
            ENGINE_TRY(checkEnd());
            return 0;
        }
        ENGINE_TRY(waitForSignal(m_limits.stall, "data"));
    }
}

Result<QByteArray> HttpResponse::readAll(qint64 limitBytes)
{
    QByteArray content;
    std::vector<char> chunk(64 * 1024);
    for (;;) {
        const size_t count = ENGINE_TRY(read(chunk));
        if (count == 0)
            return content;
        if (content.size() + qint64(count) > limitBytes) {
            return Failure(httpError(ErrorCode::Corrupt, m_reply->url(),
                                     u"the answer is longer than %1 bytes"_s.arg(limitBytes)));
        }
        content.append(chunk.data(), qsizetype(count));
    }
}

// Qt reports a status of 400 and above as an error too; to us that is an answer with a body. A cut connection it reports
// as closed, or as a good end when it read the last bytes first: the length tells either way.
Result<void> HttpResponse::checkEnd() const
{
    const auto error = m_reply->error();
    const bool isStatusError = m_status >= 400 && error >= QNetworkReply::ContentAccessDenied
                               && error != QNetworkReply::ProtocolFailure;
    const bool isShort = m_announcedBytes >= 0 && m_readBytes < m_announcedBytes;
    if (error == QNetworkReply::RemoteHostClosedError || ((error == QNetworkReply::NoError || isStatusError) && isShort))
        return Failure(cutError());
    if (error != QNetworkReply::NoError && !isStatusError)
        return Failure(networkError());
    return {};
}

// Counted from the first byte of the whole, which a request for a range began behind.
Error HttpResponse::cutError() const
{
    const QString came = u"the connection was cut after %1"_s.arg(quint64(m_firstByte) + quint64(m_readBytes));
    return httpError(ErrorCode::Unreachable, m_reply->url(),
                     m_announcedBytes < 0 ? came + " bytes"_L1 : came + u" of %1 bytes"_s.arg(quint64(m_firstByte) + quint64(m_announcedBytes)),
                     u"Check the network connection and try again."_s);
}

Error HttpResponse::networkError() const
{
    const QUrl url = m_reply->url();
    const QString host = hostAndPort(url);
    switch (m_reply->error()) {
    case QNetworkReply::ConnectionRefusedError:
        return httpError(ErrorCode::Unreachable, url, u"connection refused"_s,
                         u"Check that a server runs at %1 and that the address is right."_s.arg(host));
    case QNetworkReply::HostNotFoundError:
        return httpError(ErrorCode::Unreachable, url, u"no such host"_s,
                         u"Check the spelling of %1 and the network connection."_s.arg(url.host()));
    case QNetworkReply::RemoteHostClosedError:
        return httpError(ErrorCode::Unreachable, url, u"the server closed the connection"_s);
    case QNetworkReply::TimeoutError:
        return httpError(ErrorCode::TimedOut, url, u"i/o timeout"_s, u"Check the network connection and try again."_s);
    case QNetworkReply::SslHandshakeFailedError: {
        const QString reason = m_certificateErrors.isEmpty() ? m_reply->errorString() : m_certificateErrors.join("; "_L1);
        return httpError(ErrorCode::Unreachable, url, u"the TLS connection failed: "_s + reason,
                         u"If you trust this server, install its certificate or mark it insecure in registries.conf."_s);
    }
    default:
        return httpError(ErrorCode::Unreachable, url, m_reply->errorString());
    }
}

HttpClient::HttpClient(HttpLimits limits)
    : m_limits(limits)
{
    m_manager.setProxyFactory(new EnvironmentProxies); // owned by the manager
    m_manager.setAutoDeleteReplies(false);
}

Result<std::unique_ptr<HttpResponse>> HttpClient::send(HttpRequest request, const std::stop_token &stop)
{
    for (int hop = 0; hop <= redirectLimit; ++hop) {
        auto response = ENGINE_TRY(exchange(request, stop));
        if (!isRedirect(response->status()))
            return response;
        ENGINE_TRY(followRedirect(request, *response));
    }
    return Failure(httpError(ErrorCode::Corrupt, request.url, u"stopped after %1 redirects"_s.arg(redirectLimit)));
}

Result<std::unique_ptr<HttpResponse>> HttpClient::exchange(const HttpRequest &request, const std::stop_token &stop)
{
    QNetworkRequest wire(request.url);
    wire.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    wire.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    wire.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    wire.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    wire.setAttribute(QNetworkRequest::Http2AllowedAttribute, false); // its flow control ignores the read buffer's size
    wire.setHeader(QNetworkRequest::UserAgentHeader, u"slipway/"_s + QLatin1StringView(SLIPWAY_VERSION));
    wire.setRawHeader("Accept-Encoding", "identity"); // else Qt inflates and the digest is of something else
    for (const HttpHeader &header : request.headers)
        wire.setRawHeader(header.name, header.value);
    if (!request.authorization.isEmpty())
        wire.setRawHeader("Authorization", request.authorization);

    std::unique_ptr<QNetworkReply> reply(m_manager.sendCustomRequest(wire, request.method, request.body));
    if (request.certificates == CertificateCheck::Skip)
        reply->ignoreSslErrors();
    auto response = std::make_unique<HttpResponse>(std::move(reply), m_limits, stop);
    ENGINE_TRY(response->waitForHead());
    qCDebug(lcRegistry) << request.method << printableUrl(request.url) << response->status();
    return response;
}

} // namespace Engine::Internal
