// SPDX-License-Identifier: GPL-3.0-or-later
#include <engine/images.h>

#include "base/logging_p.h"
#include "base/mailbox_p.h"
#include "base/try_p.h"
#include "services/core_p.h"
#include "services/imagepuller_p.h"

#include <QtCore/QHash>

#include <chrono>

namespace Engine {

namespace {

using namespace Internal;

// At most ten reports a second for each layer, but each change of phase at once.
class ProgressThrottle
{
public:
    bool lets(const LayerProgress &progress)
    {
        const auto now = std::chrono::steady_clock::now();
        const std::lock_guard lock(m_mutex);
        auto &[time, phase] = m_last[progress.blob];
        if (phase == progress.phase && now - time < std::chrono::milliseconds(100))
            return false;
        time = now;
        phase = progress.phase;
        return true;
    }

private:
    std::mutex m_mutex;
    QHash<Digest, std::pair<std::chrono::steady_clock::time_point, LayerProgress::Phase>> m_last;
};

// Lives in the caller's thread; the work holds the mailbox and the stop token, never the object.
class PullTask final : public PullOperation
{
public:
    PullTask(const std::shared_ptr<Core> &core, const QString &reference, const PullOptions &options)
        : m_mailbox(std::make_shared<Mailbox>(this))
    {
        core->longPool->start([receiver = this, core, reference, options, mailbox = m_mailbox, stop = m_stop] {
            const std::stop_callback withEngine(core->stop.get_token(), [stop] { std::stop_source(stop).request_stop(); });
            auto result = run(*core, reference, options, observerFor(receiver, mailbox), stop.get_token());
            const bool isNew = result.has_value();
            mailbox->post([receiver, result = std::move(result)] { Q_EMIT receiver->finished(result); });
            if (!isNew)
                return;
            if (const auto synced = core->store->sync(); !synced) // behind the result: nobody waits for it
                qCWarning(lcRegistry) << "sync after a pull failed:" << synced.error().detail;
        });
    }

    ~PullTask() override
    {
        m_stop.request_stop();
        m_mailbox->close();
    }

    void cancel() override { m_stop.request_stop(); }

private:
    // In a worker thread, where the receiver may be gone at any time: the mailbox alone knows whether it is still there.
    static PullObserver observerFor(PullTask *receiver, const std::shared_ptr<Mailbox> &mailbox)
    {
        PullObserver observer;
        observer.resolved = [receiver, mailbox](const Digest &manifest, const QList<LayerProgress> &layers) {
            mailbox->post([receiver, manifest, layers] { Q_EMIT receiver->resolved(manifest, layers); });
        };
        observer.progressed = [receiver, mailbox, throttle = std::make_shared<ProgressThrottle>()](const LayerProgress &layer) {
            if (throttle->lets(layer))
                mailbox->post([receiver, layer] { Q_EMIT receiver->layerProgressed(layer); });
        };
        return observer;
    }

    static Result<ImageInfo> run(Core &core, const QString &text, const PullOptions &options, const PullObserver &observer,
                                 std::stop_token stop)
    {
        const ImageReference reference = ENGINE_TRY(ImageReference::parse(text)).withDefaultTag();
        RegistrySettings settings = ENGINE_TRY(RegistrySettings::ofThisMachine());
        if (options.tls == PullOptions::Tls::SkipVerify)
            settings.certificates = CertificateCheck::Skip;
        const ImageRecord record =
            ENGINE_TRY(pullImage(*core.store, reference, std::move(settings), Platform::host(), observer, std::move(stop)));
        return core.store->describe(record);
    }

    std::shared_ptr<Mailbox> m_mailbox;
    std::stop_source m_stop;
};

} // namespace

std::unique_ptr<PullOperation> Images::pull(const QString &reference, const PullOptions &options) const
{
    return std::make_unique<PullTask>(m_core, reference, options);
}

} // namespace Engine
