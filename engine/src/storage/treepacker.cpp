// SPDX-License-Identifier: GPL-3.0-or-later
#include "treepacker_p.h"

#include "base/logging_p.h"
#include "base/try_p.h"
#include "linux/syscalls_p.h"
#include "storage/files_p.h"
#include "storage/layerpacker_p.h"

#include <QtCore/QFile>
#include <QtCore/QHash>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

namespace Engine::Internal {

namespace {

class TreePacker final
{
public:
    TreePacker(const IdMap &ids, TarWriter &tar, std::stop_token stop) : m_ids(ids), m_tar(tar), m_stop(std::move(stop)), m_buffer(256 * 1024) {}

    Result<void> packFolder(const StackFolder &folder, const QByteArray &prefix);

private:
    Result<void> packEntry(const StackFolder &folder, const StackEntry &entry, const QByteArray &path);
    Result<void> packFile(const StackFolder &folder, const StackEntry &entry, TarEntry header);
    void addXattrs(int fd, TarEntry *header) const;

    const IdMap &m_ids;
    TarWriter &m_tar;
    std::stop_token m_stop;
    std::vector<char> m_buffer;
    QHash<std::pair<quint64, quint64>, QByteArray> m_linked; //!< first path of each inode with several names
};

Result<void> TreePacker::packFolder(const StackFolder &folder, const QByteArray &prefix)
{
    for (const StackEntry &entry : ENGINE_TRY(folder.children()))
        ENGINE_TRY(packEntry(folder, entry, prefix + entry.name));
    return {};
}

void TreePacker::addXattrs(int fd, TarEntry *header) const
{
    for (const auto &[name, value] : layerXattrs(fd))
        header->xattrs.append({name, name == "security.capability" ? capabilityToLayer(value, m_ids) : value});
}

Result<void> TreePacker::packEntry(const StackFolder &folder, const StackEntry &entry, const QByteArray &path)
{
    if (m_stop.stop_requested())
        return Failure({.code = ErrorCode::Cancelled, .object = {}, .detail = QStringLiteral("packing the files was cancelled"), .remedy = {}});
    TarEntry header = tarEntryFor(entry.status, path, m_ids);
    if (entry.isFolder()) {
        const auto inner = ENGINE_TRY(folder.enter(entry.name));
        if (!inner)
            return {};
        addXattrs(inner->topFd(), &header);
        header.path += '/';
        ENGINE_TRY(m_tar.add(header));
        return packFolder(*inner, header.path);
    }
    if (S_ISSOCK(entry.status.st_mode)) {
        qCInfo(lcStorage).noquote() << "left out socket" << path;
        return {};
    }
    if (entry.status.st_nlink > 1) {
        QByteArray &first = m_linked[{entry.status.st_dev, entry.status.st_ino}];
        if (!first.isEmpty()) {
            header.type = TarEntry::Type::HardLink;
            header.link = first;
            header.size = 0;
            return m_tar.add(header);
        }
        first = path;
    }
    if (entry.isFile())
        return packFile(folder, entry, std::move(header));
    header.link = entry.linkTarget;
    return m_tar.add(header);
}

Result<void> TreePacker::packFile(const StackFolder &folder, const StackEntry &entry, TarEntry header)
{
    const auto file = folder.openFile(entry.name);
    if (!file && (file.error().code == ErrorCode::NotFound || file.error().code == ErrorCode::InvalidInput)) {
        m_linked.remove({entry.status.st_dev, entry.status.st_ino});
        return {};
    }
    if (!file)
        return Failure(file.error());
    addXattrs(file->get(), &header);
    ENGINE_TRY(m_tar.add(header));
    for (qint64 left = header.size; left > 0;) {
        if (m_stop.stop_requested())
            return Failure({.code = ErrorCode::Cancelled, .object = {}, .detail = QStringLiteral("packing the files was cancelled"), .remedy = {}});
        const size_t wanted = size_t(std::min<qint64>(left, qint64(m_buffer.size())));
        ssize_t count = ::read(file->get(), m_buffer.data(), wanted);
        if (count < 0)
            return Failure(errnoError("read", QFile::decodeName(header.path), errno));
        if (count == 0) {
            count = ssize_t(wanted);
            std::fill_n(m_buffer.begin(), count, '\0');
        }
        ENGINE_TRY(m_tar.write(std::span(m_buffer).first(size_t(count))));
        left -= count;
    }
    return {};
}

} // namespace

Result<void> packTree(const LayerStack &stack, const IdMap &ids, TarWriter &tar, std::stop_token stop)
{
    TreePacker packer(ids, tar, std::move(stop));
    ENGINE_TRY(packer.packFolder(ENGINE_TRY(stack.root()), {}));
    return tar.finish();
}

} // namespace Engine::Internal
