// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QAbstractTableModel>
#include <QtCore/QSet>

namespace Gui {

//! A table of value rows that takes a whole new list and applies only what differs: rows keep their place, so a view
//! keeps selection and scroll. \p Key gives a row's identity; it must be unique.
template<typename Row, auto Key>
class RowModel : public QAbstractTableModel
{
public:
    using QAbstractTableModel::QAbstractTableModel;

    const Row &row(int number) const { return m_rows.at(number); }
    const QList<Row> &rows() const { return m_rows; }
    int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : int(m_rows.size()); }

    //! \return -1 when there is none
    int rowOf(const QString &id) const
    {
        for (int i = 0; i < m_rows.size(); ++i) {
            if (Key(m_rows[i]) == id)
                return i;
        }
        return -1;
    }

protected:
    //! Cost: a hash look-up for each row.
    void setRows(const QList<Row> &rows)
    {
        QHash<QString, qsizetype> wanted;
        for (qsizetype i = 0; i < rows.size(); ++i)
            wanted.insert(Key(rows[i]), i);
        for (int i = int(m_rows.size()) - 1; i >= 0; --i) {
            if (wanted.contains(Key(m_rows[i])))
                continue;
            beginRemoveRows({}, i, i);
            m_rows.removeAt(i);
            endRemoveRows();
        }
        QSet<QString> known;
        for (int i = 0; i < m_rows.size(); ++i) {
            const QString id = Key(m_rows[i]);
            known.insert(id);
            const Row &now = rows[wanted[id]];
            if (now == m_rows[i])
                continue;
            m_rows[i] = now;
            touchRow(i);
        }
        QList<Row> added;
        for (const Row &row : rows) {
            if (!known.contains(Key(row)))
                added += row;
        }
        if (added.isEmpty())
            return;
        beginInsertRows({}, int(m_rows.size()), int(m_rows.size() + added.size()) - 1);
        m_rows += added;
        endInsertRows();
    }

    void touchRow(int number) { Q_EMIT dataChanged(index(number, 0), index(number, columnCount({}) - 1)); }

private:
    QList<Row> m_rows;
};

} // namespace Gui
