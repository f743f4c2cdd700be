// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/containers.h>
#include <engine/images.h>

#include <QtCore/QDateTime>

namespace Engine {

//! One thing to say about a place in a Dockerfile.
struct Diagnostic {
    enum class Severity { Error, Warning } severity = Severity::Error;
    SourcePosition begin;       //!< first character
    SourcePosition end;         //!< one past the last character
    QString message;            //!< one English sentence without a final full stop
    QString remedy;             //!< what to write instead; may be empty
    bool operator==(const Diagnostic &) const = default;
};

//! Where a `RUN --mount=type=secret` finds its content. The content itself is read when a step uses it, and kept nowhere.
struct BuildSecret {
    QString file;               //!< absolute; empty: \c variable counts
    QString variable;           //!< an environment variable of this process
    bool operator==(const BuildSecret &) const = default;
};

//! Hard and soft limit of a RUN's processes; -1 is unlimited.
struct BuildUlimit {
    QString name;               //!< as in `docker run --ulimit`: "nofile"
    qint64 soft = 0;
    qint64 hard = 0;
    bool operator==(const BuildUlimit &) const = default;
};

//! What to build.
struct BuildRequest {
    QString contextDir;                     //!< absolute
    QString dockerfilePath;                 //!< absolute; empty: contextDir/Dockerfile
    std::optional<QString> dockerfileText;  //!< replaces the file's content (an unsaved editor)
    QStringList tags;                       //!< references to give the result
    QMap<QString, QString> buildArgs;
    QMap<QString, QString> labels;
    QString target;                         //!< stage name or index; empty: the last
    NetworkMode network = NetworkMode::Host;
    bool noCache = false;
    bool pull = false;                      //!< ask the registry for base images even when they are here
    QMap<QString, BuildSecret> secrets;     //!< by id
    QMap<QString, QStringList> sshAgents;   //!< by id: the socket of an agent, or files with private keys; absolute
    QStringList extraHosts;                 //!< "name:ip", in /etc/hosts of RUN
    std::optional<qint64> shmBytes;         //!< size of /dev/shm of RUN; Docker's 64 MB otherwise
    QList<BuildUlimit> ulimits;
    QStringList noCacheStages;              //!< stages (names or numbers) whose cached steps are not used
    QString platform;                       //!< "linux/arm64"; empty: this machine's
};

//! One instruction of the Dockerfile, as planned or as executed.
struct BuildStep {
    //! Invalid steps have a diagnostic; Unused ones belong to stages the target does not need.
    enum class State { Unknown, Cached, WillRun, Waiting, Running, Done, Failed, Invalid, Unused };

    int index = -1;             //!< position among all instructions of the file, from 0; the step's identity
    int stage = 0;              //!< number of its stage, from 0
    QString stageName;          //!< of AS, may be empty
    int firstLine = 0;          //!< lines of the file it covers, from 1
    int lastLine = 0;
    QString instruction;        //!< "RUN"
    QString text;               //!< normalised: one line, variables expanded
    State state = State::Unknown;
    QString cause;              //!< why it will run, one English sentence; empty when cached
    bool makesLayer = false;    //!< FROM, RUN, COPY, ADD and WORKDIR (but of /); others change metadata only
    Digest layer;               //!< chain id when known; of a RUN that failed: its files at that moment, kept until the next build of the file
    std::optional<qint64> sizeBytes;            //!< of its layer (FROM: of the base image), when known
    std::optional<std::chrono::milliseconds> duration; //!< of its last execution, when known
    bool operator==(const BuildStep &) const = default;
};

struct BuildPlan {
    QList<BuildStep> steps;             //!< every instruction of the file in order
    QList<Diagnostic> diagnostics;      //!< sorted by place
    qint64 contextBytes = 0;            //!< what is in the context after .dockerignore
    int contextFiles = 0;
    bool operator==(const BuildPlan &) const = default;
};

//! A build as it went.
struct PastBuild {
    enum class Outcome { Succeeded, Failed, Cancelled };

    QString id;                         //!< 32 hex digits
    QDateTime started;
    std::chrono::milliseconds duration{0};
    Outcome outcome = Outcome::Succeeded;
    QString error;                      //!< why it failed, one English sentence
    QString dockerfile;                 //!< its path
    QString contextDir;
    QString target;                     //!< stage asked for; empty: the last
    QStringList tags;
    Digest image;                       //!< its result; null when it failed
    QList<BuildStep> steps;             //!< as they ended, with time, size and cause
    bool operator==(const PastBuild &) const = default;
};

//! One line of two builds side by side; -1 where a build does not have it.
struct StepComparison {
    enum class Change { Same, Changed, Added, Removed } change = Change::Same;
    int before = -1;                    //!< position among the steps of the one build …
    int after = -1;                     //!< … and of the other
    bool operator==(const StepComparison &) const = default;
};

//! Which step of \p after is which of \p before, in order. Pure; any thread.
[[nodiscard]] QList<StepComparison> compareBuilds(const PastBuild &before, const PastBuild &after);

//! A running build.
class BuildOperation : public Operation
{
    Q_OBJECT

public:
    using Operation::Operation;

Q_SIGNALS:
    //! First, once.
    void planned(const Engine::BuildPlan &plan);
    //! State, duration, size or layer of one step changed.
    void stepChanged(const Engine::BuildStep &step);
    //! What a RUN step wrote; in order, in pieces. A slow receiver slows the step.
    void output(int stepIndex, const QByteArray &bytes, Engine::OutputStream stream);
    //! On failure the error has the position of the instruction, and exitCode for a RUN that failed.
    void finished(const Engine::Result<Engine::ImageInfo> &result);
};

//! A point between two instructions.
struct StepPlace {
    int line = 0;               //!< any line of an instruction, from 1; with Failed 0 means whichever failed
    //! Failed: as the RUN that failed in the last build left its files.
    enum class Side { Before, After, Failed } side = Side::After;
    bool operator==(const StepPlace &) const = default;
};

//! Makes a throw-away container at a point of a build.
class StepContainerOperation : public Operation
{
    Q_OBJECT

public:
    using Operation::Operation;

Q_SIGNALS:
    //! What steps wrote that had to run first.
    void output(const QByteArray &bytes, Engine::OutputStream stream);
    void finished(const Engine::Result<Engine::ContainerInfo> &result);
};

//! Dockerfiles to images. Any thread may call.
//!
//! plan() and build() share one piece of code, so that a step shown as cached is cached.
class Builds final
{
public:
    explicit Builds(std::shared_ptr<Internal::Core> core);

    //! Predicts what build() would do, without running anything. A Dockerfile with mistakes is no
    //! error: its diagnostics stand in the plan. \return NotFound for a missing context or Dockerfile
    [[nodiscard]] QFuture<Result<BuildPlan>> plan(const BuildRequest &request) const;
    //! Starts a build in the caller's thread; the caller owns the operation.
    [[nodiscard]] std::unique_ptr<BuildOperation> build(const BuildRequest &request) const;
    //! A container, created and not started, on the files as they are at \p place, with what a RUN there would have: variables, working
    //! directory, user, shell, network; its RUN --mount are left out. It has a terminal and is removed at its end: attach to it with
    //! Containers::Start::Yes. Steps that have to run first do so, and stay cached. \p command replaces the shell.
    //! \return (by finished()) the errors of build(); NotFound without an instruction at the line, or when nothing was kept of a failure
    [[nodiscard]] std::unique_ptr<StepContainerOperation> openStep(const BuildRequest &request, const StepPlace &place, const QStringList &command) const;

    //! Past builds, the latest first; the last 200 are kept. A build whose plan had mistakes is none.
    [[nodiscard]] QFuture<Result<QList<PastBuild>>> history() const;
    //! By its id or an unambiguous beginning of it. \return NotFound, InvalidInput for an ambiguous one
    [[nodiscard]] QFuture<Result<PastBuild>> pastBuild(const QString &id) const;
    //! \return NotFound
    [[nodiscard]] QFuture<Result<void>> forget(const QString &id) const;

private:
    std::shared_ptr<Internal::Core> m_core;
};

} // namespace Engine
