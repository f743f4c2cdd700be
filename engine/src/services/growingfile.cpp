// SPDX-License-Identifier: GPL-3.0-or-later
#include "services/growingfile_p.h"

#include "base/try_p.h"
#include "linux/syscalls_p.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

Error cancelledRead()
{
    return {.code = ErrorCode::Cancelled, .detail = u"cancelled"_s};
}

} // namespace

Result<std::shared_ptr<GrowingFile>> GrowingFile::create(const QString &path)
{
    UniqueFd fd = ENGINE_TRY(openFile(path, O_RDWR | O_CREAT | O_EXCL, 0600));
    return std::shared_ptr<GrowingFile>(new GrowingFile(std::move(fd), path));
}

Result<void> GrowingFile::append(std::span<const char> bytes)
{
    const size_t count = bytes.size();
    while (!bytes.empty()) {
        const ssize_t written = ::write(m_fd.get(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return Failure(errnoError("write", m_path, errno));
        bytes = bytes.subspan(size_t(written));
    }
    const std::lock_guard lock(m_mutex);
    m_size += qint64(count);
    m_grown.notify_all();
    return {};
}

void GrowingFile::finish(const Result<void> &outcome)
{
    const std::lock_guard lock(m_mutex);
    m_outcome = outcome;
    m_grown.notify_all();
}

Result<size_t> GrowingFile::readAt(qint64 offset, std::span<char> buffer, const std::stop_token &stop)
{
    {
        std::unique_lock lock(m_mutex);
        if (!m_grown.wait(lock, stop, [&] { return m_size > offset || m_outcome; }))
            return Failure(cancelledRead());
        if (m_size <= offset)
            return *m_outcome ? Result<size_t>(0) : Failure(m_outcome->error());
        buffer = buffer.first(std::min(buffer.size(), size_t(m_size - offset)));
    }
    for (;;) {
        const ssize_t count = ::pread(m_fd.get(), buffer.data(), buffer.size(), offset);
        if (count >= 0)
            return size_t(count);
        if (errno != EINTR)
            return Failure(errnoError("read", m_path, errno));
    }
}

Result<void> GrowingFile::waitForEnd(const std::stop_token &stop)
{
    std::unique_lock lock(m_mutex);
    if (!m_grown.wait(lock, stop, [&] { return m_outcome.has_value(); }))
        return Failure(cancelledRead());
    return *m_outcome;
}

Result<size_t> GrowingFileSource::read(std::span<char> buffer)
{
    const size_t count = ENGINE_TRY(m_file->readAt(m_offset, buffer, m_stop));
    m_offset += qint64(count);
    return count;
}

} // namespace Engine::Internal
