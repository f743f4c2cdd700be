// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/exitwatch_p.h"

#include "base/try_p.h"
#include "linux/syscalls_p.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>

#include <array>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

Result<ExitWatch> ExitWatch::on(const QString &folder, For what)
{
    UniqueFd inotify(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (!inotify.isValid())
        return Failure(errnoError("inotify_init1", folder, errno));
    ExitWatch watch(std::move(inotify));
    ENGINE_TRY(watch.add(folder, what));
    return watch;
}

Result<void> ExitWatch::add(const QString &folder, For what)
{
    const uint32_t events = IN_MOVED_TO | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE_SELF | (what == For::Growth ? IN_MODIFY : 0U);
    if (::inotify_add_watch(m_inotify.get(), folder.toUtf8().constData(), events) < 0)
        return Failure(errnoError("inotify_add_watch", folder, errno));
    return {};
}

Result<ExitWatch::Woken> ExitWatch::wait(std::initializer_list<int> pidFds, std::stop_token stop, std::optional<Deadline> deadline) const
{
    const UniqueFd stopped(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    const std::stop_callback onStop(stop, [fd = stopped.get()] { ::eventfd_write(fd, 1); });
    std::array<pollfd, 8> polls = {};
    size_t count = 0;
    polls[count++] = {.fd = m_inotify.get(), .events = POLLIN, .revents = 0};
    polls[count++] = {.fd = stopped.get(), .events = POLLIN, .revents = 0};
    for (const int fd : pidFds)
        polls[count++] = {.fd = fd, .events = POLLIN, .revents = 0}; // negative: poll(2) skips it

    while (!stop.stop_requested()) {
        int timeoutMs = -1;
        if (deadline) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - std::chrono::steady_clock::now());
            if (left.count() <= 0)
                return Woken::TimedOut;
            timeoutMs = int(std::min<qint64>(left.count(), 1000LL * 3600));
        }
        const int ready = ::poll(polls.data(), count, timeoutMs);
        if (ready < 0 && errno != EINTR)
            return Failure(errnoError("poll", {}, errno));
        if (ready <= 0 || stop.stop_requested())
            continue;
        alignas(inotify_event) char events[4096];
        while (::read(m_inotify.get(), events, sizeof events) > 0) { } // only that something happened counts
        return Woken::Changed;
    }
    return Woken::Stopped;
}

} // namespace Engine::Internal
