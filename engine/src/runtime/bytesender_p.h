// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefd_p.h"

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QObject>
#include <QtCore/QSocketNotifier>

#include <memory>

namespace Engine::Internal {

//! A notifier may be let go from within its own signal: it is deleted later, and silent from now on.
struct NotifierDeleter {
    void operator()(QSocketNotifier *notifier) const
    {
        notifier->setEnabled(false);
        notifier->deleteLater();
    }
};
using NotifierPointer = std::unique_ptr<QSocketNotifier, NotifierDeleter>;

//! Sends bytes to a descriptor that takes them when it likes: a pipe, a terminal, a packet socket. Lives in one thread.
class ByteSender final : public QObject
{
    Q_OBJECT

public:
    enum class Kind { Stream, Packets };
    //! \p fd is made non-blocking; it is closed when the input is closed and everything was taken.
    ByteSender(UniqueFd fd, Kind kind, QObject *parent);

    void send(const QByteArray &bytes);
    qint64 pendingBytes() const { return m_pendingBytes; }
    //! After what is still to be sent: closes a stream, shuts the sending side of a packet socket down.
    void close();

Q_SIGNALS:
    void sent();

private:
    void flush();
    void fail();
    ssize_t writeSome(const QByteArray &bytes, qsizetype offset) const;

    UniqueFd m_fd;
    Kind m_kind;
    NotifierPointer m_notifier;
    QList<QByteArray> m_queue;
    qsizetype m_offset = 0;         //!< in the first of the queue
    qint64 m_pendingBytes = 0;
    bool m_closing = false;
};

} // namespace Engine::Internal
