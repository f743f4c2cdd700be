// SPDX-License-Identifier: GPL-3.0-or-later
#include "table.h"

#include <algorithm>

namespace Cli {

namespace {

constexpr qsizetype minimalWidth = 10;
constexpr qsizetype padding = 3;

qsizetype length(const QString &cell)
{
    return cell.size() - std::ranges::count_if(cell, [](QChar c) { return c.isLowSurrogate(); });
}

} // namespace

QString alignedTable(const QList<QStringList> &rows)
{
    QList<qsizetype> widths;
    for (const QStringList &row : rows) {
        widths.resize(std::max(widths.size(), row.size()), minimalWidth);
        for (qsizetype i = 0; i + 1 < row.size(); ++i)
            widths[i] = std::max(widths[i], length(row[i]) + padding);
    }
    QString text;
    for (const QStringList &row : rows) {
        for (qsizetype i = 0; i < row.size(); ++i) {
            text += row[i];
            if (i + 1 < row.size())
                text += QString(widths[i] - length(row[i]), u' ');
        }
        text += u'\n';
    }
    return text;
}

} // namespace Cli
