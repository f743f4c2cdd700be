// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefd_p.h"
#include "linux/spawn_p.h"

#include <memory>

namespace Engine::Internal {

//! A socket at which processes of a RUN reach an SSH agent, for as long as this lives. They may list keys and have things
//! signed; adding, removing, locking and extensions are refused, as by BuildKit.
//!
//! One thread that accepts, one per connection; they end with the object.
class SshForward final
{
public:
    //! \param sources the socket of an agent, or files with private keys: then an agent is started for them
    //! \param folder an existing folder for the sockets, in memory \param name of the socket in it
    //! \return InvalidInput for sources that are neither; MissingPart when keys are given and ssh-agent is not installed
    [[nodiscard]] static Result<std::unique_ptr<SshForward>> start(const QStringList &sources, const QString &folder, const QString &name, uid_t uid,
                                                                   gid_t gid, mode_t mode);
    ~SshForward();
    Q_DISABLE_COPY_MOVE(SshForward)

    const QString &socketPath() const { return m_path; }

private:
    class Server;
    SshForward() = default;
    [[nodiscard]] Result<void> startAgent(const QStringList &keys, const QString &socket);

    QString m_path;
    ChildProcess m_agent;
    std::unique_ptr<Server> m_server;
};

} // namespace Engine::Internal
