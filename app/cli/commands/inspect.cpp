// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/await.h"
#include "cli/command.h"
#include "cli/format/gotemplate.h"
#include "cli/output.h"

#include <engine/engine.h>

namespace Cli {

using namespace Qt::StringLiterals;

namespace {

enum class ObjectKind { Any, Container, Image };

Engine::Result<QByteArray> inspectObject(Engine::Engine &engine, const QString &name, ObjectKind kind)
{
    if (kind != ObjectKind::Image) {
        Engine::Result<QByteArray> container = await(engine.containers().inspect(name));
        if (container || kind == ObjectKind::Container || container.error().code != Engine::ErrorCode::NotFound)
            return container;
    }
    Engine::Result<QByteArray> image = await(engine.images().inspect(name));
    if (!image && kind == ObjectKind::Any
        && (image.error().code == Engine::ErrorCode::NotFound || image.error().code == Engine::ErrorCode::InvalidInput)) {
        Engine::Error error;
        error.code = Engine::ErrorCode::NotFound;
        error.object = name;
        error.detail = "No such object: "_L1 + name;
        return std::unexpected(error);
    }
    return image;
}

//! The object as JSON; one that the engine wrote as a list of one is taken out of it.
std::expected<Json, QString> parsedObject(const QByteArray &text)
{
    Json object = Json::parse(text.constData(), text.constData() + text.size(), nullptr, false);
    if (object.is_array() && object.size() == 1)
        object = Json(object.front());
    if (!object.is_object())
        return std::unexpected(u"the engine's description is not a JSON object"_s);
    return object;
}

QString json(const Json &value, int indent)
{
    return QString::fromStdString(value.dump(indent, ' ', false, Json::error_handler_t::replace));
}

int inspectAll(Context &context, ObjectKind kind)
{
    const QString format = context.options().text("format");
    std::optional<GoTemplate> rowTemplate;
    if (!format.isEmpty() && format != "json"_L1) {
        std::expected<GoTemplate, QString> parsed = GoTemplate::parse(format);
        if (!parsed) {
            printError("template parsing error: "_L1 + parsed.error());
            return 1;
        }
        rowTemplate = *std::move(parsed);
    }
    int exitCode = 0;
    Json objects = Json::array();
    for (const QString &name : context.arguments()) {
        const Engine::Result<QByteArray> text = inspectObject(*context.engine, name, kind);
        if (!text) {
            exitCode = failed(text.error());
            continue;
        }
        const std::expected<Json, QString> object = parsedObject(*text);
        if (!object) {
            printError(u"Error: %1: %2"_s.arg(name, object.error()));
            exitCode = 1;
        } else if (rowTemplate) {
            const std::expected<QString, QString> line = rowTemplate->render(*object, GoTemplate::Missing::IsError);
            if (line) {
                printLine(*line);
            } else {
                printError("template parsing error: "_L1 + line.error());
                exitCode = 1;
            }
        } else {
            objects.push_back(*object);
        }
    }
    if (!rowTemplate)
        printLine(json(objects, format == "json"_L1 ? -1 : 4));
    return exitCode;
}

int runInspect(Context &context)
{
    const QString type = context.options().text("type");
    if (type.isEmpty())
        return inspectAll(context, ObjectKind::Any);
    if (type == "container"_L1)
        return inspectAll(context, ObjectKind::Container);
    if (type == "image"_L1)
        return inspectAll(context, ObjectKind::Image);
    printError(u"slipway: unknown type: \"%1\": must be one of \"container\", \"image\""_s.arg(type));
    return 1;
}

int runContainerInspect(Context &context)
{
    return inspectAll(context, ObjectKind::Container);
}

int runImageInspect(Context &context)
{
    return inspectAll(context, ObjectKind::Image);
}

constexpr OptionSpec inspectOptions[] = {
    {'f', "format", OptionKind::Text, "string", "Format output: 'json', or a TEMPLATE in Go's syntax, such as '{{.State.Status}}'"},
    {'s', "size", OptionKind::Flag, "", "", "Slipway does not measure containers yet"},
    {0, "type", OptionKind::Text, "string", "Only inspect objects of the given type (container|image)"},
};

constexpr auto oneKindOptions = std::span(inspectOptions).first(2);

constexpr Command inspectTable[] = {
    {.paths = "inspect", .usage = "[OPTIONS] NAME|ID [NAME|ID...]", .summary = "Return low-level information on Slipway's objects",
     .options = inspectOptions, .count = {1, -1}, .run = runInspect, .completion = Completion::ContainersAndImages},
    {.paths = "container inspect", .usage = "[OPTIONS] CONTAINER [CONTAINER...]",
     .summary = "Display detailed information on one or more containers", .options = oneKindOptions, .count = {1, -1},
     .run = runContainerInspect, .completion = Completion::Containers},
    {.paths = "image inspect", .usage = "[OPTIONS] IMAGE [IMAGE...]", .summary = "Display detailed information on one or more images",
     .options = oneKindOptions, .count = {1, -1}, .run = runImageInspect, .completion = Completion::Images},
};

} // namespace

std::span<const Command> inspectCommands()
{
    return inspectTable;
}

} // namespace Cli
