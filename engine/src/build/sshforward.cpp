// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/sshforward_p.h"

#include "base/logging_p.h"
#include "base/try_p.h"
#include "linux/syscalls_p.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QtEndian>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <list>
#include <thread>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

// draft-miller-ssh-agent, section 5.1
constexpr quint8 agentFailure = 5;
constexpr quint8 requestIdentities = 11;
constexpr quint8 signRequest = 13;
constexpr quint32 largestMessage = 256 * 1024; // OpenSSH's AGENT_MAX_LEN

//! An address of any length: the folder is opened and named by its descriptor, as sun_path holds 107 bytes only.
struct SocketAddress {
    UniqueFd folder;
    sockaddr_un address{};

    static Result<SocketAddress> of(const QString &path)
    {
        const QFileInfo info(path);
        SocketAddress result;
        result.folder = ENGINE_TRY(openFile(info.path(), O_PATH | O_DIRECTORY));
        const QByteArray name = "/proc/self/fd/" + QByteArray::number(result.folder.get()) + '/' + QFile::encodeName(info.fileName());
        result.address.sun_family = AF_UNIX;
        if (size_t(name.size()) >= sizeof result.address.sun_path)
            return Failure(Error{.code = ErrorCode::InvalidInput, .object = path, .detail = u"the name of the socket %1 is too long"_s.arg(path)});
        std::copy(name.begin(), name.end(), result.address.sun_path);
        return result;
    }
    const sockaddr *get() const { return reinterpret_cast<const sockaddr *>(&address); } // NOLINT: the sockets API
};

Result<UniqueFd> streamSocket(const QString &what)
{
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd.isValid())
        return Failure(errnoError("socket", what, errno));
    return fd;
}

Result<UniqueFd> connectToAgent(const QString &path)
{
    const SocketAddress address = ENGINE_TRY(SocketAddress::of(path));
    UniqueFd fd = ENGINE_TRY(streamSocket(path));
    if (::connect(fd.get(), address.get(), sizeof address.address) != 0)
        return Failure(errnoError("connect", path, errno));
    return fd;
}

bool readFully(int fd, char *bytes, size_t count)
{
    while (count > 0) {
        const ssize_t got = ::recv(fd, bytes, count, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        bytes += got;
        count -= size_t(got);
    }
    return true;
}

bool writeFully(int fd, QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        const ssize_t put = ::send(fd, bytes.data(), size_t(bytes.size()), MSG_NOSIGNAL);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        bytes = bytes.sliced(put);
    }
    return true;
}

//! One message with its length in front; empty at the end or for nonsense.
QByteArray readMessage(int fd)
{
    QByteArray message(4, Qt::Uninitialized);
    if (!readFully(fd, message.data(), 4))
        return {};
    const quint32 length = qFromBigEndian<quint32>(message.constData());
    if (length == 0 || length > largestMessage)
        return {};
    message.resize(4 + qsizetype(length));
    return readFully(fd, message.data() + 4, length) ? message : QByteArray();
}

void forward(int client, int agent)
{
    static const QByteArray refusal("\0\0\0\1\5", 5);
    Q_ASSERT(quint8(refusal[4]) == agentFailure);
    while (true) {
        const QByteArray request = readMessage(client);
        if (request.isEmpty())
            return;
        const auto kind = quint8(request[4]);
        if (kind != requestIdentities && kind != signRequest) {
            if (!writeFully(client, refusal))
                return;
            continue;
        }
        if (!writeFully(agent, request))
            return;
        const QByteArray answer = readMessage(agent);
        if (answer.isEmpty() || !writeFully(client, answer))
            return;
    }
}

} // namespace

class SshForward::Server final
{
public:
    Server(UniqueFd listener, QString agent) : m_listener(std::move(listener)), m_agent(std::move(agent)), m_wake(::eventfd(0, EFD_CLOEXEC))
    {
        m_thread = std::thread([this] { serve(); });
    }
    ~Server()
    {
        const quint64 one = 1;
        if (::write(m_wake.get(), &one, sizeof one) < 0)
            qCWarning(lcBuild) << "the SSH forwarding cannot be ended:" << errno;
        m_thread.join();
        for (Connection &connection : m_connections) {
            ::shutdown(connection.client.get(), SHUT_RDWR);
            ::shutdown(connection.agent.get(), SHUT_RDWR);
        }
        for (Connection &connection : m_connections)
            connection.thread.join();
    }
    Q_DISABLE_COPY_MOVE(Server)

private:
    struct Connection {
        UniqueFd client, agent;
        std::atomic<bool> isDone = false;
        std::thread thread;
    };

    void serve()
    {
        constexpr size_t maxConnections = 64;
        std::array<pollfd, 2> polled{pollfd{m_listener.get(), POLLIN, 0}, pollfd{m_wake.get(), POLLIN, 0}};
        while (true) {
            if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR)
                return;
            if (polled[1].revents != 0)
                return;
            if (polled[0].revents == 0)
                continue;
            UniqueFd client(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
            m_connections.remove_if([](Connection &connection) {
                if (connection.isDone)
                    connection.thread.join();
                return connection.isDone.load();
            });
            auto agent = connectToAgent(m_agent);
            if (!client.isValid() || !agent || m_connections.size() >= maxConnections)
                continue; // whoever asks sees the connection closed
            Connection &connection = m_connections.emplace_back();
            connection.client = std::move(client);
            connection.agent = std::move(*agent);
            connection.thread = std::thread([&connection] {
                forward(connection.client.get(), connection.agent.get());
                ::shutdown(connection.client.get(), SHUT_RDWR);
                connection.isDone = true;
            });
        }
    }

    UniqueFd m_listener;
    QString m_agent;
    UniqueFd m_wake;
    std::list<Connection> m_connections; // of m_thread while that runs
    std::thread m_thread;
};

SshForward::~SshForward()
{
    m_server.reset();
    if (m_agent.pid() > 0) {
        m_agent.kill(SIGTERM);
        if (const auto ended = m_agent.wait(); !ended)
            qCWarning(lcBuild).noquote() << "ending ssh-agent failed:" << ended.error().detail;
    }
}

//! An agent of our own that holds \p keys, and nothing else.
Result<void> SshForward::startAgent(const QStringList &keys, const QString &socket)
{
    const QString program = ENGINE_TRY(findProgram(u"ssh-agent"_s, u"openssh-client"_s));
    const QString adder = ENGINE_TRY(findProgram(u"ssh-add"_s, u"openssh-client"_s));
    // ssh-agent is setgid, and whoever gains by exec outlives its parent: without new privileges it does not gain.
    SpawnRequest request{.program = ENGINE_TRY(findProgram(u"setpriv"_s, u"util-linux"_s)),
                         .arguments = {u"--no-new-privs"_s, program, u"-D"_s, u"-a"_s, socket}};
    request.parentDeath = SpawnRequest::ParentDeath::Kill;
    m_agent = ENGINE_TRY(spawn(request));
    SpawnRequest add{.program = adder, .arguments = QStringList{u"-q"_s, u"--"_s} + keys};
    add.addedEnvironment = QByteArrayList{"SSH_AUTH_SOCK=" + QFile::encodeName(socket), "SSH_ASKPASS_REQUIRE=never"};
    // The agent makes its socket some milliseconds after it was started; ssh-add answers 2 as long as there is none.
    for (int attempt = 0;; ++attempt) {
        const CommandOutput output = ENGINE_TRY(runCommand(add));
        if (output.status.code == 0)
            return {};
        if (output.status.code == 2 && attempt < 200) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
            continue;
        }
        const QString reason = QString::fromLocal8Bit(output.standardError).simplified();
        return Failure(Error{.code = ErrorCode::InvalidInput, .object = keys.join(u", "_s),
                             .detail = u"the key of --ssh cannot be used: %1"_s.arg(reason.isEmpty() ? u"ssh-add failed"_s : reason),
                             .remedy = u"a key with a passphrase goes into an agent first: ssh-add, then --ssh default"_s});
    }
}

Result<std::unique_ptr<SshForward>> SshForward::start(const QStringList &sources, const QString &folder, const QString &name, uid_t uid, gid_t gid,
                                                      mode_t mode)
{
    std::unique_ptr<SshForward> forwarding(new SshForward);
    QString agent = sources.value(0);
    struct stat status{};
    if (::stat(QFile::encodeName(agent).constData(), &status) != 0) {
        const Error reason = errnoError("stat", agent, errno);
        return Failure(Error{.code = reason.code, .object = agent, .detail = u"the socket or key of --ssh cannot be used: %1"_s.arg(reason.detail),
                             .remedy = u"check the path, or start an agent and write --ssh default"_s});
    }
    if (!S_ISSOCK(status.st_mode)) {
        agent = folder + u'/' + name + "-agent"_L1;
        ENGINE_TRY(forwarding->startAgent(sources, agent));
    } else if (sources.size() > 1) {
        return Failure(Error{.code = ErrorCode::InvalidInput, .object = agent, .detail = u"only single socket allowed"_s,
                             .remedy = u"give one agent's socket, or files with keys"_s});
    }
    ENGINE_TRY(connectToAgent(agent)); // before the step runs: the reason is ours to tell
    forwarding->m_path = folder + u'/' + name;
    const SocketAddress address = ENGINE_TRY(SocketAddress::of(forwarding->m_path));
    UniqueFd listener = ENGINE_TRY(streamSocket(forwarding->m_path));
    const QByteArray path = QFile::encodeName(forwarding->m_path);
    if (::bind(listener.get(), address.get(), sizeof address.address) != 0 || ::chown(path.constData(), uid, gid) != 0
        || ::chmod(path.constData(), mode) != 0 || ::listen(listener.get(), 16) != 0)
        return Failure(errnoError("bind", forwarding->m_path, errno));
    forwarding->m_server = std::make_unique<Server>(std::move(listener), agent);
    return forwarding;
}

} // namespace Engine::Internal
