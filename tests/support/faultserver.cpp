// SPDX-License-Identifier: GPL-3.0-or-later
#include "faultserver.h"

#include <QtCore/QTimer>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>

#include <atomic>

using namespace Qt::StringLiterals;

namespace TestSupport {

namespace {

constexpr qint64 socketBacklogBytes = 256 * 1024; // what an endless answer keeps on its way

// One connection: reads requests (with keep-alive), writes answers.
class Connection final : public QObject
{
public:
    using Receive = std::function<FaultServer::Answer(const FaultServer::Request &)>;

    Connection(QTcpSocket *socket, Receive receive, std::atomic<qint64> &sentBytes)
        : QObject(socket), m_socket(socket), m_receive(std::move(receive)), m_sentBytes(sentBytes)
    {
        connect(socket, &QTcpSocket::readyRead, this, &Connection::takeInput);
        connect(socket, &QTcpSocket::bytesWritten, this, &Connection::sendMore);
        connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        m_pause.setSingleShot(true);
        connect(&m_pause, &QTimer::timeout, this, &Connection::sendPiece);
    }

private:
    void takeInput()
    {
        m_input += m_socket->readAll();
        const qsizetype end = m_input.indexOf("\r\n\r\n");
        if (end < 0)
            return;
        FaultServer::Request request = parseHead(m_input.first(end));
        const qsizetype length = request.headers.value("content-length").toLongLong();
        if (m_input.size() < end + 4 + length)
            return;
        request.body = m_input.mid(end + 4, length);
        m_input.remove(0, end + 4 + length);
        m_answer = m_receive(request);
        if (!m_answer.silent)
            sendHead(request.method == "HEAD");
    }

    static FaultServer::Request parseHead(const QByteArray &head)
    {
        FaultServer::Request request;
        const QByteArrayList lines = head.split('\n');
        const QByteArrayList first = lines.first().trimmed().split(' ');
        request.method = first.value(0);
        request.target = first.value(1);
        for (const QByteArray &line : lines.mid(1)) {
            const qsizetype colon = line.indexOf(':');
            request.headers.insert(line.first(colon).trimmed().toLower(), line.sliced(colon + 1).trimmed());
        }
        return request;
    }

    void sendHead(bool headOnly)
    {
        QByteArray head = "HTTP/1.1 " + QByteArray::number(m_answer.status) + " Test\r\n";
        for (const auto &[name, value] : std::as_const(m_answer.headers))
            head += name + ": " + value + "\r\n";
        const qint64 length = m_answer.announcedBytes >= 0 ? m_answer.announcedBytes : m_answer.body.size();
        head += m_answer.endless ? "Connection: close\r\n" : "Content-Length: " + QByteArray::number(length) + "\r\n";
        m_socket->write(head + "\r\n");
        m_sent = 0;
        if (m_answer.cutAfterBytes >= 0)
            m_answer.body.truncate(m_answer.cutAfterBytes);
        if (!headOnly)
            sendPiece();
    }

    void sendPiece()
    {
        const QByteArray piece = m_answer.pieceBytes > 0 ? m_answer.body.mid(m_sent, m_answer.pieceBytes) : m_answer.body.mid(m_sent);
        m_sent += piece.size();
        m_sentBytes += piece.size();
        m_socket->write(piece);
        if (m_answer.endless)
            m_sent = 0;
        else if (m_sent < m_answer.body.size())
            m_pause.start(m_answer.pauseMs);
        else if (m_answer.cutAfterBytes >= 0 || m_answer.announcedBytes >= 0)
            m_socket->disconnectFromHost();
    }

    void sendMore()
    {
        if (m_answer.endless && m_socket->bytesToWrite() < socketBacklogBytes)
            sendPiece();
    }

    QTcpSocket *m_socket;
    Receive m_receive;
    std::atomic<qint64> &m_sentBytes;
    QByteArray m_input;
    FaultServer::Answer m_answer;
    qint64 m_sent = 0;
    QTimer m_pause;
};

} // namespace

class FaultServer::Listener final : public QObject
{
public:
    explicit Listener(Handler handler) : m_handler(std::move(handler)) {}

    quint16 listen()
    {
        m_server = std::make_unique<QTcpServer>();
        connect(m_server.get(), &QTcpServer::newConnection, this, [this] {
            while (QTcpSocket *socket = m_server->nextPendingConnection())
                new Connection(socket, [this](const Request &request) { return receive(request); }, m_sentBytes);
        });
        m_server->listen(QHostAddress::LocalHost);
        return m_server->serverPort();
    }

    void close() { m_server.reset(); }

    Answer receive(const Request &request)
    {
        {
            const std::lock_guard lock(m_mutex);
            m_requests.append(request);
        }
        return m_handler(request);
    }

    QList<Request> requests() const
    {
        const std::lock_guard lock(m_mutex);
        return m_requests;
    }

    std::atomic<qint64> m_sentBytes = 0;

private:
    Handler m_handler;
    std::unique_ptr<QTcpServer> m_server;
    mutable std::mutex m_mutex;
    QList<Request> m_requests;
};

FaultServer::FaultServer(Handler handler)
    : m_listener(std::make_unique<Listener>(std::move(handler)))
{
    m_listener->moveToThread(&m_thread);
    m_thread.start();
    QMetaObject::invokeMethod(m_listener.get(), [this] { m_port = m_listener->listen(); }, Qt::BlockingQueuedConnection);
}

FaultServer::~FaultServer()
{
    QMetaObject::invokeMethod(m_listener.get(), [this] { m_listener->close(); }, Qt::BlockingQueuedConnection);
    m_thread.quit();
    m_thread.wait();
}

QString FaultServer::address() const
{
    return u"127.0.0.1:%1"_s.arg(m_port);
}

QList<FaultServer::Request> FaultServer::requests() const
{
    return m_listener->requests();
}

qint64 FaultServer::sentBytes() const
{
    return m_listener->m_sentBytes;
}

} // namespace TestSupport
