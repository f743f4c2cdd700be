// SPDX-License-Identifier: GPL-3.0-or-later
#include "linux/syscalls_p.h"

#include "base/try_p.h"

#include <QtCore/QFile>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

using namespace Qt::StringLiterals;

namespace Engine::Internal {
namespace {

ErrorCode codeOf(int savedErrno)
{
    switch (savedErrno) {
    case ENOENT:
    case ESRCH:
        return ErrorCode::NotFound;
    case EEXIST:
    case ENOTEMPTY:
        return ErrorCode::AlreadyExists;
    case EACCES:
    case EPERM:
    case EROFS:
        return ErrorCode::PermissionDenied;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return ErrorCode::NoSpace;
    case EBUSY:
    case ETXTBSY:
        return ErrorCode::InUse;
    case ENOSYS:
    case EOPNOTSUPP:
        return ErrorCode::Unsupported;
    case EINVAL:
    case ELOOP:
    case ENAMETOOLONG:
    case ENOTDIR:
    case EISDIR:
    case EXDEV:
        return ErrorCode::InvalidInput;
    case ETIMEDOUT:
        return ErrorCode::TimedOut;
    case ECONNREFUSED:
    case EHOSTUNREACH:
    case ENETUNREACH:
        return ErrorCode::Unreachable;
    case ECANCELED:
        return ErrorCode::Cancelled;
    default:
        return ErrorCode::Io;
    }
}

Failure sysFailure(const char *call, const QString &object, int savedErrno = errno)
{
    return Failure(errnoError(call, object, savedErrno));
}

Result<UniqueFd> openAt2(int dirFd, const QByteArray &path, int flags, mode_t mode, quint64 resolve)
{
    // open_how refuses a mode without O_CREAT or O_TMPFILE
    const bool creates = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
    open_how how{};
    how.flags = quint64(unsigned(flags)) | O_CLOEXEC;
    how.mode = creates ? mode : 0;
    how.resolve = resolve;
    // EAGAIN: something was renamed while ".." was walked and the kernel cannot tell whether it led out (openat2(2)).
    constexpr int renameRaces = 64;
    for (int attempt = 0;; ++attempt) {
        const auto fd = ::syscall(SYS_openat2, dirFd, path.constData(), &how, sizeof how);
        if (fd >= 0)
            return UniqueFd(int(fd));
        if (errno != EINTR && (errno != EAGAIN || attempt >= renameRaces))
            return sysFailure("open", QFile::decodeName(path));
    }
}

Result<void> writeAll(int fd, QByteArrayView content, const QString &path)
{
    while (!content.isEmpty()) {
        const auto count = ::write(fd, content.data(), size_t(content.size()));
        if (count < 0 && errno != EINTR)
            return sysFailure("write", path);
        content = content.sliced(std::max<qsizetype>(count, 0));
    }
    return {};
}

} // namespace

Error errnoError(const char *call, const QString &object, int savedErrno)
{
    // strerror() is neither thread-safe nor always English
    const char *description = ::strerrordesc_np(savedErrno);
    const auto reason = description ? QString::fromLatin1(description) : u"error %1"_s.arg(savedErrno);
    Error error{.code = codeOf(savedErrno), .object = object, .detail = {}, .sysErrno = savedErrno};
    error.detail = u"%1 %2: %3"_s.arg(QString::fromLatin1(call), object, reason);
    if (error.code == ErrorCode::NoSpace)
        error.remedy = u"Free some space on the disk, for example with: slipway system prune"_s;
    return error;
}

Result<UniqueFd> openFile(const QString &path, int flags, mode_t mode)
{
    for (;;) {
        const int fd = ::open(QFile::encodeName(path).constData(), flags | O_CLOEXEC, mode);
        if (fd >= 0)
            return UniqueFd(fd);
        if (errno != EINTR)
            return sysFailure("open", path);
    }
}

Result<UniqueFd> openBeneath(int dirFd, const QByteArray &path, int flags, mode_t mode)
{
    return openAt2(dirFd, path, flags, mode, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);
}

Result<UniqueFd> openInRoot(int rootFd, const QByteArray &path, int flags, mode_t mode)
{
    return openAt2(rootFd, path, flags, mode, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

Result<void> makePath(const QString &path, mode_t mode)
{
    const QByteArray name = QFile::encodeName(path);
    if (::mkdir(name.constData(), mode) == 0)
        return {};
    const int firstErrno = errno;
    if (firstErrno == ENOENT) {
        const auto slash = path.lastIndexOf(u'/', path.endsWith(u'/') ? -2 : -1);
        if (slash <= 0)
            return sysFailure("mkdir", path, firstErrno);
        ENGINE_TRY(makePath(path.left(slash), mode));
        if (::mkdir(name.constData(), mode) == 0)
            return {};
    }
    // Somebody else may have made it meanwhile; EROFS and EACCES come before EEXIST on some file systems.
    const int savedErrno = errno;
    struct stat status{};
    if (::stat(name.constData(), &status) == 0)
        return S_ISDIR(status.st_mode) ? Result<void>() : sysFailure("mkdir", path, ENOTDIR);
    return sysFailure("mkdir", path, savedErrno);
}

Result<QByteArray> readFile(const QString &path, qint64 limitBytes)
{
    const auto file = ENGINE_TRY(openFile(path, O_RDONLY));
    struct stat status{};
    if (::fstat(file.get(), &status) != 0)
        return sysFailure("stat", path);
    // Files of /proc say 0 bytes; one byte more than expected finds the end without another round.
    QByteArray content(std::clamp<qint64>(status.st_size, 4095, limitBytes) + 1, Qt::Uninitialized);
    qsizetype size = 0;
    for (;;) {
        if (size == content.size())
            content.resize(std::min<qint64>(size * 2, limitBytes + 1));
        const auto count = ::read(file.get(), content.data() + size, size_t(content.size() - size));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return sysFailure("read", path);
        if (count == 0)
            break;
        size += count;
        if (size > limitBytes) {
            return Failure(Error{.code = ErrorCode::InvalidInput,
                                 .object = path,
                                 .detail = u"%1 is larger than %2 bytes"_s.arg(path).arg(limitBytes)});
        }
    }
    content.truncate(size);
    return content;
}

Result<void> writeFileAtomically(const QString &path, QByteArrayView content, mode_t mode, Sync sync)
{
    QByteArray beside = QFile::encodeName(path) + ".XXXXXX";
    const UniqueFd file(::mkostemp(beside.data(), O_CLOEXEC));
    if (!file.isValid())
        return sysFailure("create", path);
    const auto write = [&]() -> Result<void> {
        ENGINE_TRY(writeAll(file.get(), content, path));
        if (::fchmod(file.get(), mode) != 0)
            return sysFailure("chmod", path);
        if (sync == Sync::Yes && ::fsync(file.get()) != 0)
            return sysFailure("fsync", path);
        if (::rename(beside.constData(), QFile::encodeName(path).constData()) != 0)
            return sysFailure("rename", path);
        return {};
    };
    if (auto written = write(); !written) {
        ::unlink(beside.constData());
        return passOn(std::move(written.error()), __func__);
    }
    return sync == Sync::Yes ? syncFolder(path.left(std::max<qsizetype>(path.lastIndexOf(u'/'), 1))) : Result<void>();
}

Result<void> touchFile(const QString &path)
{
    const auto file = ENGINE_TRY(openFile(path, O_WRONLY | O_CREAT, 0600));
    return ::futimens(file.get(), nullptr) == 0 ? Result<void>() : sysFailure("touch", path);
}

Result<void> syncFolder(const QString &path)
{
    const auto folder = ENGINE_TRY(openFile(path, O_RDONLY | O_DIRECTORY));
    // EINVAL: a file system without it, such as 9p
    if (::fsync(folder.get()) != 0 && errno != EINVAL)
        return sysFailure("fsync", path);
    return {};
}

quint64 processStartTime(pid_t pid)
{
    std::array<char, 1024> text{};
    const UniqueFd file(::open(("/proc/" + QByteArray::number(pid) + "/stat").constData(), O_RDONLY | O_CLOEXEC));
    const auto size = file.isValid() ? ::read(file.get(), text.data(), text.size()) : 0;
    if (size <= 0)
        return 0;
    // The second field is the program's name in brackets, which may hold brackets and spaces itself (proc(5)).
    const QByteArrayView stat(text.data(), size);
    const auto fields = stat.sliced(stat.lastIndexOf(')') + 1).toByteArray().simplified().split(' ');
    constexpr qsizetype startTimeField = 22 - 3; // counted from the third field
    return fields.size() > startTimeField ? fields[startTimeField].toULongLong() : 0;
}

namespace {

Result<UniqueFd> lockFile(const QString &path, int operation)
{
    for (;;) {
        auto file = ENGINE_TRY(openFile(path, O_RDWR | O_CREAT, 0600));
        while (::flock(file.get(), operation) != 0) {
            if (errno == EWOULDBLOCK) {
                return Failure(Error{.code = ErrorCode::InUse,
                                     .object = path,
                                     .detail = u"another process holds the lock %1"_s.arg(path),
                                     .sysErrno = EWOULDBLOCK});
            }
            if (errno != EINTR)
                return sysFailure("lock", path);
        }
        // The holder before us may have removed the file: then this is a lock that nobody else will ever see.
        struct stat ours{};
        struct stat named{};
        if (::fstat(file.get(), &ours) == 0 && ::stat(QFile::encodeName(path).constData(), &named) == 0
            && ours.st_ino == named.st_ino && ours.st_dev == named.st_dev) {
            return file;
        }
    }
}

int lockOperation(FileLock::Mode mode)
{
    return mode == FileLock::Mode::Shared ? LOCK_SH : LOCK_EX;
}

} // namespace

Result<FileLock> FileLock::acquire(const QString &path, Mode mode)
{
    return FileLock(ENGINE_TRY(lockFile(path, lockOperation(mode))));
}

Result<FileLock> FileLock::tryAcquire(const QString &path, Mode mode)
{
    return FileLock(ENGINE_TRY(lockFile(path, lockOperation(mode) | LOCK_NB)));
}

} // namespace Engine::Internal
