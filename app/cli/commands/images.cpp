// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/await.h"
#include "cli/command.h"
#include "cli/output.h"

#include <engine/engine.h>

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

constexpr OptionSpec removeImageOptions[] = {
    {'f', "force", OptionKind::Flag, "", "Force removal of the image"},
    {0, "no-prune", OptionKind::Flag, "", "", "Slipway always removes layers that nothing uses"},
    {0, "platform", OptionKind::Text, "string", "", "Slipway keeps images of this machine's own platform only"},
};

constexpr Command imageTable[] = {
    {.paths = "rmi|image rm|image remove", .usage = "[OPTIONS] IMAGE [IMAGE...]", .summary = "Remove one or more images",
     .options = removeImageOptions, .count = {1, -1}, .run = runRemoveImages, .completion = Completion::Images},
    {.paths = "tag|image tag", .usage = "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
     .summary = "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE", .count = {2, 2}, .run = runTag, .completion = Completion::Images},
};

} // namespace

std::span<const Command> imageCommands()
{
    return imageTable;
}

} // namespace Cli
