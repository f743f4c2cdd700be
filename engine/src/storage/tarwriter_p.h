// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "storage/tarreader_p.h"

#include <functional>
#include <vector>

namespace Engine::Internal {

//! Writes a tar archive (POSIX ustar, pax records where ustar cannot say it) whose bytes depend on the entries alone.
//! Own code, because names must leave as the bytes they are and every byte counts for the diff id.
class TarWriter final
{
public:
    using Sink = std::function<Result<void>(std::span<const char>)>;
    explicit TarWriter(Sink sink);

    //! A file's contents follow by write(), exactly entry.size bytes.
    [[nodiscard]] Result<void> add(const TarEntry &entry);
    [[nodiscard]] Result<void> write(std::span<const char> bytes);
    //! Ends the archive; call once, last.
    [[nodiscard]] Result<void> finish();

private:
    [[nodiscard]] Result<void> put(const char *bytes, size_t size);
    [[nodiscard]] Result<void> pad();
    [[nodiscard]] Result<void> putHeader(const TarEntry &entry, char typeFlag, qint64 size);

    Sink m_sink;
    std::vector<char> m_buffer;
    qint64 m_position = 0;
};

} // namespace Engine::Internal
