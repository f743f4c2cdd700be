// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/builder_p.h"

#include "base/logging_p.h"
#include "base/try_p.h"
#include "build/buildlog_p.h"
#include "build/stagerunner_p.h"
#include "build/stephistory_p.h"
#include "build/stepstate_p.h"
#include "linux/syscalls_p.h"

#include <QtCore/QDateTime>
#include <QtCore/QTimeZone>
#include <QtCore/QUuid>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

//! The time as an image config has it.
QString timestampOf(qint64 seconds)
{
    return QDateTime::fromSecsSinceEpoch(seconds, QTimeZone::utc()).toUTC().toString(Qt::ISODate);
}

//! Times of the new history entries.
void fixHistory(nlohmann::json *config, const QList<HistoryEntryFix> &fixes)
{
    nlohmann::json &history = (*config)["history"];
    if (!history.is_array())
        history = nlohmann::json::array();
    QString created;
    const size_t inherited = history.size() - size_t(std::min<qsizetype>(fixes.size(), qsizetype(history.size())));
    for (qsizetype i = 0; i < fixes.size() && inherited + size_t(i) < history.size(); ++i) {
        nlohmann::json &entry = history[inherited + size_t(i)];
        entry["created"] = fixes[i].created.toStdString();
        created = std::max(created, fixes[i].created);
    }
    (*config)["created"] = (created.isEmpty() ? QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs) : created).toStdString();
}

//! SOURCE_DATE_EPOCH, as BuildKit understands it: the image is of that time, and nothing in its history is later.
void clampTimes(nlohmann::json *config, qint64 seconds)
{
    const QDateTime limit = QDateTime::fromSecsSinceEpoch(seconds, QTimeZone::utc());
    for (nlohmann::json &entry : (*config)["history"]) {
        const auto time = QDateTime::fromString(QString::fromStdString(entry.value("created", std::string())), Qt::ISODateWithMs);
        if (!time.isValid() || time > limit)
            entry["created"] = timestampOf(seconds).toStdString();
    }
    (*config)["created"] = timestampOf(seconds).toStdString();
}

Result<ImageRecord> addImage(Store &store, const PlannedBuild &plan, const StageResult &target, const BuildRequest &request)
{
    nlohmann::json config = plan.stages.last().config;
    fixHistory(&config, target.history);
    if (plan.sourceDate)
        clampTimes(&config, *plan.sourceDate);
    QStringList references;
    for (const QString &tag : request.tags)
        references += ENGINE_TRY(ImageReference::parse(tag)).withDefaultTag().toString();
    return store.addBuiltImage(config, target.layer, references);
}

Result<void> pullImages(const PlannedBuild &plan, const QList<NamedImage> &images, const ImagePuller &pull, const BuildObserver &observer,
                        const std::stop_token &stop)
{
    for (const NamedImage &image : images) {
        BuildStep shown = plan.shown.steps[image.index];
        shown.state = BuildStep::State::Running;
        observer.stepChanged(shown);
        const auto pulled = pull(image.reference, stop);
        if (pulled)
            continue;
        shown.state = BuildStep::State::Failed;
        observer.stepChanged(shown);
        return Failure(atInstruction(*plan.dockerfile, image.index, image.reference, pulled.error()));
    }
    return {};
}

Error firstMistake(const PlannedBuild &plan)
{
    for (const Diagnostic &diagnostic : plan.shown.diagnostics) {
        if (diagnostic.severity != Diagnostic::Severity::Error)
            continue;
        Error error{.code = ErrorCode::InvalidInput, .object = u"Dockerfile"_s, .detail = diagnostic.message, .remedy = diagnostic.remedy};
        if (diagnostic.message.endsWith("is not supported yet"_L1))
            error.code = ErrorCode::Unsupported;
        else if (diagnostic.message.contains("not found"_L1) || diagnostic.message.contains("is not here"_L1))
            error.code = ErrorCode::NotFound;
        if (diagnostic.begin.line > 0)
            error.position = diagnostic.begin;
        return error;
    }
    return {};
}

PastBuild pastBuildOf(const PlannedBuild &plan, const BuildRequest &request, const QDateTime &started, const Result<ImageRecord> &image)
{
    PastBuild build;
    build.id = QUuid::createUuid().toString(QUuid::Id128);
    build.started = started;
    build.duration = std::chrono::milliseconds(started.msecsTo(QDateTime::currentDateTimeUtc()));
    if (image) {
        build.image = image->id;
    } else {
        build.outcome = image.error().code == ErrorCode::Cancelled ? PastBuild::Outcome::Cancelled : PastBuild::Outcome::Failed;
        build.error = image.error().detail;
    }
    build.dockerfile = request.dockerfilePath.isEmpty() ? request.contextDir + "/Dockerfile"_L1 : request.dockerfilePath;
    build.contextDir = request.contextDir;
    build.target = request.target;
    build.tags = request.tags;
    build.steps = plan.shown.steps;
    return build;
}

//! What the next plan explains a miss by, and what the history shows. The image counts more: errors are logged only.
void remember(Store &store, const PlannedBuild &plan, const BuildRequest &request, const QDateTime &started, const Result<ImageRecord> &image)
{
    const auto history = StepHistory::load(store, plan.historyName);
    const auto saved = history ? history->save(plan) : Result<void>(Failure(history.error()));
    if (!saved)
        qCWarning(lcBuild).noquote() << "what the steps were made from is not remembered:" << saved.error().detail;
    if (const auto recorded = recordPastBuild(store, pastBuildOf(plan, request, started, image)); !recorded)
        qCWarning(lcBuild).noquote() << "the build is not written down:" << recorded.error().detail;
}

} // namespace

Error atInstruction(const Dockerfile &dockerfile, int index, QStringView word, Error error)
{
    const DockerfileNode &node = dockerfile.file.nodes[index];
    if (!error.position)
        error.position = node.rangeOf(word).first;
    if (error.object.isEmpty())
        error.object = node.name();
    return error;
}

Result<ImageRecord> executeBuild(Store &store, const EngineSettings &settings, FileDigests &digests, const BuildRequest &request, const ImagePuller &pull,
                                 const BuildObserver &observer, std::stop_token stop)
{
    for (const QString &tag : request.tags)
        ENGINE_TRY(ImageReference::parse(tag)); // before any work
    ENGINE_TRY(removeAbandonedRuns(settings));
    const QDateTime started = QDateTime::currentDateTimeUtc();
    PlannedBuild plan = ENGINE_TRY(planBuild(store, digests, request, stop));
    observer.planned(plan.shown);
    ENGINE_TRY(dropFailedState(store, plan));
    if (plan.hasErrors())
        return Failure(firstMistake(plan));
    const QList<NamedImage> wanted = request.pull ? plan.images() : plan.missingImages();
    if (!wanted.isEmpty()) {
        ENGINE_TRY(pullImages(plan, wanted, pull, observer, stop));
        BuildRequest pulled = request;
        pulled.pull = false;
        plan = ENGINE_TRY(planBuild(store, digests, pulled, stop));
        if (plan.hasErrors())
            return Failure(firstMistake(plan));
        for (const BuildStep &step : std::as_const(plan.shown.steps)) // what was not known without the image
            observer.stepChanged(step);
    }
    const auto target = StageRunner(store, settings, plan, request, observer, std::move(stop)).run();
    auto image = target ? addImage(store, plan, *target, request) : Result<ImageRecord>(Failure(target.error()));
    remember(store, plan, request, started, image);
    return image;
}

} // namespace Engine::Internal
