// SPDX-License-Identifier: GPL-3.0-or-later
#include "terminal.h"

#include <atomic>
#include <csignal>
#include <cstdlib>

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace Cli {

namespace {

termios originalTerminal;           // written before isRaw becomes true, read by signal handlers after
std::atomic<bool> isRaw = false;

//! For a crash of our own: the shell must not be left in raw mode. SA_RESETHAND lets the signal end us at its return.
void restoreAndDie(int signal)
{
    restoreTerminal();
    std::raise(signal);
}

void restoreOnCrash()
{
    struct sigaction action = {};
    action.sa_handler = restoreAndDie;
    action.sa_flags = SA_RESETHAND | SA_NODEFER;
    for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS})
        sigaction(signal, &action, nullptr);
}

} // namespace

std::optional<TerminalSize> terminalSize(int fd)
{
    winsize size = {};
    if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
        return {};
    return TerminalSize{size.ws_col, size.ws_row};
}

std::optional<TerminalSize> ownTerminalSize()
{
    const std::optional<TerminalSize> input = terminalSize(STDIN_FILENO);
    return input ? input : terminalSize(STDOUT_FILENO);
}

bool isTerminal(int fd)
{
    return ::isatty(fd) == 1;
}

RawTerminal::RawTerminal()
{
    if (isRaw || tcgetattr(STDIN_FILENO, &originalTerminal) != 0)
        return;
    static const int atExit = std::atexit(restoreTerminal);
    static_cast<void>(atExit);
    restoreOnCrash();
    termios raw = originalTerminal;
    cfmakeraw(&raw);
    isRaw = true;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
}

RawTerminal::~RawTerminal()
{
    restoreTerminal();
}

void restoreTerminal()
{
    if (isRaw.exchange(false))
        tcsetattr(STDIN_FILENO, TCSADRAIN, &originalTerminal);
}

} // namespace Cli
