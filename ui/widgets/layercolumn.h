// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QTimer>
#include <QtWidgets/QWidget>

namespace Engine {
struct BuildStep;
}

namespace Gui {

class BuildStepsModel;
class CodeEditor;

//! The layers beside the text: one row per instruction, exactly as high as the instruction's lines and scrolling with
//! them. Between a key press and the next plan its rows follow the lines they belong to.
class LayerColumn final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(LayerColumn)

public:
    LayerColumn(CodeEditor *editor, BuildStepsModel *steps);

    //! Of row \p row in the column's coordinates, also where it is scrolled out. Empty for a row there is not.
    QRectF rowRect(int row) const;
    //! The row at \p y, -1 for none.
    int rowAt(int y) const;
    //! A sentence in place of the rows; empty shows the rows.
    void setMessage(const QString &message);
    //! What the tool tip of a row says, as rich text.
    QString rowToolTip(int row) const;

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    bool event(QEvent *event) override;

private:
    struct Lines {
        int first = 0;
        int last = 0;
    };

    void takeLines();
    void shiftLines(int line, int delta);
    void stepsChanged();
    void paintRow(QPainter &painter, int row) const;
    void paintNumbers(QPainter &painter, const Engine::BuildStep &step, QRectF line, double wordWidth) const;
    QString secondaryText(const Engine::BuildStep &step) const;
    void paintMessage(QPainter &painter) const;
    void setHovered(int row);

    CodeEditor *m_editor;
    BuildStepsModel *m_steps;
    QList<Lines> m_lines;       //!< of each row; moved by edits until the next plan
    QString m_message;
    QTimer m_runningClock;      //!< ticks only while a step runs
    qint64 m_largestBytes = 0;
    int m_hovered = -1;
};

} // namespace Gui
