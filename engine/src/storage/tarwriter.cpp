// SPDX-License-Identifier: GPL-3.0-or-later
#include "tarwriter_p.h"

#include "base/try_p.h"

#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <map>

namespace Engine::Internal {

namespace {

constexpr size_t blockBytes = 512;
constexpr size_t bufferBytes = 256 * 1024;
constexpr qint64 largestOctal7 = (1 << 21) - 1;       // uid, gid: 7 octal digits
constexpr qint64 largestOctal11 = (1LL << 33) - 1;    // size, mtime: 11 octal digits
constexpr qsizetype nameBytes = 100;

//! The header block of POSIX.1-1988 ustar.
struct UstarHeader {
    char name[nameBytes];
    char mode[8];
    char uid[8];
    char gid[8];
    char size[12];
    char mtime[12];
    char checksum[8];
    char type;
    char link[nameBytes];
    char magic[8]; // "ustar\0" "00"
    char user[32];
    char group[32];
    char major[8];
    char minor[8];
    char prefix[155];
    char rest[12];
};
static_assert(sizeof(UstarHeader) == blockBytes);

template<size_t size>
void putOctal(char (&field)[size], qint64 value)
{
    constexpr unsigned long long largest = (1ULL << (3 * (size - 1))) - 1;
    std::snprintf(field, size, "%0*llo", int(size) - 1, static_cast<unsigned long long>(value) & largest);
}

bool fitsName(const QByteArray &name)
{
    return name.size() <= nameBytes && std::ranges::all_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

//! "LENGTH key=value\n", LENGTH counting itself.
QByteArray paxRecord(const QByteArray &key, const QByteArray &value)
{
    const qsizetype rest = key.size() + value.size() + 3; // " ", "=", "\n"
    qsizetype length = rest;
    while (length != rest + QByteArray::number(length).size())
        length = rest + QByteArray::number(length).size();
    return QByteArray::number(length) + ' ' + key + '=' + value + '\n';
}

QByteArray paxTime(const timespec &time)
{
    if (time.tv_nsec == 0)
        return QByteArray::number(qint64(time.tv_sec));
    // The fraction counts upward from the second below, but pax writes the value: -0.5 s is sec -1, nsec 500,000,000.
    qint64 seconds = time.tv_sec;
    qint64 nanoseconds = time.tv_nsec;
    const bool negative = seconds < 0;
    if (negative) {
        seconds = -(seconds + 1);
        nanoseconds = 1'000'000'000 - nanoseconds;
    }
    QByteArray fraction = QByteArray::number(nanoseconds).rightJustified(9, '0');
    while (fraction.endsWith('0'))
        fraction.chop(1);
    return (negative ? "-" : "") + QByteArray::number(seconds) + '.' + fraction;
}

char typeFlagOf(TarEntry::Type type)
{
    switch (type) {
    case TarEntry::Type::HardLink:
        return '1';
    case TarEntry::Type::Symlink:
        return '2';
    case TarEntry::Type::CharacterDevice:
        return '3';
    case TarEntry::Type::BlockDevice:
        return '4';
    case TarEntry::Type::Directory:
        return '5';
    case TarEntry::Type::Fifo:
        return '6';
    case TarEntry::Type::File:
    case TarEntry::Type::Other:
        break;
    }
    return '0';
}

QByteArray paxRecordsOf(const TarEntry &entry)
{
    std::map<QByteArray, QByteArray> records; // sorted: the same entry gives the same bytes
    if (!fitsName(entry.path))
        records["path"] = entry.path;
    if (!fitsName(entry.link))
        records["linkpath"] = entry.link;
    if (entry.size > largestOctal11)
        records["size"] = QByteArray::number(entry.size);
    if (entry.uid > largestOctal7)
        records["uid"] = QByteArray::number(entry.uid);
    if (entry.gid > largestOctal7)
        records["gid"] = QByteArray::number(entry.gid);
    if (entry.mtime.tv_nsec != 0 || entry.mtime.tv_sec < 0 || entry.mtime.tv_sec > largestOctal11)
        records["mtime"] = paxTime(entry.mtime);
    for (const TarXattr &xattr : entry.xattrs)
        records["SCHILY.xattr." + xattr.name] = xattr.value;
    QByteArray bytes;
    for (const auto &[key, value] : records)
        bytes += paxRecord(key, value);
    return bytes;
}

} // namespace

TarWriter::TarWriter(Sink sink) : m_sink(std::move(sink))
{
    m_buffer.reserve(bufferBytes);
}

Result<void> TarWriter::add(const TarEntry &entry)
{
    ENGINE_TRY(pad()); // the contents before
    const QByteArray records = paxRecordsOf(entry);
    if (!records.isEmpty()) {
        TarEntry extension;
        extension.path = "PaxHeaders/" + entry.path.sliced(entry.path.lastIndexOf('/', -2) + 1).left(80);
        extension.mode = 0644;
        ENGINE_TRY(putHeader(extension, 'x', records.size()));
        ENGINE_TRY(put(records.constData(), size_t(records.size())));
        ENGINE_TRY(pad());
    }
    return putHeader(entry, typeFlagOf(entry.type), entry.type == TarEntry::Type::File ? entry.size : 0);
}

Result<void> TarWriter::putHeader(const TarEntry &entry, char typeFlag, qint64 size)
{
    UstarHeader header;
    std::memset(&header, 0, sizeof header);
    const auto putName = [](char (&field)[nameBytes], const QByteArray &name) {
        std::copy_n(name.constData(), std::min(name.size(), nameBytes), field);
    };
    putName(header.name, entry.path);
    putName(header.link, entry.link);
    putOctal(header.mode, entry.mode & 07777);
    putOctal(header.uid, std::min(entry.uid, largestOctal7));
    putOctal(header.gid, std::min(entry.gid, largestOctal7));
    putOctal(header.size, std::min(size, largestOctal11));
    putOctal(header.mtime, std::clamp<qint64>(entry.mtime.tv_sec, 0, largestOctal11));
    header.type = typeFlag;
    std::memcpy(header.magic, "ustar\00000", 8);
    putOctal(header.major, major(entry.device));
    putOctal(header.minor, minor(entry.device));
    std::memset(header.checksum, ' ', sizeof header.checksum);
    unsigned sum = 0;
    for (const unsigned char byte : std::span(reinterpret_cast<const unsigned char *>(&header), sizeof header))
        sum += byte;
    std::snprintf(header.checksum, sizeof header.checksum, "%06o", sum); // six digits, NUL, and the space that is there
    return put(reinterpret_cast<const char *>(&header), sizeof header);
}

Result<void> TarWriter::write(std::span<const char> bytes)
{
    return put(bytes.data(), bytes.size());
}

Result<void> TarWriter::finish()
{
    ENGINE_TRY(pad());
    static constexpr std::array<char, 2 * blockBytes> end{};
    ENGINE_TRY(put(end.data(), end.size()));
    ENGINE_TRY(m_sink(m_buffer));
    m_buffer.clear();
    return {};
}

Result<void> TarWriter::pad()
{
    static constexpr std::array<char, blockBytes> zeros{};
    return put(zeros.data(), size_t(-m_position) % blockBytes);
}

Result<void> TarWriter::put(const char *bytes, size_t size)
{
    m_position += qint64(size);
    if (m_buffer.size() + size > bufferBytes) {
        ENGINE_TRY(m_sink(m_buffer));
        m_buffer.clear();
        if (size >= bufferBytes)
            return m_sink({bytes, size});
    }
    m_buffer.insert(m_buffer.end(), bytes, bytes + size);
    return {};
}

} // namespace Engine::Internal
