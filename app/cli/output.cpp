// SPDX-License-Identifier: GPL-3.0-or-later
#include "output.h"

#include "terminal.h"

#include <cerrno>
#include <csignal>

#include <poll.h>
#include <unistd.h>

namespace Cli {

using namespace Qt::StringLiterals;

namespace {

[[noreturn]] void endAsByBrokenPipe()
{
    restoreTerminal();
    std::signal(SIGPIPE, SIG_DFL);
    std::raise(SIGPIPE);
    _exit(128 + SIGPIPE); // SIGPIPE was blocked
}

} // namespace

void writeAll(int fd, QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        const ssize_t written = ::write(fd, bytes.data(), static_cast<std::size_t>(bytes.size()));
        if (written >= 0) {
            bytes = bytes.sliced(written);
        } else if (errno == EAGAIN) { // someone else made the terminal non-blocking
            pollfd ready{fd, POLLOUT, 0};
            ::poll(&ready, 1, -1);
        } else if (errno == EPIPE) {
            endAsByBrokenPipe();
        } else if (errno != EINTR) {
            return; // closed or a full disk behind a redirection: there is no place left to tell
        }
    }
}

void print(const QString &text)
{
    writeAll(STDOUT_FILENO, text.toUtf8());
}

void printLine(const QString &line)
{
    print(line + u'\n');
}

void printError(const QString &line)
{
    writeAll(STDERR_FILENO, (line + u'\n').toUtf8());
}

void printError(const Engine::Error &error)
{
    const bool namesObject = error.object.isEmpty() || error.detail.contains(error.object);
    printError("Error: "_L1 + (namesObject ? error.detail : error.object + ": "_L1 + error.detail));
    if (!error.remedy.isEmpty())
        printError(error.remedy);
}

int failed(const Engine::Error &error, int exitCode)
{
    printError(error);
    return exitCode;
}

} // namespace Cli
