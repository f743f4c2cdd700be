// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/await.h"
#include "cli/command.h"
#include "cli/format/rows.h"
#include "cli/input/values.h"
#include "cli/output.h"

#include <engine/engine.h>

#include <QtCore/QRegularExpression>

#include <functional>

namespace Cli {

using namespace Qt::StringLiterals;

namespace {

using ContainerTest = std::function<bool(const Engine::ContainerInfo &)>;

const QStringList &stateWords()
{
    static const QStringList words{u"created"_s, u"running"_s, u"paused"_s, u"exited"_s, u"dead"_s, u"restarting"_s, u"removing"_s};
    return words;
}

bool isCreatedFrom(const Engine::ContainerInfo &container, const QString &image)
{
    const auto familiar = [](const QString &text) {
        const Engine::Result<Engine::ImageReference> reference = Engine::ImageReference::parse(text);
        return reference ? reference->withDefaultTag().familiarString() : text;
    };
    const QString hex = image.startsWith("sha256:"_L1) ? image.mid(7) : image;
    return familiar(container.image) == familiar(image) || (hex.size() >= 4 && container.imageId.hex().startsWith(hex));
}

//! One `--filter key=value`.
Checked<ContainerTest> containerTest(const QString &filter)
{
    const QString key = filter.section(u'=', 0, 0);
    const QString value = filter.section(u'=', 1);
    if (!filter.contains(u'='))
        return std::unexpected(u"invalid argument \"%1\" for \"-f, --filter\" flag: invalid filter '%1'"_s.arg(filter));
    if (key == "id"_L1)
        return [value](const Engine::ContainerInfo &container) { return container.id.toString().startsWith(value); };
    if (key == "name"_L1) {
        const QRegularExpression pattern(value.startsWith(u"^/") ? u'^' + value.mid(2) : value);
        return [pattern, value](const Engine::ContainerInfo &container) {
            return pattern.isValid() ? pattern.match(container.name).hasMatch() : container.name.contains(value);
        };
    }
    if (key == "status"_L1) {
        if (!stateWords().contains(value))
            return std::unexpected(u"invalid filter 'status=%1'"_s.arg(value));
        return [value](const Engine::ContainerInfo &container) { return stateWord(container.state) == value; };
    }
    if (key == "ancestor"_L1)
        return [value](const Engine::ContainerInfo &container) { return isCreatedFrom(container, value); };
    if (key == "exited"_L1) {
        return [value](const Engine::ContainerInfo &container) {
            return container.state == Engine::ContainerState::Exited && QString::number(container.exitCode) == value;
        };
    }
    if (key == "label"_L1) {
        return [value](const Engine::ContainerInfo &container) {
            const QString name = value.section(u'=', 0, 0);
            return container.labels.contains(name) && (!value.contains(u'=') || container.labels.value(name) == value.section(u'=', 1));
        };
    }
    return std::unexpected(u"invalid filter '%1'"_s.arg(key));
}

//! Filters with the same key are alternatives (labels excepted), different keys must all agree.
Checked<ContainerTest> containerFilter(const QStringList &filters)
{
    QMap<QString, QList<ContainerTest>> groups;
    for (const QString &filter : filters) {
        const Checked<ContainerTest> test = containerTest(filter);
        if (!test)
            return std::unexpected(test.error());
        const QString key = filter.section(u'=', 0, 0);
        groups[key == "label"_L1 ? filter : key] += *test;
    }
    return [groups](const Engine::ContainerInfo &container) {
        return std::ranges::all_of(groups, [&container](const QList<ContainerTest> &tests) {
            return std::ranges::any_of(tests, [&container](const ContainerTest &test) { return test(container); });
        });
    };
}

QList<Engine::ContainerInfo> chosen(const OptionValues &options, const QList<Engine::ContainerInfo> &containers, const ContainerTest &test)
{
    const QStringList filters = options.list("filter");
    const int last = options.flag("latest") ? 1 : options.integer("last").value_or(-1);
    const bool byState = std::ranges::any_of(
        filters, [](const QString &filter) { return filter.startsWith("status="_L1) || filter.startsWith("exited="_L1); });
    const bool all = options.flag("all") || last >= 0 || byState;
    QList<Engine::ContainerInfo> result;
    for (const Engine::ContainerInfo &container : containers) {
        const bool isUp = container.state == Engine::ContainerState::Running || container.state == Engine::ContainerState::Paused;
        if ((all || isUp) && test(container))
            result += container;
    }
    return last >= 0 ? result.mid(0, last) : result;
}

int runPs(Context &context)
{
    const OptionValues &options = context.options();
    const Checked<ContainerTest> test = containerFilter(options.list("filter"));
    if (!test) {
        printError("slipway: "_L1 + test.error());
        return 1;
    }
    const Engine::Result<QList<Engine::ContainerInfo>> containers = await(context.engine->containers().list());
    if (!containers)
        return failed(containers.error());
    const Truncate truncate = options.flag("no-trunc") ? Truncate::No : Truncate::Yes;
    const QDateTime now = QDateTime::currentDateTimeUtc();
    QList<Json> rows;
    for (const Engine::ContainerInfo &container : chosen(options, *containers, *test))
        rows += containerRow(container, truncate, now);
    return printListing(containerView(), rows, options.text("format"), options.flag("quiet"));
}

//! `images NAME[:TAG]` and `--filter reference=…`: the name may have wildcards, per part between slashes.
bool matchesReference(const QString &reference, const QString &pattern)
{
    const Engine::Result<Engine::ImageReference> parsed = Engine::ImageReference::parse(reference);
    if (!parsed)
        return false;
    const auto matches = [](const QString &text, const QString &wildcard) {
        return QRegularExpression(QRegularExpression::wildcardToRegularExpression(wildcard)).match(text).hasMatch();
    };
    return matches(parsed->familiarName(), pattern) || matches(parsed->familiarString(), pattern)
        || matches(parsed->name(), pattern) || matches(parsed->toString(), pattern);
}

struct ImageFilter {
    std::optional<bool> dangling;
    QStringList references;
};

Checked<ImageFilter> imageFilter(const QStringList &filters)
{
    ImageFilter result;
    for (const QString &filter : filters) {
        const QString value = filter.section(u'=', 1);
        if (filter.startsWith("reference="_L1))
            result.references += value;
        else if (filter.startsWith("dangling="_L1) && (value == "true"_L1 || value == "false"_L1 || value == "1"_L1 || value == "0"_L1))
            result.dangling = value == "true"_L1 || value == "1"_L1;
        else
            return std::unexpected(u"invalid filter '%1'"_s.arg(filter));
    }
    return result;
}

int runImages(Context &context)
{
    const OptionValues &options = context.options();
    Checked<ImageFilter> filter = imageFilter(options.list("filter"));
    if (!filter) {
        printError("slipway: "_L1 + filter.error());
        return 1;
    }
    if (!context.arguments().isEmpty())
        filter->references += context.arguments();
    const Engine::Result<QList<Engine::ImageInfo>> images = await(context.engine->images().list());
    if (!images)
        return failed(images.error());
    const Truncate truncate = options.flag("no-trunc") ? Truncate::No : Truncate::Yes;
    const QDateTime now = QDateTime::currentDateTimeUtc();
    QList<Json> rows;
    for (const Engine::ImageInfo &image : *images) {
        const bool isDangling = image.references.isEmpty();
        if (filter->dangling && *filter->dangling != isDangling)
            continue;
        if (isDangling && filter->references.isEmpty())
            rows += imageRow(image, {}, truncate, now);
        for (const QString &reference : image.references) {
            if (filter->references.isEmpty()
                || std::ranges::any_of(filter->references, [&](const QString &pattern) { return matchesReference(reference, pattern); }))
                rows += imageRow(image, reference, truncate, now);
        }
    }
    const bool digests = options.flag("digests");
    QString format = options.text("format");
    if (digests && format.startsWith("table "_L1) && !format.contains(".Digest"_L1))
        format += "\t{{.Digest}}"_L1;
    return printListing(digests ? imageDigestView() : imageView(), rows, format, options.flag("quiet"));
}

int runHistory(Context &context)
{
    const OptionValues &options = context.options();
    const Engine::Result<QList<Engine::HistoryEntry>> history =
        await(context.engine->images().history(context.arguments().constFirst()));
    if (!history)
        return failed(history.error());
    const Truncate truncate = options.flag("no-trunc") ? Truncate::No : Truncate::Yes;
    const Numbers numbers = options.flagByDefault("human") ? Numbers::Human : Numbers::Raw;
    const QDateTime now = QDateTime::currentDateTimeUtc();
    QList<Json> rows;
    for (const Engine::HistoryEntry &entry : *history)
        rows += historyRow(entry, truncate, numbers, now);
    return printListing(historyView(), rows, options.text("format"), options.flag("quiet"));
}

#define SLIPWAY_FORMAT_HELP "Format output: 'table', 'table TEMPLATE', 'json', or a TEMPLATE in Go's syntax, such as '{{.ID}}'"

constexpr OptionSpec psOptions[] = {
    {'a', "all", OptionKind::Flag, "", "Show all containers (default shows just running)"},
    {'f', "filter", OptionKind::List, "filter", "Filter output by id, name, status, ancestor, exited or label (name=web)"},
    {0, "format", OptionKind::Text, "string", SLIPWAY_FORMAT_HELP},
    {'n', "last", OptionKind::Integer, "int", "Show n last created containers (includes all states) (default -1)"},
    {'l', "latest", OptionKind::Flag, "", "Show the latest created container (includes all states)"},
    {0, "no-trunc", OptionKind::Flag, "", "Don't truncate output"},
    {'q', "quiet", OptionKind::Flag, "", "Only display container IDs"},
    {'s', "size", OptionKind::Flag, "", "", "Slipway does not measure containers yet"},
};

constexpr OptionSpec imagesOptions[] = {
    {'a', "all", OptionKind::Flag, "", "Show all images (Slipway hides none)"},
    {0, "digests", OptionKind::Flag, "", "Show digests"},
    {'f', "filter", OptionKind::List, "filter", "Filter output by reference or dangling (reference=deb*)"},
    {0, "format", OptionKind::Text, "string", SLIPWAY_FORMAT_HELP},
    {0, "no-trunc", OptionKind::Flag, "", "Don't truncate output"},
    {'q', "quiet", OptionKind::Flag, "", "Only show image IDs"},
    {0, "tree", OptionKind::Flag, "", "", "Slipway keeps images of this machine's own platform only"},
};

constexpr OptionSpec historyOptions[] = {
    {0, "format", OptionKind::Text, "string", SLIPWAY_FORMAT_HELP},
    {'H', "human", OptionKind::Flag, "", "Print sizes and dates in human readable format (default true)"},
    {0, "no-trunc", OptionKind::Flag, "", "Don't truncate output"},
    {'q', "quiet", OptionKind::Flag, "", "Only show image IDs"},
    {0, "platform", OptionKind::Text, "string", "", "Slipway keeps images of this machine's own platform only"},
};

constexpr Command listTable[] = {
    {.paths = "ps|container ls|container list|container ps", .usage = "[OPTIONS]", .summary = "List containers", .options = psOptions,
     .count = {0, 0}, .run = runPs, .section = Section::Common},
    {.paths = "images|image ls|image list", .usage = "[OPTIONS] [REPOSITORY[:TAG]]", .summary = "List images", .options = imagesOptions,
     .count = {0, 1}, .run = runImages, .section = Section::Common, .completion = Completion::Images},
    {.paths = "history|image history", .usage = "[OPTIONS] IMAGE", .summary = "Show the history of an image", .options = historyOptions,
     .count = {1, 1}, .run = runHistory, .completion = Completion::Images},
};

} // namespace

std::span<const Command> listCommands()
{
    return listTable;
}

} // namespace Cli
