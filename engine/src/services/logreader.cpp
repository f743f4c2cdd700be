// SPDX-License-Identifier: GPL-3.0-or-later
#include "services/logreader_p.h"

#include "base/mailbox_p.h"
#include "base/try_p.h"
#include "runtime/containerruntime_p.h"
#include "runtime/exitwatch_p.h"
#include "runtime/liveprocess_p.h"
#include "runtime/logfile_p.h"

#include <fcntl.h>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr qsizetype logBlockBytes = 256 * 1024;

Failure cancelledError(const QString &container)
{
    return Failure(Error{.code = ErrorCode::Cancelled, .object = container, .detail = u"reading the log was cancelled"_s});
}

//! One reading of a log, on a pool thread.
class LogPump final
{
public:
    using Deliver = std::function<bool(const QList<LogLine> &, qsizetype bytes)>;

    LogPump(const ContainerRuntime &runtime, Deliver deliver, std::stop_token stop)
        : m_runtime(runtime), m_deliver(std::move(deliver)), m_stop(std::move(stop))
    {
    }

    Result<void> run(const QString &idOrName, const LogOptions &options)
    {
        const ContainerRecord record = ENGINE_TRY(m_runtime.find(idOrName));
        const ContainerFolder folder = m_runtime.folderOf(record.id);
        if (options.follow == LogOptions::Follow::Yes)
            return followLog(record, folder, options);
        if (ENGINE_TRY(openLog(folder, options)))
            ENGINE_TRY(readToEnd());
        return m_stop.stop_requested() ? Result<void>(cancelledError(record.name)) : Result<void>();
    }

private:
    //! \return false while there is no log: never started
    Result<bool> openLog(const ContainerFolder &folder, const LogOptions &options)
    {
        auto file = openFile(folder.log(), O_RDONLY | O_CLOEXEC);
        if (!file && file.error().code == ErrorCode::NotFound)
            return false;
        m_file = ENGINE_TRY(std::move(file));
        if (options.tail)
            ::lseek(m_file.get(), off_t(ENGINE_TRY(findLogTail(m_file.get(), *options.tail))), SEEK_SET);
        return true;
    }

    Result<void> readToEnd()
    {
        QByteArray block(logBlockBytes, Qt::Uninitialized);
        while (!m_stop.stop_requested()) {
            const ssize_t count = ::read(m_file.get(), block.data(), size_t(block.size()));
            if (count < 0 && errno == EINTR)
                continue;
            if (count < 0)
                return Failure(errnoError("read", u"container log"_s, errno));
            if (count == 0)
                return {};
            const QList<LogLine> lines = m_parser.feed(QByteArrayView(block.constData(), count));
            if (!lines.isEmpty() && !m_deliver(lines, count))
                return {};
        }
        return {};
    }

    // The end is looked at before the reading: what was written before it is then read for certain.
    Result<void> followLog(const ContainerRecord &record, const ContainerFolder &folder, const LogOptions &options)
    {
        ENGINE_TRY(makePath(m_runtime.exitFolder()));
        ExitWatch watch = ENGINE_TRY(ExitWatch::on(m_runtime.exitFolder(), ExitWatch::For::NewFiles));
        ENGINE_TRY(watch.add(folder.path, ExitWatch::For::Growth));
        while (true) {
            const auto current = m_runtime.find(record.id.toString());
            const bool running = current && current->isRunning();
            const LiveProcess process(running ? current->life.process : ProcessIdentity());
            if (!m_file.isValid())
                ENGINE_TRY(openLog(folder, options));
            if (m_file.isValid())
                ENGINE_TRY(readToEnd());
            if (m_stop.stop_requested())
                return cancelledError(record.name);
            if (!running)
                return {};
            const auto woken = ENGINE_TRY(watch.wait({process.pidFd()}, m_stop, {}));
            if (woken == ExitWatch::Woken::Stopped)
                return cancelledError(record.name);
        }
    }

    const ContainerRuntime &m_runtime;
    Deliver m_deliver;
    std::stop_token m_stop;
    LogParser m_parser;
    UniqueFd m_file;
};

} // namespace

LogReader::LogReader(const std::shared_ptr<Core> &core, const QString &idOrName, const LogOptions &options)
    : m_mailbox(std::make_shared<Mailbox>(this))
{
    core->longPool->start([core, mailbox = m_mailbox, reader = this, idOrName, options, stop = m_stop]() mutable {
        const std::stop_callback onEngineEnd(core->stop.get_token(), [&stop] { stop.request_stop(); });
        const ContainerRuntime runtime(*core->store, core->settings);
        const auto deliver = [&](const QList<LogLine> &lines, qsizetype bytes) {
            return mailbox->post([reader, lines] { Q_EMIT reader->read(lines); }, size_t(bytes));
        };
        const auto result = LogPump(runtime, deliver, stop.get_token()).run(idOrName, options);
        mailbox->post([reader, result] { Q_EMIT reader->finished(result); });
    });
}

LogReader::~LogReader()
{
    m_mailbox->close();
    m_stop.request_stop();
}

} // namespace Engine::Internal
