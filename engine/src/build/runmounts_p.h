// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "build/filetree_p.h"
#include "build/secrets_p.h"
#include "build/sshforward_p.h"
#include "oci/dockerfileinstructions_p.h"
#include "runtime/spec_p.h"
#include "storage/store_p.h"

#include <functional>

namespace Engine::Internal {

enum class MountAccess { ReadOnly, ReadWrite };

//! Where `from=` leads.
struct RunMountSources {
    //! The build context \p from names; empty: the build's own. Null: a stage or an image.
    std::function<const FileTree *(const QString &from)> context;
    //! Top layer of a stage or image.
    std::function<Digest(const QString &from)> layer;
    //! Mounts its root; what is written to it is forgotten. \p name: a folder for it
    std::function<Result<QString>(const QString &from, const QString &name, MountAccess access)> mount;
};

//! What the --mount flags of one RUN ask for, for as long as this lives: cache folders are locked, secrets are in memory, an
//! SSH agent is reachable.
class RunMounts final
{
public:
    //! \param folder of the step in staging \param workingDir relative targets are below it
    RunMounts(Store &store, const BuildRequest &request, RunMountSources sources, QString folder, QString workingDir, std::stop_token stop)
        : m_store(store), m_request(request), m_sources(std::move(sources)), m_folder(std::move(folder)), m_workingDir(std::move(workingDir)),
          m_stop(std::move(stop))
    {
    }
    ~RunMounts();
    Q_DISABLE_COPY_MOVE(RunMounts)

    //! \return NotFound for a required secret or agent that the request has not, with BuildKit's words; Cancelled while waiting
    //! for a cache that another step uses
    [[nodiscard]] Result<void> prepare(const QList<RunMount> &mounts);

    const QList<SpecMount> &mounts() const { return m_mounts; }
    const QStringList &environment() const { return m_environment; }            //!< SSH_AUTH_SOCK
    const QStringList &secretEnvironment() const { return m_secretEnvironment; } //!< of env=: to be kept from every disk
    //! A folder in memory for what has secrets in it; made on first use.
    [[nodiscard]] Result<QString> secretFolder();

private:
    struct Cache {
        QString path;
        bool isExclusive = false;
    };

    QString targetOf(const RunMount &mount) const;
    [[nodiscard]] Result<void> addTmpfs(const RunMount &mount);
    [[nodiscard]] Result<void> addCache(const RunMount &mount);
    [[nodiscard]] Result<void> addBind(const RunMount &mount, const QString &name);
    [[nodiscard]] Result<void> addSecret(const RunMount &mount);
    [[nodiscard]] Result<void> addSsh(const RunMount &mount, int number);
    [[nodiscard]] Result<QString> copyOf(const FileTree &tree, const QString &source, const QString &folder) const;
    [[nodiscard]] Result<QString> placeIn(const QString &root, const QString &source, const QString &name) const;

    QString cachePath(const RunMount &mount) const;
    [[nodiscard]] Result<void> lockCaches(const QList<RunMount> &mounts);
    [[nodiscard]] Result<FileLock> waitForCache(const QString &path, FileLock::Mode mode) const;
    [[nodiscard]] Result<FileLock> ownCache(const QString &wanted, QString *path) const;
    [[nodiscard]] Result<void> makeCache(const RunMount &mount, const QString &path) const;

    Store &m_store;
    const BuildRequest &m_request;
    RunMountSources m_sources;
    QString m_folder;
    QString m_workingDir;
    std::stop_token m_stop;
    QList<SpecMount> m_mounts;
    QStringList m_environment;
    QStringList m_secretEnvironment;
    std::optional<SecretFolder> m_secrets;
    std::vector<std::unique_ptr<SshForward>> m_agents;
    QMap<QString, QString> m_caches;    //!< wanted path to the one that was had
    std::vector<FileLock> m_cacheLocks;
};

} // namespace Engine::Internal
