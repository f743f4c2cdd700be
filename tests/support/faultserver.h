// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QMap>
#include <QtCore/QString>
#include <QtCore/QThread>

#include <functional>
#include <memory>
#include <mutex>

namespace TestSupport {

//! An HTTP server on a loopback port that does what a test asks for, wrong things above all. Runs in a thread of its own.
class FaultServer final
{
    Q_DISABLE_COPY_MOVE(FaultServer)

public:
    struct Request {
        QByteArray method;
        QByteArray target;                      //!< path and query
        QMap<QByteArray, QByteArray> headers;   //!< names in lower case
        QByteArray body;
    };
    struct Answer {
        int status = 200;
        QList<std::pair<QByteArray, QByteArray>> headers;
        QByteArray body;
        qint64 announcedBytes = -1;     //!< Content-Length; -1: the body's own
        qint64 cutAfterBytes = -1;      //!< closes the connection after so much of the body
        int pieceBytes = 0;             //!< sends the body in pieces of this size …
        int pauseMs = 0;                //!< … with this pause between them
        bool endless = false;           //!< repeats the body for ever, without Content-Length
        bool silent = false;            //!< never answers at all
    };
    using Handler = std::function<Answer(const Request &)>;

    explicit FaultServer(Handler handler);  //!< \p handler is called in the server's thread
    ~FaultServer();

    quint16 port() const { return m_port; }
    QString address() const;                //!< "127.0.0.1:PORT"
    QList<Request> requests() const;        //!< so far
    qint64 sentBytes() const;               //!< handed to the sockets so far

private:
    class Listener;
    QThread m_thread;
    std::unique_ptr<Listener> m_listener;
    quint16 m_port = 0;
};

} // namespace TestSupport
