// SPDX-License-Identifier: GPL-3.0-or-later
#include "linux/syscalls_p.h"

#include "base/try_p.h"

#include <QtCore/QFile>

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>
#include <memory>
#include <vector>

using namespace Qt::StringLiterals;

namespace Engine::Internal {
namespace {

//! Removes one tree. Deep folders are moved up to the tree's root instead of being entered, so neither the stack nor
//! the number of open files grows with what a container or an archive made.
class TreeRemover final
{
public:
    explicit TreeRemover(QString path) : m_path(std::move(path)) {}

    Result<void> run()
    {
        const auto slash = m_path.lastIndexOf(u'/');
        const QString parentPath = slash < 0 ? u"."_s : slash == 0 ? u"/"_s : m_path.left(slash);
        const UniqueFd parent(::open(QFile::encodeName(parentPath).constData(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (!parent.isValid())
            return errno == ENOENT ? Result<void>() : failure("open", parentPath);
        const QByteArray name = QFile::encodeName(m_path.mid(slash + 1));
        if (::unlinkat(parent.get(), name.constData(), 0) == 0 || errno == ENOENT)
            return {};
        m_top = ENGINE_TRY(enter(parent.get(), name));
        return emptyAndRemove(parent.get(), name, m_top.get(), 0);
    }

private:
    static constexpr int depthLimit = 32;

    struct CloseDir {
        void operator()(DIR *dir) const { ::closedir(dir); }
    };

    Failure failure(const char *call, const QString &object) const { return Failure(errnoError(call, object, errno)); }

    QString below(const QByteArray &name) const { return m_path + "/…/"_L1 + QFile::decodeName(name); }

    static int openFolder(int dirFd, const QByteArray &name)
    {
        open_how how{};
        how.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
        how.resolve = RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH;
        return int(::syscall(SYS_openat2, dirFd, name.constData(), &how, sizeof how));
    }

    Result<UniqueFd> enter(int dirFd, const QByteArray &name) const
    {
        UniqueFd folder(openFolder(dirFd, name));
        if (!folder.isValid() && errno == EACCES && ::fchmodat(dirFd, name.constData(), 0700, 0) == 0)
            folder.reset(openFolder(dirFd, name));
        if (folder.isValid())
            return folder;
        if (errno != EXDEV)
            return failure("open", below(name));
        return Failure(Error{.code = ErrorCode::InUse,
                             .object = m_path,
                             .detail = u"%1 cannot be removed because something is mounted at %2"_s.arg(m_path, below(name)),
                             .sysErrno = EBUSY});
    }

    //! Unlinks what is not a folder. \return true when it is one
    Result<bool> unlinkUnlessFolder(int dirFd, const QByteArray &name, unsigned char type) const
    {
        for (bool again = true;; again = false) {
            if (type == DT_DIR)
                return true;
            if (::unlinkat(dirFd, name.constData(), 0) == 0 || errno == ENOENT)
                return false;
            if (errno == EISDIR || (errno == EPERM && type == DT_UNKNOWN))
                return true;
            if (errno != EACCES || !again || ::fchmod(dirFd, 0700) != 0)
                return failure("unlink", below(name));
        }
    }

    Result<void> empty(int dirFd, int depth)
    {
        const int copy = ::openat(dirFd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        const std::unique_ptr<DIR, CloseDir> dir(copy < 0 ? nullptr : ::fdopendir(copy));
        if (!dir)
            return failure("open", m_path);
        for (;;) {
            errno = 0;
            const dirent *entry = ::readdir(dir.get());
            if (!entry)
                return errno == 0 ? Result<void>() : failure("read", m_path);
            const QByteArray name(entry->d_name);
            if (name == "." || name == "..")
                continue;
            if (ENGINE_TRY(unlinkUnlessFolder(dirFd, name, entry->d_type)))
                ENGINE_TRY(removeFolder(dirFd, name, depth + 1));
        }
    }

    Result<void> removeFolder(int dirFd, const QByteArray &name, int depth)
    {
        if (::unlinkat(dirFd, name.constData(), AT_REMOVEDIR) == 0 || errno == ENOENT)
            return {};
        if (errno == EACCES && ::fchmod(dirFd, 0700) == 0 && ::unlinkat(dirFd, name.constData(), AT_REMOVEDIR) == 0)
            return {};
        const auto folder = ENGINE_TRY(enter(dirFd, name));
        if (depth >= depthLimit)
            return defer(dirFd, name, folder.get());
        return emptyAndRemove(dirFd, name, folder.get(), depth);
    }

    Result<void> emptyAndRemove(int dirFd, const QByteArray &name, int folderFd, int depth)
    {
        // Again while something is left: some file systems skip entries while others are removed, a process may still
        // be writing, and deferred folders arrive in the tree's root.
        for (int attempt = 0;; ++attempt) {
            ENGINE_TRY(empty(folderFd, depth));
            if (folderFd == m_top.get())
                ENGINE_TRY(removeDeferred());
            if (::unlinkat(dirFd, name.constData(), AT_REMOVEDIR) == 0 || errno == ENOENT)
                return {};
            if (errno != ENOTEMPTY || attempt >= 3)
                return failure("rmdir", below(name));
        }
    }

    Result<void> removeDeferred()
    {
        while (!m_deferred.empty()) {
            const auto deferred = std::move(m_deferred.back());
            m_deferred.pop_back();
            ENGINE_TRY(removeFolder(m_top.get(), deferred, 0));
        }
        return {};
    }

    Result<void> defer(int dirFd, const QByteArray &name, int folderFd)
    {
        ::fchmod(folderFd, 0700); // moving a folder writes its ".."
        QByteArray unique = ".slipway-remove-" + QByteArray::number(m_nextName++);
        while (::renameat2(dirFd, name.constData(), m_top.get(), unique.constData(), RENAME_NOREPLACE) != 0) {
            if (errno != EEXIST)
                return failure("rename", below(name));
            unique = ".slipway-remove-" + QByteArray::number(m_nextName++);
        }
        m_deferred.push_back(unique);
        return {};
    }

    QString m_path;
    UniqueFd m_top;
    std::vector<QByteArray> m_deferred;
    quint64 m_nextName = 0;
};

} // namespace

Result<void> removeTree(const QString &path)
{
    QString clean = path;
    while (clean.size() > 1 && clean.endsWith(u'/'))
        clean.chop(1);
    const auto last = QStringView(clean).mid(clean.lastIndexOf(u'/') + 1);
    if (last.isEmpty() || last == "."_L1 || last == ".."_L1) {
        return Failure(Error{.code = ErrorCode::InvalidInput,
                             .object = path,
                             .detail = u"\"%1\" does not name a folder to remove"_s.arg(path)});
    }
    return TreeRemover(clean).run();
}

} // namespace Engine::Internal
