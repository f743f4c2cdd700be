// SPDX-License-Identifier: GPL-3.0-or-later
#include "linux/spawn_p.h"

#include "base/try_p.h"
#include "linux/syscalls_p.h"

#include <QtCore/QFile>

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <optional>

using namespace Qt::StringLiterals;

namespace Engine::Internal {
namespace {

struct Capabilities {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> data{};
};

struct Redirection {
    int source = -1;
    int target = -1;
};

//! Everything the child needs, made before the clone: after it nothing may allocate or lock.
struct ChildPlan {
    const char *program = nullptr;
    char *const *argv = nullptr;
    char *const *envp = nullptr;
    const char *workingDirectory = nullptr;
    Redirection *redirections = nullptr;
    size_t redirectionCount = 0;
    bool becomeNamespaceRoot = false;
    bool keepCapabilities = false;
    bool newSession = false;
    bool killWithParent = false;
    pid_t parent = 0;
    Capabilities capabilities;
    int reportPipe = -1;
};

//! What the child could not do, sent through a pipe that a successful exec closes.
struct ChildFailure {
    enum Step : int { Session, ParentDeath, Descriptors, WorkingDirectory, Identity, Exec } step = Session;
    int savedErrno = 0;
};

constexpr const char *nameOf(ChildFailure::Step step)
{
    switch (step) {
    case ChildFailure::Session:
        return "setsid for";
    case ChildFailure::ParentDeath:
        return "prctl for";
    case ChildFailure::Descriptors:
        return "dup for";
    case ChildFailure::WorkingDirectory:
        return "chdir for";
    case ChildFailure::Identity:
        return "setresuid for";
    case ChildFailure::Exec:
        break;
    }
    return "exec";
}

// ---- in the child, between clone and exec: only async-signal-safe calls; of the memory, which may be the parent's, only the plan changes ----

[[noreturn]] void failInChild(const ChildPlan &plan, ChildFailure::Step step)
{
    const ChildFailure failure{step, errno};
    [[maybe_unused]] const auto ignored = ::write(plan.reportPipe, &failure, sizeof failure);
    ::_exit(127);
}

void resetSignals()
{
    struct sigaction action{};
    action.sa_handler = SIG_DFL;
    for (int signal = 1; signal < NSIG; ++signal)
        ::sigaction(signal, &action, nullptr);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// Sources first move above every target, so that no dup2 overwrites one that is still needed.
void placeDescriptors(ChildPlan &plan)
{
    int above = 3;
    for (size_t i = 0; i < plan.redirectionCount; ++i)
        above = std::max(above, plan.redirections[i].target + 1);
    plan.reportPipe = ::fcntl(plan.reportPipe, F_DUPFD_CLOEXEC, above);
    for (size_t i = 0; i < plan.redirectionCount; ++i) {
        const int moved = ::fcntl(plan.redirections[i].source, F_DUPFD_CLOEXEC, above);
        if (moved < 0)
            failInChild(plan, ChildFailure::Descriptors);
        plan.redirections[i].source = moved;
    }
    if (::syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC) != 0)
        failInChild(plan, ChildFailure::Descriptors);
    for (size_t i = 0; i < plan.redirectionCount; ++i) {
        if (::dup2(plan.redirections[i].source, plan.redirections[i].target) < 0)
            failInChild(plan, ChildFailure::Descriptors);
    }
}

// Raw system calls: glibc's wrappers would change every thread of a process it believes to be in.
void takeIdentity(ChildPlan &plan)
{
    if (plan.becomeNamespaceRoot) {
        if (::syscall(SYS_setresgid, 0, 0, 0) != 0 || ::syscall(SYS_setresuid, 0, 0, 0) != 0)
            failInChild(plan, ChildFailure::Identity);
    } else if (plan.keepCapabilities) {
        for (auto &word : plan.capabilities.data)
            word.inheritable = word.permitted;
        if (::syscall(SYS_capset, &plan.capabilities.header, plan.capabilities.data.data()) != 0)
            failInChild(plan, ChildFailure::Identity);
        for (unsigned long capability = 0; capability < 64; ++capability)
            ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0UL, 0UL); // fails for those it does not have
    }
}

int runChild(void *argument)
{
    auto &plan = *static_cast<ChildPlan *>(argument);
    resetSignals();
    placeDescriptors(plan);
    if (plan.newSession && ::setsid() < 0)
        failInChild(plan, ChildFailure::Session);
    takeIdentity(plan);
    // After the identity, whose change would clear it.
    if (plan.killWithParent && (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != plan.parent))
        failInChild(plan, ChildFailure::ParentDeath);
    if (::chdir(plan.workingDirectory) != 0)
        failInChild(plan, ChildFailure::WorkingDirectory);
    ::execve(plan.program, plan.argv, plan.envp);
    failInChild(plan, ChildFailure::Exec);
}

// ---- in the parent ----

QByteArrayList environmentWith(const QByteArrayList &added)
{
    QByteArrayList environment = added;
    for (char **variable = environ; *variable; ++variable) {
        const QByteArrayView entry(*variable);
        const auto name = entry.first(std::max<qsizetype>(entry.indexOf('='), 0) + 1);
        const bool replaced = std::any_of(added.begin(), added.end(), [&](const auto &ours) { return ours.startsWith(name); });
        if (!replaced)
            environment.append(entry.toByteArray());
    }
    return environment;
}

std::vector<char *> pointersTo(QByteArrayList &strings)
{
    std::vector<char *> pointers;
    for (auto &string : strings)
        pointers.push_back(string.data());
    pointers.push_back(nullptr);
    return pointers;
}

Error missingProgram(const QString &program)
{
    return Error{.code = ErrorCode::MissingPart,
                 .object = program,
                 .detail = u"the program %1 is not installed"_s.arg(program),
                 .sysErrno = ENOENT};
}

constexpr size_t childStackBytes = 256 * 1024;

//! The child starts on a stack of its own and borrows the memory until it executes, as with vfork(2): copying the page tables of a
//! program with forty libraries costs 2 to 7 ms a time. A child that changes its uid gets a copy all the same: it would take the
//! parent's /proc files from the user (proc(5), "dumpable").
Result<ChildProcess> cloneChild(ChildPlan &plan, const QString &program)
{
    const int sharing = plan.becomeNamespaceRoot ? 0 : CLONE_VM | CLONE_VFORK;
    void *stack = ::mmap(nullptr, childStackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED)
        return Failure(errnoError("mmap for", program, errno));
    // No handler of the parent's may run in the child before it has reset them.
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    int pidFd = -1;
    const int pid = ::clone(runChild, static_cast<char *>(stack) + childStackBytes, sharing | CLONE_PIDFD | SIGCHLD, &plan, &pidFd);
    const int savedErrno = errno;
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ::munmap(stack, childStackBytes);
    if (pid < 0)
        return Failure(errnoError("fork for", program, savedErrno));
    return ChildProcess(pid, UniqueFd(pidFd));
}

Result<void> awaitExec(ChildProcess &child, int pipe, const QString &program)
{
    ChildFailure failure;
    ssize_t size = 0;
    do
        size = ::read(pipe, &failure, sizeof failure);
    while (size < 0 && errno == EINTR);
    if (size != ssize_t(sizeof failure))
        return {};
    [[maybe_unused]] const auto reaped = child.wait(); // the kernel may reap by itself (SA_NOCLDWAIT)
    if (failure.step == ChildFailure::Exec && (failure.savedErrno == ENOENT || failure.savedErrno == ENOTDIR))
        return Failure(missingProgram(program));
    return Failure(errnoError(nameOf(failure.step), program, failure.savedErrno));
}

bool holdsCapabilities(const Capabilities &capabilities)
{
    return std::any_of(capabilities.data.begin(), capabilities.data.end(), [](const auto &word) { return word.permitted != 0; });
}

} // namespace

Result<ChildProcess> spawn(const SpawnRequest &request)
{
    const auto program = request.program.contains(u'/') ? request.program
                                                        : ENGINE_TRY(findProgram(request.program, QString()));
    QByteArrayList arguments{QFile::encodeName(request.program)};
    for (const auto &argument : request.arguments)
        arguments.append(argument.toUtf8());
    QByteArrayList environment = environmentWith(request.addedEnvironment);
    const auto argv = pointersTo(arguments);
    const auto envp = pointersTo(environment);
    const QByteArray programName = QFile::encodeName(program);
    const QByteArray folder = QFile::encodeName(request.workingDirectory.isEmpty() ? u"/"_s : request.workingDirectory);

    std::vector<Redirection> redirections;
    for (const auto &[ours, theirs] : request.fds)
        redirections.push_back({ours, theirs});
    const auto null = ENGINE_TRY(openFile(u"/dev/null"_s, O_RDWR));
    for (const int standard : {0, 1, 2}) {
        if (std::none_of(redirections.begin(), redirections.end(), [=](const auto &r) { return r.target == standard; }))
            redirections.push_back({null.get(), standard});
    }

    int report[2];
    if (::pipe2(report, O_CLOEXEC) != 0)
        return Failure(errnoError("pipe for", program, errno));
    const UniqueFd reportRead(report[0]);
    UniqueFd reportWrite(report[1]);

    using Identity = SpawnRequest::Identity;
    ChildPlan plan{.program = programName.constData(),
                   .argv = argv.data(),
                   .envp = envp.data(),
                   .workingDirectory = folder.constData(),
                   .redirections = redirections.data(),
                   .redirectionCount = redirections.size(),
                   .becomeNamespaceRoot = request.identity == Identity::NamespaceRoot && ::geteuid() != 0,
                   .newSession = request.session == SpawnRequest::Session::New,
                   .killWithParent = request.parentDeath == SpawnRequest::ParentDeath::Kill,
                   .parent = ::getpid(),
                   .reportPipe = reportWrite.get()};
    if (request.identity == Identity::Caller && ::geteuid() != 0) {
        ::syscall(SYS_capget, &plan.capabilities.header, plan.capabilities.data.data());
        plan.keepCapabilities = holdsCapabilities(plan.capabilities);
    }
    auto child = ENGINE_TRY(cloneChild(plan, program));
    reportWrite.reset();
    ENGINE_TRY(awaitExec(child, reportRead.get(), request.program));
    return child;
}

namespace {

//! Blocks until the child has ended (true) or a stop is requested (false).
bool awaitEndOrStop(int pidFd, const std::stop_token &stop)
{
    const UniqueFd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    const std::stop_callback onStop(stop, [&] { ::eventfd_write(wake.get(), 1); });
    std::array<pollfd, 2> polled{{{pidFd, POLLIN, 0}, {wake.get(), POLLIN, 0}}};
    while (::poll(polled.data(), polled.size(), -1) < 0 && errno == EINTR) { }
    return (polled[0].revents & POLLIN) != 0;
}

} // namespace

Result<ExitStatus> ChildProcess::wait(std::stop_token stop)
{
    const bool ended = !stop.stop_possible() || awaitEndOrStop(m_pidFd.get(), stop);
    if (!ended)
        kill(SIGKILL);
    siginfo_t info{};
    while (::waitid(P_PIDFD, id_t(m_pidFd.get()), &info, WEXITED) != 0) {
        if (errno != EINTR)
            return Failure(errnoError("wait for process", QString::number(m_pid), errno));
    }
    if (!ended) {
        return Failure(Error{.code = ErrorCode::Cancelled,
                             .object = QString::number(m_pid),
                             .detail = u"process %1 was stopped on request"_s.arg(m_pid)});
    }
    if (info.si_code == CLD_EXITED)
        return ExitStatus{.code = info.si_status, .signal = 0};
    return ExitStatus{.code = 128 + info.si_status, .signal = info.si_status};
}

void ChildProcess::kill(int signal) const
{
    ::syscall(SYS_pidfd_send_signal, m_pidFd.get(), signal, nullptr, 0);
}

namespace {

constexpr qsizetype outputLimitBytes = 16 * 1024 * 1024;

//! Takes what is there now. \return false at the end of the stream
bool takeOutput(int fd, QByteArray &into)
{
    std::array<char, 64 * 1024> buffer;
    for (;;) {
        const auto size = ::read(fd, buffer.data(), buffer.size());
        if (size > 0) {
            into.append(buffer.data(), std::min<qsizetype>(size, outputLimitBytes - into.size()));
            continue;
        }
        if (size == 0)
            return false;
        if (errno != EINTR)
            return errno == EAGAIN;
    }
}

struct OutputPipe {
    UniqueFd ours;
    UniqueFd theirs;

    static Result<OutputPipe> make()
    {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0)
            return Failure(errnoError("pipe for", u"a program's output"_s, errno));
        ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
        return OutputPipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
    }
};

} // namespace

Result<CommandOutput> runCommand(const SpawnRequest &request, std::stop_token stop)
{
    auto out = ENGINE_TRY(OutputPipe::make());
    auto err = ENGINE_TRY(OutputPipe::make());
    SpawnRequest piped = request;
    piped.fds.emplace_back(out.theirs.get(), 1);
    piped.fds.emplace_back(err.theirs.get(), 2);
    auto child = ENGINE_TRY(spawn(piped));
    out.theirs.reset();
    err.theirs.reset();

    const UniqueFd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    const std::stop_callback onStop(stop, [&] { ::eventfd_write(wake.get(), 1); });
    CommandOutput output;
    // A daemon that the program left behind may hold its output open for ever: the program's own end ends the reading.
    std::array<pollfd, 4> polled{{{out.ours.get(), POLLIN, 0},
                                  {err.ours.get(), POLLIN, 0},
                                  {child.pidFd(), POLLIN, 0},
                                  {wake.get(), POLLIN, 0}}};
    while (polled[2].revents == 0 && polled[3].revents == 0) {
        if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR)
            return Failure(errnoError("poll for", request.program, errno));
        if (!takeOutput(out.ours.get(), output.standardOutput))
            polled[0].fd = -1;
        if (!takeOutput(err.ours.get(), output.standardError))
            polled[1].fd = -1;
    }
    output.status = ENGINE_TRY(child.wait(stop));
    takeOutput(out.ours.get(), output.standardOutput);
    takeOutput(err.ours.get(), output.standardError);
    return output;
}

Result<QString> findProgram(const QString &program, const QString &package)
{
    const auto usable = [](const QString &path) { return ::access(QFile::encodeName(path).constData(), X_OK) == 0; };
    if (program.startsWith(u'/') && usable(program))
        return program;
    const auto folders = qEnvironmentVariable("PATH") + u":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"_s;
    if (!program.contains(u'/')) {
        for (const auto folder : QStringView(folders).split(u':', Qt::SkipEmptyParts)) {
            if (const auto path = folder.toString() + u'/' + program; folder.startsWith(u'/') && usable(path))
                return path;
        }
    }
    auto error = missingProgram(program);
    if (!package.isEmpty())
        error.remedy = "sudo apt install "_L1 + package;
    return Failure(std::move(error));
}

} // namespace Engine::Internal
