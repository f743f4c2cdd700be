// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefd_p.h"

#include <engine/result.h>

#include <QtCore/QByteArray>
#include <QtCore/QStringList>

#include <sys/types.h>

namespace Engine::Internal {

//! Error for the failed system call \p call on \p object with \p savedErrno: code from errno (ENOENT is NotFound, ENOSPC
//! and EDQUOT NoSpace, EACCES and EPERM PermissionDenied, …), detail "call object: strerror".
[[nodiscard]] Error errnoError(const char *call, const QString &object, int savedErrno);

[[nodiscard]] Result<UniqueFd> openFile(const QString &path, int flags, mode_t mode = 0);
[[nodiscard]] Result<UniqueFd> openBeneath(int dirFd, const QByteArray &path, int flags, mode_t mode = 0); //!< openat2, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS
//! openat2 with RESOLVE_IN_ROOT: \p path is taken as inside a container's root, links included.
[[nodiscard]] Result<UniqueFd> openInRoot(int rootFd, const QByteArray &path, int flags, mode_t mode = 0);

[[nodiscard]] Result<void> makePath(const QString &path, mode_t mode = 0755);   //!< mkdir -p
//! rm -r that never follows links, never enters another mount, copes with unwritable folders and with any depth.
//! Missing is no error. \return InUse when something is mounted in it: nothing of that mount is touched
[[nodiscard]] Result<void> removeTree(const QString &path);
//! Whole file, at most \p limitBytes (InvalidInput beyond).
[[nodiscard]] Result<QByteArray> readFile(const QString &path, qint64 limitBytes = 64 * 1024 * 1024);
//! Yes: the bytes are on the disk when the call returns (some milliseconds). No: for run-time state that may go with a
//! power cut.
enum class Sync { Yes, No };
//! Written beside and renamed over \p path: readers see the old or the new content, never a part.
[[nodiscard]] Result<void> writeFileAtomically(const QString &path, QByteArrayView content, mode_t mode = 0644,
                                               Sync sync = Sync::Yes);
//! Sets its times to now, makes it when missing; whoever watches it with inotify sees IN_ATTRIB or IN_CREATE.
[[nodiscard]] Result<void> touchFile(const QString &path);
//! fsync of a folder, so that what was renamed into it stays there after a power cut.
[[nodiscard]] Result<void> syncFolder(const QString &path);

//! Is this process in another user namespace than the machine's first? Cost: 20 µs, read each time.
[[nodiscard]] bool inUserNamespace();

//! Mounts an overlay. \p lowers: topmost first, names relative to \p lowersFolder; any number up to the kernel's 500,
//! although mount(2) takes only a page of text. \p upper empty: read-only (then at least two lowers or it is a plain
//! read-only bind mount). Adds userxattr in a user namespace. The caller's working directory stays as it is.
[[nodiscard]] Result<void> mountOverlay(const QString &lowersFolder, const QStringList &lowers, const QString &upper,
                                        const QString &work, const QString &target);
//! Lazy unmount; not mounted is no error.
[[nodiscard]] Result<void> unmountTree(const QString &target);

//! Seconds-independent identity of a process, for "is this still the one I started": start time in clock ticks from
//! /proc/PID/stat, 0 when there is none.
[[nodiscard]] quint64 processStartTime(pid_t pid);

//! An flock(2) on a file of its own, made when missing and left there, freed by the destructor or the process's end.
class FileLock final
{
public:
    enum class Mode { Shared, Exclusive };
    //! Blocks until it is had.
    [[nodiscard]] static Result<FileLock> acquire(const QString &path, Mode mode);
    //! \return InUse when somebody else has it
    [[nodiscard]] static Result<FileLock> tryAcquire(const QString &path, Mode mode);

private:
    explicit FileLock(UniqueFd fd) : m_fd(std::move(fd)) {}
    UniqueFd m_fd;
};

} // namespace Engine::Internal
