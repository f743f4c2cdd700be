// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/filtercompression_p.h"

#include <archive.h>
#include <archive_entry.h>

#include <cerrno>
#include <optional>
#include <vector>

namespace Engine::Internal {

namespace {

//! One compressed stream without any archive around it ("raw"), through libarchive's filters.
class FilterSource final : public ByteSource
{
public:
    FilterSource(ByteSource &source, Compression compression)
        : m_source(source), m_input(128 * 1024), m_name(compression == Compression::Xz ? "xz" : "bzip2"), m_archive(archive_read_new(), &archive_read_free)
    {
        compression == Compression::Xz ? archive_read_support_filter_xz(m_archive.get()) : archive_read_support_filter_bzip2(m_archive.get());
        archive_read_support_format_raw(m_archive.get());
    }

    Result<size_t> read(std::span<char> buffer) override
    {
        if (!m_isOpen) {
            archive_entry *entry = nullptr;
            if (archive_read_open(m_archive.get(), this, nullptr, &FilterSource::fill, nullptr) != ARCHIVE_OK
                || archive_read_next_header(m_archive.get(), &entry) != ARCHIVE_OK)
                return broken();
            m_isOpen = true;
        }
        const la_ssize_t count = archive_read_data(m_archive.get(), buffer.data(), buffer.size());
        if (count < 0)
            return broken();
        return size_t(count);
    }

private:
    static la_ssize_t fill(struct archive *archive, void *self, const void **bytes)
    {
        auto *source = static_cast<FilterSource *>(self);
        const Result<size_t> count = source->m_source.read(source->m_input);
        if (!count) {
            source->m_sourceError = count.error();
            archive_set_error(archive, EIO, "the source failed");
            return -1;
        }
        *bytes = source->m_input.data();
        return la_ssize_t(*count);
    }

    Failure broken() const
    {
        if (m_sourceError)
            return Failure(*m_sourceError);
        const char *reason = archive_error_string(m_archive.get());
        return Failure({.code = ErrorCode::Corrupt, .object = {},
                        .detail = QStringLiteral("the %1 data is damaged: %2").arg(QLatin1StringView(m_name), QString::fromUtf8(reason ? reason : "it ends early")),
                        .remedy = {}});
    }

    ByteSource &m_source;
    std::vector<char> m_input;
    const char *m_name;
    std::unique_ptr<struct archive, int (*)(struct archive *)> m_archive;
    std::optional<Error> m_sourceError;
    bool m_isOpen = false;
};

} // namespace

std::unique_ptr<ByteSource> inflateByFilter(ByteSource &source, Compression compression)
{
    return std::make_unique<FilterSource>(source, compression);
}

} // namespace Engine::Internal
