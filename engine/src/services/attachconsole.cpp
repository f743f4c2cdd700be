// SPDX-License-Identifier: GPL-3.0-or-later
#include "services/attachconsole_p.h"

#include "base/logging_p.h"
#include "base/mailbox_p.h"
#include "base/try_p.h"
#include "runtime/containerruntime_p.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QPointer>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

// conmon's packets: one byte for the stream, then at most 8 KB.
constexpr size_t maxPacketBytes = 64 * 1024;
constexpr char stdoutMark = 2;
constexpr char stderrMark = 3;
// What is delivered at once, and how long one turn of the event loop goes on delivering: a flood of output leaves room
// for everything else, and what is not read yet slows the monitor and with it the process.
constexpr qsizetype deliveryBytes = 16 * 1024;
constexpr qint64 turnMs = 6;

bool isUsable(const ConsoleSize &size)
{
    return size.columns > 0 && size.rows > 0;
}

//! A socket's path may be longer than sun_path holds: by way of its folder's descriptor it never is.
Result<UniqueFd> connectAttach(const ContainerFolder &folder)
{
    const UniqueFd directory = ENGINE_TRY(openFile(folder.path, O_PATH | O_DIRECTORY | O_CLOEXEC));
    UniqueFd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    if (!socket.isValid())
        return Failure(errnoError("socket", folder.attachSocket(), errno));
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/attach", directory.get());
    if (::connect(socket.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        return Failure(errnoError("connect", folder.attachSocket(), errno));
    return socket;
}

} // namespace

//! conmon's control fifo: "1 ROWS COLUMNS\n" sets the terminal's size, as soon as conmon gets to it.
void AttachConsole::Size::apply() const
{
    if (controlFifo.isEmpty() || !isUsable(wanted))
        return;
    if (const auto fifo = openFile(controlFifo, O_WRONLY | O_NONBLOCK | O_CLOEXEC)) {
        const QByteArray message = "1 " + QByteArray::number(wanted.rows) + ' ' + QByteArray::number(wanted.columns) + '\n';
        [[maybe_unused]] const ssize_t count = ::write(fifo->get(), message.constData(), size_t(message.size()));
    }
}

//! On the terminal itself, which is the standard input of what is still the runtime: set when this returns.
void AttachConsole::Size::applyBeforeStart(const ContainerRecord &container) const
{
    if (!container.options.tty || !isUsable(wanted))
        return;
    winsize size = {};
    size.ws_col = static_cast<unsigned short>(wanted.columns);
    size.ws_row = static_cast<unsigned short>(wanted.rows);
    const auto terminal = openFile(u"/proc/%1/fd/0"_s.arg(container.life.process.pid), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (!terminal || ::ioctl(terminal->get(), TIOCSWINSZ, &size) != 0) {
        qCWarning(lcRuntime) << "the terminal of" << container.name << "has no size yet:"
                             << (terminal ? errnoError("TIOCSWINSZ", {}, errno).detail : terminal.error().detail);
        apply();
    }
}

//! What runs on the pool; knows the console through its mailbox only.
class AttachConsole::Worker final
{
public:
    Worker(std::shared_ptr<Core> core, std::shared_ptr<Mailbox> mailbox, std::shared_ptr<Size> size, AttachConsole *console)
        : m_core(std::move(core)), m_mailbox(std::move(mailbox)), m_size(std::move(size)), m_console(console)
    {
    }

    void run(const QString &idOrName, Containers::Start start, std::stop_source stop)
    {
        const std::stop_callback onEngineEnd(m_core->stop.get_token(), [&stop] { stop.request_stop(); });
        const auto result = follow(idOrName, start, stop.get_token());
        m_mailbox->post([console = m_console, result] { console->finish(result); });
    }

private:
    Result<int> follow(const QString &idOrName, Containers::Start start, std::stop_token stop)
    {
        const ContainerRuntime runtime(*m_core->store, m_core->settings);
        ContainerRecord record = ENGINE_TRY(runtime.find(idOrName));
        UniqueFd socket;
        const auto connectTo = [&](const ContainerRecord &container, Containers::Start isAboutToStart) -> Result<void> {
            socket = ENGINE_TRY(connectAttach(runtime.folderOf(container.id)));
            const std::lock_guard lock(m_size->mutex);
            m_size->controlFifo = container.options.tty ? runtime.folderOf(container.id).controlFifo() : QString();
            if (isAboutToStart == Containers::Start::Yes)
                m_size->applyBeforeStart(container);
            else
                m_size->apply();
            return {};
        };
        auto started = ContainerRuntime::Started::Already;
        if (start == Containers::Start::Yes)
            started = ENGINE_TRY(runtime.start(record, [&](const ContainerRecord &container) { return connectTo(container, Containers::Start::Yes); }));
        else if (!record.isRunning())
            return Failure(Error{.code = ErrorCode::InUse, .object = record.name,
                                 .detail = u"You cannot attach to a stopped container, start it first"_s,
                                 .remedy = u"slipway start "_s + record.name});
        if (started == ContainerRuntime::Started::Already)
            ENGINE_TRY(connectTo(record, Containers::Start::No));
        auto shared = std::make_shared<UniqueFd>(std::move(socket));
        m_mailbox->post([console = m_console, shared, tty = record.options.tty] { console->open(std::move(*shared), tty); });

        const auto ending = ENGINE_TRY(runtime.wait(record, stop));
        if (ending.unknown)
            return Failure(Error{.code = ErrorCode::Io, .object = record.name,
                                 .detail = u"container %1 has ended, but its monitor did not see how"_s.arg(record.name)});
        return ending.exitCode;
    }

    std::shared_ptr<Core> m_core;
    std::shared_ptr<Mailbox> m_mailbox;
    std::shared_ptr<Size> m_size;
    AttachConsole *m_console; //!< only inside posted calls, which its destructor stops
};

AttachConsole::AttachConsole(const std::shared_ptr<Core> &core, const QString &idOrName, Containers::Start start, ConsoleSize size)
    : m_mailbox(std::make_shared<Mailbox>(this)), m_size(std::make_shared<Size>())
{
    m_size->wanted = size;
    core->longPool->start([worker = Worker(core, m_mailbox, m_size, this), idOrName, start, stop = m_stop]() mutable {
        worker.run(idOrName, start, stop);
    });
}

AttachConsole::~AttachConsole()
{
    m_mailbox->close();
    m_stop.request_stop();
}

void AttachConsole::open(UniqueFd socket, bool tty)
{
    m_tty = tty;
    m_streaming = true;
    m_socket = std::move(socket);
    m_sender = std::make_unique<ByteSender>(UniqueFd(::fcntl(m_socket.get(), F_DUPFD_CLOEXEC, 0)), ByteSender::Kind::Packets, nullptr);
    connect(m_sender.get(), &ByteSender::sent, this, &Console::bytesWritten);
    m_reader.reset(new QSocketNotifier(m_socket.get(), QSocketNotifier::Read));
    connect(m_reader.get(), &QSocketNotifier::activated, this, &AttachConsole::readSome);
    const QPointer<AttachConsole> alive = this;
    Q_EMIT opened();
    if (!alive || !m_sender)
        return;
    m_sender->send(std::exchange(m_early, {}));
    if (alive && m_inputClosed && !m_tty && m_sender)
        m_sender->close();
}

void AttachConsole::write(const QByteArray &bytes)
{
    if (m_inputClosed || bytes.isEmpty())
        return;
    if (m_sender)
        m_sender->send(bytes);
    else if (!m_result)
        m_early += bytes;
}

qint64 AttachConsole::bytesToWrite() const
{
    return m_early.size() + (m_sender ? m_sender->pendingBytes() : 0);
}

void AttachConsole::resize(int columns, int rows)
{
    const std::lock_guard lock(m_size->mutex);
    m_size->wanted = {.columns = columns, .rows = rows};
    m_size->apply();
}

// A terminal has no end of input but the one its user types.
void AttachConsole::closeInput()
{
    m_inputClosed = true;
    if (m_sender && !m_tty)
        m_sender->close();
}

void AttachConsole::readSome()
{
    const QPointer<AttachConsole> alive = this;
    QByteArray collected;
    OutputStream stream = OutputStream::Stdout;
    const auto deliver = [&] {
        if (!collected.isEmpty())
            Q_EMIT received(std::exchange(collected, {}), stream);
    };
    QByteArray packet(qsizetype(maxPacketBytes), Qt::Uninitialized);
    QElapsedTimer turn;
    turn.start();
    while (!turn.hasExpired(turnMs)) {
        const ssize_t count = ::recv(m_socket.get(), packet.data(), size_t(packet.size()), MSG_DONTWAIT);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            break;
        if (count <= 0) {
            deliver();
            if (alive)
                endOfStream();
            return;
        }
        const char mark = packet[0];
        if (mark != stdoutMark && mark != stderrMark)
            continue;
        const OutputStream next = mark == stderrMark ? OutputStream::Stderr : OutputStream::Stdout;
        if (next != stream) {
            deliver();
            if (!alive)
                return;
            stream = next;
        }
        collected.append(packet.constData() + 1, count - 1);
        if (collected.size() >= deliveryBytes) {
            deliver();
            if (!alive)
                return;
        }
    }
    deliver();
}

void AttachConsole::endOfStream()
{
    m_streaming = false;
    m_reader.reset();
    m_sender.reset();
    m_socket.reset();
    closeIfDone();
}

void AttachConsole::finish(const Result<int> &result)
{
    m_result = result;
    closeIfDone();
}

// The monitor closes the connection after the last byte: then nothing is missing.
void AttachConsole::closeIfDone()
{
    if (m_result && !m_streaming)
        Q_EMIT closed(*m_result);
}

} // namespace Engine::Internal
