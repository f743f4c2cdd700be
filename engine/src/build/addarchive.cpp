// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/addarchive_p.h"

#include "base/try_p.h"
#include "build/filedigests_p.h"
#include "storage/compression_p.h"
#include "storage/filesource_p.h"
#include "storage/layerunpacker_p.h"

#include <QtCore/QFile>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

Result<bool> isArchive(const FileTree &tree, const TreeEntry &entry)
{
    FileSource file(ENGINE_TRY(openUnchanged(tree, entry)), QFile::decodeName(entry.path));
    const auto inflated = inflateDetected(file);
    if (!inflated)
        return false;
    const auto first = TarReader(**inflated).next();
    return first && first->has_value();
}

Result<void> unpackArchive(const FileTree &tree, const TreeEntry &entry, int folderFd, const IdMap &ids, std::stop_token stop)
{
    const QString name = QFile::decodeName(entry.name());
    FileSource file(ENGINE_TRY(openUnchanged(tree, entry)), name);
    const auto inflated = ENGINE_TRY(inflateDetected(file));
    TarReader reader(*inflated);
    const auto nothingBelow = [](const QByteArray &path) -> Result<UniqueFd> {
        return Failure(Error{.code = ErrorCode::NotFound, .object = QFile::decodeName(path), .detail = u"it is not in the archive"_s});
    };
    auto unpacked = LayerUnpacker(folderFd, ids, {}, nothingBelow, LayerUnpacker::Kind::Archive).unpack(reader, std::move(stop));
    if (unpacked)
        return {};
    Error error = unpacked.error();
    if (error.code != ErrorCode::Cancelled) {
        error.detail = u"unpacking %1 failed: %2"_s.arg(name, error.detail);
        error.remedy = u"check the archive, or use COPY and unpack it in a RUN line"_s;
    }
    error.object = name;
    return Failure(std::move(error));
}

} // namespace Engine::Internal
