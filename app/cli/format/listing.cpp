// SPDX-License-Identifier: GPL-3.0-or-later
#include "listing.h"

#include "table.h"

#include "cli/output.h"

namespace Cli {

using namespace Qt::StringLiterals;

namespace {

QString jsonLine(const Json &row)
{
    return QString::fromStdString(nlohmann::json(row).dump(-1, ' ', false, Json::error_handler_t::replace)); // sorted keys, as Docker
}

//! "\t" and "\n" may be written with a backslash on the command line.
QString unescaped(QString format)
{
    return format.replace("\\t"_L1, "\t"_L1).replace("\\n"_L1, "\n"_L1);
}

struct ChosenTemplate {
    QString body;
    bool isTable = false;
};

ChosenTemplate chosenTemplate(const ListingView &view, const QString &format, bool quiet)
{
    const QString trimmed = format.trimmed();
    const bool isDefault = trimmed.isEmpty() || trimmed == "table"_L1;
    if (quiet && trimmed == "raw"_L1 && view.raw)
        return {QString(QLatin1StringView(view.raw)).section(u'\n', 0, 0)};
    if (quiet && (isDefault || view.quietWins))
        return {QLatin1StringView(view.quietTable)};
    if (isDefault)
        return {QLatin1StringView(view.table), true};
    if (trimmed == "raw"_L1 && view.raw)
        return {QLatin1StringView(view.raw)};
    if (trimmed.startsWith("table "_L1))
        return {unescaped(trimmed.mid(6).trimmed()), true};
    return {unescaped(format)};
}

} // namespace

std::expected<QString, QString> formatListing(const ListingView &view, const QList<Json> &rows, const QString &format, bool quiet)
{
    const QString trimmed = format.trimmed();
    QString text;
    if (trimmed == "json"_L1) {
        for (const Json &row : rows)
            text += jsonLine(row) + u'\n';
        return text;
    }
    const auto [body, isTable] = chosenTemplate(view, trimmed.isEmpty() ? trimmed : format, quiet);
    const std::expected<GoTemplate, QString> rowTemplate = GoTemplate::parse(body);
    if (!rowTemplate)
        return std::unexpected("template parsing error: "_L1 + rowTemplate.error());
    QList<QStringList> cells;
    if (isTable) {
        const std::expected<QString, QString> header = rowTemplate->renderHeader(view.titles);
        if (!header)
            return std::unexpected("template parsing error: "_L1 + header.error());
        cells += header->split(u'\t');
    }
    for (const Json &row : rows) {
        const std::expected<QString, QString> line = rowTemplate->render(row, GoTemplate::Missing::IsError);
        if (!line)
            return std::unexpected("template parsing error: "_L1 + line.error());
        cells += line->split(u'\t');
    }
    if (isTable)
        return alignedTable(cells);
    for (const QStringList &line : cells)
        text += line.join(u'\t') + u'\n';
    return text;
}

int printListing(const ListingView &view, const QList<Json> &rows, const QString &format, bool quiet)
{
    const std::expected<QString, QString> text = formatListing(view, rows, format, quiet);
    if (!text) {
        printError(text.error());
        return 1;
    }
    print(*text);
    return 0;
}

} // namespace Cli
