// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "controllers/buildbackend.h"
#include "models/buildlog.h"
#include "models/buildsteps.h"

#include <QtCore/QFileSystemWatcher>
#include <QtCore/QTimer>

namespace Gui {

//! What the Build page does, without the page: keeps the plan in step with the text, builds, stops, runs.
//!
//! GUI thread; nothing here waits. A plan is asked for kPlanDelay after the first of some changes of text, context or
//! options, and a plan that a newer change has overtaken is dropped. While a build runs the steps show the build;
//! after it they keep its result until something changes.
class BuildController final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(BuildController)

public:
    static constexpr std::chrono::milliseconds kPlanDelay{80};

    enum class State { Idle, Building, Stopping };

    explicit BuildController(QObject *parent = nullptr);
    ~BuildController() override;

    BuildStepsModel &steps() { return m_steps; }
    const BuildStepsModel &steps() const { return m_steps; }
    //! The steps of the build under way or the last one, whatever was typed since; empty before the first.
    BuildStepsModel &buildSteps() { return m_buildSteps; }
    BuildLog &log() { return m_log; }
    const Engine::BuildPlan &plan() const { return m_plan; }
    const Engine::BuildRequest &request() const { return m_request; }
    State state() const { return m_state; }
    const std::optional<Engine::Error> &unavailable() const { return m_unavailable; }
    const std::optional<Engine::ImageInfo> &lastImage() const { return m_lastImage; }
    //! Why the last plan or build failed.
    const std::optional<Engine::Error> &planError() const { return m_planError; }
    const std::optional<Engine::Error> &buildError() const { return m_buildError; }
    //! There is an engine now: plans at once.
    void setBackend(std::unique_ptr<BuildBackend> backend);
    //! There is none: planning and building do nothing.
    void setUnavailable(const Engine::Error &reason);
    bool hasBackend() const { return m_backend != nullptr; }

    bool canBuild() const;
    bool canRun() const;
    //! Of the last build, until it ended.
    std::chrono::milliseconds buildTime() const { return m_buildTime; }
    //! The step the last build failed at; -1 when it did not, or not at a step.
    int failedStep() const;

    //! The editor's text, saved or not.
    void setText(const QString &text);
    //! Another file: forgets results of the one before.
    void setDockerfile(const QString &path, const QString &text);
    void setContextDir(const QString &dir);
    //! \return whether \p tag is a valid image name; an invalid one is kept but not built with
    bool setTag(const QString &tag);
    void setNoCache(bool on);
    void setBuildArgs(const QMap<QString, QString> &args);
    //! `slipway build -t … .`, quoted for a shell.
    QString command() const;

    void build();
    void stop();
    //! Creates a container with a terminal from the last image; containerCreated() follows.
    void run();
    //! Something in the store changed: a base image may have come or gone.
    void takeEvent(const Engine::Event &event);
    //! Plans again now, without waiting for more changes.
    void replan();

Q_SIGNALS:
    void stateChanged();
    //! plan(), planError() or the request changed; the steps are up to date.
    void planChanged();
    void buildStarted();
    //! lastImage() or buildError() tells how it went; Cancelled when stopped.
    void buildFinished();
    void containerCreated(const Engine::ContainerInfo &container);
    void runFailed(const Engine::Error &error);

private:
    void schedulePlan();
    void startPlan();
    void takePlan(const Engine::Result<Engine::BuildPlan> &plan);
    void takeStep(const Engine::BuildStep &step);
    void takeBuildResult(const Engine::Result<Engine::ImageInfo> &result);
    void setState(State state);
    void watchContext();

    std::unique_ptr<BuildBackend> m_backend;
    std::optional<Engine::Error> m_unavailable;
    Engine::BuildRequest m_request;
    QString m_tag;
    bool m_tagValid = false;
    State m_state = State::Idle;

    BuildStepsModel m_steps;
    BuildStepsModel m_buildSteps;
    BuildLog m_log;
    Engine::BuildPlan m_plan;
    std::optional<Engine::Error> m_planError;
    std::optional<Engine::Error> m_buildError;
    std::optional<Engine::ImageInfo> m_lastImage;

    QTimer m_planTimer;
    QFileSystemWatcher m_watcher;
    QFuture<Engine::Result<Engine::BuildPlan>> m_planFuture;
    quint64 m_planNumber = 0;       //!< of the newest plan asked for
    bool m_changedWhileBuilding = false;
    bool m_creating = false;
    QElapsedTimer m_buildClock;
    std::chrono::milliseconds m_buildTime{0};
    std::unique_ptr<Engine::BuildOperation> m_operation;
};

} // namespace Gui
