// SPDX-License-Identifier: GPL-3.0-or-later
#include "signals.h"

#include <QtCore/QSocketNotifier>

#include <array>
#include <cerrno>
#include <csignal>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace Cli {

namespace {

std::array<int, 2> signalPipe = {-1, -1}; // of the one watcher there is

void writeToPipe(int signalNumber)
{
    const int saved = errno;
    const auto byte = static_cast<unsigned char>(signalNumber);
    if (::write(signalPipe[1], &byte, 1) < 0) {
        // full: so many are waiting already that one more says nothing new
    }
    errno = saved;
}

} // namespace

class SignalWatcher::Saved
{
public:
    std::vector<std::pair<int, struct sigaction>> actions;
};

QList<int> SignalWatcher::forwarded()
{
    return {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGPWR, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGIO};
}

SignalWatcher::SignalWatcher(const QList<int> &signalNumbers, QObject *parent)
    : QObject(parent), m_saved(std::make_unique<Saved>())
{
    Q_ASSERT(signalPipe[0] < 0);
    if (::pipe2(signalPipe.data(), O_CLOEXEC | O_NONBLOCK) != 0)
        return; // out of descriptors: signals keep their default meaning
    m_notifier = new QSocketNotifier(signalPipe[0], QSocketNotifier::Read, this);
    connect(m_notifier, &QSocketNotifier::activated, this, &SignalWatcher::drain);
    for (const int number : signalNumbers) {
        struct sigaction action = {};
        struct sigaction old = {};
        action.sa_handler = writeToPipe;
        action.sa_flags = SA_RESTART;
        if (sigaction(number, nullptr, &old) == 0 && old.sa_handler == SIG_IGN && number != SIGWINCH)
            continue; // nohup and background jobs of a shell: stays ignored
        if (sigaction(number, &action, nullptr) == 0)
            m_saved->actions.emplace_back(number, old);
    }
}

SignalWatcher::~SignalWatcher()
{
    for (const auto &[number, old] : m_saved->actions)
        sigaction(number, &old, nullptr);
    for (int &fd : signalPipe) {
        if (fd >= 0)
            ::close(fd);
        fd = -1;
    }
}

void SignalWatcher::drain()
{
    unsigned char byte = 0;
    while (::read(signalPipe[0], &byte, 1) == 1)
        Q_EMIT arrived(byte);
}

} // namespace Cli
