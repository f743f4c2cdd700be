// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QTableView>

namespace Gui {

//! The table of a page: whole rows, no grid, sorted by a header that can be moved; emits what pages need. Columns have
//! widths of their own; one of them takes what room is left.
class ListTable final : public QTableView
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ListTable)

public:
    explicit ListTable(const QString &accessibleName, QWidget *parent = nullptr);

    //! Call after setModel(). \p stretched is the column that takes the room left.
    void setWidths(const QList<int> &widths, int stretched);
    //! Hides these columns, the first one first, while the others do not fit in.
    void hideWhenNarrow(const QList<int> &columns);
    QStringList selectedIds() const;
    //! Selects the row with that IdRole and brings it into view. \return whether there is one
    bool selectId(const QString &id);

Q_SIGNALS:
    void selectionMoved();
    void opened(const QModelIndex &index);
    void menuRequested(const QPoint &globalPosition);

private:
    void selectionChanged(const QItemSelection &selected, const QItemSelection &deselected) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void setHoveredRow(int row);
    int neededWidth() const;
    void stretchFirst(bool stretch);

    QList<int> m_optional;
    int m_stretched = -1;
    int m_hoveredRow = -1;
    int m_firstWidth = 0;   // of the first column while it is stretched, to give back
};

} // namespace Gui
