// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/listtable.h"

#include "models/tone.h"
#include "widgets/theme.h"

#include <QtGui/QContextMenuEvent>
#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QHeaderView>

#include <utility>

namespace Gui {

namespace {
constexpr int tableRowHeight = 40;
}

ListTable::ListTable(const QString &accessibleName, QWidget *parent)
    : QTableView(parent)
{
    setAccessibleName(accessibleName);
    setShowGrid(false);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setSortingEnabled(true);
    setTabKeyNavigation(false);
    setWordWrap(false);
    setMouseTracking(true);
    setTextElideMode(Qt::ElideRight);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(tableRowHeight);
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionsMovable(true);
    connect(this, &QAbstractItemView::activated, this, &ListTable::opened);
}

void ListTable::setWidths(const QList<int> &widths, int stretched)
{
    for (int column = 0; column < widths.size(); ++column)
        horizontalHeader()->resizeSection(column, widths[column]);
    horizontalHeader()->setMinimumSectionSize(56);
    horizontalHeader()->setSectionResizeMode(stretched, QHeaderView::Stretch);
    m_stretched = stretched;
}

void ListTable::hideWhenNarrow(const QList<int> &columns)
{
    m_optional = columns;
}

int ListTable::neededWidth() const
{
    constexpr int leastStretched = 150;
    int needed = 0;
    for (int column = 0; column < model()->columnCount(); ++column) {
        if (!isColumnHidden(column))
            needed += column == m_stretched ? leastStretched : columnWidth(column);
    }
    return needed;
}

void ListTable::stretchFirst(bool stretch)
{
    if (stretch == (m_firstWidth > 0))
        return;
    const int width = std::exchange(m_firstWidth, stretch ? columnWidth(0) : 0);
    horizontalHeader()->setSectionResizeMode(0, stretch ? QHeaderView::Stretch : QHeaderView::Interactive);
    if (!stretch)
        setColumnWidth(0, width);
}

void ListTable::resizeEvent(QResizeEvent *event)
{
    if (model()) {
        for (const int column : std::as_const(m_optional))
            showColumn(column);
        for (const int column : std::as_const(m_optional)) {
            if (neededWidth() > viewport()->width())
                hideColumn(column);
        }
        // the room left goes to the first column while the one that has it is hidden
        if (m_stretched > 0)
            stretchFirst(isColumnHidden(m_stretched));
    }
    QTableView::resizeEvent(event);
}

// The whole row answers to the pointer; a style sheet knows the single cell only.
void ListTable::paintEvent(QPaintEvent *event)
{
    if (m_hoveredRow >= 0 && m_hoveredRow < (model() ? model()->rowCount() : 0)) {
        QPainter painter(viewport());
        painter.fillRect(0, rowViewportPosition(m_hoveredRow), viewport()->width(), rowHeight(m_hoveredRow), themeColors().raised);
    }
    QTableView::paintEvent(event);
}

bool ListTable::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::MouseMove)
        setHoveredRow(rowAt(static_cast<QMouseEvent *>(event)->position().toPoint().y()));
    else if (event->type() == QEvent::Leave || event->type() == QEvent::Wheel)
        setHoveredRow(-1);
    return QTableView::viewportEvent(event);
}

void ListTable::setHoveredRow(int row)
{
    if (row == m_hoveredRow)
        return;
    for (const int changed : {std::exchange(m_hoveredRow, row), row}) {
        if (changed >= 0)
            viewport()->update(0, rowViewportPosition(changed), viewport()->width(), rowHeight(changed));
    }
}

QStringList ListTable::selectedIds() const
{
    QStringList ids;
    const auto rows = selectionModel() ? selectionModel()->selectedRows() : QModelIndexList();
    for (const QModelIndex &row : rows)
        ids += row.data(IdRole).toString();
    return ids;
}

bool ListTable::selectId(const QString &id)
{
    for (int row = 0; row < model()->rowCount(); ++row) {
        const QModelIndex index = model()->index(row, 0);
        if (index.data(IdRole).toString() != id)
            continue;
        setCurrentIndex(index);
        selectRow(row);
        scrollTo(index);
        return true;
    }
    return false;
}

void ListTable::selectionChanged(const QItemSelection &selected, const QItemSelection &deselected)
{
    QTableView::selectionChanged(selected, deselected);
    Q_EMIT selectionMoved();
}

void ListTable::contextMenuEvent(QContextMenuEvent *event)
{
    if (event->reason() == QContextMenuEvent::Keyboard && currentIndex().isValid())
        Q_EMIT menuRequested(viewport()->mapToGlobal(visualRect(currentIndex()).bottomLeft()));
    else if (indexAt(event->pos()).isValid())
        Q_EMIT menuRequested(event->globalPos());
}

void ListTable::keyPressEvent(QKeyEvent *event)
{
    // typing would jump to a row; letters are the actions' shortcuts here
    if (!event->text().isEmpty() && event->text().front().isPrint() && event->text() != QStringLiteral(" "))
        return event->ignore();
    QTableView::keyPressEvent(event);
}

} // namespace Gui
