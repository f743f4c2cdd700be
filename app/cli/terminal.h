// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

namespace Cli {

struct TerminalSize {
    int columns = 80;
    int rows = 24;
};

//! Of the terminal on \p fd. \return nullopt when it is none or does not tell
[[nodiscard]] std::optional<TerminalSize> terminalSize(int fd);
//! That of our standard input, else of our standard output.
[[nodiscard]] std::optional<TerminalSize> ownTerminalSize();
[[nodiscard]] bool isTerminal(int fd);

//! Puts the terminal on standard input into raw mode for its lifetime. It comes back as it was on every way out: the
//! destructor, exit(), and signals that end the process.
class RawTerminal final
{
public:
    RawTerminal();
    ~RawTerminal();
    RawTerminal(const RawTerminal &) = delete;
    RawTerminal &operator=(const RawTerminal &) = delete;
};

//! Ends raw mode now, if it is on. Async-signal-safe.
void restoreTerminal();

} // namespace Cli
