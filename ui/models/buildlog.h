// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/ansitext.h"

#include <QtCore/QObject>

#include <deque>
#include <vector>

namespace Gui {

//! What the steps of one build wrote, bounded: the oldest lines go first and are counted.
//!
//! GUI thread. Memory stays below about kMaxBytes whatever a step writes.
class BuildLog final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(BuildLog)

public:
    static constexpr qsizetype kMaxLinesPerStep = 10'000;
    static constexpr qsizetype kMaxBytes = 32 * 1024 * 1024; //!< of all steps, counted as kept in memory

    explicit BuildLog(QObject *parent = nullptr) : QObject(parent) {}

    //! Forgets everything and prepares \p stepCount steps.
    void reset(int stepCount);
    void append(int step, QByteArrayView bytes);
    //! The step has ended: what has no line end yet becomes its last line.
    void finishStep(int step);

    int stepCount() const { return int(m_steps.size()); }
    //! Lines kept of \p step, the unfinished one included.
    qsizetype lineCount(int step) const;
    //! \p line counts from the first kept one.
    const AnsiLine &line(int step, qsizetype line) const;
    qint64 droppedLines(int step) const;
    //! Characters of the longest line of this build.
    qsizetype longestLine() const { return m_longestLine; }
    //! All kept text of \p step.
    QString text(int step) const;

Q_SIGNALS:
    void wasReset();
    //! Lines of \p step came, changed or were dropped.
    void changed(int step);

private:
    struct StepLog {
        AnsiParser parser;
        std::deque<AnsiLine> lines;
        qint64 dropped = 0;
        qsizetype bytes = 0;
    };

    bool has(int step) const { return step >= 0 && step < int(m_steps.size()); }
    void store(StepLog *log, QList<AnsiLine> lines);
    void dropOldest(StepLog *log, qsizetype count);
    void holdLimit();

    std::vector<StepLog> m_steps;
    qsizetype m_bytes = 0;
    qsizetype m_longestLine = 0;
};

} // namespace Gui
