// SPDX-License-Identifier: GPL-3.0-or-later
#include "filesource_p.h"

#include "base/try_p.h"
#include "linux/syscalls_p.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>

namespace Engine::Internal {

Result<FileSource> FileSource::open(const QString &path)
{
    return FileSource(ENGINE_TRY(openFile(path, O_RDONLY)), path);
}

Result<size_t> FileSource::read(std::span<char> buffer)
{
    for (;;) {
        const ssize_t count = ::read(m_fd.get(), buffer.data(), buffer.size());
        if (count >= 0)
            return size_t(count);
        if (errno != EINTR)
            return Failure(errnoError("read", m_name, errno));
    }
}

Result<size_t> MemorySource::read(std::span<char> buffer)
{
    const size_t count = std::min(buffer.size(), size_t(m_bytes.size()));
    std::copy_n(m_bytes.data(), count, buffer.data());
    m_bytes = m_bytes.sliced(qsizetype(count));
    return count;
}

} // namespace Engine::Internal
