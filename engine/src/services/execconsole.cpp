// SPDX-License-Identifier: GPL-3.0-or-later
#include "services/execconsole_p.h"

#include "base/mailbox_p.h"
#include "base/try_p.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QPointer>
#include <QtCore/QTimer>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr qsizetype readBytes = 16 * 1024;
constexpr qint64 readTurnMs = 6; // see AttachConsole
// What a pipe may hold (pipe-max-size): more comes from a child that outlives the process.
constexpr qsizetype drainLimitBytes = 1024 * 1024;
constexpr std::chrono::milliseconds holdTime{200};

//! By its words alone; whether the runtime has really said it only its log tells, which it writes after standard error.
bool readsLikeComplaint(const QByteArray &bytes)
{
    return bytes.size() < 4096 && runtimeError({}, {}, QString::fromUtf8(bytes)).code == ErrorCode::CommandFailed;
}

void setNonBlocking(const UniqueFd &fd)
{
    if (fd.isValid())
        ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
}

UniqueFd duplicate(const UniqueFd &fd)
{
    return UniqueFd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0));
}

//! Waits for a child that nobody is interested in any more, so that it leaves no zombie; deletes itself.
class ChildReaper final : public QObject
{
public:
    explicit ChildReaper(ChildProcess child) : m_child(std::move(child)), m_notifier(m_child.pidFd(), QSocketNotifier::Read)
    {
        connect(&m_notifier, &QSocketNotifier::activated, this, [this] {
            m_notifier.setEnabled(false);
            [[maybe_unused]] const auto status = m_child.wait();
            deleteLater();
        });
    }

private:
    ChildProcess m_child;
    QSocketNotifier m_notifier;
};

} // namespace

ExecConsole::ExecConsole(const std::shared_ptr<Core> &core, const QString &idOrName, const ExecOptions &options)
    : m_mailbox(std::make_shared<Mailbox>(this))
{
    core->pool->start([core, mailbox = m_mailbox, console = this, idOrName, options] {
        const auto start = [&]() -> Result<std::pair<ExecProcess, QString>> {
            const ContainerRuntime runtime(*core->store, core->settings);
            const ContainerRecord record = ENGINE_TRY(runtime.find(idOrName));
            ExecProcess process = ENGINE_TRY(startExec(runtime, record, options));
            return std::pair(std::move(process), record.name);
        };
        auto started = start();
        if (!started) {
            mailbox->post([console, error = started.error()] { Q_EMIT console->closed(Failure(error)); });
            return;
        }
        auto shared = std::make_shared<ExecProcess>(std::move(started->first));
        const bool posted = mailbox->post([console, shared, name = started->second] { console->open(std::move(*shared), name); });
        if (!posted) // the console has gone meanwhile: the process goes on, and its end leaves no zombie
            [[maybe_unused]] const auto status = shared->runtime.wait(core->stop.get_token());
    });
}

ExecConsole::~ExecConsole()
{
    m_mailbox->close();
    if (m_process)
        new ChildReaper(std::move(m_process->runtime));
}

NotifierPointer ExecConsole::readOn(int fd, UniqueFd ExecProcess::*source, OutputStream stream)
{
    NotifierPointer notifier(new QSocketNotifier(fd, QSocketNotifier::Read));
    connect(notifier.get(), &QSocketNotifier::activated, this, [this, source, stream] { readSome(source, stream, Drain::Turn); });
    return notifier;
}

void ExecConsole::open(ExecProcess process, const QString &container)
{
    m_container = container;
    m_process = std::move(process);
    for (const UniqueFd *fd : {&m_process->terminal, &m_process->output, &m_process->errorOutput})
        setNonBlocking(*fd);
    if (m_process->terminal.isValid()) {
        m_outputReader = readOn(m_process->terminal.get(), &ExecProcess::terminal, OutputStream::Stdout);
        m_sender = std::make_unique<ByteSender>(duplicate(m_process->terminal), ByteSender::Kind::Stream, nullptr);
    } else {
        m_outputReader = readOn(m_process->output.get(), &ExecProcess::output, OutputStream::Stdout);
        m_errorReader = readOn(m_process->errorOutput.get(), &ExecProcess::errorOutput, OutputStream::Stderr);
        if (m_process->input.isValid())
            m_sender = std::make_unique<ByteSender>(std::move(m_process->input), ByteSender::Kind::Stream, nullptr);
    }
    m_endWatch.reset(new QSocketNotifier(m_process->runtime.pidFd(), QSocketNotifier::Read));
    connect(m_endWatch.get(), &QSocketNotifier::activated, this, &ExecConsole::runtimeEnded);
    if (m_columns > 0)
        resize(m_columns, m_rows);
    if (m_sender)
        connect(m_sender.get(), &ByteSender::sent, this, &Console::bytesWritten);

    const QPointer<ExecConsole> alive = this;
    Q_EMIT opened();
    if (alive && m_sender)
        m_sender->send(std::exchange(m_early, {}));
    if (alive && m_inputClosed)
        closeInput();
}

void ExecConsole::write(const QByteArray &bytes)
{
    if (m_inputClosed || bytes.isEmpty())
        return;
    if (m_sender)
        m_sender->send(bytes);
    else if (!m_process)
        m_early += bytes;
}

qint64 ExecConsole::bytesToWrite() const
{
    return m_early.size() + (m_sender ? m_sender->pendingBytes() : 0);
}

void ExecConsole::resize(int columns, int rows)
{
    m_columns = columns;
    m_rows = rows;
    if (!m_process || !m_process->terminal.isValid() || columns <= 0 || rows <= 0)
        return;
    winsize size = {};
    size.ws_col = static_cast<unsigned short>(columns);
    size.ws_row = static_cast<unsigned short>(rows);
    ::ioctl(m_process->terminal.get(), TIOCSWINSZ, &size);
}

void ExecConsole::closeInput()
{
    m_inputClosed = true;
    if (m_sender && m_process && !m_process->terminal.isValid())
        m_sender->close();
}

//! The runtime puts what it has to complain about both on the process's standard error and into its log: once is enough.
bool ExecConsole::isComplaint(const QByteArray &bytes) const
{
    const QString complaint = m_process->complaint();
    return !complaint.isEmpty() && QString::fromUtf8(bytes).contains(complaint);
}

void ExecConsole::releaseHeld()
{
    const QByteArray bytes = std::exchange(m_held, {});
    if (!bytes.isEmpty() && !isComplaint(bytes))
        Q_EMIT received(bytes, m_heldStream);
}

bool ExecConsole::readSome(UniqueFd ExecProcess::*source, OutputStream stream, Drain amount)
{
    const QPointer<ExecConsole> alive = this;
    NotifierPointer &notifier = stream == OutputStream::Stderr ? m_errorReader : m_outputReader;
    QElapsedTimer turn;
    turn.start();
    qsizetype taken = 0;
    const auto goesOn = [&] { return amount == Drain::All ? taken < drainLimitBytes : !turn.hasExpired(readTurnMs); };
    while (goesOn() && m_process && ((*m_process).*source).isValid()) {
        QByteArray bytes(readBytes, Qt::Uninitialized);
        const ssize_t count = ::read(((*m_process).*source).get(), bytes.data(), size_t(bytes.size()));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            break;
        if (count <= 0) { // the end; a terminal whose last user has gone says EIO
            notifier.reset();
            break;
        }
        bytes.truncate(count);
        taken += count;
        if (source != &ExecProcess::output && !std::exchange(m_errorsSeen, true) && readsLikeComplaint(bytes)) {
            m_held = bytes;
            m_heldStream = stream;
            QTimer::singleShot(holdTime, this, [this] {
                if (m_process)
                    releaseHeld();
            });
            continue;
        }
        if (stream == m_heldStream)
            releaseHeld();
        if (alive)
            Q_EMIT received(bytes, stream);
        if (!alive)
            return false;
    }
    return true;
}

// All the process wrote is in the pipes by now. What a child it left behind may write later has no reader.
void ExecConsole::runtimeEnded()
{
    m_endWatch.reset();
    if (m_process->terminal.isValid()) {
        if (!readSome(&ExecProcess::terminal, OutputStream::Stdout, Drain::All))
            return;
    } else if (!readSome(&ExecProcess::output, OutputStream::Stdout, Drain::All)
               || !readSome(&ExecProcess::errorOutput, OutputStream::Stderr, Drain::All)) {
        return;
    }
    const QPointer<ExecConsole> alive = this;
    releaseHeld();
    if (!alive)
        return;
    m_outputReader.reset();
    m_errorReader.reset();
    m_sender.reset();
    ExecProcess process = std::move(*std::exchange(m_process, {}));
    const auto status = process.runtime.wait();
    Q_EMIT closed(status ? process.outcome(m_container, *status) : Result<int>(Failure(status.error())));
}

} // namespace Engine::Internal
