// SPDX-License-Identifier: GPL-3.0-or-later
#include <engine/builds.h>

#include "base/mailbox_p.h"
#include "base/try_p.h"
#include "build/stepstate_p.h"
#include "services/buildparts_p.h"

namespace Engine {

namespace {

using namespace Internal;

// Lives in the caller's thread; the work holds the mailbox and the stop token, never the object.
class OpenStepTask final : public StepContainerOperation
{
public:
    OpenStepTask(const std::shared_ptr<Core> &core, const BuildRequest &request, const StepPlace &place, const QStringList &command)
        : m_mailbox(std::make_shared<Mailbox>(this))
    {
        core->longPool->start([receiver = this, core, request, place, command, mailbox = m_mailbox, stop = m_stop] {
            const std::stop_callback withEngine(core->stop.get_token(), [stop] { std::stop_source(stop).request_stop(); });
            const RunOutput output = [receiver, mailbox](const QByteArray &bytes, OutputStream stream) {
                mailbox->post([receiver, bytes, stream] { Q_EMIT receiver->output(bytes, stream); }, size_t(bytes.size()));
            };
            auto result = run(*core, request, place, command, output, stop.get_token());
            mailbox->post([receiver, result = std::move(result)] { Q_EMIT receiver->finished(result); });
        });
    }
    ~OpenStepTask() override
    {
        m_stop.request_stop();
        m_mailbox->close();
    }
    void cancel() override { m_stop.request_stop(); }

private:
    static Result<ContainerInfo> run(Core &core, const BuildRequest &request, const StepPlace &place, const QStringList &command, const RunOutput &output,
                                     std::stop_token stop)
    {
        StepState state = ENGINE_TRY(stepState(*core.store, core.settings, fileDigestsOf(core), request, place, baseImagePuller(core), output, std::move(stop)));
        if (!command.isEmpty())
            state.options.command = command;
        return ENGINE_TRY(ContainerRuntime(*core.store, core.settings).createOn(state.base, state.options)).info();
    }

    std::shared_ptr<Mailbox> m_mailbox;
    std::stop_source m_stop;
};

} // namespace

std::unique_ptr<StepContainerOperation> Builds::openStep(const BuildRequest &request, const StepPlace &place, const QStringList &command) const
{
    return std::make_unique<OpenStepTask>(m_core, request, place, command);
}

} // namespace Engine
