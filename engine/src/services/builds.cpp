// SPDX-License-Identifier: GPL-3.0-or-later
#include <engine/builds.h>

#include "base/logging_p.h"
#include "base/mailbox_p.h"
#include "base/try_p.h"
#include "build/builder_p.h"
#include "services/buildparts_p.h"
#include "build/buildlog_p.h"
#include "services/core_p.h"
#include "services/imagepuller_p.h"

namespace Engine {

namespace {

using namespace Internal;

// Lives in the caller's thread; the work holds the mailbox and the stop token, never the object.
class BuildTask final : public BuildOperation
{
public:
    BuildTask(const std::shared_ptr<Core> &core, const BuildRequest &request) : m_mailbox(std::make_shared<Mailbox>(this))
    {
        core->longPool->start([receiver = this, core, request, mailbox = m_mailbox, stop = m_stop] {
            const std::stop_callback withEngine(core->stop.get_token(), [stop] { std::stop_source(stop).request_stop(); });
            auto result = run(*core, request, observerFor(receiver, mailbox), stop.get_token());
            mailbox->post([receiver, result = std::move(result)] { Q_EMIT receiver->finished(result); });
            if (const auto synced = core->store->sync(); !synced) // behind the result: nobody waits for it
                qCWarning(lcBuild) << "sync after a build failed:" << synced.error().detail;
        });
    }

    ~BuildTask() override
    {
        m_stop.request_stop();
        m_mailbox->close();
    }

    void cancel() override { m_stop.request_stop(); }

private:
    static BuildObserver observerFor(BuildTask *receiver, const std::shared_ptr<Mailbox> &mailbox)
    {
        BuildObserver observer;
        observer.planned = [receiver, mailbox](const BuildPlan &plan) { mailbox->post([receiver, plan] { Q_EMIT receiver->planned(plan); }); };
        observer.stepChanged = [receiver, mailbox](const BuildStep &step) { mailbox->post([receiver, step] { Q_EMIT receiver->stepChanged(step); }); };
        observer.output = [receiver, mailbox](int index, const QByteArray &bytes, OutputStream stream) {
            mailbox->post([receiver, index, bytes, stream] { Q_EMIT receiver->output(index, bytes, stream); }, size_t(bytes.size()));
        };
        return observer;
    }

    static Result<ImageInfo> run(Core &core, const BuildRequest &request, const BuildObserver &observer, std::stop_token stop)
    {
        const ImageRecord image =
            ENGINE_TRY(executeBuild(*core.store, core.settings, fileDigestsOf(core), request, baseImagePuller(core), observer, std::move(stop)));
        return core.store->describe(image);
    }

    std::shared_ptr<Mailbox> m_mailbox;
    std::stop_source m_stop;
};

} // namespace

Internal::FileDigests &Internal::fileDigestsOf(Core &core)
{
    std::call_once(core.fileDigestsOnce, [&core] { core.fileDigests = std::make_shared<FileDigests>(); });
    return *core.fileDigests;
}

Internal::ImagePuller Internal::baseImagePuller(Core &core)
{
    return [&core](const QString &reference, std::stop_token stop) -> Result<void> {
        const ImageReference parsed = ENGINE_TRY(ImageReference::parse(reference)).withDefaultTag();
        RegistrySettings settings = ENGINE_TRY(RegistrySettings::ofThisMachine());
        PullObserver quiet{.resolved = [](const Digest &, const QList<LayerProgress> &) {}, .progressed = [](const LayerProgress &) {}};
        ENGINE_TRY(pullImage(*core.store, parsed, std::move(settings), Platform::host(), quiet, std::move(stop)));
        return {};
    };
}

Builds::Builds(std::shared_ptr<Internal::Core> core) : m_core(std::move(core)) {}

QFuture<Result<BuildPlan>> Builds::plan(const BuildRequest &request) const
{
    return Internal::Core::ask(m_core, [request](Internal::Core &core) -> Result<BuildPlan> {
        return ENGINE_TRY(planBuild(*core.store, Internal::fileDigestsOf(core), request, core.stop.get_token())).shown;
    });
}

QFuture<Result<QList<PastBuild>>> Builds::history() const
{
    return Internal::Core::ask(m_core, [](Internal::Core &core) { return listPastBuilds(*core.store); });
}

QFuture<Result<PastBuild>> Builds::pastBuild(const QString &id) const
{
    return Internal::Core::ask(m_core, [id](Internal::Core &core) { return findPastBuild(*core.store, id); });
}

QFuture<Result<void>> Builds::forget(const QString &id) const
{
    return Internal::Core::ask(m_core, [id](Internal::Core &core) { return forgetPastBuild(*core.store, id); });
}

std::unique_ptr<BuildOperation> Builds::build(const BuildRequest &request) const
{
    return std::make_unique<BuildTask>(m_core, request);
}

} // namespace Engine
