// SPDX-License-Identifier: GPL-3.0-or-later
#include "testuser.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QProcess>
#include <QtCore/QRegularExpression>
#include <QtTest/QtTest>

#include <array>
#include <csignal>
#include <vector>

#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <utmp.h>

using namespace Qt::StringLiterals;

//! The slipway program for real, as root and as an ordinary user, on the starter image: what it prints, where, and how it ends.
class CliSystem : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void run_data();
    void run();
    void run_standardStreamsStayApart_data() { users(); }
    void run_standardStreamsStayApart();
    void run_bigPipeIsWhole_data() { users(); }
    void run_bigPipeIsWhole();
    void run_signalReachesTheContainer_data() { users(); }
    void run_signalReachesTheContainer();
    void run_terminal_data() { users(); }
    void run_terminal();
    void lifeCycle_data() { users(); }
    void lifeCycle();
    void build_data() { users(); }
    void build();
    void mistakes_data();
    void mistakes();

private:
    struct Answer {
        int code = -1;
        QByteArray out;
        QByteArray err;
    };

    static void users()
    {
        QTest::addColumn<QString>("who");
        QTest::newRow("root") << u"root"_s;
        QTest::newRow("user") << u"user"_s;
    }
    void choose(const QString &who);
    QStringList full(const QStringList &arguments) const;
    Answer slipway(const QStringList &arguments, const QByteArray &input = {}) const;
    QString folder(const QString &name) const;

    QTemporaryDir m_base;
    std::optional<TestUser> m_user;
    QString m_home;     //!< store, run-time folder and build contexts of the user of the moment
    QString m_program;
    QString m_image;
};

void CliSystem::initTestCase()
{
    m_program = qEnvironmentVariable("SLIPWAY_PROGRAM");
    m_image = qEnvironmentVariable("SLIPWAY_STARTER_IMAGE");
    QVERIFY2(QFileInfo(m_program).isExecutable(), qPrintable(m_program));
    QVERIFY2(QFileInfo::exists(m_image + "/index.json"_L1), qPrintable(m_image));
    QVERIFY(m_base.isValid());
    QVERIFY(QFile::setPermissions(m_base.path(), QFile::permissions(m_base.path()) | QFile::ReadOther | QFile::ExeOther));
}

void CliSystem::cleanupTestCase()
{
    for (const QString &who : {u"root"_s, u"user"_s}) {
        m_user = who == u"root"_s ? TestUser::root() : TestUser::ordinary();
        m_home = m_base.filePath(who);
        if (!m_user || !QFileInfo::exists(m_home))
            continue;
        const QByteArrayList left = slipway({u"ps"_s, u"-aq"_s}).out.split('\n');
        for (const QByteArray &id : left) {
            if (!id.isEmpty())
                slipway({u"rm"_s, u"-f"_s, QString::fromLatin1(id)});
        }
    }
}

//! Skips where this machine has no such user; makes the store and loads the starter image at the first time.
void CliSystem::choose(const QString &who)
{
    m_user = who == u"root"_s ? TestUser::root() : TestUser::ordinary();
    if (!m_user)
        QSKIP(who == u"root"_s ? "needs root" : TestUser::missing());
    m_home = m_base.filePath(who);
    if (QFileInfo::exists(m_home))
        return;
    QVERIFY(QDir().mkpath(m_home + "/run"_L1));
    QVERIFY(m_user->own(m_home) && m_user->own(m_home + "/run"_L1));
    const Answer loaded = slipway({u"load"_s, u"-i"_s, m_image});
    QVERIFY2(loaded.code == 0, loaded.err.constData());
    QCOMPARE(loaded.out, QByteArray("Loaded image: slipway-starter:latest\n"));
}

QStringList CliSystem::full(const QStringList &arguments) const
{
    return m_user->command(QStringList{m_program, u"--root"_s, m_home + "/store"_L1} + arguments, m_home + "/run"_L1);
}

CliSystem::Answer CliSystem::slipway(const QStringList &arguments, const QByteArray &input) const
{
    QStringList command = full(arguments);
    QProcess process;
    process.setWorkingDirectory(m_home);
    process.start(command.takeFirst(), command);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(60'000)) {
        process.kill();
        process.waitForFinished();
        return {-1, process.readAllStandardOutput(), "did not end; " + process.readAllStandardError()};
    }
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2, process.readAllStandardOutput(),
            process.readAllStandardError()};
}

QString CliSystem::folder(const QString &name) const
{
    const QString path = m_home + u'/' + name;
    return QDir().mkpath(path) && m_user->own(path) ? path : QString();
}

void CliSystem::run_data()
{
    QTest::addColumn<QString>("who");
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("code");
    QTest::addColumn<QByteArray>("out");
    QTest::addColumn<QString>("err");
    for (const QString &who : {u"root"_s, u"user"_s}) {
        const auto row = [&who](const char *name, const QStringList &arguments, int code, const char *out, const char *err = "") {
            QTest::newRow(qPrintable(who + ", "_L1 + QLatin1StringView(name)))
                << who << (QStringList{u"run"_s, u"--rm"_s} + arguments) << code << QByteArray(out) << QString::fromLatin1(err);
        };
        const QString image = u"slipway-starter"_s;
        row("output", {image, u"echo"_s, u"hello world"_s}, 0, "hello world\n");
        row("exit code", {image, u"sh"_s, u"-c"_s, u"exit 7"_s}, 7, "");
        row("ended by a signal", {image, u"sh"_s, u"-c"_s, u"exec 2>/dev/null; sleep 60 & kill -9 $!; wait $!"_s}, 137, "");
        row("command not found", {image, u"nonexistent"_s}, 127, "", "nonexistent");
        row("not executable", {image, u"/etc"_s}, 126, "", "Error: ");
        row("environment", {u"-e"_s, u"A=b c"_s, image, u"sh"_s, u"-c"_s, u"echo $A"_s}, 0, "b c\n");
        row("working directory", {u"-w"_s, u"/tmp"_s, image, u"pwd"_s}, 0, "/tmp\n");
        row("hostname", {u"--network"_s, u"none"_s, u"-h"_s, u"box"_s, image, u"hostname"_s}, 0, "box\n");
        row("user", {u"-u"_s, u"33:44"_s, image, u"sh"_s, u"-c"_s, u"id -u; id -g"_s}, 0, "33\n44\n");
        row("entrypoint", {u"--entrypoint"_s, u"echo"_s, image, u"hi"_s}, 0, "hi\n");
        row("read-only root", {u"--read-only"_s, image, u"sh"_s, u"-c"_s, u"touch /x 2>/dev/null || echo refused"_s}, 0, "refused\n");
        row("no network", {u"--network"_s, u"none"_s, image, u"sh"_s, u"-c"_s, u"ls /sys/class/net"_s}, 0, "lo\n");
    }
}

void CliSystem::run()
{
    QFETCH(const QString, who);
    QFETCH(const QStringList, arguments);
    QFETCH(const QString, err);
    choose(who);
    if (QTest::currentTestFailed())
        return;
    const Answer answer = slipway(arguments);
    QVERIFY2(QString::fromUtf8(answer.err).contains(err), answer.err.constData());
    QCOMPARE(answer.err.isEmpty(), err.isEmpty());
    QTEST(answer.out, "out");
    QTEST(answer.code, "code");
    QCOMPARE(slipway({u"ps"_s, u"-aq"_s}).out, QByteArray()); // --rm
}

void CliSystem::run_standardStreamsStayApart()
{
    QFETCH(const QString, who);
    choose(who);
    const Answer answer = slipway({u"run"_s, u"--rm"_s, u"-i"_s, u"slipway-starter"_s, u"sh"_s, u"-c"_s, u"cat; echo err >&2"_s}, "in\n");
    QCOMPARE(answer.out, QByteArray("in\n"));
    QCOMPARE(answer.err, QByteArray("err\n"));
    QCOMPARE(answer.code, 0);
}

void CliSystem::run_bigPipeIsWhole()
{
    QFETCH(const QString, who);
    choose(who);
    const QByteArray input = QByteArray("0123456789abcdef").repeated(1 << 19); // 8 MB
    const Answer answer = slipway({u"run"_s, u"--rm"_s, u"-i"_s, u"slipway-starter"_s, u"cat"_s}, input);
    QCOMPARE(answer.code, 0);
    QCOMPARE(answer.out.size(), input.size());
    QVERIFY(answer.out == input);
}

void CliSystem::run_signalReachesTheContainer()
{
    QFETCH(const QString, who);
    choose(who);
    QStringList command = full({u"run"_s, u"--rm"_s, u"slipway-starter"_s, u"sh"_s, u"-c"_s,
                                u"trap 'echo bye; exit 5' TERM; echo ready; while true; do sleep 0.1; done"_s});
    QProcess process;
    process.start(command.takeFirst(), command);
    QTRY_VERIFY_WITH_TIMEOUT(process.bytesAvailable() >= 6 || process.state() == QProcess::NotRunning, 20'000);
    ::kill(static_cast<pid_t>(process.processId()), SIGTERM);
    QVERIFY(process.waitForFinished(20'000));
    QCOMPARE(process.readAllStandardOutput(), QByteArray("ready\nbye\n"));
    QCOMPARE(process.exitCode(), 5);
}

//! A real terminal: its size arrives, what is typed arrives, and it is as it was afterwards.
void CliSystem::run_terminal()
{
    QFETCH(const QString, who);
    choose(who);
    const QStringList command = full({u"run"_s, u"--rm"_s, u"-it"_s, u"slipway-starter"_s, u"sh"_s, u"-c"_s,
                                      u"stty size; read line; echo got $line; exit 3"_s});
    QByteArrayList words;
    std::vector<char *> argv;
    for (const QString &word : command)
        words += word.toLocal8Bit();
    for (QByteArray &word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    int master = -1;
    int slave = -1;
    winsize size{.ws_row = 33, .ws_col = 101, .ws_xpixel = 0, .ws_ypixel = 0};
    QVERIFY(::openpty(&master, &slave, nullptr, nullptr, &size) == 0);
    termios before = {};
    QVERIFY(tcgetattr(slave, &before) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        ::login_tty(slave);
        ::execvp(argv[0], argv.data());
        ::_exit(120);
    }
    QByteArray seen;
    QElapsedTimer timer;
    timer.start();
    bool typed = false;
    int status = -1;
    while (timer.elapsed() < 30'000) {
        pollfd ready{master, POLLIN, 0};
        std::array<char, 4096> buffer;
        if (::poll(&ready, 1, 50) == 1) {
            const ssize_t count = ::read(master, buffer.data(), buffer.size());
            if (count > 0)
                seen.append(buffer.data(), count);
        }
        if (!typed && seen.contains("33 101"))
            typed = ::write(master, "words\r", 6) == 6;
        else if (::waitpid(child, &status, WNOHANG) == child)
            break;
    }
    QVERIFY2(typed, seen.constData());
    QVERIFY2(seen.contains("got words"), seen.constData());
    QVERIFY(WIFEXITED(status));
    QCOMPARE(WEXITSTATUS(status), 3);
    termios after = {};
    QVERIFY(tcgetattr(slave, &after) == 0);
    QCOMPARE(after.c_lflag, before.c_lflag);
    QCOMPARE(after.c_iflag, before.c_iflag);
    QCOMPARE(after.c_oflag, before.c_oflag);
    ::close(slave);
    ::close(master);
}

void CliSystem::lifeCycle()
{
    QFETCH(const QString, who);
    choose(who);
    const Answer started = slipway({u"run"_s, u"-d"_s, u"--name"_s, u"web"_s, u"-l"_s, u"tier=front"_s, u"slipway-starter"_s, u"sh"_s, u"-c"_s,
                                    u"echo one; echo two >&2; trap 'exit 0' TERM; while true; do sleep 0.1; done"_s});
    QVERIFY2(started.code == 0, started.err.constData());
    QCOMPARE(started.out.size(), 65);
    const QByteArray shortId = started.out.left(12);

    const QByteArrayList table = slipway({u"ps"_s}).out.split('\n');
    QVERIFY2(table[0].startsWith("CONTAINER ID   IMAGE"), table[0].constData());
    QVERIFY2(QRegularExpression(u"^%1   slipway-starter   \"sh -c echo one; ech…\"   .* ago   Up .* {2,}web$"_s.arg(QString::fromLatin1(shortId)))
                 .match(QString::fromUtf8(table[1])).hasMatch(), table[1].constData());
    QCOMPARE(slipway({u"ps"_s, u"-q"_s}).out, shortId + '\n');
    QCOMPARE(slipway({u"ps"_s, u"-f"_s, u"label=tier=front"_s, u"--format"_s, u"{{.Names}}:{{.State}}"_s}).out, QByteArray("web:running\n"));
    QTRY_COMPARE(slipway({u"logs"_s, u"web"_s}).out, QByteArray("one\n"));
    QCOMPARE(slipway({u"logs"_s, u"web"_s}).err, QByteArray("two\n"));
    QCOMPARE(slipway({u"logs"_s, u"-n"_s, u"0"_s, u"web"_s}).out, QByteArray());
    QVERIFY(QRegularExpression(u"^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z one\n$"_s)
                .match(QString::fromUtf8(slipway({u"logs"_s, u"-t"_s, u"web"_s}).out)).hasMatch());
    QCOMPARE(slipway({u"exec"_s, u"web"_s, u"echo"_s, u"inside"_s}).out, QByteArray("inside\n"));
    QCOMPARE(slipway({u"exec"_s, u"web"_s, u"sh"_s, u"-c"_s, u"exit 4"_s}).code, 4);
    QCOMPARE(slipway({u"exec"_s, u"-i"_s, u"web"_s, u"cat"_s}, "piped").out, QByteArray("piped"));
    QCOMPARE(slipway({u"inspect"_s, u"-f"_s, u"{{.State.Status}}"_s, u"web"_s}).out, QByteArray("running\n"));
    QCOMPARE(slipway({u"rm"_s, u"web"_s}).code, 1); // it runs
    QCOMPARE(slipway({u"rename"_s, u"web"_s, u"site"_s}).code, 0);
    QCOMPARE(slipway({u"stop"_s, u"site"_s}).out, QByteArray("site\n"));
    const QByteArray stopped = slipway({u"ps"_s, u"-a"_s, u"--format"_s, u"{{.Status}}"_s}).out;
    QVERIFY2(stopped.startsWith("Exited (0) "), stopped.constData());
    QCOMPARE(slipway({u"wait"_s, u"site"_s}).out, QByteArray("0\n"));
    QCOMPARE(slipway({u"start"_s, u"site"_s}).out, QByteArray("site\n"));
    QCOMPARE(slipway({u"kill"_s, u"site"_s}).code, 0);
    QTRY_COMPARE(slipway({u"inspect"_s, u"-f"_s, u"{{.State.ExitCode}}"_s, u"site"_s}).out, QByteArray("137\n"));
    QCOMPARE(slipway({u"rmi"_s, u"slipway-starter"_s}).code, 1); // the container needs it
    QCOMPARE(slipway({u"rm"_s, u"site"_s}).out, QByteArray("site\n"));
    const Answer gone = slipway({u"inspect"_s, u"site"_s});
    QCOMPARE(gone.code, 1);
    QCOMPARE(gone.out, QByteArray("[]\n"));
    QVERIFY2(gone.err.startsWith("Error: No such object: site\n"), gone.err.constData());
}

void CliSystem::build()
{
    QFETCH(const QString, who);
    choose(who);
    const QString context = folder(u"context"_s);
    QVERIFY(!context.isEmpty());
    const auto write = [&context](const QString &name, const QByteArray &content) {
        QFile file(context + u'/' + name);
        return file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(content) == content.size();
    };
    QVERIFY(write(u"Dockerfile"_s, "\xEF\xBB\xBF" "FROM slipway-starter\r\nENV A=b\r\nRUN echo made > /made\r\nCOPY x /x\r\nCMD [\"cat\", \"/made\", \"/x\"]\r\n"));
    QVERIFY(write(u"x"_s, "file\n"));
    const Answer first = slipway({u"build"_s, u"-t"_s, u"made:v1"_s, context});
    QVERIFY2(first.code == 0, first.err.constData());
    QVERIFY2(first.out.contains("Step 1/5 : FROM slipway-starter\n") && first.out.contains("Step 3/5 : RUN echo made > /made\n"), first.out.constData());
    QVERIFY(!first.out.contains("Using cache"));
    QVERIFY(first.out.contains("Successfully built ") && first.out.endsWith("Successfully tagged made:v1\n"));
    const Answer second = slipway({u"build"_s, u"-t"_s, u"made:v1"_s, context});
    QCOMPARE(second.out.count(" ---> Using cache\n"), 4);
    QCOMPARE(slipway({u"run"_s, u"--rm"_s, u"made:v1"_s}).out, QByteArray("made\nfile\n"));
    QVERIFY(slipway({u"history"_s, u"made:v1"_s}).out.startsWith("IMAGE          CREATED"));

    QVERIFY(write(u"Dockerfile"_s, "FROM slipway-starter\nRUN exit 9\n"));
    QCOMPARE(slipway({u"build"_s, context}).code, 9);
    QVERIFY(slipway({u"rmi"_s, u"made:v1"_s}).out.startsWith("Untagged: made:v1\n"));
}

void CliSystem::mistakes_data()
{
    QTest::addColumn<QByteArray>("dockerfile");
    QTest::addColumn<QString>("expected");
    QTest::newRow("no Dockerfile") << QByteArray() << u"Dockerfile"_s;
    QTest::newRow("empty") << QByteArray("\n") << u"no instructions"_s;
    QTest::newRow("unknown instruction") << QByteArray("FROM slipway-starter\n\nRNU ls\n") << u"Dockerfile:3:1: error: "_s;
    QTest::newRow("file that is not there") << QByteArray("FROM slipway-starter\nCOPY nothing /\n") << u"Dockerfile:2:"_s;
    QTest::newRow("registry that is down") << QByteArray("FROM localhost:1/x\n") << u"localhost:1"_s;
}

void CliSystem::mistakes()
{
    QFETCH(const QByteArray, dockerfile);
    QFETCH(const QString, expected);
    choose(u"user"_s);
    const QString context = folder(u"mistakes"_s);
    QFile file(context + "/Dockerfile"_L1);
    file.remove();
    if (!dockerfile.isNull())
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(dockerfile) == dockerfile.size());
    file.close();
    const Answer answer = slipway({u"build"_s, context});
    QCOMPARE(answer.code, 1);
    QVERIFY2(QString::fromUtf8(answer.err).contains(expected), answer.err.constData());
}

QTEST_GUILESS_MAIN(CliSystem)
#include "tst_clisystem.moc"
