// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/rootimport_p.h"

#include "base/try_p.h"
#include "build/containercommit_p.h"
#include "build/evaluator_p.h"
#include "storage/layerblob_p.h"

#include <QtCore/QDateTime>

#include <vector>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

Result<ImageRecord> importRoot(Store &store, ByteSource &archive, const ImportOptions &options, const std::function<void(qint64)> &read,
                               std::stop_token stop)
{
    const QStringList names = ENGINE_TRY(newImageNames(options.reference));
    const BuildPlatform platform = BuildPlatform::ofThisMachine();
    nlohmann::json image{{"os", platform.os.toStdString()}, {"architecture", platform.architecture.toStdString()}, {"config", nlohmann::json::object()}};
    image = ENGINE_TRY(applyConfigChanges(image, options.changes));

    const StagingFolder staging = ENGINE_TRY(store.makeStagingFolder());
    const QString blobFile = staging.path() + "/layer"_L1;
    const auto blob = ENGINE_TRY(LayerBlobWriter::create(blobFile));
    const std::unique_ptr<ByteSource> tar = ENGINE_TRY(inflateDetected(archive));
    std::vector<char> buffer(256 * 1024);
    qint64 total = 0;
    while (const size_t count = ENGINE_TRY(tar->read(buffer))) {
        if (stop.stop_requested())
            return Failure(Error{.code = ErrorCode::Cancelled, .detail = u"the import was cancelled"_s});
        ENGINE_TRY(blob->write(std::span(buffer).first(count)));
        read(total += qint64(count));
    }
    if (total == 0)
        return Failure(Error{.code = ErrorCode::InvalidInput, .detail = u"there is nothing to import: the archive is empty"_s});
    const LayerRecord layer = ENGINE_TRY(addLayerBlob(store, {}, blobFile, ENGINE_TRY(blob->finish()), stop));
    const std::string now = QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs).toStdString();
    image["created"] = now;
    image["history"] = nlohmann::json::array({{{"created", now}, {"comment", options.message.toStdString()}}});
    return store.addBuiltImage(image, layer.chainId, names);
}

} // namespace Engine::Internal
