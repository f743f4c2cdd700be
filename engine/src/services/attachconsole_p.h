// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/bytesender_p.h"
#include "services/core_p.h"

#include <engine/containers.h>

#include <mutex>
#include <optional>
#include <stop_token>

namespace Engine::Internal {

struct ContainerRecord;
class Mailbox;

//! The console of a container: its monitor's attach socket. A worker starts the container (when asked to), connects
//! before its first instruction, and waits for the end; the bytes go through the owner's thread alone.
class AttachConsole final : public Console
{
    Q_OBJECT

public:
    AttachConsole(const std::shared_ptr<Core> &core, const QString &idOrName, Containers::Start start, ConsoleSize size);
    ~AttachConsole() override;

    void write(const QByteArray &bytes) override;
    qint64 bytesToWrite() const override;
    void resize(int columns, int rows) override;
    void closeInput() override;

private:
    //! The size wanted, which the worker needs before the start and the owner's thread changes later.
    struct Size {
        std::mutex mutex;
        ConsoleSize wanted;
        QString controlFifo;    //!< known once connected
        void apply() const;
        void applyBeforeStart(const ContainerRecord &container) const;
    };
    class Worker;

    void open(UniqueFd socket, bool tty);
    void readSome();
    void endOfStream();
    void finish(const Result<int> &result);
    void closeIfDone();

    std::shared_ptr<Mailbox> m_mailbox;
    std::shared_ptr<Size> m_size;
    std::stop_source m_stop;
    UniqueFd m_socket;
    NotifierPointer m_reader;
    std::unique_ptr<ByteSender> m_sender;
    QByteArray m_early;             //!< written before the connection stood
    bool m_inputClosed = false;
    bool m_tty = false;
    bool m_streaming = false;
    std::optional<Result<int>> m_result;
};

} // namespace Engine::Internal
