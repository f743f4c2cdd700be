// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytesource_p.h"
#include "base/uniquefd_p.h"

#include <QtCore/QString>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>

namespace Engine::Internal {

//! A file that one thread fills while others read what is there already.
//!
//! A layer is unpacked out of it while it is still being fetched; the page cache is the buffer between the two, so a slow
//! unpacker never holds the network back and memory stays small.
class GrowingFile final
{
    Q_DISABLE_COPY_MOVE(GrowingFile)

public:
    //! A new file at \p path, which must not exist.
    [[nodiscard]] static Result<std::shared_ptr<GrowingFile>> create(const QString &path);

    const QString &path() const { return m_path; }

    //! One thread. \return NoSpace when the disk is full
    [[nodiscard]] Result<void> append(std::span<const char> bytes);
    //! Says that nothing more comes, and whether what came is good. Once, last.
    void finish(const Result<void> &outcome);

    //! Bytes at \p offset; waits for them. Any thread. \return 0 at the end, the error given to finish(), or Cancelled
    [[nodiscard]] Result<size_t> readAt(qint64 offset, std::span<char> buffer, const std::stop_token &stop);
    //! Waits for finish(). \return its outcome, or Cancelled
    [[nodiscard]] Result<void> waitForEnd(const std::stop_token &stop);

private:
    GrowingFile(UniqueFd fd, QString path) : m_fd(std::move(fd)), m_path(std::move(path)) {}

    UniqueFd m_fd;
    QString m_path;
    std::mutex m_mutex;
    std::condition_variable_any m_grown;
    qint64 m_size = 0;
    std::optional<Result<void>> m_outcome;
};

//! A growing file from its start, as one source.
class GrowingFileSource final : public ByteSource
{
public:
    GrowingFileSource(std::shared_ptr<GrowingFile> file, std::stop_token stop) : m_file(std::move(file)), m_stop(std::move(stop)) {}

    [[nodiscard]] Result<size_t> read(std::span<char> buffer) override;

private:
    std::shared_ptr<GrowingFile> m_file;
    std::stop_token m_stop;
    qint64 m_offset = 0;
};

} // namespace Engine::Internal
