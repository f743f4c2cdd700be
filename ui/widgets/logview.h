// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/logstore.h"

#include <QtWidgets/QAbstractScrollArea>

namespace Gui {

//! Shows a LogStore: draws only the lines in view, so a million lines scroll as well as ten. Follows the end until the
//! user scrolls up, and again when the end is reached. GUI thread.
class LogView final : public QAbstractScrollArea
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(LogView)

public:
    explicit LogView(LogStore &store, QWidget *parent = nullptr);

    void setWrap(bool wrap);
    void setShowTimes(bool show);
    void setFollow(bool follow);
    bool follows() const { return m_follow; }
    //! Marks every match and shows the next one from the current. \return whether there is any
    bool find(const QString &text, LogStore::Direction direction);
    void setSearch(const QString &text);    //!< only marks
    void copy();
    void selectAll();

Q_SIGNALS:
    void followChanged(bool follows);

private:
    struct Position {
        int line = -1, column = 0;
        auto operator<=>(const Position &) const = default;
    };

    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void changeEvent(QEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;

    void setupFonts();
    void onAppended(int first, int droppedNow);
    void onCleared();
    void relayout();                    // all rows anew: another width or wrap
    void extendRows(int first);
    void updateBars();
    int rowsOf(const LogText &line) const;
    int columnsShown() const;
    int timeWidth() const;
    int lineAtRow(int row) const;
    void showLine(int line);
    Position positionAt(const QPoint &point) const;
    void paintLine(QPainter &painter, int line, int top);
    void paintText(QPainter &painter, const LogText &line, int begin, int length, int left, int base);
    void paintMarks(QPainter &painter, int line, int begin, int length, int left, int top);
    QColor colorOf(int code) const;

    LogStore &m_store;
    std::vector<int> m_rowEnds;         // rows of all lines up to and with this one
    QFont m_plain, m_bold;
    int m_cellWidth = 8, m_lineHeight = 18, m_ascent = 13;
    bool m_wrap = false, m_showTimes = false, m_follow = true;
    int m_widest = 0;                   // columns of the longest line
    QString m_search;
    int m_found = -1;
    Position m_anchor, m_caret;         // the selection
};

} // namespace Gui
