// SPDX-License-Identifier: GPL-3.0-or-later
#include "tarreader_p.h"

#include "base/logging_p.h"
#include "base/try_p.h"

#include <archive.h>
#include <archive_entry.h>

#include <QtCore/QString>

#include <locale.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <vector>

namespace Engine::Internal {

namespace {

// libarchive 3 converts names to the thread's character set, and in an UTF-8 locale it also composes them (NFC), so that
// a file would get another name than the image gave it. In the C locale it finds nothing to convert to, warns, and hands
// the archive's own bytes out.
class BytesLocale final
{
public:
    BytesLocale() : m_before(uselocale(plain())) {}
    ~BytesLocale() { uselocale(m_before); }
    Q_DISABLE_COPY_MOVE(BytesLocale)

private:
    static locale_t plain()
    {
        static const locale_t locale = newlocale(LC_ALL_MASK, "C", nullptr);
        return locale;
    }
    locale_t m_before;
};

TarEntry::Type typeOf(archive_entry *entry)
{
    if (archive_entry_hardlink(entry))
        return TarEntry::Type::HardLink;
    switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
        return TarEntry::Type::File;
    case AE_IFDIR:
        return TarEntry::Type::Directory;
    case AE_IFLNK:
        return TarEntry::Type::Symlink;
    case AE_IFCHR:
        return TarEntry::Type::CharacterDevice;
    case AE_IFBLK:
        return TarEntry::Type::BlockDevice;
    case AE_IFIFO:
        return TarEntry::Type::Fifo;
    default:
        return TarEntry::Type::Other;
    }
}

QList<TarXattr> xattrsOf(archive_entry *entry)
{
    QList<TarXattr> xattrs;
    archive_entry_xattr_reset(entry);
    const char *name = nullptr;
    const void *value = nullptr;
    size_t size = 0;
    while (archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK)
        xattrs.append({QByteArray(name), QByteArray(static_cast<const char *>(value), qsizetype(size))});
    return xattrs;
}

} // namespace

class TarReader::Private
{
public:
    explicit Private(ByteSource &bytes) : source(bytes), buffer(256 * 1024), archive(archive_read_new(), &archive_read_free) {}

    Failure broken()
    {
        if (sourceError)
            return Failure(*sourceError);
        const char *reason = archive_error_string(archive.get());
        return Failure({.code = ErrorCode::Corrupt, .object = {},
                        .detail = QStringLiteral("the layer is no readable tar archive: %1")
                                      .arg(QString::fromUtf8(reason ? reason : "it ends early")),
                        .remedy = QStringLiteral("Fetch or build the image again")});
    }

    static la_ssize_t read(struct archive *archive, void *self, const void **bytes)
    {
        auto *d = static_cast<Private *>(self);
        const Result<size_t> count = d->source.read(d->buffer);
        if (!count) {
            d->sourceError = count.error();
            archive_set_error(archive, EIO, "the source failed");
            return -1;
        }
        *bytes = d->buffer.data();
        return la_ssize_t(*count);
    }

    ByteSource &source;
    std::vector<char> buffer;
    std::unique_ptr<struct archive, int (*)(struct archive *)> archive;
    std::optional<Error> sourceError;
    bool isOpen = false;
};

TarReader::TarReader(ByteSource &source) : d(std::make_unique<Private>(source))
{
    archive_read_support_format_tar(d->archive.get());
    archive_read_support_format_empty(d->archive.get());
}

TarReader::~TarReader()
{
    const BytesLocale locale;
    d->archive.reset();
}

Result<std::optional<TarEntry>> TarReader::next()
{
    const BytesLocale locale;
    if (!d->isOpen) {
        if (archive_read_open(d->archive.get(), d.get(), nullptr, &Private::read, nullptr) != ARCHIVE_OK)
            return d->broken();
        d->isOpen = true;
    }
    archive_entry *entry = nullptr;
    const int code = archive_read_next_header(d->archive.get(), &entry);
    if (code == ARCHIVE_EOF)
        return std::nullopt;
    if (code != ARCHIVE_OK && code != ARCHIVE_WARN)
        return d->broken();
    const char *path = archive_entry_pathname(entry);
    if (!path)
        return d->broken();

    TarEntry result;
    result.type = typeOf(entry);
    result.path = path;
    if (result.type == TarEntry::Type::HardLink)
        result.link = archive_entry_hardlink(entry);
    else if (result.type == TarEntry::Type::Symlink)
        result.link = archive_entry_symlink(entry);
    result.mode = archive_entry_perm(entry);
    result.uid = archive_entry_uid(entry);
    result.gid = archive_entry_gid(entry);
    result.mtime = {archive_entry_mtime(entry), archive_entry_mtime_nsec(entry)};
    result.device = makedev(unsigned(archive_entry_rdevmajor(entry)), unsigned(archive_entry_rdevminor(entry)));
    result.size = archive_entry_size(entry);
    result.xattrs = xattrsOf(entry);
    return result;
}

Result<void> TarReader::readData(const DataSink &sink)
{
    const BytesLocale locale;
    const void *bytes = nullptr;
    size_t size = 0;
    la_int64_t offset = 0;
    for (;;) {
        const int code = archive_read_data_block(d->archive.get(), &bytes, &size, &offset);
        if (code == ARCHIVE_EOF)
            return {};
        if (code != ARCHIVE_OK && code != ARCHIVE_WARN)
            return d->broken();
        if (size > 0)
            ENGINE_TRY(sink(offset, {static_cast<const char *>(bytes), size}));
    }
}

} // namespace Engine::Internal
