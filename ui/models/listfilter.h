// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QSortFilterProxyModel>
#include <QtCore/QStringList>

namespace Gui {

//! Sorts on SortRole and keeps the rows whose FilterRole holds every word typed.
class ListFilter final : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit ListFilter(QObject *parent = nullptr);

    void setWords(const QString &typed);
    bool isFiltering() const { return !m_words.isEmpty(); }

private:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

    QStringList m_words;
};

} // namespace Gui
