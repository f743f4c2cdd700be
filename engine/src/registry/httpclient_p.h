// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytesource_p.h"

#include <engine/result.h>

#include <QtCore/QByteArray>
#include <QtCore/QEventLoop>
#include <QtCore/QList>
#include <QtCore/QTimer>
#include <QtCore/QUrl>
#include <QtNetwork/QNetworkAccessManager>
#include <QtNetwork/QNetworkReply>
#include <QtNetwork/QSslConfiguration>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

namespace Engine::Internal {

enum class CertificateCheck { Verify, Skip };

struct HttpHeader {
    QByteArray name;
    QByteArray value;
};

struct HttpRequest {
    QByteArray method = "GET";
    QUrl url;
    QList<HttpHeader> headers;
    QByteArray authorization;   //!< goes to the scheme, host and port of \c url only, never along a redirect to another
    QByteArray body;
    CertificateCheck certificates = CertificateCheck::Verify;
};

struct HttpLimits {
    std::chrono::milliseconds answer{30'000};   //!< from sending a request to its status line, connecting included
    std::chrono::milliseconds stall{60'000};    //!< without a byte of a body that somebody waits for
};

//! The answer to a request; its body is read once, in order. Bound to the thread and the client that made it.
//!
//! At most bufferBytes of the body are held in memory: a reader that pauses slows the server down.
//! Reading gives Cancelled, TimedOut, or Unreachable when the connection was cut before the announced end (how many of how
//! many bytes came, in one sentence, whoever noticed first).
class HttpResponse final : public ByteSource
{
public:
    static constexpr qint64 bufferBytes = 1024 * 1024;

    HttpResponse(std::unique_ptr<QNetworkReply> reply, const HttpLimits &limits, std::stop_token stop);

    [[nodiscard]] Result<size_t> read(std::span<char> buffer) override;
    //! The rest of the body. \return Corrupt beyond \p limitBytes
    [[nodiscard]] Result<QByteArray> readAll(qint64 limitBytes);

    int status() const { return m_status; }
    QByteArray header(const char *name) const { return m_reply->rawHeader(name); }
    QUrl url() const { return m_reply->url(); }
    //! What the server announced, -1 when it did not.
    qint64 announcedBytes() const { return m_announcedBytes; }

private:
    friend class HttpClient;
    [[nodiscard]] Result<void> waitForHead();
    [[nodiscard]] Result<void> waitForSignal(std::chrono::milliseconds limit, const char *missing);
    [[nodiscard]] Result<void> checkEnd() const;
    Error cutError() const;
    Error networkError() const;

    std::unique_ptr<QNetworkReply> m_reply;
    HttpLimits m_limits;
    QEventLoop m_loop;
    QTimer m_timer;
    QStringList m_certificateErrors;
    std::stop_token m_stop;
    std::stop_callback<std::function<void()>> m_onStop;
    int m_status = 0;
    qint64 m_announcedBytes = -1;
    qint64 m_firstByte = 0;     //!< where a range begins in the whole
    qint64 m_readBytes = 0;
};

//! HTTP for one worker thread: blocking functions over QNetworkAccessManager, connections kept open between requests.
//!
//! Spins an event loop of its own while it waits: never use it in a thread that has other work in its event loop.
class HttpClient final
{
    Q_DISABLE_COPY_MOVE(HttpClient)

public:
    explicit HttpClient(HttpLimits limits = {});

    //! Sends \p request and follows redirects (at most 10, never from https to http). Any status is an answer, not an error.
    //! \return Unreachable, TimedOut, Cancelled; Corrupt for an endless or forbidden redirect
    [[nodiscard]] Result<std::unique_ptr<HttpResponse>> send(HttpRequest request, const std::stop_token &stop);

private:
    [[nodiscard]] Result<std::unique_ptr<HttpResponse>> exchange(const HttpRequest &request, const std::stop_token &stop);

    HttpLimits m_limits;
    QNetworkAccessManager m_manager;
};

//! "https://host/path" without user and query, which may carry secrets.
[[nodiscard]] QString printableUrl(const QUrl &url);
[[nodiscard]] bool isLoopbackHost(const QString &host);

} // namespace Engine::Internal
