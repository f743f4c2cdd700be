// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/await.h"
#include "cli/command.h"
#include "cli/format/humanize.h"
#include "cli/format/listing.h"
#include "cli/format/table.h"
#include "cli/output.h"

#include <engine/engine.h>

#include <algorithm>

// What past builds did: a list, one in full, two side by side.
namespace Cli {

using namespace Qt::StringLiterals;

namespace {

using State = Engine::BuildStep::State;

QString outcomeWord(Engine::PastBuild::Outcome outcome)
{
    switch (outcome) {
    case Engine::PastBuild::Outcome::Succeeded:
        return u"Completed"_s;
    case Engine::PastBuild::Outcome::Failed:
        return u"Error"_s;
    case Engine::PastBuild::Outcome::Cancelled:
        return u"Canceled"_s;
    }
    return {};
}

QString secondsText(std::chrono::milliseconds duration)
{
    return u"%1s"_s.arg(double(duration.count()) / 1000, 0, 'f', 1);
}

//! "12/14": steps that came from the cache, of those that were needed.
QString cachedText(const Engine::PastBuild &build)
{
    const auto count = [&build](auto is) { return std::count_if(build.steps.begin(), build.steps.end(), is); };
    const auto cached = count([](const Engine::BuildStep &step) { return step.state == State::Cached; });
    const auto used = count([](const Engine::BuildStep &step) { return step.state != State::Unused; });
    return u"%1/%2"_s.arg(cached).arg(used);
}

const ListingView &buildsView()
{
    static const ListingView view{
        .table = "{{.ID}}\t{{.Name}}\t{{.Status}}\t{{.CreatedAt}}\t{{.Duration}}\t{{.Cached}}",
        .quietTable = "{{.ID}}",
        .titles = {{"ID", "BUILD ID"}, {"Name", "NAME"}, {"Status", "STATUS"}, {"CreatedAt", "CREATED AT"}, {"Duration", "DURATION"},
                   {"Cached", "CACHED"}, {"Image", "IMAGE"}, {"Dockerfile", "DOCKERFILE"}},
    };
    return view;
}

Json buildRow(const Engine::PastBuild &build, const QDateTime &now)
{
    return {{"ID", build.id.left(12).toStdString()},
            {"Name", (build.tags.isEmpty() ? build.contextDir : build.tags.first()).toStdString()},
            {"Status", outcomeWord(build.outcome).toStdString()},
            {"CreatedAt", humanSince(build.started, now).toStdString()},
            {"Duration", secondsText(build.duration).toStdString()},
            {"Cached", cachedText(build).toStdString()},
            {"Image", build.image.shortHex().toStdString()},
            {"Dockerfile", build.dockerfile.toStdString()}};
}

int runHistoryList(Context &context)
{
    const auto builds = await(context.engine->builds().history());
    if (!builds)
        return failed(builds.error());
    QList<Json> rows;
    const QDateTime now = QDateTime::currentDateTimeUtc();
    for (const Engine::PastBuild &build : *builds)
        rows += buildRow(build, now);
    return printListing(buildsView(), rows, context.options().text("format"), context.options().flag("quiet"));
}

QString stateText(const Engine::BuildStep &step)
{
    switch (step.state) {
    case State::Cached:
        return u"CACHED"_s;
    case State::Done:
        return u"DONE"_s;
    case State::Failed:
        return u"ERROR"_s;
    case State::Unused:
        return u"UNUSED"_s;
    default:
        return u"-"_s;
    }
}

QString timeText(const Engine::BuildStep &step)
{
    return step.duration ? secondsText(*step.duration) : u"-"_s;
}

QString sizeText(const Engine::BuildStep &step)
{
    return step.sizeBytes ? humanSize(*step.sizeBytes) : u"-"_s;
}

QString shortLine(const QString &text)
{
    const QString line = harmless(text);
    return line.size() > 60 ? line.left(59) + u'…' : line;
}

void printField(const char *name, const QString &value)
{
    if (!value.isEmpty())
        printLine(u"%1 %2"_s.arg(QLatin1StringView(name), -12).arg(harmless(value)));
}

//! The build named, the latest one without a name.
Engine::Result<Engine::PastBuild> chosenBuild(Context &context, qsizetype argument)
{
    const QString id = context.arguments().value(argument);
    if (!id.isEmpty())
        return await(context.engine->builds().pastBuild(id));
    const auto builds = await(context.engine->builds().history());
    if (!builds)
        return Engine::Failure(builds.error());
    return builds->isEmpty() ? await(context.engine->builds().pastBuild({})) : Engine::Result<Engine::PastBuild>(builds->first());
}

int runHistoryInspect(Context &context)
{
    const auto build = chosenBuild(context, 0);
    if (!build)
        return failed(build.error());
    printField("Build:", build->id);
    printField("Name:", build->tags.join(", "_L1));
    printField("Context:", build->contextDir);
    printField("Dockerfile:", build->dockerfile);
    printField("Target:", build->target);
    printField("Started:", build->started.toLocalTime().toString(Qt::ISODate));
    printField("Duration:", secondsText(build->duration));
    printField("Status:", outcomeWord(build->outcome));
    printField("Error:", build->error);
    printField("Image:", build->image.isNull() ? QString() : build->image.toString());
    QList<QStringList> rows{{u"STEP"_s, u"LINE"_s, u"STATUS"_s, u"DURATION"_s, u"SIZE"_s, u"INSTRUCTION"_s, u"CAUSE"_s}};
    for (const Engine::BuildStep &step : build->steps) {
        rows += QStringList{QString::number(step.index + 1), QString::number(step.firstLine), stateText(step), timeText(step), sizeText(step),
                            shortLine(step.text), harmless(step.cause)};
    }
    print(u'\n' + alignedTable(rows));
    return 0;
}

QString changeText(const Engine::StepComparison &comparison)
{
    switch (comparison.change) {
    case Engine::StepComparison::Change::Same:
        return u" "_s;
    case Engine::StepComparison::Change::Changed:
        return u"~"_s;
    case Engine::StepComparison::Change::Added:
        return u"+"_s;
    case Engine::StepComparison::Change::Removed:
        return u"-"_s;
    }
    return {};
}

int runHistoryCompare(Context &context)
{
    const auto before = chosenBuild(context, 0);
    const auto after = chosenBuild(context, 1);
    if (!before || !after)
        return failed(before ? after.error() : before.error());
    QList<QStringList> rows{{u"CHANGE"_s, u"BEFORE"_s, u"AFTER"_s, u"SIZE BEFORE"_s, u"SIZE AFTER"_s, u"INSTRUCTION"_s}};
    for (const Engine::StepComparison &comparison : Engine::compareBuilds(*before, *after)) {
        const auto old = comparison.before >= 0 ? std::optional(before->steps[comparison.before]) : std::nullopt;
        const auto now = comparison.after >= 0 ? std::optional(after->steps[comparison.after]) : std::nullopt;
        const auto course = [](const std::optional<Engine::BuildStep> &step) { return step ? stateText(*step) + u' ' + timeText(*step) : u"-"_s; };
        rows += QStringList{changeText(comparison), course(old), course(now), old ? sizeText(*old) : u"-"_s, now ? sizeText(*now) : u"-"_s,
                            shortLine((now ? *now : *old).text)};
    }
    print(alignedTable(rows));
    printLine(u"Total: %1 before, %2 after"_s.arg(secondsText(before->duration), secondsText(after->duration)));
    return 0;
}

int runHistoryRemove(Context &context)
{
    int code = 0;
    for (const QString &id : context.arguments()) {
        if (const auto removed = await(context.engine->builds().forget(id)); !removed)
            code = failed(removed.error());
        else
            printLine(id);
    }
    return code;
}

constexpr OptionSpec listOptions[] = {
    {0, "format", OptionKind::Text, "string", "Format output: 'table', 'table TEMPLATE', 'json', or a TEMPLATE in Go's syntax"},
    {'q', "quiet", OptionKind::Flag, "", "Only show build IDs"},
};

constexpr Command historyTable[] = {
    {.paths = "builds ls|builds list", .usage = "[OPTIONS]", .summary = "List past builds", .options = listOptions, .count = {0, 0},
     .run = runHistoryList},
    {.paths = "builds inspect", .usage = "[BUILD]", .summary = "Show what each step of a past build did", .count = {0, 1},
     .run = runHistoryInspect},
    {.paths = "builds compare", .usage = "BUILD [BUILD]", .summary = "Compare the steps of two past builds", .count = {1, 2},
     .run = runHistoryCompare},
    {.paths = "builds rm", .usage = "BUILD [BUILD...]", .summary = "Forget past builds", .count = {1, -1},
     .run = runHistoryRemove},
};

} // namespace

std::span<const Command> buildHistoryCommands()
{
    return historyTable;
}

} // namespace Cli
