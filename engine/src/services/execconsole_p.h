// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/bytesender_p.h"
#include "runtime/execprocess_p.h"
#include "services/core_p.h"

#include <engine/containers.h>

#include <optional>

namespace Engine::Internal {

class Mailbox;

//! The console of a process started in a running container. A worker starts it; the rest happens in the owner's thread.
class ExecConsole final : public Console
{
    Q_OBJECT

public:
    ExecConsole(const std::shared_ptr<Core> &core, const QString &idOrName, const ExecOptions &options);
    ~ExecConsole() override;

    void write(const QByteArray &bytes) override;
    qint64 bytesToWrite() const override;
    void resize(int columns, int rows) override;
    void closeInput() override;

private:
    enum class Drain { Turn, All };

    void open(ExecProcess process, const QString &container);
    NotifierPointer readOn(int fd, UniqueFd ExecProcess::*source, OutputStream stream);
    //! Delivers what there is. \return false when this has been deleted meanwhile
    bool readSome(UniqueFd ExecProcess::*source, OutputStream stream, Drain amount);
    bool isComplaint(const QByteArray &bytes) const;
    void releaseHeld();
    void runtimeEnded();

    std::shared_ptr<Mailbox> m_mailbox;
    QString m_container;
    std::optional<ExecProcess> m_process;
    NotifierPointer m_outputReader;
    NotifierPointer m_errorReader;
    NotifierPointer m_endWatch;
    std::unique_ptr<ByteSender> m_sender;
    QByteArray m_early;
    QByteArray m_held;      //!< first bytes of standard error that read like the runtime's complaint
    OutputStream m_heldStream = OutputStream::Stderr;
    int m_columns = 0;
    int m_rows = 0;
    bool m_inputClosed = false;
    bool m_errorsSeen = false;
};

} // namespace Engine::Internal
