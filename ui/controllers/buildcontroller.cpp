// SPDX-License-Identifier: GPL-3.0-or-later
#include "controllers/buildcontroller.h"

#include "controllers/whendone.h"
#include "widgets/format.h"

#include <QtConcurrent/QtConcurrentRun>
#include <QtCore/QDir>
#include <QtCore/QDirIterator>
#include <QtCore/QSet>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Gui {

using Engine::BuildStep;
using Engine::Error;
using Engine::ErrorCode;
using Engine::Result;

namespace {

constexpr qsizetype kMaxWatches = 256;

QStringList withoutAny(const QStringList &from, const QStringList &what)
{
    const QSet<QString> set(what.cbegin(), what.cend());
    QStringList rest;
    std::copy_if(from.cbegin(), from.cend(), std::back_inserter(rest), [&set](const QString &s) { return !set.contains(s); });
    return rest;
}

} // namespace

BuildController::BuildController(QObject *parent) : QObject(parent)
{
    m_planTimer.setSingleShot(true);
    m_planTimer.setInterval(kPlanDelay);
    connect(&m_planTimer, &QTimer::timeout, this, &BuildController::startPlan);
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, [this] {
        schedulePlan();
        watchContext();
    });
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, &BuildController::schedulePlan);
}

BuildController::~BuildController()
{
    m_planFuture.cancel();
}

void BuildController::setBackend(std::unique_ptr<BuildBackend> backend)
{
    m_backend = std::move(backend);
    m_unavailable.reset();
    Q_EMIT stateChanged();
    replan();
}

void BuildController::setUnavailable(const Error &reason)
{
    m_backend.reset();
    m_unavailable = reason;
    Q_EMIT stateChanged();
    Q_EMIT planChanged();
}

bool BuildController::canBuild() const
{
    return m_backend && m_state == State::Idle && m_tagValid && !m_request.contextDir.isEmpty();
}

bool BuildController::canRun() const
{
    return m_backend && m_state == State::Idle && m_lastImage && !m_creating;
}

void BuildController::setText(const QString &text)
{
    if (m_request.dockerfileText == text)
        return;
    m_request.dockerfileText = text;
    schedulePlan();
}

void BuildController::setDockerfile(const QString &path, const QString &text)
{
    m_request.dockerfilePath = path;
    m_request.dockerfileText = text;
    m_lastImage.reset();
    m_buildError.reset();
    if (m_state == State::Idle) {
        m_buildSteps.setSteps({});
        m_log.reset(0);
    }
    Q_EMIT stateChanged();
    replan();
}

void BuildController::setContextDir(const QString &dir)
{
    if (m_request.contextDir == dir)
        return;
    m_request.contextDir = dir;
    watchContext();
    Q_EMIT stateChanged();
    replan();
}

bool BuildController::setTag(const QString &tag)
{
    m_tag = tag.trimmed();
    const auto reference = Engine::ImageReference::parse(m_tag);
    m_tagValid = reference.has_value() && reference->digest.isNull();
    m_request.tags = m_tagValid ? QStringList{m_tag} : QStringList{};
    Q_EMIT stateChanged();
    return m_tagValid;
}

void BuildController::setNoCache(bool on)
{
    if (std::exchange(m_request.noCache, on) != on)
        schedulePlan();
}

void BuildController::setBuildArgs(const QMap<QString, QString> &args)
{
    if (m_request.buildArgs == args)
        return;
    m_request.buildArgs = args;
    schedulePlan();
}

QString BuildController::command() const
{
    QStringList words{u"slipway"_s, u"build"_s};
    if (!m_tag.isEmpty())
        words << u"-t"_s << m_tag;
    const QString ordinary = QDir(m_request.contextDir).filePath(u"Dockerfile"_s);
    if (!m_request.dockerfilePath.isEmpty() && m_request.dockerfilePath != ordinary)
        words << u"-f"_s << QDir(m_request.contextDir).relativeFilePath(m_request.dockerfilePath);
    if (m_request.noCache)
        words << u"--no-cache"_s;
    for (auto it = m_request.buildArgs.cbegin(); it != m_request.buildArgs.cend(); ++it)
        words << u"--build-arg"_s << it.key() + u'=' + it.value();
    words << u"."_s;
    return shellCommand(words);
}

// --- Planning

void BuildController::schedulePlan()
{
    if (m_state != State::Idle)
        m_changedWhileBuilding = true;
    else if (!m_planTimer.isActive()) // not put off again and again by a file that is written all the time
        m_planTimer.start();
}

void BuildController::takeEvent(const Engine::Event &event)
{
    // what a build of ours makes does not change its own plan, and its result shall stay to be read
    const bool own = m_state != State::Idle || (m_lastImage && event.id == m_lastImage->id.toString());
    if (event.kind == Engine::Event::Kind::Image && !own)
        schedulePlan();
}

void BuildController::replan()
{
    m_planTimer.stop();
    if (m_state == State::Idle)
        startPlan();
    else
        m_changedWhileBuilding = true;
}

void BuildController::startPlan()
{
    ++m_planNumber; // whatever is on its way is out of date
    m_planFuture.cancel();
    if (!m_backend || m_request.contextDir.isEmpty() || !m_request.dockerfileText) {
        Q_EMIT planChanged();
        return;
    }
    m_planFuture = m_backend->plan(m_request);
    whenDone(m_planFuture, this, [this, number = m_planNumber](const Result<Engine::BuildPlan> &plan) {
        if (number == m_planNumber && m_state == State::Idle)
            takePlan(plan);
    });
}

void BuildController::takePlan(const Result<Engine::BuildPlan> &plan)
{
    if (plan) {
        m_plan = *plan;
        m_planError.reset();
    } else {
        m_plan = {};
        m_planError = plan.error();
    }
    m_steps.setSteps(m_plan.steps);
    Q_EMIT planChanged();
}

void BuildController::watchContext()
{
    // The top folder and what lies in it: a watch on every folder of a large context would use up the user's inotify
    // watches. Deeper changes are found by the next plan, and always by the build.
    const auto listTop = [](const QString &dir) {
        QStringList paths{dir};
        QDirIterator it(dir, QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
        while (it.hasNext() && paths.size() < kMaxWatches)
            paths << it.next();
        return Result<QStringList>(paths);
    };
    whenDone(QtConcurrent::run(listTop, m_request.contextDir), this, [this](const Result<QStringList> &wanted) {
        if (!wanted || wanted->first() != m_request.contextDir)
            return;
        const QStringList watched = m_watcher.directories() + m_watcher.files();
        if (const QStringList gone = withoutAny(watched, *wanted); !gone.isEmpty())
            m_watcher.removePaths(gone);
        if (const QStringList fresh = withoutAny(*wanted, watched); !fresh.isEmpty())
            m_watcher.addPaths(fresh);
    });
}

// --- Building

void BuildController::build()
{
    if (!canBuild())
        return;
    m_planTimer.stop();
    ++m_planNumber;
    m_planFuture.cancel();
    m_changedWhileBuilding = false;
    m_buildError.reset();
    m_lastImage.reset();
    m_buildSteps.setSteps(m_steps.steps());
    m_log.reset(m_steps.rowCount());

    m_operation = m_backend->build(m_request);
    connect(m_operation.get(), &Engine::BuildOperation::planned, this, [this](const Engine::BuildPlan &plan) {
        m_plan = plan;
        m_planError.reset();
        m_steps.setSteps(plan.steps);
        m_buildSteps.setSteps(plan.steps);
        m_log.reset(int(plan.steps.size()));
        Q_EMIT planChanged();
    });
    connect(m_operation.get(), &Engine::BuildOperation::stepChanged, this, &BuildController::takeStep);
    connect(m_operation.get(), &Engine::BuildOperation::output, this,
            [this](int step, const QByteArray &bytes, Engine::OutputStream) { m_log.append(step, bytes); });
    connect(m_operation.get(), &Engine::BuildOperation::finished, this, &BuildController::takeBuildResult);
    m_buildClock.start();
    setState(State::Building);
    Q_EMIT buildStarted();
}

void BuildController::takeStep(const BuildStep &step)
{
    m_steps.updateStep(step);
    m_buildSteps.updateStep(step);
    if (step.state == BuildStep::State::Done || step.state == BuildStep::State::Failed)
        m_log.finishStep(step.index);
}

void BuildController::takeBuildResult(const Result<Engine::ImageInfo> &result)
{
    m_operation.release()->deleteLater(); // we are in its signal
    m_buildTime = std::chrono::milliseconds(m_buildClock.elapsed());
    for (int step = 0; step < m_log.stepCount(); ++step)
        m_log.finishStep(step);
    m_steps.endRun();
    m_buildSteps.endRun();
    if (result)
        m_lastImage = *result;
    else
        m_buildError = result.error();
    setState(State::Idle);
    Q_EMIT buildFinished();
    if (m_changedWhileBuilding || (m_buildError && m_buildError->code == ErrorCode::Cancelled))
        replan();
}

int BuildController::failedStep() const
{
    if (!m_buildError)
        return -1;
    for (const BuildStep &step : m_buildSteps.steps()) {
        const bool there = m_buildError->position && m_buildError->position->line >= step.firstLine
            && m_buildError->position->line <= step.lastLine;
        if (step.state == BuildStep::State::Failed || there)
            return step.index;
    }
    return -1;
}

void BuildController::stop()
{
    if (m_state != State::Building)
        return;
    setState(State::Stopping);
    m_operation->cancel();
}

void BuildController::setState(State state)
{
    m_state = state;
    Q_EMIT stateChanged();
}

// --- Running

void BuildController::run()
{
    if (!canRun())
        return;
    m_creating = true;
    Q_EMIT stateChanged();
    Engine::CreateOptions options;
    // By name where it has it, so that the list shows what it was made from; another build may have taken the name since.
    const auto reference = Engine::ImageReference::parse(m_tag);
    const bool named = reference && m_lastImage->references.contains(reference->withDefaultTag().familiarString());
    options.image = named ? m_tag : m_lastImage->id.toString();
    options.tty = true;
    options.openStdin = true;
    whenDone(m_backend->create(options), this, [this](const Result<Engine::ContainerInfo> &container) {
        m_creating = false;
        Q_EMIT stateChanged();
        if (container)
            Q_EMIT containerCreated(*container);
        else
            Q_EMIT runFailed(container.error());
    });
}

} // namespace Gui
