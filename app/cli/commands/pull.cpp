// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/command.h"
#include "cli/output.h"
#include "cli/pullimage.h"

#include <engine/engine.h>

namespace Cli {

using namespace Qt::StringLiterals;

namespace {

int runPull(Context &context)
{
    const QString &text = context.arguments().constFirst();
    const Engine::Result<Engine::ImageReference> reference = Engine::ImageReference::parse(text);
    if (!reference)
        return failed(reference.error());
    const bool isQuiet = context.options().flag("quiet");
    if (!isQuiet && reference->tag.isEmpty() && reference->digest.isNull())
        printLine(u"Using default tag: latest"_s);
    const Engine::Result<Engine::ImageInfo> pulled =
        pullImage(*context.engine, text, isQuiet ? PullOutput::Quiet : PullOutput::ToStandardOutput);
    if (!pulled)
        return failed(pulled.error());
    printLine(reference->withDefaultTag().toString());
    return 0;
}

constexpr OptionSpec pullOptions[] = {
    {'q', "quiet", OptionKind::Flag, "", "Suppress verbose output"},
    {'a', "all-tags", OptionKind::Flag, "", "", "Slipway pulls one image at a time"},
    {0, "platform", OptionKind::Text, "string", "", "Slipway pulls images of this machine's own platform only"},
    {0, "disable-content-trust", OptionKind::Flag, "", "", "Slipway does not have content trust"},
};

constexpr Command pullTable[] = {
    {.paths = "pull|image pull", .usage = "[OPTIONS] NAME[:TAG|@DIGEST]", .summary = "Download an image from a registry",
     .options = pullOptions, .count = {1, 1}, .run = runPull, .section = Section::Common, .completion = Completion::Images},
};

} // namespace

std::span<const Command> pullCommands()
{
    return pullTable;
}

} // namespace Cli
