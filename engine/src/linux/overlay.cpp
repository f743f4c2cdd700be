// SPDX-License-Identifier: GPL-3.0-or-later
#include "linux/syscalls_p.h"

#include "base/try_p.h"

#include <QtCore/QFile>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <thread>
#include <utility>
#include <vector>

using namespace Qt::StringLiterals;

namespace Engine::Internal {
namespace {

// mount(2) copies one page of options, the last byte of which it makes a NUL.
constexpr qsizetype mountDataLimit = 4095;

// Overlayfs splits its options at commas and its lower directories at colons; a backslash takes both literally.
QByteArray escaped(const QString &path)
{
    QByteArray result;
    for (const char c : QFile::encodeName(path)) {
        if (c == '\\' || c == ',' || c == ':')
            result += '\\';
        result += c;
    }
    return result;
}

QByteArray optionsOf(const QByteArrayList &lowers, const QByteArray &upper, const QByteArray &work, bool inUserNamespace)
{
    QByteArray options = "lowerdir=" + lowers.join(':');
    if (!upper.isEmpty())
        options += ",upperdir=" + upper + ",workdir=" + work;
    // A renamed folder or changed mode must show up in upper as it is in a layer, whatever the kernel's defaults are.
    // In a user namespace trusted.* is out of reach: with user.* instead those features are off anyway and may not be
    // named, and without it the mount succeeds but removing a folder of a lower layer fails with EIO.
    options += inUserNamespace ? ",index=off,userxattr" : ",index=off,redirect_dir=off,metacopy=off";
    return options;
}

// Working directory of one thread only: the process's other threads keep theirs (unshare(CLONE_FS)).
Result<void> mountFrom(const char *folder, const QByteArray &options, const QString &target)
{
    int savedErrno = 0;
    const char *call = "";
    std::thread([&] {
        const auto run = [&](const char *name, int result) {
            call = name;
            savedErrno = result == 0 ? 0 : errno;
            return result == 0;
        };
        run("unshare", ::unshare(CLONE_FS)) && run("chdir", ::chdir(folder))
            && run("mount overlay on",
                   ::mount("overlay", QFile::encodeName(target).constData(), "overlay", 0, options.constData()));
    }).join();
    return savedErrno == 0 ? Result<void>() : Failure(errnoError(call, target, savedErrno));
}

// Too long for a page: every directory is opened and named by its descriptor, seen from /proc/thread-self/fd.
Result<void> mountByDescriptors(const QString &lowersFolder, const QStringList &lowers, const QString &upper,
                                const QString &work, bool inUserNamespace, const QString &target)
{
    std::vector<UniqueFd> opened;
    const auto open = [&](const QString &path) -> Result<QByteArray> {
        opened.push_back(ENGINE_TRY(openFile(path, O_PATH | O_DIRECTORY)));
        return QByteArray::number(opened.back().get());
    };
    QByteArrayList names;
    for (const auto &lower : lowers)
        names.append(ENGINE_TRY(open(lowersFolder + u'/' + lower)));
    const QByteArray upperName = upper.isEmpty() ? QByteArray() : ENGINE_TRY(open(upper));
    const QByteArray workName = upper.isEmpty() ? QByteArray() : ENGINE_TRY(open(work));
    return mountFrom("/proc/self/fd", optionsOf(names, upperName, workName, inUserNamespace), target);
}

Result<void> bindReadOnly(const QString &source, const QString &target)
{
    const QByteArray to = QFile::encodeName(target);
    if (::mount(QFile::encodeName(source).constData(), to.constData(), nullptr, MS_BIND, nullptr) != 0)
        return Failure(errnoError("mount", target, errno));
    // In a user namespace the flags of the source's mount are locked: a remount must repeat them.
    struct statvfs status{};
    ::statvfs(to.constData(), &status);
    constexpr std::pair<unsigned long, unsigned long> flags[] = {{ST_NOSUID, MS_NOSUID}, {ST_NODEV, MS_NODEV},
                                                                 {ST_NOEXEC, MS_NOEXEC}, {ST_NOATIME, MS_NOATIME},
                                                                 {ST_NODIRATIME, MS_NODIRATIME}, {ST_RELATIME, MS_RELATIME}};
    unsigned long kept = 0;
    for (const auto &[seen, flag] : flags)
        kept |= (status.f_flag & seen) ? flag : 0;
    if (::mount(nullptr, to.constData(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY | kept, nullptr) == 0)
        return {};
    const int savedErrno = errno;
    ::umount2(to.constData(), MNT_DETACH);
    return Failure(errnoError("mount read-only", target, savedErrno));
}

} // namespace

bool inUserNamespace()
{
    const auto map = readFile(u"/proc/self/uid_map"_s, 64 * 1024);
    return !map || map->simplified() != "0 0 4294967295";
}

Result<void> mountOverlay(const QString &lowersFolder, const QStringList &lowers, const QString &upper,
                          const QString &work, const QString &target)
{
    Q_ASSERT(!lowers.isEmpty());
    if (upper.isEmpty() && lowers.size() == 1) // overlayfs wants two directories at least
        return bindReadOnly(lowersFolder + u'/' + lowers.first(), target);
    QByteArrayList names;
    for (const auto &lower : lowers)
        names.append(escaped(lower));
    const bool nested = inUserNamespace();
    const auto options = optionsOf(names, escaped(upper), escaped(work), nested);
    if (options.size() <= mountDataLimit)
        return mountFrom(QFile::encodeName(lowersFolder).constData(), options, target);
    return mountByDescriptors(lowersFolder, lowers, upper, work, nested, target);
}

Result<void> unmountTree(const QString &target)
{
    if (::umount2(QFile::encodeName(target).constData(), MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
        return {};
    // EINVAL: it is no mount point
    return errno == EINVAL || errno == ENOENT ? Result<void>() : Failure(errnoError("unmount", target, errno));
}

} // namespace Engine::Internal
