// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/builds.h>

#include <QtCore/QAbstractListModel>
#include <QtCore/QElapsedTimer>
#include <QtCore/QHash>

namespace Gui {

//! The instructions of a Dockerfile, one row each in the order of the file. GUI thread.
//!
//! A new plan is taken over by difference: rows whose index stays keep their place, and only what changed is
//! told, so that a view never loses its selection or scroll position while someone types.
class BuildStepsModel final : public QAbstractListModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(BuildStepsModel)

public:
    enum Role {
        StepRole = Qt::UserRole,    //!< Engine::BuildStep
        StateRole,                  //!< Engine::BuildStep::State
        RunningMsRole,              //!< qint64: since it began to run; -1 when it does not run
    };

    explicit BuildStepsModel(QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

    void setSteps(const QList<Engine::BuildStep> &steps);
    //! Takes over one step by its index; a step the model does not have is ignored.
    void updateStep(const Engine::BuildStep &step);
    //! Steps that were waiting or running will not any more: the build has ended.
    void endRun();

    const QList<Engine::BuildStep> &steps() const { return m_steps; }
    bool anyRunning() const { return !m_runningSince.isEmpty(); }
    qint64 runningMs(int index) const;
    //! Of all layers of the last stage that are known, the base image's included; nothing known: empty.
    std::optional<qint64> totalBytes() const;
    qint64 largestBytes() const;

private:
    void noteRunning(const Engine::BuildStep &step);

    QList<Engine::BuildStep> m_steps;
    QHash<int, QElapsedTimer> m_runningSince;
};

} // namespace Gui
