// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/await.h"
#include "cli/command.h"
#include "cli/format/timestamp.h"
#include "cli/input/values.h"
#include "cli/output.h"

#include <engine/engine.h>

#include <array>
#include <limits>

#include <unistd.h>

namespace Cli {

using namespace Qt::StringLiterals;

namespace {

//! What `logs` was asked to show.
struct LogView {
    qint64 since = std::numeric_limits<qint64>::min();  //!< nanoseconds since the epoch
    qint64 until = std::numeric_limits<qint64>::max();
    bool timestamps = false;
};

Checked<LogView> logView(const OptionValues &options)
{
    LogView view{.timestamps = options.flag("timestamps")};
    const QDateTime now = QDateTime::currentDateTimeUtc();
    for (const auto &[name, bound] : {std::pair("since", &view.since), std::pair("until", &view.until)}) {
        if (!options.has(name))
            continue;
        const std::expected<qint64, QString> time = parseTimestamp(options.text(name), now);
        if (!time)
            return std::unexpected(u"invalid value for \"%1\": %2"_s.arg(QLatin1StringView(name), time.error()));
        *bound = *time;
    }
    return view;
}

//! Writes log lines to the stream they came from, with their time where a line begins.
class LogPrinter final
{
public:
    explicit LogPrinter(const LogView &view) : m_view(view) {}

    void print(const QList<Engine::LogLine> &lines)
    {
        for (const Engine::LogLine &line : lines) {
            if (line.nanoseconds >= m_view.since && line.nanoseconds <= m_view.until)
                append(line);
        }
        flush();
    }

private:
    void append(const Engine::LogLine &line)
    {
        const std::size_t stream = line.stream == Engine::OutputStream::Stdout ? 0 : 1;
        if (stream != m_current)
            flush();
        m_current = stream;
        if (m_view.timestamps && m_atLineStart[stream])
            m_pending += rfc3339Nano(line.nanoseconds).toLatin1() + ' ';
        m_pending += line.bytes;
        m_atLineStart[stream] = line.bytes.endsWith('\n');
    }

    void flush()
    {
        writeAll(m_current == 0 ? STDOUT_FILENO : STDERR_FILENO, m_pending);
        m_pending.clear();
    }

    LogView m_view;
    std::array<bool, 2> m_atLineStart = {true, true};
    std::size_t m_current = 0;
    QByteArray m_pending;
};

int runLogs(Context &context)
{
    const OptionValues &options = context.options();
    const Checked<LogView> view = logView(options);
    if (!view) {
        printError("slipway: "_L1 + view.error());
        return 1;
    }
    Engine::LogOptions request{.follow = options.flag("follow") ? Engine::LogOptions::Follow::Yes : Engine::LogOptions::Follow::No,
                               .tail = {}};
    if (options.has("tail") && options.text("tail") != "all"_L1) {
        bool isNumber = false;
        const int count = options.text("tail").toInt(&isNumber);
        if (!isNumber) {
            printError(u"slipway: invalid value for \"tail\": \"%1\" is neither a number nor \"all\""_s.arg(options.text("tail")));
            return 1;
        }
        if (count >= 0) // a negative number means all, as with Docker
            request.tail = count;
    }
    const std::unique_ptr<Engine::LogOperation> logs =
        context.engine->containers().logs(context.arguments().constFirst(), request);
    LogPrinter printer(*view);
    QObject::connect(logs.get(), &Engine::LogOperation::read, logs.get(),
                     [&printer](const QList<Engine::LogLine> &lines) { printer.print(lines); });
    const Engine::Result<> read = awaitFinished(logs.get(), &Engine::LogOperation::finished);
    return read ? 0 : failed(read.error());
}

constexpr OptionSpec logOptions[] = {
    {'f', "follow", OptionKind::Flag, "", "Follow log output"},
    {0, "since", OptionKind::Text, "string", "Show logs since timestamp (e.g. \"2013-01-02T13:23:37Z\") or relative (e.g. \"42m\" for 42 minutes)"},
    {'n', "tail", OptionKind::Text, "string", "Number of lines to show from the end of the logs (default \"all\")"},
    {'t', "timestamps", OptionKind::Flag, "", "Show timestamps"},
    {0, "until", OptionKind::Text, "string", "Show logs before a timestamp (e.g. \"2013-01-02T13:23:37Z\") or relative (e.g. \"42m\" for 42 minutes)"},
    {0, "details", OptionKind::Flag, "", "", "Slipway's logs have no further details"},
};

constexpr Command logTable[] = {
    {.paths = "logs|container logs", .usage = "[OPTIONS] CONTAINER", .summary = "Fetch the logs of a container", .options = logOptions,
     .count = {1, 1}, .run = runLogs, .completion = Completion::Containers},
};

} // namespace

std::span<const Command> logCommands()
{
    return logTable;
}

} // namespace Cli
