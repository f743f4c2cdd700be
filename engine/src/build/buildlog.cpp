// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/buildlog_p.h"

#include "base/try_p.h"
#include "build/steprecord_p.h"

#include <nlohmann/json.hpp>

#include <QtCore/QTimeZone>

#include <array>

using namespace Qt::StringLiterals;

namespace Engine {

namespace Internal {

namespace {

using Json = nlohmann::json;

constexpr std::array stateWords{"unknown", "cached", "will run", "waiting", "running", "done", "failed", "invalid", "unused"};
constexpr std::array outcomeWords{"succeeded", "failed", "cancelled"};

template<typename Enum, size_t count>
Enum enumOf(const Json &word, const std::array<const char *, count> &words)
{
    for (size_t i = 0; i < count; ++i) {
        if (word == words[i])
            return Enum(i);
    }
    return Enum(0);
}

QString stringAt(const Json &object, const char *key)
{
    const auto value = object.find(key);
    return value != object.end() && value->is_string() ? QString::fromStdString(value->get<std::string>()) : QString();
}

Digest digestAt(const Json &object, const char *key)
{
    const QString hex = stringAt(object, key);
    return hex.size() == 64 ? Digest::fromSha256Hex(hex.toLatin1()) : Digest();
}

Json documentOf(const BuildStep &step)
{
    Json document{{"index", step.index}, {"stage", step.stage}, {"stageName", step.stageName.toStdString()}, {"firstLine", step.firstLine},
                  {"lastLine", step.lastLine}, {"instruction", step.instruction.toStdString()}, {"text", step.text.toStdString()},
                  {"state", stateWords[size_t(step.state)]}, {"cause", step.cause.toStdString()}, {"makesLayer", step.makesLayer}};
    if (!step.layer.isNull())
        document["layer"] = step.layer.hex().toStdString();
    if (step.sizeBytes)
        document["sizeBytes"] = *step.sizeBytes;
    if (step.duration)
        document["durationMs"] = step.duration->count();
    return document;
}

BuildStep stepOf(const Json &document)
{
    BuildStep step;
    step.index = document.value("index", -1);
    step.stage = document.value("stage", 0);
    step.stageName = stringAt(document, "stageName");
    step.firstLine = document.value("firstLine", 0);
    step.lastLine = document.value("lastLine", 0);
    step.instruction = stringAt(document, "instruction");
    step.text = stringAt(document, "text");
    step.state = enumOf<BuildStep::State>(document.value("state", Json()), stateWords);
    step.cause = stringAt(document, "cause");
    step.makesLayer = document.value("makesLayer", false);
    step.layer = digestAt(document, "layer");
    if (document.contains("sizeBytes"))
        step.sizeBytes = document.value("sizeBytes", qint64(0));
    if (document.contains("durationMs"))
        step.duration = std::chrono::milliseconds(document.value("durationMs", qint64(0)));
    return step;
}

Json documentOf(const PastBuild &build)
{
    Json document{{"dockerfile", build.dockerfile.toStdString()}, {"context", build.contextDir.toStdString()}, {"target", build.target.toStdString()},
                  {"durationMs", build.duration.count()}, {"outcome", outcomeWords[size_t(build.outcome)]}, {"error", build.error.toStdString()},
                  {"tags", Json::array()}, {"steps", Json::array()}};
    if (!build.image.isNull())
        document["image"] = build.image.hex().toStdString();
    for (const QString &tag : build.tags)
        document["tags"].push_back(tag.toStdString());
    for (const BuildStep &step : build.steps)
        document["steps"].push_back(documentOf(step));
    return document;
}

PastBuild pastBuildOf(const QString &id, qint64 started, const QByteArray &bytes)
{
    PastBuild build{.id = id, .started = QDateTime::fromMSecsSinceEpoch(started, QTimeZone::utc())};
    const Json document = Json::parse(qUncompress(bytes).toStdString(), nullptr, false);
    if (!document.is_object())
        return build;
    build.dockerfile = stringAt(document, "dockerfile");
    build.contextDir = stringAt(document, "context");
    build.target = stringAt(document, "target");
    build.duration = std::chrono::milliseconds(document.value("durationMs", qint64(0)));
    build.outcome = enumOf<PastBuild::Outcome>(document.value("outcome", Json()), outcomeWords);
    build.error = stringAt(document, "error");
    build.image = digestAt(document, "image");
    for (const Json &tag : document.value("tags", Json::array()))
        build.tags += QString::fromStdString(tag.get<std::string>());
    for (const Json &step : document.value("steps", Json::array()))
        build.steps += stepOf(step);
    return build;
}

} // namespace

Result<void> recordPastBuild(Store &store, const PastBuild &build)
{
    const std::string text = documentOf(build).dump(-1, ' ', false, Json::error_handler_t::replace);
    const QByteArray document = qCompress(QByteArray::fromStdString(text), 1);
    return store.database().transaction([&](Database &db) -> Result<void> {
        ENGINE_TRY(ENGINE_TRY(db.prepare("INSERT INTO builds (id, started, document) VALUES (?, ?, ?)"))
                       .bind(1, build.id).bind(2, build.started.toMSecsSinceEpoch()).bind(3, document).run());
        ENGINE_TRY(ENGINE_TRY(db.prepare("DELETE FROM builds WHERE id NOT IN (SELECT id FROM builds ORDER BY started DESC LIMIT ?)"))
                       .bind(1, maxPastBuilds).run());
        const bool worked = build.outcome == PastBuild::Outcome::Succeeded;
        return store.recordEvent("build", worked ? u"build"_s : u"fail"_s, build.id, build.tags.isEmpty() ? build.dockerfile : build.tags.first());
    });
}

Result<QList<PastBuild>> listPastBuilds(Store &store)
{
    QList<PastBuild> builds;
    ENGINE_TRY(store.database().reading([&](Database &db) -> Result<void> {
        Statement query = ENGINE_TRY(db.prepare("SELECT id, started, document FROM builds ORDER BY started DESC, id"));
        while (ENGINE_TRY(query.step()))
            builds += pastBuildOf(query.text(0), query.integer(1), query.blob(2));
        return {};
    }));
    return builds;
}

Result<PastBuild> findPastBuild(Store &store, const QString &id)
{
    QList<PastBuild> found;
    for (const PastBuild &build : ENGINE_TRY(listPastBuilds(store))) {
        if (build.id == id)
            return build;
        if (!id.isEmpty() && build.id.startsWith(id))
            found += build;
    }
    if (found.isEmpty())
        return Failure(Error{.code = ErrorCode::NotFound, .object = id, .detail = id.isEmpty() ? u"no build is remembered yet"_s : u"no build called %1 is remembered"_s.arg(id),
                             .remedy = u"slipway builds ls lists them"_s});
    if (found.size() > 1)
        return Failure(Error{.code = ErrorCode::InvalidInput, .object = id, .detail = u"several builds begin with %1"_s.arg(id), .remedy = u"give more of the id"_s});
    return found.first();
}

Result<void> forgetPastBuild(Store &store, const QString &id)
{
    const PastBuild build = ENGINE_TRY(findPastBuild(store, id));
    return store.database().transaction([&](Database &db) -> Result<void> {
        return ENGINE_TRY(db.prepare("DELETE FROM builds WHERE id = ?")).bind(1, build.id).run();
    });
}

} // namespace Internal

QList<StepComparison> compareBuilds(const PastBuild &before, const PastBuild &after)
{
    const auto recordsOf = [](const PastBuild &build) {
        QList<Internal::StepRecord> records;
        for (const BuildStep &step : build.steps) {
            Internal::StepRecord record;
            record.kind = step.instruction;
            record.original = step.text;
            records += record;
        }
        return records;
    };
    const QList<int> aligned = Internal::alignedSteps(recordsOf(before), recordsOf(after));
    QList<StepComparison> comparisons;
    int next = 0; // of before
    const auto removeUpTo = [&](int end) {
        while (next < end)
            comparisons += StepComparison{StepComparison::Change::Removed, next++, -1};
    };
    for (int i = 0; i < after.steps.size(); ++i) {
        const int counterpart = aligned[i];
        if (counterpart < 0) {
            comparisons += StepComparison{StepComparison::Change::Added, -1, i};
            continue;
        }
        removeUpTo(counterpart);
        next = counterpart + 1;
        const bool isSame = before.steps[counterpart].text == after.steps[i].text;
        comparisons += StepComparison{isSame ? StepComparison::Change::Same : StepComparison::Change::Changed, counterpart, i};
    }
    removeUpTo(int(before.steps.size()));
    return comparisons;
}

} // namespace Engine
