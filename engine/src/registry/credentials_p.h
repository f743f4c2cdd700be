// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/result.h>

#include <QtCore/QString>
#include <QtCore/QStringList>

#include <optional>
#include <stop_token>

namespace Engine::Internal {

//! What a registry is told about the user. Never logged; lives as short as it can.
struct Credentials {
    QString user;
    QString secret;         //!< password or access token
    QString identityToken;  //!< an OAuth2 refresh token instead of the two above
    bool operator==(const Credentials &) const = default;
};

//! The files that hold credentials, first match first: Docker's config.json ($DOCKER_CONFIG or ~/.docker) and containers' auth.json
//! ($REGISTRY_AUTH_FILE, $XDG_RUNTIME_DIR/containers, ~/.config/containers). They are read, never written.
[[nodiscard]] QStringList credentialFiles();

//! Credentials for \p domain ("docker.io", "localhost:5000") and, more specific entries first, its repository \p path.
//!
//! May run docker-credential-X when a file says so (credHelpers, credsStore). A file that does not exist is no error.
//! \return none for an anonymous user; InvalidInput for a file that does not parse; MissingPart for a helper that is not there
[[nodiscard]] Result<std::optional<Credentials>> findCredentials(const QString &domain, const QString &path, const QStringList &files,
                                                                 const std::stop_token &stop);

} // namespace Engine::Internal
