// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/await.h"
#include "cli/command.h"
#include "cli/format/humanize.h"
#include "cli/format/listing.h"
#include "cli/output.h"

#include <engine/engine.h>

#include <cstdio>

// The care of the whole store: what it takes, whether it is sound, and taking away what nobody uses.
namespace Cli {

using namespace Qt::StringLiterals;

namespace {

int runCheck(Context &context)
{
    const Engine::Result<QStringList> faults = await(context.engine->maintenance().check());
    if (!faults)
        return failed(faults.error());
    for (const QString &fault : *faults)
        printLine("Fault: "_L1 + harmless(fault));
    const QString root = context.session.settings.paths.root;
    if (faults->isEmpty()) {
        printLine(u"The store %1 is whole"_s.arg(root));
        return 0;
    }
    printError(u"Error: the store %1 has %2 fault%3"_s.arg(root).arg(faults->size()).arg(faults->size() == 1 ? ""_L1 : "s"_L1));
    printError(u"Remove the images and containers that are damaged, and pull or build them again"_s);
    return 1;
}

const ListingView &usageView()
{
    static const ListingView view{
        .table = "{{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}",
        .quietTable = "{{.Type}}",
        .titles = {{"Type", "TYPE"}, {"TotalCount", "TOTAL"}, {"Active", "ACTIVE"}, {"Size", "SIZE"}, {"Reclaimable", "RECLAIMABLE"}},
    };
    return view;
}

enum class Sizes { Human, Bytes };

Json usageRow(const char *type, const Engine::DiskUsage::Part &part, Sizes sizes)
{
    const auto text = [sizes](qint64 bytes) { return sizes == Sizes::Bytes ? QString::number(bytes) : humanSize(bytes); };
    QString reclaimable = text(part.reclaimableBytes);
    if (sizes == Sizes::Human && part.sizeBytes > 0)
        reclaimable += u" (%1%)"_s.arg(part.reclaimableBytes * 100 / part.sizeBytes);
    return {{"Type", type}, {"TotalCount", std::to_string(part.count)}, {"Active", std::to_string(part.active)},
            {"Size", text(part.sizeBytes).toStdString()}, {"Reclaimable", reclaimable.toStdString()}};
}

int runDiskUsage(Context &context)
{
    const Engine::Result<Engine::DiskUsage> usage = await(context.engine->maintenance().usage());
    if (!usage)
        return failed(usage.error());
    const Sizes sizes = context.options().flag("bytes") ? Sizes::Bytes : Sizes::Human;
    const QList<Json> rows{usageRow("Images", usage->images, sizes), usageRow("Containers", usage->containers, sizes),
                           usageRow("Build Cache", usage->buildCache, sizes)};
    return printListing(usageView(), rows, context.options().text("format"), false);
}

//! Docker's question before it takes something away.
bool isConfirmed(const Context &context, const QString &warning)
{
    if (context.options().flag("force"))
        return true;
    print(u"WARNING! This will remove%1\nAre you sure you want to continue? [y/N] "_s.arg(warning));
    QByteArray answer;
    for (int character = std::getchar(); character != EOF && character != '\n'; character = std::getchar())
        answer += char(character);
    answer = answer.trimmed().toLower();
    return answer == "y" || answer == "yes";
}

void printSection(const QString &title, const QStringList &lines)
{
    if (!lines.isEmpty())
        print(title + ":\n"_L1 + lines.join(u'\n') + "\n\n"_L1);
}

int prune(Context &context, const Engine::PruneRequest &request, const QString &warning)
{
    if (!isConfirmed(context, warning))
        return 0;
    const Engine::Result<Engine::Pruned> pruned = await(context.engine->maintenance().prune(request));
    if (!pruned)
        return failed(pruned.error());
    QStringList images;
    for (const QString &reference : pruned->untagged)
        images += "untagged: "_L1 + reference;
    for (const Engine::Digest &digest : pruned->images)
        images += "deleted: "_L1 + digest.toString();
    QStringList layers;
    for (const Engine::Digest &layer : pruned->cachedLayers)
        layers += layer.shortHex();
    printSection(u"Deleted Containers"_s, pruned->containers);
    printSection(u"Deleted Images"_s, images);
    printSection(u"Deleted build cache objects"_s, layers);
    printLine("Total reclaimed space: "_L1 + humanSize(pruned->freedBytes));
    return 0;
}

Engine::PruneRequest::Images chosenImages(const Context &context)
{
    return context.options().flag("all") ? Engine::PruneRequest::Images::Unused : Engine::PruneRequest::Images::Dangling;
}

QString imagesWarning(const Context &context)
{
    return context.options().flag("all") ? u"all images without at least one container associated to them"_s : u"all dangling images"_s;
}

int runSystemPrune(Context &context)
{
    return prune(context,
                 {.images = chosenImages(context),
                  .containers = Engine::PruneRequest::Containers::Stopped,
                  .buildCache = Engine::PruneRequest::BuildCache::All},
                 u":\n  - all stopped containers\n  - %1\n  - all build cache\n"_s.arg(imagesWarning(context)));
}

int runImagePrune(Context &context)
{
    return prune(context, {.images = chosenImages(context)}, u" %1."_s.arg(imagesWarning(context)));
}

int runContainerPrune(Context &context)
{
    return prune(context, {.containers = Engine::PruneRequest::Containers::Stopped}, u" all stopped containers."_s);
}

int runBuilderPrune(Context &context)
{
    return prune(context, {.buildCache = Engine::PruneRequest::BuildCache::All}, u" all build cache."_s);
}

#define SLIPWAY_NO_PRUNE_FILTER "Slipway does not filter what it prunes yet"

constexpr OptionSpec usageOptions[] = {
    {0, "bytes", OptionKind::Flag, "", "Show sizes in bytes"},
    {0, "format", OptionKind::Text, "string", "Format output: 'table', 'table TEMPLATE', 'json', or a TEMPLATE in Go's syntax"},
    {'v', "verbose", OptionKind::Flag, "", "", "see slipway images and slipway ps -a for what there is"},
};

constexpr OptionSpec pruneOptions[] = {
    {'f', "force", OptionKind::Flag, "", "Do not prompt for confirmation"},
    {0, "filter", OptionKind::List, "filter", "", SLIPWAY_NO_PRUNE_FILTER},
};

constexpr OptionSpec imagePruneOptions[] = {
    {'a', "all", OptionKind::Flag, "", "Remove all unused images, not just dangling ones"},
    {'f', "force", OptionKind::Flag, "", "Do not prompt for confirmation"},
    {0, "filter", OptionKind::List, "filter", "", SLIPWAY_NO_PRUNE_FILTER},
    {0, "volumes", OptionKind::Flag, "", "", "Slipway does not have volumes yet"},
};

constexpr OptionSpec builderPruneOptions[] = {
    {'a', "all", OptionKind::Flag, "", "Remove all build cache (Slipway always does)"},
    {'f', "force", OptionKind::Flag, "", "Do not prompt for confirmation"},
    {0, "filter", OptionKind::List, "filter", "", SLIPWAY_NO_PRUNE_FILTER},
    {0, "keep-storage", OptionKind::Text, "bytes", "", "Slipway removes its whole build cache or nothing"},
};

constexpr Command maintenanceTable[] = {
    {.paths = "system check", .usage = "", .summary = "Check the whole store for damage", .count = {0, 0}, .run = runCheck},
    {.paths = "system df", .usage = "[OPTIONS]", .summary = "Show disk usage", .options = usageOptions, .count = {0, 0}, .run = runDiskUsage},
    {.paths = "system prune", .usage = "[OPTIONS]", .summary = "Remove unused data", .options = imagePruneOptions, .count = {0, 0},
     .run = runSystemPrune},
    {.paths = "container prune", .usage = "[OPTIONS]", .summary = "Remove all stopped containers", .options = pruneOptions, .count = {0, 0},
     .run = runContainerPrune},
    {.paths = "image prune", .usage = "[OPTIONS]", .summary = "Remove unused images", .options = imagePruneOptions, .count = {0, 0},
     .run = runImagePrune},
    {.paths = "builder prune", .usage = "[OPTIONS]", .summary = "Remove build cache", .options = builderPruneOptions, .count = {0, 0},
     .run = runBuilderPrune},
};

} // namespace

std::span<const Command> maintenanceCommands()
{
    return maintenanceTable;
}

} // namespace Cli
