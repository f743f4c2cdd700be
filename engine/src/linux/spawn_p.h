// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefd_p.h"

#include <engine/result.h>

#include <QtCore/QByteArrayList>
#include <QtCore/QStringList>

#include <sys/types.h>

#include <chrono>
#include <stop_token>
#include <utility>
#include <vector>

namespace Engine::Internal {

struct SpawnRequest {
    QString program;                            //!< absolute path, or a name looked up in PATH
    QStringList arguments;                      //!< without argv[0]
    std::vector<std::pair<int, int>> fds;       //!< {ours, number in the child}; 0, 1, 2 default to /dev/null
    QByteArrayList addedEnvironment;            //!< "NAME=value", over the caller's environment
    QString workingDirectory;                   //!< empty: "/"
    //! NamespaceRoot: uid and gid 0 of the engine's user namespace, which crun and conmon need there; nothing
    //! changes for root. Caller keeps the uid; in a user namespace its capabilities are kept as ambient ones.
    enum class Identity { Caller, NamespaceRoot } identity = Identity::Caller;
    enum class Session { Same, New } session = Session::Same;
    //! Kill: the kernel ends the child with the *thread* that started it (prctl(2), PR_SET_PDEATHSIG), so that thread
    //! must be the one that waits for it.
    enum class ParentDeath { Ignore, Kill } parentDeath = ParentDeath::Ignore;
};

struct ExitStatus {
    int code = 0;       //!< exit code, or 128 + signal
    int signal = 0;     //!< signal that ended it, 0 when it exited
};

//! A started child. Destroying it does not end or reap the child unless wait() did: call wait().
class ChildProcess final
{
public:
    ChildProcess() = default;
    ChildProcess(pid_t pid, UniqueFd pidFd) : m_pid(pid), m_pidFd(std::move(pidFd)) {}
    pid_t pid() const { return m_pid; }
    int pidFd() const { return m_pidFd.get(); }     //!< readable when it has ended
    //! Blocks. A stop request kills the child with SIGKILL and then gives Cancelled.
    [[nodiscard]] Result<ExitStatus> wait(std::stop_token stop = {});
    void kill(int signal) const;

private:
    pid_t m_pid = -1;
    UniqueFd m_pidFd;
};

//! Starts a program; any thread, safe in a multi-threaded process (only async-signal-safe calls between fork and
//! exec, all descriptors but \c fds closed on exec). Cost: about 1 ms.
//! \return MissingPart when the program does not exist
[[nodiscard]] Result<ChildProcess> spawn(const SpawnRequest &request);

struct CommandOutput {
    ExitStatus status;
    QByteArray standardOutput;
    QByteArray standardError;
};

//! Runs a program to its end with its output collected (at most 16 MB of each).
[[nodiscard]] Result<CommandOutput> runCommand(const SpawnRequest &request, std::stop_token stop = {});

//! Absolute path of \p program in PATH and the usual system folders. \return MissingPart naming the Debian package
//! given in \p package
[[nodiscard]] Result<QString> findProgram(const QString &program, const QString &package);

} // namespace Engine::Internal
