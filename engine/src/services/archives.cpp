// SPDX-License-Identifier: GPL-3.0-or-later
#include <engine/containers.h>
#include <engine/images.h>

#include "base/try_p.h"
#include "build/rootimport_p.h"
#include "linux/syscalls_p.h"
#include "runtime/containertree_p.h"
#include "services/task_p.h"
#include "storage/filesource_p.h"
#include "storage/imagearchive_p.h"
#include "storage/treepacker_p.h"

#include <fcntl.h>
#include <poll.h>

using namespace Qt::StringLiterals;

namespace Engine {

namespace {

using namespace Internal;

//! A descriptor of the caller's, so that it may close its own. Waits where the other side is slow, whether or not it blocks.
class CallersFd final
{
public:
    explicit CallersFd(int fd) : m_fd(std::make_shared<UniqueFd>(::fcntl(fd, F_DUPFD_CLOEXEC, 0))), m_error(m_fd->isValid() ? 0 : errno) {}

    Result<UniqueFd> open() const
    {
        UniqueFd copy(m_error == 0 ? ::fcntl(m_fd->get(), F_DUPFD_CLOEXEC, 0) : -1);
        if (!copy.isValid())
            return Failure(errnoError("dup", u"the archive"_s, m_error ? m_error : errno));
        return copy;
    }

    //! False after a stop request.
    static bool waitFor(int fd, short events, const std::stop_token &stop)
    {
        pollfd polled{fd, events, 0};
        while (!stop.stop_requested()) {
            if (::poll(&polled, 1, 200) != 0)
                return true;
        }
        return false;
    }

private:
    std::shared_ptr<UniqueFd> m_fd;
    int m_error;
};

Failure archiveCancelled()
{
    return Failure(Error{.code = ErrorCode::Cancelled, .detail = u"the work was cancelled"_s});
}

//! Reads the caller's descriptor and tells how far it is.
class ReportingSource final : public ByteSource
{
public:
    ReportingSource(UniqueFd fd, std::function<void(qint64)> report, std::stop_token stop)
        : m_fd(std::move(fd)), m_report(std::move(report)), m_stop(std::move(stop))
    {
    }
    Result<size_t> read(std::span<char> buffer) override
    {
        for (;;) {
            if (!CallersFd::waitFor(m_fd.get(), POLLIN, m_stop))
                return archiveCancelled();
            const ssize_t count = ::read(m_fd.get(), buffer.data(), buffer.size());
            if (count < 0 && (errno == EAGAIN || errno == EINTR))
                continue;
            if (count < 0)
                return Failure(errnoError("read", u"the archive"_s, errno));
            m_report(m_bytes += count);
            return size_t(count);
        }
    }

private:
    UniqueFd m_fd;
    std::function<void(qint64)> m_report;
    std::stop_token m_stop;
    qint64 m_bytes = 0;
};

TarWriter::Sink reportingSink(std::shared_ptr<UniqueFd> fd, std::function<void(qint64)> report, std::stop_token stop)
{
    return [fd, report = std::move(report), stop, total = qint64(0)](std::span<const char> bytes) mutable -> Result<void> {
        while (!bytes.empty()) {
            if (!CallersFd::waitFor(fd->get(), POLLOUT, stop))
                return archiveCancelled();
            const ssize_t count = ::write(fd->get(), bytes.data(), bytes.size());
            if (count < 0 && (errno == EAGAIN || errno == EINTR))
                continue;
            if (count < 0)
                return Failure(errnoError("write", u"the archive"_s, errno));
            bytes = bytes.subspan(size_t(count));
            report(total += count);
        }
        return {};
    };
}

} // namespace

std::unique_ptr<ArchiveOperation> Images::save(const QStringList &namesOrIds, int fd) const
{
    using Task = ByteTask<ArchiveOperation>;
    return std::make_unique<Task>(m_core, [namesOrIds, target = CallersFd(fd)](Core &core, const Task::Report &report, std::stop_token stop) -> Result<void> {
        TarWriter tar(reportingSink(std::make_shared<UniqueFd>(ENGINE_TRY(target.open())), report, stop));
        return saveImages(*core.store, namesOrIds, tar, stop);
    });
}

std::unique_ptr<LoadOperation> Images::load(int fd, const QString &reference) const
{
    using Task = ByteTask<LoadOperation>;
    return std::make_unique<Task>(
        m_core, [reference, origin = CallersFd(fd)](Core &core, const Task::Report &report, std::stop_token stop) -> Result<QList<LoadedImage>> {
            ReportingSource archive(ENGINE_TRY(origin.open()), report, stop);
            auto loaded = loadImages(*core.store, archive, reference, stop);
            if (!loaded)
                ENGINE_TRY(core.store->collectGarbage()); // what came before the part that was refused
            return loaded;
        });
}

std::unique_ptr<ImportOperation> Images::importFiles(int fd, const ImportOptions &options) const
{
    using Task = ByteTask<ImportOperation>;
    return std::make_unique<Task>(
        m_core, [options, origin = CallersFd(fd)](Core &core, const Task::Report &report, std::stop_token stop) -> Result<ImageInfo> {
            ReportingSource archive(ENGINE_TRY(origin.open()), [](qint64) {}, stop);
            const auto image = importRoot(*core.store, archive, options, report, stop);
            if (!image)
                ENGINE_TRY(core.store->collectGarbage());
            return image ? core.store->describe(*image) : Failure(image.error());
        });
}

std::unique_ptr<ArchiveOperation> Containers::exportFiles(const QString &idOrName, int fd) const
{
    using Task = ByteTask<ArchiveOperation>;
    return std::make_unique<Task>(m_core, [idOrName, target = CallersFd(fd)](Core &core, const Task::Report &report, std::stop_token stop) -> Result<void> {
        const ContainerRuntime runtime(*core.store, core.settings);
        const ContainerTree tree = ENGINE_TRY(containerTree(runtime, ENGINE_TRY(runtime.find(idOrName))));
        TarWriter tar(reportingSink(std::make_shared<UniqueFd>(ENGINE_TRY(target.open())), report, stop));
        return packTree(ENGINE_TRY(tree.stack(*core.store)), core.store->idMap(), tar, stop);
    });
}

} // namespace Engine
