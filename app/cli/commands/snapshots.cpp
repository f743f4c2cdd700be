// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/await.h"
#include "cli/changelines.h"
#include "cli/command.h"
#include "cli/output.h"

#include <engine/engine.h>

#include <unistd.h>

// What a container has changed, and an image made of it.
namespace Cli {

using namespace Qt::StringLiterals;

namespace {

char changeLetter(Engine::FileChange::Kind kind)
{
    switch (kind) {
    case Engine::FileChange::Kind::Modified:
        return 'C';
    case Engine::FileChange::Kind::Added:
        return 'A';
    case Engine::FileChange::Kind::Deleted:
        break;
    }
    return 'D';
}

int runDiff(Context &context)
{
    const auto changes = await(context.engine->containers().changes(context.arguments().constFirst()));
    if (!changes)
        return failed(changes.error());
    writeAll(STDOUT_FILENO, changeLines(*changes));
    return 0;
}

int runCommit(Context &context)
{
    const OptionValues &options = context.options();
    const Engine::CommitOptions wanted{.reference = context.arguments().value(1),
                                       .author = options.text("author"),
                                       .message = options.text("message"),
                                       .changes = options.list("change"),
                                       .pause = options.flagByDefault("pause") && !options.flag("no-pause")};
    const auto commit = context.engine->containers().commit(context.arguments().constFirst(), wanted);
    const Engine::Result<Engine::ImageInfo> image = awaitFinished(commit.get(), &Engine::CommitOperation::finished);
    if (!image)
        return failed(image.error());
    printLine(image->id.toString());
    return 0;
}

constexpr OptionSpec commitOptions[] = {
    {'a', "author", OptionKind::Text, "string", "Author (e.g., \"John Hannibal Smith <hannibal@a-team.com>\")"},
    {'c', "change", OptionKind::List, "list", "Apply Dockerfile instruction to the created image"},
    {'m', "message", OptionKind::Text, "string", "Commit message"},
    {0, "no-pause", OptionKind::Flag, "", "Disable pausing container during commit"},
    {'p', "pause", OptionKind::Flag, "", "Pause container during commit (default true)"},
};

constexpr Command snapshotTable[] = {
    {.paths = "commit|container commit", .usage = "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]", .summary = "Create a new image from a container's changes",
     .options = commitOptions, .count = {1, 2}, .run = runCommit, .completion = Completion::Containers},
    {.paths = "diff|container diff", .usage = "CONTAINER", .summary = "Inspect changes to files or directories on a container's filesystem",
     .count = {1, 1}, .run = runDiff, .completion = Completion::Containers},
};

} // namespace

QByteArray changeLines(const QList<Engine::FileChange> &changes)
{
    QByteArray lines;
    for (const Engine::FileChange &change : changes)
        lines += changeLetter(change.kind) + (' ' + change.file.path) + '\n';
    return lines;
}

std::span<const Command> snapshotCommands()
{
    return snapshotTable;
}

} // namespace Cli
