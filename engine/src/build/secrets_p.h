// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/builds.h>

namespace Engine::Internal {

//! The content of the secret \p id: of its file or variable. Nothing: the request has none of that id.
//! \return InvalidInput beyond BuildKit's 500 KB; the errors of its file
[[nodiscard]] Result<std::optional<QByteArray>> readSecret(const BuildRequest &request, const QString &id);

//! A folder in memory, on a tmpfs of its own that is not swapped where the kernel allows that. What was in it is gone with it.
class SecretFolder final
{
public:
    //! Mounts it on \p path, which is made, readable by the engine's user alone.
    [[nodiscard]] static Result<SecretFolder> create(const QString &path);
    SecretFolder(SecretFolder &&other) noexcept : m_path(std::exchange(other.m_path, {})) {}
    SecretFolder &operator=(SecretFolder &&) = delete;
    ~SecretFolder();

    const QString &path() const { return m_path; }
    //! A file in it. \return its path
    [[nodiscard]] Result<QString> write(const QString &name, const QByteArray &content, uid_t uid, gid_t gid, mode_t mode) const;

private:
    explicit SecretFolder(QString path) : m_path(std::move(path)) {}
    QString m_path;
};

//! Overwrites the bytes, which nobody else may share.
void wipe(QByteArray *bytes);

} // namespace Engine::Internal
