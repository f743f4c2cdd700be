// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/filedigests_p.h"

#include "base/logging_p.h"
#include "base/try_p.h"
#include "linux/syscalls_p.h"
#include "storage/sha256_p.h"

#include <QtCore/QDataStream>
#include <QtCore/QFile>

#include <fcntl.h>

#include <vector>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr qint64 settlingNs = 100'000'000;  // file times tick with the kernel's clock, at most 10 ms apart
constexpr quint32 blobMagic = 0x534c4431;   // "SLD1"
constexpr qsizetype maxRemembered = 500'000; // per context: about 50 MB in memory

qint64 nowNs()
{
    timespec now;
    ::clock_gettime(CLOCK_REALTIME, &now);
    return qint64(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

} // namespace

Result<UniqueFd> openUnchanged(const FileTree &tree, const TreeEntry &entry)
{
    UniqueFd file = ENGINE_TRY(openBeneath(tree.rootFd(), entry.path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
    struct stat status;
    if (::fstat(file.get(), &status) != 0)
        return Failure(errnoError("stat", QFile::decodeName(entry.path), errno));
    if (treeEntryFrom(entry.path, status).stamp != entry.stamp || !S_ISREG(status.st_mode)) {
        return Failure(Error{.code = ErrorCode::InvalidInput,
                             .object = QFile::decodeName(entry.path),
                             .detail = u"%1 changed while it was being read"_s.arg(QFile::decodeName(entry.path)),
                             .remedy = u"build again when nothing writes to the build context"_s});
    }
    return file;
}

void FileDigests::load(Database &database, const QString &context)
{
    const std::scoped_lock lock(m_mutex);
    if (m_contexts.contains(context))
        return;
    Context &known = m_contexts[context];
    QByteArray blob;
    const auto read = database.reading([&](Database &db) -> Result<void> {
        Statement query = ENGINE_TRY(db.prepare("SELECT entries FROM context_digests WHERE context = ?"));
        if (ENGINE_TRY(query.bind(1, context).step()))
            blob = query.blob(0);
        return {};
    });
    if (!read)
        qCWarning(lcBuild).noquote() << "remembered file digests not read:" << read.error().detail;
    QDataStream stream(blob);
    quint32 magic = 0;
    stream >> magic;
    while (magic == blobMagic && !stream.atEnd() && stream.status() == QDataStream::Ok) {
        FileStamp stamp;
        QByteArray digest(32, Qt::Uninitialized);
        stream >> stamp.device >> stamp.inode >> stamp.sizeBytes >> stamp.modifiedNs >> stamp.changedNs;
        if (stream.readRawData(digest.data(), 32) == 32)
            known.digests.insert(stamp, digest);
    }
}

void FileDigests::save(Database &database, const QString &context)
{
    QByteArray blob;
    {
        const std::scoped_lock lock(m_mutex);
        const auto known = m_contexts.find(context);
        if (known == m_contexts.end() || !std::exchange(known->isDirty, false))
            return;
        blob.reserve(8 + known->digests.size() * 72);
        QDataStream stream(&blob, QIODevice::WriteOnly);
        stream << blobMagic;
        for (auto it = known->digests.cbegin(); it != known->digests.cend(); ++it) {
            const FileStamp &stamp = it.key();
            stream << stamp.device << stamp.inode << stamp.sizeBytes << stamp.modifiedNs << stamp.changedNs;
            stream.writeRawData(it->constData(), 32);
        }
    }
    const auto written = database.transaction([&](Database &db) -> Result<void> {
        Statement insert = ENGINE_TRY(db.prepare("INSERT OR REPLACE INTO context_digests (context, entries) VALUES (?, ?)"));
        return insert.bind(1, context).bind(2, blob).run();
    });
    if (!written)
        qCWarning(lcBuild).noquote() << "file digests not remembered:" << written.error().detail;
}

Result<Digest> FileDigests::of(const FileTree &tree, const TreeEntry &entry, const QString &context, std::stop_token stop)
{
    {
        const std::scoped_lock lock(m_mutex);
        const Context &known = m_contexts[context];
        if (const auto found = known.digests.constFind(entry.stamp); found != known.digests.constEnd())
            return Digest::fromSha256Hex(found->toHex());
    }
    const qint64 startNs = nowNs();
    const UniqueFd file = ENGINE_TRY(openUnchanged(tree, entry));
    Sha256 hash;
    std::vector<char> buffer(256 * 1024);
    while (true) {
        if (stop.stop_requested())
            return Failure(Error{.code = ErrorCode::Cancelled, .detail = u"cancelled"_s});
        const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
        if (count < 0)
            return Failure(errnoError("read", QFile::decodeName(entry.path), errno));
        if (count == 0)
            break;
        hash.update({buffer.data(), size_t(count)});
    }
    const Digest digest = hash.finish();
    ENGINE_TRY(openUnchanged(tree, entry)); // it may have been written to meanwhile
    if (entry.stamp.changedNs + settlingNs < startNs) {
        const std::scoped_lock lock(m_mutex);
        Context &known = m_contexts[context];
        if (known.digests.size() >= maxRemembered)
            known.digests.clear();
        known.digests.insert(entry.stamp, QByteArray::fromHex(digest.hex().toLatin1()));
        known.isDirty = true;
    }
    return digest;
}

} // namespace Engine::Internal
