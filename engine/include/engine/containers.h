// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/filetrees.h>
#include <engine/ids.h>
#include <engine/images.h>
#include <engine/operation.h>

#include <QtCore/QDateTime>
#include <QtCore/QFuture>
#include <QtCore/QList>
#include <QtCore/QMap>
#include <QtCore/QStringList>

#include <chrono>
#include <memory>
#include <optional>

namespace Engine {

namespace Internal {
class Core;
}

//! Docker's `host` (the host's own network) and `none` (a loopback interface only).
enum class NetworkMode { Host, None };

//! `-v host:ctr[:ro|rw]`
struct BindMount {
    QString source;         //!< absolute path on the host
    QString target;         //!< absolute path in the container
    enum class Access { ReadWrite, ReadOnly } access = Access::ReadWrite;
};

//! What `run` and `create` take.
struct CreateOptions {
    QString image;                                  //!< reference or id
    QString name;                                   //!< empty: a generated one
    QStringList command;                            //!< replaces the image's CMD when not empty
    std::optional<QStringList> entrypoint;          //!< replaces the image's ENTRYPOINT (and drops its CMD)
    QStringList env;                                //!< "NAME=value"; "NAME" alone is a mistake here
    QString workingDir;
    QString user;                                   //!< "name", "uid", "name:group", "uid:gid"
    QString hostname;                               //!< empty: the short id (none) or the host's (host)
    QStringList addHosts;                           //!< "name:ip"
    QMap<QString, QString> labels;
    QList<BindMount> binds;
    NetworkMode network = NetworkMode::Host;
    bool tty = false;
    bool openStdin = false;
    bool autoRemove = false;
    bool readOnlyRoot = false;
    bool privileged = false;
    bool init = false;
    QString stopSignal;                             //!< empty: the image's, else SIGTERM
    std::optional<std::chrono::seconds> stopTimeout; //!< default 10 s
};

enum class ContainerState { Created, Running, Paused, Exited, Dead };

struct ContainerInfo {
    ContainerId id;
    QString name;
    QString image;              //!< the reference it was created with
    Digest imageId;
    QStringList command;        //!< entrypoint and arguments together
    ContainerState state = ContainerState::Created;
    int exitCode = 0;           //!< valid in Exited
    bool exitUnknown = false;   //!< Exited, but nobody saw how: reboot or killed monitor
    QString error;              //!< why it could not start, as the runtime said
    QDateTime created, started, finished;
    qint64 pid = 0;             //!< of its first process, in the engine's pid namespace; 0 when not running
    NetworkMode network = NetworkMode::Host;
    QList<quint32> exposedPorts; //!< TCP, from the image
    QMap<QString, QString> labels; //!< the image's and its own
    bool tty = false;
    bool openStdin = false;
    bool autoRemove = false;
    bool operator==(const ContainerInfo &) const = default;
};

enum class OutputStream { Stdout, Stderr };

//! A live connection to a container's terminal or pipes: attach, exec, or a local test.
//!
//! Lives in the thread that asked for it and emits there. Deleting it detaches: an attached container
//! goes on; an exec'd process gets SIGHUP with a tty and goes on without.
class Console : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Console)

public:
    using QObject::QObject;
    ~Console() override = default;

    //! Sends bytes to the process's standard input. Never blocks; keeps what the other side cannot take yet.
    virtual void write(const QByteArray &bytes) = 0;
    //! What write() was given and the other side has not taken yet; a sender of much input waits for it to sink.
    virtual qint64 bytesToWrite() const { return 0; }
    //! No effect without a tty.
    virtual void resize(int columns, int rows) = 0;
    virtual void closeInput() = 0;

Q_SIGNALS:
    //! The connection stands (for exec: the process runs). Not emitted when closed() brings an error first.
    void opened();
    void received(const QByteArray &bytes, Engine::OutputStream stream);
    //! bytesToWrite() became smaller.
    void bytesWritten();
    //! The end, once: the exit code of the container or the exec'd process, or why it could not be had.
    void closed(const Engine::Result<int> &exitCode);
};

//! A terminal's size in characters; 0: not known.
struct ConsoleSize {
    int columns = 0;
    int rows = 0;
    bool operator==(const ConsoleSize &) const = default;
};

struct ExecOptions {
    QStringList command;
    QStringList env;
    QString workingDir;
    QString user;
    bool tty = false;
    bool openStdin = false;
    bool privileged = false;
    int columns = 80;   //!< first size with a tty
    int rows = 24;
};

struct LogLine {
    QDateTime time;         //!< UTC, to the nanosecond in nanoseconds
    qint64 nanoseconds = 0; //!< since the epoch
    OutputStream stream = OutputStream::Stdout;
    QByteArray bytes;       //!< with its line end, as the process wrote it; may lack one (partial line)
    bool operator==(const LogLine &) const = default;
};

struct LogOptions {
    enum class Follow { No, Yes } follow = Follow::No;
    std::optional<int> tail;    //!< last lines only
};

//! Reads a container's log. Without Follow it ends by itself.
class LogOperation : public Operation
{
    Q_OBJECT

public:
    using Operation::Operation;

Q_SIGNALS:
    //! In batches; a receiver that is slow slows the reader, nothing is dropped.
    void read(const QList<Engine::LogLine> &lines);
    void finished(const Engine::Result<void> &result);
};

//! What `commit` takes.
struct CommitOptions {
    QString reference;          //!< name of the new image; empty: it gets none
    QString author;
    QString message;
    QStringList changes;        //!< Dockerfile instructions over the container's configuration: "CMD [\"sh\"]"
    bool pause = true;          //!< hold a running container still meanwhile, where the system can (see docs/manual.md)
};

//! Makes an image of a container.
class CommitOperation : public Operation
{
    Q_OBJECT

public:
    using Operation::Operation;

Q_SIGNALS:
    //! Uncompressed bytes of the new layer so far; at most ten times a second.
    void progressed(qint64 bytes);
    void finished(const Engine::Result<Engine::ImageInfo> &result);
};

//! The containers of the store. Any thread may call; answers come from the engine's pool.
//! Every `idOrName` takes a full id, an unambiguous prefix or a name.
class Containers final
{
public:
    explicit Containers(std::shared_ptr<Internal::Core> core);

    //! All containers, newest first, each state probed: one that does not run is never reported as running.
    [[nodiscard]] QFuture<Result<QList<ContainerInfo>>> list() const;
    [[nodiscard]] QFuture<Result<ContainerInfo>> find(const QString &idOrName) const;
    //! Docker's `container inspect` object, as JSON text.
    [[nodiscard]] QFuture<Result<QByteArray>> inspect(const QString &idOrName) const;

    //! \return NotFound when the image is not in the store; AlreadyExists for a name in use
    [[nodiscard]] QFuture<Result<ContainerInfo>> create(const CreateOptions &options) const;
    //! Starts it in the background. Starting a running container is no error.
    //! \return CommandFailed with exitCode 126 or 127 when its command cannot be run
    [[nodiscard]] QFuture<Result<ContainerInfo>> start(const QString &idOrName) const;
    //! Stop signal, then SIGKILL after \p timeout (or the container's own).
    [[nodiscard]] QFuture<Result<void>> stop(const QString &idOrName, std::optional<std::chrono::seconds> timeout = {}) const;
    //! \p signal: "KILL", "SIGTERM", "9". \return InUse when it is not running
    [[nodiscard]] QFuture<Result<void>> kill(const QString &idOrName, const QString &signal) const;
    enum class Force { No, Yes };
    //! \return InUse while it runs, unless forced (then it is killed first)
    [[nodiscard]] QFuture<Result<void>> remove(const QString &idOrName, Force force) const;
    [[nodiscard]] QFuture<Result<void>> rename(const QString &idOrName, const QString &newName) const;
    //! The exit code, when it has ended. Cancelling the future stops waiting.
    [[nodiscard]] QFuture<Result<int>> wait(const QString &idOrName) const;

    enum class Start { No, Yes };
    //! Connects to a container's own terminal or pipes; with Start::Yes it is started right after, so that
    //! no byte of its output is missed. A caller may attach several times at once. With a tty, \p size is set before the
    //! process's first instruction when this call starts it.
    [[nodiscard]] std::unique_ptr<Console> attach(const QString &idOrName, Start start, ConsoleSize size = {}) const;
    [[nodiscard]] std::unique_ptr<Console> exec(const QString &idOrName, const ExecOptions &options) const;
    [[nodiscard]] std::unique_ptr<LogOperation> logs(const QString &idOrName, const LogOptions &options) const;

    //! Docker's `diff`: FileTrees::changes() of the container.
    [[nodiscard]] QFuture<Result<QList<FileChange>>> changes(const QString &idOrName) const;
    //! Docker's `export`: all files of the container as a tar archive, without what is mounted in it. Writes to \p fd, a descriptor of
    //! the caller's that is duplicated.
    [[nodiscard]] std::unique_ptr<ArchiveOperation> exportFiles(const QString &idOrName, int fd) const;
    //! Docker's `commit`: an image of the container's own image and one layer with what the container changed. What is mounted
    //! in it, and what the engine made for it, is no part of that. Starts in the caller's thread; the caller owns the operation.
    [[nodiscard]] std::unique_ptr<CommitOperation> commit(const QString &idOrName, const CommitOptions &options) const;

private:
    std::shared_ptr<Internal::Core> m_core;
};

} // namespace Engine
