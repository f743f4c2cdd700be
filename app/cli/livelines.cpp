// SPDX-License-Identifier: GPL-3.0-or-later
#include "livelines.h"

#include "format/humanize.h"
#include "output.h"
#include "terminal.h"

namespace Cli {

bool LiveLines::fits(qsizetype count) const
{
    const std::optional<TerminalSize> size = terminalSize(m_fd);
    return size && count < size->rows;
}

//! Goes to the first line of the block and clears from there.
QByteArray LiveLines::rewound() const
{
    return m_lines.isEmpty() ? QByteArray() : "\x1b[" + QByteArray::number(m_lines.size()) + "A\r\x1b[J";
}

QByteArray LiveLines::drawn() const
{
    const int width = terminalSize(m_fd).value_or(TerminalSize{}).columns;
    QByteArray bytes;
    for (const QString &line : m_lines)
        bytes += ellipsis(line, width - 1).toUtf8() + '\n';
    return bytes;
}

void LiveLines::show(const QStringList &lines)
{
    const QByteArray back = rewound();
    m_lines = lines;
    writeAll(m_fd, back + drawn());
}

void LiveLines::printAbove(const QByteArray &lines)
{
    writeAll(m_fd, rewound() + lines + drawn());
}

} // namespace Cli
