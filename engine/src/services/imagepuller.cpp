// SPDX-License-Identifier: GPL-3.0-or-later
#include "services/imagepuller_p.h"

#include "base/logging_p.h"
#include "base/try_p.h"
#include "registry/registryclient_p.h"
#include "services/pulledlayer_p.h"

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr int parallelDownloads = 3;    // as Docker; more gain nothing and are unkind to a registry
constexpr int nestedIndexLimit = 4;

struct ResolvedImage {
    FetchedManifest fetched;
    ManifestDocument manifest;
    QByteArray config;
    QList<Digest> diffIds;
};

// Follows indexes down to the manifest for \p platform, then fetches its config.
Result<ResolvedImage> resolveImage(RegistryClient &client, const ImageReference &reference, const Platform &platform,
                                   const std::stop_token &stop)
{
    QString wanted = reference.digest.isNull() ? reference.tag : reference.digest.toString();
    for (int depth = 0; depth < nestedIndexLimit; ++depth) {
        ResolvedImage image;
        image.fetched = ENGINE_TRY(client.manifest(wanted, stop));
        auto document = ENGINE_TRY(parseManifest(image.fetched.content, image.fetched.mediaType));
        if (const auto *index = std::get_if<IndexDocument>(&document)) {
            wanted = ENGINE_TRY(choosePlatform(*index, platform)).digest.toString();
            continue;
        }
        image.manifest = std::get<ManifestDocument>(std::move(document));
        const Descriptor &config = image.manifest.config;
        image.config = ENGINE_TRY(client.blob(config.digest, config.sizeBytes, stop));
        image.diffIds = ENGINE_TRY(parseDiffIds(image.config, image.manifest.layers.size()));
        return image;
    }
    return Failure(Error{.code = ErrorCode::Corrupt, .object = reference.familiarString(),
                         .detail = u"%1 leads through more than %2 nested indexes"_s.arg(reference.familiarString()).arg(nestedIndexLimit)});
}

// The first failure stops everything else; the others are only its consequences.
class FirstFailure
{
public:
    explicit FirstFailure(std::stop_source &stop) : m_stop(stop) {}

    void report(const Result<void> &outcome)
    {
        if (outcome)
            return;
        const std::lock_guard lock(m_mutex);
        if (!m_error)
            m_error = outcome.error();
        m_stop.request_stop();
    }

    Result<void> result() const
    {
        const std::lock_guard lock(m_mutex);
        return m_error ? Result<void>(Failure(*m_error)) : Result<void>();
    }

private:
    mutable std::mutex m_mutex;
    std::optional<Error> m_error;
    std::stop_source &m_stop;
};

class PullJob
{
public:
    PullJob(Store &store, const ImageReference &reference, const PullObserver &observer, std::stop_token stop)
        : m_store(store), m_reference(reference), m_observer(observer), m_forwardStop(stop, [this] { m_stop.request_stop(); })
    {
    }

    Result<ImageRecord> pull(RegistrySettings settings, const Platform &platform)
    {
        m_session = ENGINE_TRY(RegistrySession::create(m_reference, std::move(settings)));
        RegistryClient client(m_session);
        const ResolvedImage image = ENGINE_TRY(resolveImage(client, m_reference, platform, m_stop.get_token()));
        const StagingFolder staging = ENGINE_TRY(m_store.makeStagingFolder()); // nothing of ours is garbage while we hold it
        ENGINE_TRY(m_store.addBlob(image.config));
        ENGINE_TRY(planLayers(image, staging.path()));
        ENGINE_TRY(bringLayers(client));
        return addImage(image);
    }

private:
    Result<void> planLayers(const ResolvedImage &image, const QString &stagingFolder)
    {
        Digest parent;
        QList<LayerProgress> progress;
        for (qsizetype i = 0; i < image.diffIds.size(); ++i) {
            const LayerPlan plan{.blob = image.manifest.layers[i], .diffId = image.diffIds[i], .parent = parent,
                                 .stagingFile = stagingFolder + u"/layer-%1"_s.arg(i)};
            parent = chainIdOf(parent, plan.diffId);
            auto layer = std::make_unique<PulledLayer>(m_store, plan, m_observer.progressed);
            progress.append({.blob = plan.blob.digest, .doneBytes = 0, .totalBytes = plan.blob.sizeBytes,
                             .phase = ENGINE_TRY(layer->isHere()) ? LayerProgress::Phase::AlreadyHere : LayerProgress::Phase::Waiting});
            if (progress.last().phase == LayerProgress::Phase::Waiting)
                m_layers.push_back(std::move(layer));
        }
        m_observer.resolved(image.fetched.digest, progress);
        return {};
    }

    // This thread goes on with its open connection as one of the downloaders; unpacking has a thread of its own.
    Result<void> bringLayers(RegistryClient &client)
    {
        FirstFailure failure(m_stop);
        std::jthread unpacker([&] { failure.report(unpackAll()); });
        std::vector<std::jthread> downloaders;
        for (size_t i = 1; i < std::min(m_layers.size(), size_t(parallelDownloads)); ++i) {
            downloaders.emplace_back([&] {
                RegistryClient own(m_session);
                failure.report(downloadAll(own));
            });
        }
        failure.report(downloadAll(client));
        downloaders.clear();
        unpacker.join();
        return failure.result();
    }

    Result<void> downloadAll(RegistryClient &client)
    {
        for (size_t next = m_nextDownload++; next < m_layers.size(); next = m_nextDownload++)
            ENGINE_TRY(m_layers[next]->download(client, m_stop.get_token()));
        return {};
    }

    Result<void> unpackAll()
    {
        for (const auto &layer : m_layers)
            ENGINE_TRY(layer->unpack(m_stop.get_token()));
        return {};
    }

    Result<ImageRecord> addImage(const ResolvedImage &image)
    {
        if (m_stop.stop_requested())
            return Failure(Error{.code = ErrorCode::Cancelled, .object = m_reference.familiarString(), .detail = u"cancelled"_s});
        ImageReference name = m_reference;
        if (!name.digest.isNull())
            name.tag.clear(); // as Docker: who asks for a digest gets no tag
        const ImageRecord record = ENGINE_TRY(m_store.addImage(image.fetched.content, image.manifest.mediaType, {name.toString()}));
        ENGINE_TRY(m_store.recordEvent("image", u"pull"_s, name.familiarString(), name.familiarString()));
        return record;
    }

    Store &m_store;
    const ImageReference &m_reference;
    const PullObserver &m_observer;
    std::stop_source m_stop;
    std::stop_callback<std::function<void()>> m_forwardStop;
    std::shared_ptr<RegistrySession> m_session;
    std::vector<std::unique_ptr<PulledLayer>> m_layers; //!< those that are not here yet, base first
    std::atomic<size_t> m_nextDownload = 0;
};

} // namespace

Result<ImageRecord> pullImage(Store &store, const ImageReference &reference, RegistrySettings settings, const Platform &platform,
                              const PullObserver &observer, std::stop_token stop)
{
    auto image = PullJob(store, reference, observer, std::move(stop)).pull(std::move(settings), platform);
    if (image)
        return image;
    // Layers that were complete before the failure; without an image nobody would ever see them.
    if (const auto freed = store.collectGarbage(); !freed)
        qCWarning(lcRegistry) << "what a failed pull left stays for now:" << freed.error().detail;
    return image;
}

} // namespace Engine::Internal
