// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/await.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/terminal.h"

#include <engine/engine.h>

#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QSaveFile>

#include <functional>

#include <unistd.h>

// Images and containers' files as archives.
namespace Cli {

using namespace Qt::StringLiterals;

namespace {

using StartArchive = std::function<std::unique_ptr<Engine::ArchiveOperation>(int fd)>;

int archiveMistake(const QString &mistake)
{
    printError("slipway: "_L1 + mistake);
    return 1;
}

//! Writes to the file of -o, which appears only when it is whole, or to standard output.
int writeArchive(const Context &context, const StartArchive &start)
{
    const QString path = context.options().text("output");
    if (path.isEmpty()) {
        if (isTerminal(STDOUT_FILENO))
            return archiveMistake(u"cowardly refusing to save to a terminal. Use the -o flag or redirect"_s);
        const auto operation = start(STDOUT_FILENO);
        const Engine::Result<> written = awaitFinished(operation.get(), &Engine::ArchiveOperation::finished);
        return written ? 0 : failed(written.error());
    }
    if (const QString folder = QFileInfo(path).absolutePath(); !QFileInfo(folder).isDir())
        return archiveMistake(u"invalid output path: directory \"%1\" does not exist"_s.arg(folder));
    QSaveFile file(path);
    file.setDirectWriteFallback(true); // a device or a fifo
    if (!file.open(QIODevice::WriteOnly))
        return archiveMistake(u"open %1: %2"_s.arg(path, file.errorString()));
    const auto operation = start(file.handle());
    const Engine::Result<> written = awaitFinished(operation.get(), &Engine::ArchiveOperation::finished);
    if (!written) {
        file.cancelWriting();
        return failed(written.error());
    }
    return file.commit() ? 0 : archiveMistake(u"writing %1: %2"_s.arg(path, file.errorString()));
}

int runSave(Context &context)
{
    return writeArchive(context, [&context](int fd) { return context.engine->images().save(context.arguments(), fd); });
}

int runExport(Context &context)
{
    return writeArchive(context, [&context](int fd) { return context.engine->containers().exportFiles(context.arguments().constFirst(), fd); });
}

void tellLoaded(const Engine::LoadedImage &loaded)
{
    for (auto replaced = loaded.replaced.begin(); replaced != loaded.replaced.end(); ++replaced)
        printLine(u"The image %1 already exists, renaming the old one with ID %2 to empty string"_s.arg(replaced.key(), replaced->toString()));
    for (const QString &reference : loaded.references)
        printLine("Loaded image: "_L1 + reference);
    if (loaded.references.isEmpty())
        printLine("Loaded image ID: "_L1 + loaded.image.id.toString());
}

//! Docker loads archives; the folder of an OCI image layout is what skopeo, umoci and a Slipway store have.
int loadFolder(Context &context, const QString &folder)
{
    const Engine::Result<Engine::ImageInfo> loaded = await(context.engine->images().importLayout(folder, context.options().text("tag")));
    if (!loaded)
        return failed(loaded.error());
    tellLoaded({.image = *loaded, .references = loaded->references, .replaced = {}});
    return 0;
}

int runLoad(Context &context)
{
    const QString path = context.options().text("input");
    if (QFileInfo(path).isDir())
        return loadFolder(context, QFileInfo(path).absoluteFilePath());
    if (path.isEmpty() && isTerminal(STDIN_FILENO))
        return archiveMistake(u"requested load from stdin, but stdin is empty"_s);
    QFile file(path);
    if (!path.isEmpty() && !file.open(QIODevice::ReadOnly))
        return archiveMistake(u"open %1: %2"_s.arg(path, file.exists() ? file.errorString() : u"no such file or directory"_s));
    const auto operation = context.engine->images().load(path.isEmpty() ? STDIN_FILENO : file.handle(), context.options().text("tag"));
    const auto loaded = awaitFinished(operation.get(), &Engine::LoadOperation::finished);
    if (!loaded)
        return failed(loaded.error());
    for (const Engine::LoadedImage &image : *loaded)
        tellLoaded(image);
    return 0;
}

int runImport(Context &context)
{
    const QString source = context.arguments().constFirst();
    if (source.startsWith("http://"_L1) || source.startsWith("https://"_L1))
        return archiveMistake(u"importing from a server is not available yet; write: curl -L %1 | slipway import - NAME"_s.arg(source));
    QFile file(source);
    if (source != "-"_L1 && !file.open(QIODevice::ReadOnly))
        return archiveMistake(u"open %1: %2"_s.arg(source, file.exists() ? file.errorString() : u"no such file or directory"_s));
    const Engine::ImportOptions options{.reference = context.arguments().value(1),
                                        // Docker's words, for a file as well
                                        .message = context.options().has("message") ? context.options().text("message") : u"Imported from -"_s,
                                        .changes = context.options().list("change")};
    const auto operation = context.engine->images().importFiles(source == "-"_L1 ? STDIN_FILENO : file.handle(), options);
    const Engine::Result<Engine::ImageInfo> image = awaitFinished(operation.get(), &Engine::ImportOperation::finished);
    if (!image)
        return failed(image.error());
    printLine(image->id.toString());
    return 0;
}

#define SLIPWAY_OWN_PLATFORM "Slipway keeps images of this machine's own platform only"

constexpr OptionSpec saveOptions[] = {
    {'o', "output", OptionKind::Text, "string", "Write to a file, instead of STDOUT"},
    {0, "platform", OptionKind::Text, "string", "", SLIPWAY_OWN_PLATFORM},
};

constexpr OptionSpec exportOptions[] = {
    {'o', "output", OptionKind::Text, "string", "Write to a file, instead of STDOUT"},
};

constexpr OptionSpec loadOptions[] = {
    {'i', "input", OptionKind::Text, "string", "Read from an archive or the folder of an OCI image layout, instead of STDIN"},
    {'t', "tag", OptionKind::Text, "string", "Name to give the image (default: its own names)"},
    {'q', "quiet", OptionKind::Flag, "", "Suppress the load output"},
    {0, "platform", OptionKind::Text, "string", "", SLIPWAY_OWN_PLATFORM},
};

constexpr OptionSpec importOptions[] = {
    {'c', "change", OptionKind::List, "list", "Apply Dockerfile instruction to the created image"},
    {'m', "message", OptionKind::Text, "string", "Set commit message for imported image"},
    {0, "platform", OptionKind::Text, "string", "", SLIPWAY_OWN_PLATFORM},
};

constexpr Command archiveTable[] = {
    {.paths = "save|image save", .usage = "[OPTIONS] IMAGE [IMAGE...]", .summary = "Save one or more images to a tar archive (streamed to STDOUT by default)",
     .options = saveOptions, .count = {1, -1}, .run = runSave, .completion = Completion::Images},
    {.paths = "load|image load", .usage = "[OPTIONS]", .summary = "Load an image from a tar archive or STDIN", .options = loadOptions,
     .count = {0, 0}, .run = runLoad},
    {.paths = "export|container export", .usage = "[OPTIONS] CONTAINER", .summary = "Export a container's filesystem as a tar archive",
     .options = exportOptions, .count = {1, 1}, .run = runExport, .completion = Completion::Containers},
    {.paths = "import|image import", .usage = "[OPTIONS] file|- [REPOSITORY[:TAG]]",
     .summary = "Import the contents from a tarball to create a filesystem image", .options = importOptions, .count = {1, 2}, .run = runImport,
     .completion = Completion::Files},
};

} // namespace

std::span<const Command> archiveCommands()
{
    return archiveTable;
}

} // namespace Cli
