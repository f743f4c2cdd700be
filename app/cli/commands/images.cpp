// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/await.h"
#include "cli/command.h"
#include "cli/output.h"

#include <engine/engine.h>

#include <QtCore/QFileInfo>

namespace Cli {

using namespace Qt::StringLiterals;

namespace {

int runRemoveImages(Context &context)
{
    const bool isForced = context.options().flag("force");
    const auto force = isForced ? Engine::Images::Force::Yes : Engine::Images::Force::No;
    int exitCode = 0;
    for (const QString &name : context.arguments()) {
        const Engine::Result<Engine::Images::Removed> removed = await(context.engine->images().remove(name, force));
        if (!removed) {
            printError(removed.error());
            if (!isForced || removed.error().code != Engine::ErrorCode::NotFound)
                exitCode = 1;
            continue;
        }
        for (const QString &reference : removed->untagged)
            printLine("Untagged: "_L1 + reference);
        for (const Engine::Digest &digest : removed->deleted)
            printLine("Deleted: "_L1 + digest.toString());
    }
    return exitCode;
}

int runTag(Context &context)
{
    const Engine::Result<> tagged = await(context.engine->images().tag(context.arguments().at(0), context.arguments().at(1)));
    return tagged ? 0 : failed(tagged.error());
}

//! Docker loads archives; the folder of an OCI image layout is what skopeo, umoci and a Slipway store have.
int runLoad(Context &context)
{
    const QFileInfo input(context.options().text("input"));
    if (!input.exists()) {
        printError(context.options().has("input") ? u"slipway: open %1: no such file or directory"_s.arg(input.filePath())
                                                  : u"slipway: load: give the folder of an OCI image layout with -i"_s);
        return 1;
    }
    if (!input.isDir()) {
        printError(u"slipway: %1 is a file: loading archives is not available yet, only OCI image layout folders"_s.arg(input.filePath()));
        return 1;
    }
    const Engine::Result<Engine::ImageInfo> loaded =
        await(context.engine->images().importLayout(input.absoluteFilePath(), context.options().text("tag")));
    if (!loaded)
        return failed(loaded.error());
    for (const QString &reference : loaded->references)
        printLine("Loaded image: "_L1 + reference);
    if (loaded->references.isEmpty())
        printLine("Loaded image ID: "_L1 + loaded->id.toString());
    return 0;
}

constexpr OptionSpec loadOptions[] = {
    {'i', "input", OptionKind::Text, "string", "Read from the folder of an OCI image layout"},
    {'t', "tag", OptionKind::Text, "string", "Name to give the image (default: the names in the layout)"},
    {'q', "quiet", OptionKind::Flag, "", ""},
    {0, "platform", OptionKind::Text, "string", "", "Slipway keeps images of this machine's own platform only"},
};

constexpr OptionSpec removeImageOptions[] = {
    {'f', "force", OptionKind::Flag, "", "Force removal of the image"},
    {0, "no-prune", OptionKind::Flag, "", "", "Slipway always removes layers that nothing uses"},
    {0, "platform", OptionKind::Text, "string", "", "Slipway keeps images of this machine's own platform only"},
};

constexpr Command imageTable[] = {
    {.paths = "rmi|image rm|image remove", .usage = "[OPTIONS] IMAGE [IMAGE...]", .summary = "Remove one or more images",
     .options = removeImageOptions, .count = {1, -1}, .run = runRemoveImages, .completion = Completion::Images},
    {.paths = "load|image load", .usage = "[OPTIONS]", .summary = "Load an image from an OCI image layout", .options = loadOptions,
     .count = {0, 0}, .run = runLoad},
    {.paths = "tag|image tag", .usage = "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
     .summary = "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE", .count = {2, 2}, .run = runTag, .completion = Completion::Images},
};

} // namespace

std::span<const Command> imageCommands()
{
    return imageTable;
}

} // namespace Cli
