// SPDX-License-Identifier: GPL-3.0-or-later
#include "services/pulledlayer_p.h"

#include "base/try_p.h"
#include "registry/registryclient_p.h"
#include "storage/compression_p.h"
#include "storage/filesource_p.h"
#include "storage/sha256_p.h"

#include <QtCore/QFile>

#include <algorithm>
#include <chrono>
#include <vector>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr size_t downloadChunkBytes = 256 * 1024;
constexpr auto lockPollInterval = std::chrono::milliseconds(50); // flock(2) cannot be waited for and cancelled

Error cancelledLayer()
{
    return {.code = ErrorCode::Cancelled, .detail = u"cancelled"_s};
}

} // namespace

PulledLayer::PulledLayer(Store &store, LayerPlan plan, const std::function<void(const LayerProgress &)> &progressed)
    : m_store(store)
    , m_plan(std::move(plan))
    , m_chainId(chainIdOf(m_plan.parent, m_plan.diffId))
    , m_progressed(progressed)
{
}

PulledLayer::~PulledLayer()
{
    unlock();
}

Result<bool> PulledLayer::isHere() const
{
    const auto layer = ENGINE_TRY(m_store.findLayer(m_chainId));
    return layer && m_store.hasBlob(m_plan.blob.digest);
}

QString PulledLayer::lockPath() const
{
    return m_store.paths().run + u"/pull/"_s + m_chainId.hex();
}

Result<void> PulledLayer::lock(const std::stop_token &stop)
{
    ENGINE_TRY(makePath(m_store.paths().run + u"/pull"_s, 0700));
    for (;;) {
        auto taken = FileLock::tryAcquire(lockPath(), FileLock::Mode::Exclusive);
        if (taken) {
            m_lock.emplace(std::move(*taken));
            return {};
        }
        if (taken.error().code != ErrorCode::InUse)
            return Failure(taken.error());
        std::unique_lock guard(m_mutex);
        m_changed.wait_for(guard, stop, lockPollInterval, [] { return false; });
        if (stop.stop_requested())
            return Failure(cancelledLayer());
    }
}

// The name goes before the lock does. Somebody who opened the file in between may work on the same layer beside the next
// one: twice the work, but the store takes the first result only.
void PulledLayer::unlock()
{
    if (!m_lock)
        return;
    QFile::remove(lockPath());
    m_lock.reset();
}

void PulledLayer::enter(Stage stage)
{
    const std::lock_guard guard(m_mutex);
    m_stage = stage;
    m_changed.notify_all();
}

void PulledLayer::report(LayerProgress::Phase phase, qint64 doneBytes) const
{
    m_progressed({.blob = m_plan.blob.digest, .doneBytes = doneBytes, .totalBytes = m_plan.blob.sizeBytes, .phase = phase});
}

Result<void> PulledLayer::download(RegistryClient &client, const std::stop_token &stop)
{
    ENGINE_TRY(lock(stop));
    if (ENGINE_TRY(isHere())) {
        report(LayerProgress::Phase::AlreadyHere, m_plan.blob.sizeBytes);
        enter(Stage::AllIsHere);
        return {};
    }
    if (ENGINE_TRY(hasSoundBlob())) {
        enter(Stage::BlobIsHere);
        return {};
    }
    report(LayerProgress::Phase::Downloading, 0);
    const auto file = ENGINE_TRY(GrowingFile::create(m_plan.stagingFile));
    m_file = file;
    enter(Stage::Arriving);
    auto outcome = fetchBlob(client, *file, stop);
    if (outcome)
        outcome = m_store.adoptBlob(file->path(), m_plan.blob.digest);
    file->finish(outcome);
    return outcome;
}

// A blob without its layer is what a killed pull left: after a power loss it may be short.
Result<bool> PulledLayer::hasSoundBlob() const
{
    if (!m_store.hasBlob(m_plan.blob.digest))
        return false;
    auto file = ENGINE_TRY(FileSource::open(m_store.blobPath(m_plan.blob.digest)));
    return ENGINE_TRY(digestOf(file)) == m_plan.blob.digest;
}

Result<void> PulledLayer::fetchBlob(RegistryClient &client, GrowingFile &file, const std::stop_token &stop)
{
    const Descriptor &blob = m_plan.blob;
    BlobSource network(client, blob.digest, blob.sizeBytes, stop);
    HashingSource source(network);
    std::vector<char> chunk(std::clamp(size_t(blob.sizeBytes) + 1, size_t(1), downloadChunkBytes));
    while (const size_t count = ENGINE_TRY(source.read(chunk))) {
        if (source.bytes() > blob.sizeBytes)
            break;
        ENGINE_TRY(file.append(std::span(chunk).first(count)));
        report(LayerProgress::Phase::Downloading, source.bytes());
    }
    if (source.bytes() != blob.sizeBytes) {
        return Failure(Error{.code = ErrorCode::Corrupt, .object = blob.digest.toString(),
                             .detail = u"the registry sent more than the %1 bytes announced for blob %2"_s.arg(blob.sizeBytes)
                                           .arg(blob.digest.toString()),
                             .remedy = u"The registry's data is damaged: push the image again."_s});
    }
    if (const Digest found = source.finish(); found != blob.digest) {
        return Failure(Error{.code = ErrorCode::Corrupt, .object = blob.digest.toString(),
                             .detail = u"filesystem layer verification failed for digest %1: the registry sent %2"_s.arg(
                                 blob.digest.toString(), found.toString()),
                             .remedy = u"Try again; if it stays so, the registry's data is damaged."_s});
    }
    return {};
}

Result<std::unique_ptr<ByteSource>> PulledLayer::openSource(const std::stop_token &stop)
{
    if (m_file)
        return std::unique_ptr<ByteSource>(std::make_unique<GrowingFileSource>(m_file, stop));
    return std::unique_ptr<ByteSource>(std::make_unique<FileSource>(ENGINE_TRY(FileSource::open(m_store.blobPath(m_plan.blob.digest)))));
}

Result<void> PulledLayer::unpack(const std::stop_token &stop)
{
    {
        std::unique_lock guard(m_mutex);
        if (!m_changed.wait(guard, stop, [this] { return m_stage != Stage::Queued; }))
            return Failure(cancelledLayer());
    }
    if (m_stage != Stage::AllIsHere) {
        if (!ENGINE_TRY(m_store.findLayer(m_chainId)))
            ENGINE_TRY(unpackBlob(stop));
        if (m_file)
            ENGINE_TRY(m_file->waitForEnd(stop));
        report(LayerProgress::Phase::Complete, m_plan.blob.sizeBytes);
    }
    unlock();
    return {};
}

Result<void> PulledLayer::unpackBlob(const std::stop_token &stop)
{
    const auto blob = ENGINE_TRY(openSource(stop));
    const Compression compression = ENGINE_TRY(compressionOf(m_plan.blob.mediaType));
    const auto tar = inflate(*blob, compression);
    const LayerRecord info{.blob = m_plan.blob.digest, .blobBytes = m_plan.blob.sizeBytes, .mediaType = m_plan.blob.mediaType};
    const auto layer = m_store.unpackLayer(m_plan.parent, m_plan.diffId, *tar, info, stop);
    if (layer)
        return {};
    // Damaged data is noticed here first; the digest of the whole blob is the better reason.
    if (m_file && layer.error().code == ErrorCode::Corrupt)
        ENGINE_TRY(m_file->waitForEnd(stop));
    return Failure(layer.error());
}

} // namespace Engine::Internal
