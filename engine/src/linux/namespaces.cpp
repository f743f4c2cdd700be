// SPDX-License-Identifier: GPL-3.0-or-later
#include "linux/namespaces_p.h"

#include "base/logging_p.h"
#include "base/try_p.h"
#include "linux/outsidelauncher_p.h"
#include "linux/spawn_p.h"
#include "linux/subids_p.h"
#include "linux/syscalls_p.h"

#include <QtCore/QDir>
#include <QtCore/QFile>

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <cstdlib>

using namespace Qt::StringLiterals;

namespace Engine::Internal {
namespace {

// Set by the process that enters and inherited by what it starts, so that a child knows that it is inside already, and
// whose store it works on: "user namespace:mount namespace:uid:gid". A monitor's callback runs as namespace root.
constexpr auto insideVariable = "SLIPWAY_NAMESPACE";

ino_t namespaceInode(const char *file)
{
    struct stat status{};
    return ::stat(file, &status) == 0 ? status.st_ino : 0;
}

std::optional<StoreOwner> ownerIfInside()
{
    const auto fields = qgetenv(insideVariable).split(':');
    if (fields.size() != 4 || fields[0].toULongLong() != namespaceInode("/proc/self/ns/user")
        || fields[1].toULongLong() != namespaceInode("/proc/self/ns/mnt")) {
        return {};
    }
    return StoreOwner{fields[2].toUInt(), fields[3].toUInt()};
}

void rememberInside(StoreOwner owner)
{
    const auto number = [](auto value) { return QByteArray::number(quint64(value)); };
    qputenv(insideVariable, number(namespaceInode("/proc/self/ns/user")) + ':' + number(namespaceInode("/proc/self/ns/mnt")) + ':'
                                + number(owner.user) + ':' + number(owner.group));
}

// ---- who else is inside: <run>/namespace/<pid>, holding the process's start time ----

QString membersFolder(const StorePaths &paths)
{
    return paths.run + "/namespace"_L1;
}

QString memberFile(const StorePaths &paths, pid_t pid)
{
    return membersFolder(paths) + u'/' + QString::number(pid);
}

//! Made by us and open to nobody else: it may lie in /tmp, and whoever can write there chooses what we join.
Result<void> makePrivateFolder(const QString &path)
{
    ENGINE_TRY(makePath(path, 0700));
    struct stat status{};
    if (::lstat(QFile::encodeName(path).constData(), &status) != 0)
        return Failure(errnoError("stat", path, errno));
    if (S_ISDIR(status.st_mode) && status.st_uid == ::geteuid() && (status.st_mode & 022) == 0)
        return {};
    return Failure(Error{.code = ErrorCode::PermissionDenied,
                         .object = path,
                         .detail = u"%1 belongs to somebody else or can be written by others"_s.arg(path),
                         .remedy = u"Remove it, or set XDG_RUNTIME_DIR to a folder of your own"_s});
}

enum class Joined { Yes, No, Vanished };

//! \return Vanished when the process ended while we looked: then another may have appeared
Joined tryToJoin(const StorePaths &paths, pid_t pid)
{
    const auto recorded = readFile(memberFile(paths, pid), 64).value_or(QByteArray()).trimmed().toULongLong();
    const UniqueFd process(int(::syscall(SYS_pidfd_open, pid, 0)));
    const auto folder = "/proc/" + QByteArray::number(pid) + "/ns/";
    const UniqueFd userNamespace(::open((folder + "user").constData(), O_RDONLY | O_CLOEXEC));
    // After the opens: what they opened belongs to the process that was registered.
    if (recorded == 0 || processStartTime(pid) != recorded || namespaceInode((folder + "mnt").constData()) == 0) {
        ::unlink(QFile::encodeName(memberFile(paths, pid)).constData());
        return Joined::Vanished;
    }
    if (!process.isValid() || !userNamespace.isValid())
        return Joined::No;
    if (::geteuid() == 0) {
        const bool sameUserNamespace = namespaceInode((folder + "user").constData()) == namespaceInode("/proc/self/ns/user");
        return sameUserNamespace && ::setns(process.get(), CLONE_NEWNS) == 0 ? Joined::Yes : Joined::No;
    }
    uid_t owner = 0;
    if (::ioctl(userNamespace.get(), NS_GET_OWNER_UID, &owner) != 0 || owner != ::getuid())
        return Joined::No;
    if (::setns(process.get(), CLONE_NEWUSER | CLONE_NEWNS) == 0)
        return Joined::Yes;
    return errno == ESRCH ? Joined::Vanished : Joined::No;
}

bool joinAMember(const StorePaths &paths)
{
    // A round in which somebody ended may have missed a monitor that was registered meanwhile.
    constexpr int rounds = 4;
    for (int round = 0; round < rounds; ++round) {
        bool vanished = false;
        for (const auto &name : QDir(membersFolder(paths)).entryList(QDir::Files, QDir::NoSort)) {
            bool isPid = false;
            const pid_t pid = name.toInt(&isPid);
            if (!isPid || pid <= 0)
                continue;
            const auto joined = tryToJoin(paths, pid);
            if (joined == Joined::Yes)
                return true;
            vanished = vanished || joined == Joined::Vanished;
        }
        if (!vanished)
            return false;
    }
    return false;
}

// ---- a new one ----

void hideHybridCgroups(const char *unified)
{
    // Every crun refuses a v1 hierarchy whose v2 side carries controllers. The machine's own mount stays as it is.
    struct statfs status{};
    if (::statfs(unified, &status) != 0 || status.f_type != CGROUP2_SUPER_MAGIC)
        return;
    if (::umount2(unified, MNT_DETACH) != 0) // in a user namespace the mount is locked, but can be covered
        ::mount("tmpfs", unified, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4k");
}

//! Our mounts stay ours; what the machine mounts later still shows up.
int prepareMounts()
{
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0)
        return errno;
    hideHybridCgroups("/sys/fs/cgroup/unified");
    return 0;
}

Result<void> createForRoot()
{
    if (::unshare(CLONE_NEWNS) != 0) {
        auto error = errnoError("unshare", u"the mount namespace"_s, errno);
        error.detail = u"this system does not let Slipway make a mount namespace: %1"_s.arg(error.detail);
        error.remedy = u"In a container, start it with the capability SYS_ADMIN (docker run --privileged)"_s;
        return Failure(std::move(error));
    }
    if (const int failed = prepareMounts(); failed != 0)
        return Failure(errnoError("make mounts private below", u"/"_s, failed));
    return {};
}

QByteArray setting(const char *file)
{
    return readFile(QFile::decodeName(file), 64).value_or(QByteArray()).trimmed();
}

//! Why the kernel refused a user namespace, or the mounts in one, in words that name the switch to turn.
Error userNamespacesForbidden(int savedErrno)
{
    const auto forbidden = [&](const QString &object, const QString &reason, const QString &remedy) {
        return Error{.code = ErrorCode::PermissionDenied,
                     .object = object,
                     .detail = u"this system does not let ordinary users make namespaces: %1"_s.arg(reason),
                     .remedy = remedy,
                     .sysErrno = savedErrno};
    };
    if (setting("/proc/sys/kernel/unprivileged_userns_clone") == "0") {
        return forbidden(u"/proc/sys/kernel/unprivileged_userns_clone"_s, u"/proc/sys/kernel/unprivileged_userns_clone is 0"_s,
                         u"sudo sysctl -w kernel.unprivileged_userns_clone=1"_s);
    }
    if (setting("/proc/sys/user/max_user_namespaces") == "0") {
        return forbidden(u"/proc/sys/user/max_user_namespaces"_s, u"/proc/sys/user/max_user_namespaces is 0"_s,
                         u"sudo sysctl -w user.max_user_namespaces=15000"_s);
    }
    if (setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1") {
        return forbidden(u"/proc/sys/kernel/apparmor_restrict_unprivileged_userns"_s,
                         u"AppArmor has no profile that allows it for Slipway (/proc/sys/kernel/apparmor_restrict_unprivileged_userns is 1)"_s,
                         u"sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"_s);
    }
    const auto error = errnoError("unshare", u"the user namespace"_s, savedErrno);
    return forbidden(u"user namespace"_s, error.detail,
                     u"In a container or chroot Slipway has to run as root; elsewhere ask the administrator of the machine"_s);
}

Result<ChildProcess> startMapTool(const QString &tool, pid_t pid, const std::vector<IdMapping> &map, int errorPipe)
{
    SpawnRequest request{.program = ENGINE_TRY(findProgram(tool, u"uidmap"_s)), .arguments = {QString::number(pid)}};
    for (const auto &line : map) {
        for (const uint32_t number : {line.inside, line.outside, line.count})
            request.arguments.append(QString::number(number));
    }
    request.fds.emplace_back(errorPipe, 2);
    return spawn(request);
}

//! newuidmap and newgidmap side by side: each costs a millisecond or two.
Result<void> writeMaps(pid_t pid, const KeepIdMaps &maps)
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return Failure(errnoError("pipe for", u"newuidmap"_s, errno));
    const UniqueFd words(ends[0]);
    const UniqueFd errorPipe(ends[1]);
    auto users = ENGINE_TRY(startMapTool(u"newuidmap"_s, pid, maps.users, errorPipe.get()));
    auto groups = startMapTool(u"newgidmap"_s, pid, maps.groups, errorPipe.get());
    const auto usersStatus = ENGINE_TRY(users.wait());
    if (!groups)
        return passOn(std::move(groups.error()), __func__);
    const auto groupsStatus = ENGINE_TRY(groups->wait());
    if (usersStatus.code == 0 && groupsStatus.code == 0)
        return {};
    std::array<char, 512> said{};
    const auto size = std::max<ssize_t>(::read(words.get(), said.data(), said.size()), 0);
    const auto tool = usersStatus.code != 0 ? u"newuidmap"_s : u"newgidmap"_s;
    return Failure(Error{.code = ErrorCode::PermissionDenied,
                         .object = tool,
                         .detail = u"%1 could not set up the user namespace: %2"_s.arg(
                             tool, QString::fromLocal8Bit(said.data(), size).simplified()),
                         .remedy = u"sudo apt install --reinstall uidmap"_s,
                         .exitCode = usersStatus.code != 0 ? usersStatus.code : groupsStatus.code});
}

//! A short-lived process that makes the namespaces, so that this one enters them whole or stays as it was.
class Founder final
{
public:
    static Result<Founder> start()
    {
        int down[2];
        int up[2];
        if (::pipe2(down, O_CLOEXEC) != 0)
            return Failure(errnoError("pipe for", u"the user namespace"_s, errno));
        UniqueFd downRead(down[0]);
        UniqueFd downWrite(down[1]);
        if (::pipe2(up, O_CLOEXEC) != 0)
            return Failure(errnoError("pipe for", u"the user namespace"_s, errno));
        UniqueFd upRead(up[0]);
        UniqueFd upWrite(up[1]);
        const pid_t pid = ::fork();
        if (pid < 0)
            return Failure(errnoError("fork for", u"the user namespace"_s, errno));
        if (pid == 0) {
            downWrite.reset();
            found(downRead.get(), upWrite.get());
        }
        return Founder(pid, std::move(downWrite), std::move(upRead));
    }

    Founder(Founder &&other) noexcept
        : m_pid(std::exchange(other.m_pid, -1)), m_down(std::move(other.m_down)), m_up(std::move(other.m_up))
    {
    }
    Founder &operator=(Founder &&) = delete;

    ~Founder()
    {
        m_down.reset(); // it ends at the end of the pipe
        while (m_pid > 0 && ::waitpid(m_pid, nullptr, 0) < 0 && errno == EINTR) { }
    }

    pid_t pid() const { return m_pid; }

    //! \return the errno of its next step, 0 when that was done
    int awaitStep() const
    {
        int status = EPIPE;
        while (::read(m_up.get(), &status, sizeof status) < 0 && errno == EINTR) { }
        return status;
    }

    void goOn() const { [[maybe_unused]] const auto ignored = ::write(m_down.get(), "", 1); }

private:
    Founder(pid_t pid, UniqueFd down, UniqueFd up) : m_pid(pid), m_down(std::move(down)), m_up(std::move(up)) {}

    [[noreturn]] static void found(int down, int up)
    {
        const auto report = [up](int status) {
            if (::write(up, &status, sizeof status) != ssize_t(sizeof status) || status != 0)
                ::_exit(1);
        };
        char byte = 0;
        report(::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 ? 0 : errno);
        if (::read(down, &byte, 1) != 1) // the maps are written meanwhile
            ::_exit(1);
        report(prepareMounts());
        [[maybe_unused]] const auto end = ::read(down, &byte, 1); // until the other one is in
        ::_exit(0);
    }

    pid_t m_pid = -1;
    UniqueFd m_down;
    UniqueFd m_up;
};

Result<void> createForUser()
{
    // Checked first: their absence is the commoner mistake and has the clearer remedy.
    const auto maps = ENGINE_TRY(keepIdMapsFor(::getuid(), ::getgid()));
    ENGINE_TRY(findProgram(u"newuidmap"_s, u"uidmap"_s));
    const auto founder = ENGINE_TRY(Founder::start());
    if (const int failed = founder.awaitStep(); failed != 0)
        return Failure(userNamespacesForbidden(failed));
    ENGINE_TRY(writeMaps(founder.pid(), maps));
    founder.goOn();
    if (const int failed = founder.awaitStep(); failed != 0)
        return Failure(userNamespacesForbidden(failed));
    const UniqueFd process(int(::syscall(SYS_pidfd_open, founder.pid(), 0)));
    if (::setns(process.get(), CLONE_NEWUSER | CLONE_NEWNS) != 0)
        return Failure(errnoError("setns into", u"the user namespace"_s, errno));
    return {};
}

// ---- in it ----

//! Another uid of the namespace, with the capabilities it had.
Result<void> becomeOwner(StoreOwner owner)
{
    const auto failed = [&] {
        return Failure(errnoError("become", u"user %1"_s.arg(owner.user), errno));
    };
    if (::geteuid() != owner.user) {
        if (::prctl(PR_SET_KEEPCAPS, 1) != 0 || ::setresgid(owner.group, owner.group, owner.group) != 0
            || ::setresuid(owner.user, owner.user, owner.user) != 0) {
            return failed();
        }
        // The change took the process's /proc files from the user; without them nobody can join through it.
        ::prctl(PR_SET_DUMPABLE, 1);
    }
    if (owner.user == 0)
        return {};
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> data{};
    if (::syscall(SYS_capget, &header, data.data()) != 0)
        return failed();
    for (auto &word : data)
        word.effective = word.permitted;
    if (::syscall(SYS_capset, &header, data.data()) != 0)
        return failed();
    if ((data[0].effective & (1U << CAP_SYS_ADMIN)) != 0)
        return {};
    return Failure(Error{.code = ErrorCode::PermissionDenied,
                         .object = u"user namespace"_s,
                         .detail = u"this process was started inside Slipway's namespace without the right to mount"_s,
                         .remedy = u"Start it from a terminal of your desktop"_s});
}

QString ownMemberFile; // set once, before any thread

void forgetOwnMember()
{
    if (ownMemberFile.endsWith(u'/' + QString::number(::getpid()))) // not in a forked child
        ::unlink(QFile::encodeName(ownMemberFile).constData());
}

Result<void> registerOneself(const StorePaths &paths)
{
    ENGINE_TRY(registerNamespaceMember(paths, ::getpid()));
    if (ownMemberFile.isEmpty())
        std::atexit(forgetOwnMember);
    ownMemberFile = memberFile(paths, ::getpid());
    return {};
}

Result<void> enter(const StorePaths &paths)
{
    if (const auto owner = ownerIfInside())
        return becomeOwner(*owner);
    ENGINE_TRY(makePrivateFolder(paths.run));
    ENGINE_TRY(makePrivateFolder(membersFolder(paths)));
    const auto lock = ENGINE_TRY(FileLock::acquire(membersFolder(paths) + "/lock"_L1, FileLock::Mode::Exclusive));
    const StoreOwner owner{::geteuid(), ::getegid()};
    const auto folder = QDir::currentPath();
    if (!joinAMember(paths))
        ENGINE_TRY(owner.user == 0 ? createForRoot() : createForUser());
    QDir::setCurrent(folder); // setns() leads to the root folder
    rememberInside(owner);
    return registerOneself(paths);
}

} // namespace

StoreOwner storeOwner()
{
    return ownerIfInside().value_or(StoreOwner{::geteuid(), ::getegid()});
}

Result<void> registerNamespaceMember(const StorePaths &paths, pid_t pid)
{
    const auto started = processStartTime(pid);
    if (started == 0) {
        return Failure(Error{.code = ErrorCode::NotFound,
                             .object = QString::number(pid),
                             .detail = u"there is no process %1"_s.arg(pid)});
    }
    return writeFileAtomically(memberFile(paths, pid), QByteArray::number(started) + '\n', 0600, Sync::No);
}

void unregisterNamespaceMember(const StorePaths &paths, pid_t pid)
{
    ::unlink(QFile::encodeName(memberFile(paths, pid)).constData());
}

} // namespace Engine::Internal

namespace Engine {

Result<std::unique_ptr<OutsideLauncher>> enterNamespaces(const StorePaths &paths, KeepLauncher keep)
{
    std::unique_ptr<OutsideLauncher> launcher;
    if (keep == KeepLauncher::Yes)
        launcher = ENGINE_TRY(Internal::startOutsideLauncher());
    ENGINE_TRY(Internal::enter(paths));
    return launcher;
}

} // namespace Engine
