// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "registry/registrysession_p.h"

namespace Engine::Internal {

struct FetchedManifest {
    QByteArray content;     //!< already checked against the digest it was asked by
    QString mediaType;
    Digest digest;          //!< of the content
};

//! One thread's view of a registry (distribution-spec 1.1, "Pull"). Blocking; needs a thread without an event loop of its own.
class RegistryClient final
{
public:
    explicit RegistryClient(std::shared_ptr<RegistrySession> session);

    //! \p tagOrDigest: a tag or "sha256:…".
    //! \return NotFound with Docker's words, Unauthenticated, PermissionDenied, Corrupt for another digest, Unreachable
    [[nodiscard]] Result<FetchedManifest> manifest(const QString &tagOrDigest, const std::stop_token &stop);
    //! A small blob as a whole, checked; for configs.
    [[nodiscard]] Result<QByteArray> blob(const Digest &digest, qint64 sizeBytes, const std::stop_token &stop);
    //! A blob from \p offset on. Bytes are not checked here.
    [[nodiscard]] Result<std::unique_ptr<HttpResponse>> openBlob(const Digest &digest, qint64 offset, const std::stop_token &stop);

    const RegistrySettings &settings() const { return m_session->settings(); }

private:
    using Response = std::unique_ptr<HttpResponse>;
    [[nodiscard]] Result<Response> get(const QString &rest, const QList<HttpHeader> &headers, const std::stop_token &stop);
    [[nodiscard]] Result<Response> getOnRoute(const RegistrySession::Route &route, const QString &rest,
                                              const QList<HttpHeader> &headers, const std::stop_token &stop);
    [[nodiscard]] Result<Response> getWithRetries(const QString &rest, const QList<HttpHeader> &headers, const std::stop_token &stop);
    Error statusError(HttpResponse &response, const QString &what) const;

    std::shared_ptr<RegistrySession> m_session;
    HttpClient m_http;
};

//! A whole blob as one source: cut connections are taken up again where they broke (Range), a server error is tried again.
//! Gives at most one byte more than announced, so that an endless body ends.
class BlobSource final : public ByteSource
{
public:
    BlobSource(RegistryClient &client, const Digest &digest, qint64 sizeBytes, std::stop_token stop);
    [[nodiscard]] Result<size_t> read(std::span<char> buffer) override;

private:
    [[nodiscard]] Result<void> open();
    [[nodiscard]] Result<void> skipTo(qint64 offset);
    bool mayTryAgain(const Error &error);

    RegistryClient &m_client;
    const Digest m_digest;
    const qint64 m_sizeBytes;
    std::stop_token m_stop;
    std::unique_ptr<HttpResponse> m_response;
    qint64 m_position = 0;
    qint64 m_positionAtFailure = 0;
    int m_failures = 0;
};

} // namespace Engine::Internal
