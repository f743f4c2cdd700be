// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/result.h>

#include <QtCore/QTimer>
#include <QtWidgets/QAbstractScrollArea>

#include <vector>

namespace Gui {

class BuildLog;
class BuildStepsModel;

//! What each step of a build wrote, folded under the step; the error under the step that failed.
//!
//! Draws only what is in view, so its cost does not grow with the output. A step is open while it runs and after it
//! failed, unless the user opened or folded it.
class BuildOutputView final : public QAbstractScrollArea
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(BuildOutputView)

public:
    BuildOutputView(BuildStepsModel *steps, BuildLog *log, QWidget *parent = nullptr);

    //! The card under \p step; \p title empty takes it away.
    void setError(int step, const QString &title, const QString &text);
    bool isOpen(int step) const;
    void setOpen(int step, bool open);
    void setAllOpen(bool open);
    bool isFollowing() const { return m_follow; }
    void setFollowing(bool follow);
    QString selectedText() const;
    void copySelected() const;
    void selectAll();

Q_SIGNALS:
    //! The user clicked a step's line number or the error card.
    void stepActivated(int step);
    void followingChanged(bool following);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    enum class Fold { Automatic, Open, Closed };
    struct Place {          //!< a character of the output
        int step = -1;
        qsizetype line = 0; //!< from the first line ever written, so that dropped lines do not move it
        qsizetype column = 0;
        auto operator<=>(const Place &) const = default;
    };
    struct Hit {
        enum class Part { None, Header, Line, Error } part = Part::None;
        Place place;
    };

    void reset();
    void layOut();
    void scheduleLayOut();
    int stepCount() const;
    double headerHeight() const;
    double lineHeight() const;
    double errorHeight() const;
    double stepHeight(int step) const;
    double linesTop(int step) const;
    int stepAt(double y) const;
    Hit hitTest(const QPoint &pos) const;
    qsizetype columnAt(int step, qsizetype line, double x) const;
    QPair<Place, Place> selection() const;
    void paintHeader(QPainter &painter, int step, double top) const;
    void paintLines(QPainter &painter, int step, double top) const;
    void paintLine(QPainter &painter, int step, qsizetype line, const QRectF &rect) const;
    void paintError(QPainter &painter, double top) const;

    BuildStepsModel *m_steps;
    BuildLog *m_log;
    std::vector<Fold> m_folds;
    std::vector<double> m_tops;     //!< of each step, and the end of the last
    QTimer m_layOutTimer;           //!< gathers what a flood of output changes
    QTimer m_runningClock;
    int m_errorStep = -1;
    QString m_errorTitle;
    QString m_errorText;
    bool m_follow = true;
    Place m_anchor, m_cursor;
};

} // namespace Gui
