// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/listfilter.h"

#include "models/tone.h"

#include <algorithm>

namespace Gui {

ListFilter::ListFilter(QObject *parent)
    : QSortFilterProxyModel(parent)
{
    setSortRole(SortRole);
    setDynamicSortFilter(true);
}

void ListFilter::setWords(const QString &typed)
{
    m_words = typed.split(u' ', Qt::SkipEmptyParts);
    invalidateFilter();
}

bool ListFilter::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    const QString haystack = sourceModel()->index(row, 0, parent).data(FilterRole).toString();
    return std::ranges::all_of(m_words, [&](const QString &word) { return haystack.contains(word, Qt::CaseInsensitive); });
}

// equal values keep one order, whichever way the user sorts
bool ListFilter::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    if (left.data(SortRole) == right.data(SortRole))
        return left.data(IdRole).toString() < right.data(IdRole).toString();
    return QSortFilterProxyModel::lessThan(left, right);
}

} // namespace Gui
