// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QStringList>

namespace Cli {

//! A block of lines at the end of a terminal's output that can be changed in place.
class LiveLines final
{
public:
    //! \param fd must be a terminal
    explicit LiveLines(int fd) : m_fd(fd) {}

    //! Whether \p count lines fit on the screen, so that each can be reached.
    bool fits(qsizetype count) const;
    //! Replaces the whole block, in one write. Lines are cut to the width of the terminal.
    void show(const QStringList &lines);
    //! Prints \p lines above the block, where they stay.
    void printAbove(const QByteArray &lines);

private:
    QByteArray rewound() const;
    QByteArray drawn() const;

    int m_fd;
    QStringList m_lines;
};

} // namespace Cli
