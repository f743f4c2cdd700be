// SPDX-License-Identifier: GPL-3.0-or-later
// The life of containers under the real crun and conmon, as root and as an ordinary user. Every step is a process of its
// own on the same store, as it is with command lines beside a window.
#include "support/testuser.h"

#include <QtCore/QDir>
#include <QtCore/QElapsedTimer>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QProcess>
#include <QtCore/QRandomGenerator>
#include <QtTest/QTest>

#include <csignal>

using namespace Qt::StringLiterals;

namespace {

constexpr int runtimeFailed = 125;
constexpr int createdState = 0;
constexpr int runningState = 1;
constexpr int exitedState = 3;

struct Outcome {
    int code = -1;
    QByteArray out;
    QByteArray err;
};

} // namespace

class tst_Containers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data();
    void initTestCase();
    void init();
    void cleanup();
    void run_givesOutputAndExitCode();
    void run_commandThatCannotRun_leavesNothingMounted_data();
    void run_commandThatCannotRun_leavesNothingMounted();
    void run_withTty_hasTheSizeFromTheFirstInstruction();
    void run_input_reachesTheProcess();
    void run_autoRemove_leavesNothing();
    void run_unknownUser_isRefused();
    void run_isConfined();
    void start_outlivesItsStarter();
    void start_again_afterAnEnd();
    void logs_tailAndFollow();
    void exec_codesAndTerminal();
    void stop_fallsBackToKill();
    void kill_thenWait_tellsTheSignal();
    void remove_running_needsForce();
    void rename_takenName_isRefused();
    void killedMonitor_isNoticed();
    void killedStarter_leavesAUsableContainer();
    void twoStarters_oneContainer();
    void missingRuntime_isNamed();
    void inspect_looksLikeDockers();

private:
    QStringList commandLine(const QStringList &arguments) const;
    Outcome helper(const QStringList &arguments, const QByteArray &extraEnvironment = {}) const;
    QStringList fieldsOf(const QString &name) const;
    int stateOf(const QString &name) const { return fieldsOf(name).value(1, u"-1"_s).toInt(); }
    QStringList containerFolders() const;
    QStringList processesOfTheStore() const;
    qint64 monitorOf(const QString &name) const;
    QJsonObject inspect(const QString &name) const;

    std::optional<TestUser> m_user;
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_root;
};

void tst_Containers::initTestCase_data()
{
    QTest::addColumn<bool>("asRoot");
    if (::geteuid() == 0)
        QTest::newRow("root") << true;
    QTest::newRow("ordinary user") << false;
}

void tst_Containers::initTestCase()
{
    QVERIFY2(!qEnvironmentVariableIsEmpty("SLIPWAY_CONTAINER_HELPER"), "run through ctest");
}

void tst_Containers::init()
{
    QFETCH_GLOBAL(bool, asRoot);
    m_user = asRoot ? TestUser::root() : TestUser::ordinary();
    if (!m_user)
        QSKIP(TestUser::missing());
    for (const char *program : {"/usr/bin/crun", "/usr/bin/conmon", "/bin/busybox"}) {
        if (!QFile::exists(QLatin1StringView(program)))
            QSKIP(qPrintable(u"needs %1"_s.arg(QLatin1StringView(program))));
    }
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
    QVERIFY(m_user->own(m_folder->path()));
    QVERIFY(QDir(m_folder->path()).mkdir(u"run"_s));
    QVERIFY(m_user->own(m_folder->filePath(u"run"_s)));
    m_root = m_folder->filePath(u"store"_s);
    const Outcome added = helper({u"add-image"_s});
    QVERIFY2(added.code == 0, added.err.constData());
}

void tst_Containers::cleanup()
{
    if (!m_folder)
        return;
    for (const QByteArray &line : helper({u"list"_s}).out.split('\n')) {
        if (!line.isEmpty())
            helper({u"rm"_s, QString::fromUtf8(line.split(' ').first()), u"--force"_s});
    }
    QTRY_COMPARE(containerFolders(), QStringList());
    QTRY_COMPARE(processesOfTheStore(), QStringList());
    m_folder.reset();
}

QStringList tst_Containers::commandLine(const QStringList &arguments) const
{
    return m_user->command(QStringList{qEnvironmentVariable("SLIPWAY_CONTAINER_HELPER"), u"--root"_s, m_root} + arguments,
                           m_folder->filePath(u"run"_s));
}

Outcome tst_Containers::helper(const QStringList &arguments, const QByteArray &extraEnvironment) const
{
    QProcess process;
    QStringList command = commandLine(arguments);
    if (!extraEnvironment.isEmpty()) {
        QStringList environment = QProcess::systemEnvironment();
        environment.append(QString::fromUtf8(extraEnvironment));
        process.setEnvironment(environment);
    }
    process.start(command.takeFirst(), command);
    if (!process.waitForFinished(30'000))
        return {.code = -2, .out = {}, .err = "the helper did not end"};
    return {.code = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1, .out = process.readAllStandardOutput(),
            .err = process.readAllStandardError()};
}

//! name, state, exit code, unknown, error…
QStringList tst_Containers::fieldsOf(const QString &name) const
{
    for (const QByteArray &line : helper({u"list"_s}).out.split('\n')) {
        const QStringList fields = QString::fromUtf8(line).split(u' ');
        if (fields.first() == name)
            return fields;
    }
    return {};
}

QStringList tst_Containers::containerFolders() const
{
    return QDir(m_root + "/containers"_L1).entryList(QDir::Dirs | QDir::Hidden | QDir::NoDotAndDotDot);
}

//! Zombies, which have no command line, are the business of whoever is process 1.
QStringList tst_Containers::processesOfTheStore() const
{
    QStringList found;
    for (const QString &pid : QDir(u"/proc"_s).entryList({u"[0-9]*"_s}, QDir::Dirs | QDir::NoDotAndDotDot)) {
        QFile file(u"/proc/%1/cmdline"_s.arg(pid));
        if (file.open(QIODevice::ReadOnly) && file.readAll().contains(m_root.toUtf8()))
            found.append(pid);
    }
    return found;
}

QJsonObject tst_Containers::inspect(const QString &name) const
{
    return QJsonDocument::fromJson(helper({u"inspect"_s, name}).out).object();
}

qint64 tst_Containers::monitorOf(const QString &name) const
{
    QFile file(m_root + "/containers/"_L1 + inspect(name).value("Id"_L1).toString() + "/monitor.pid"_L1);
    return file.open(QIODevice::ReadOnly) ? file.readAll().trimmed().toLongLong() : 0;
}

void tst_Containers::run_givesOutputAndExitCode()
{
    const Outcome run = helper({u"run"_s, u"one"_s, u"sh"_s, u"-c"_s, u"echo out; echo err >&2; exit 7"_s});
    QCOMPARE(run.code, 7);
    QCOMPARE(run.out, QByteArray("out\n"));
    QCOMPARE(run.err, QByteArray("err\n"));
    QCOMPARE(fieldsOf(u"one"_s).mid(1, 3), QStringList({QString::number(exitedState), u"7"_s, u"0"_s}));
}

void tst_Containers::run_commandThatCannotRun_leavesNothingMounted_data()
{
    QTest::addColumn<QString>("command");
    QTest::addColumn<int>("code");
    QTest::newRow("not in PATH") << u"nosuch"_s << 127;
    QTest::newRow("no such path") << u"/bin/nosuch"_s << 127;
    QTest::newRow("not executable") << u"/etc/passwd"_s << 126;
    QTest::newRow("a folder") << u"/etc"_s << 126;
}

void tst_Containers::run_commandThatCannotRun_leavesNothingMounted()
{
    QFETCH(QString, command);
    QFETCH(int, code);
    QCOMPARE(helper({u"run"_s, u"bad"_s, command}).code, code);
    const QStringList fields = fieldsOf(u"bad"_s);
    QCOMPARE(fields.value(1).toInt(), createdState);
    QVERIFY(fields.size() > 4 && !fields[4].isEmpty());
    const QString folder = m_root + "/containers/"_L1 + inspect(u"bad"_s).value("Id"_L1).toString();
    QVERIFY(!QFile::exists(folder + "/monitor.pid"_L1));
    QCOMPARE(helper({u"run"_s, u"--rm"_s, u"bad2"_s, command}).code, code);
    QCOMPARE(fieldsOf(u"bad2"_s), QStringList());
}

void tst_Containers::run_withTty_hasTheSizeFromTheFirstInstruction()
{
    const Outcome run = helper({u"run"_s, u"--tty"_s, u"--rm"_s, u"term"_s, u"busybox"_s, u"stty"_s, u"size"_s});
    QCOMPARE(run.out, QByteArray("33 101\r\n"));
    QCOMPARE(run.code, 0);
}

void tst_Containers::run_input_reachesTheProcess()
{
    const Outcome run = helper({u"run"_s, u"--stdin"_s, u"--rm"_s, u"in"_s, u"cat"_s});
    QCOMPARE(run.out, QByteArray("typed\n"));
    QCOMPARE(run.code, 0);
}

void tst_Containers::run_autoRemove_leavesNothing()
{
    QCOMPARE(helper({u"run"_s, u"--rm"_s, u"gone"_s, u"true"_s}).code, 0);
    QCOMPARE(fieldsOf(u"gone"_s), QStringList());
    QTRY_COMPARE(containerFolders(), QStringList()); // the monitor clears behind us
}

void tst_Containers::run_unknownUser_isRefused()
{
    const Outcome run = helper({u"run"_s, u"--user=nobodyhere"_s, u"who"_s, u"true"_s});
    QCOMPARE(run.code, runtimeFailed);
    QVERIFY(run.err.contains("unable to find user nobodyhere: no matching entries in passwd file"));
}

void tst_Containers::run_isConfined()
{
    const Outcome run = helper({u"run"_s, u"--rm"_s, u"jail"_s, u"sh"_s, u"-c"_s,
                                u"cat /proc/self/status; cat /proc/kcore | wc -c; mount -t tmpfs t /tmp; echo $$; ls /proc/sys > /dev/null && "
                                 "echo 1 > /proc/sys/kernel/hostname"_s});
    QVERIFY2(run.out.contains("Seccomp:\t2"), run.out.constData());
    QVERIFY(run.out.contains("CapBnd:\t00000000a80425fb")); // Docker's fourteen
    QVERIFY(run.out.contains("\n0\n"));                     // kcore is masked
    QVERIFY(run.out.contains("\n1\n"));                     // process 1 of its own namespace
    QVERIFY(run.err.contains("mount"));                     // refused by the filter
    QVERIFY(run.err.contains("hostname"));                  // read-only
}

void tst_Containers::start_outlivesItsStarter()
{
    QCOMPARE(helper({u"create"_s, u"long"_s, u"sh"_s, u"-c"_s, u"echo up; trap 'exit 3' TERM; while :; do sleep 0.1; done"_s}).code, 0);
    QCOMPARE(helper({u"start"_s, u"long"_s}).code, 0);
    QCOMPARE(stateOf(u"long"_s), runningState);
    QTRY_COMPARE(helper({u"logs"_s, u"long"_s}).out, QByteArray("up\n"));
    QCOMPARE(helper({u"start"_s, u"long"_s}).code, 0); // running already is no error
    QCOMPARE(helper({u"stop"_s, u"long"_s, u"20"_s}).code, 0);
    QCOMPARE(fieldsOf(u"long"_s).mid(1, 2), QStringList({QString::number(exitedState), u"3"_s}));
}

void tst_Containers::start_again_afterAnEnd()
{
    QCOMPARE(helper({u"run"_s, u"again"_s, u"sh"_s, u"-c"_s, u"test -e /mark && echo second; touch /mark"_s}).code, 0);
    for (int i = 0; i < 3; ++i)
        QCOMPARE(helper({u"start"_s, u"again"_s}).code, 0);
    QTRY_COMPARE(stateOf(u"again"_s), exitedState);
    QTRY_VERIFY(helper({u"logs"_s, u"again"_s}).out.startsWith("second\n"));
}

void tst_Containers::logs_tailAndFollow()
{
    QCOMPARE(helper({u"run"_s, u"talk"_s, u"sh"_s, u"-c"_s, u"for i in 1 2 3 4 5; do echo line $i; done; printf tail"_s}).code, 0);
    QCOMPARE(helper({u"logs"_s, u"talk"_s}).out, QByteArray("line 1\nline 2\nline 3\nline 4\nline 5\ntail"));
    QCOMPARE(helper({u"logs"_s, u"talk"_s, u"2"_s}).out, QByteArray("line 5\ntail"));
    QCOMPARE(helper({u"logs"_s, u"talk"_s, u"0"_s}).out, QByteArray());

    QCOMPARE(helper({u"create"_s, u"live"_s, u"sh"_s, u"-c"_s, u"while ! test -e /go; do sleep 0.1; done; echo went; exit 0"_s}).code, 0);
    QCOMPARE(helper({u"start"_s, u"live"_s}).code, 0);
    QProcess following;
    QStringList command = commandLine({u"logs"_s, u"live"_s, u"10"_s, u"--follow"_s});
    following.start(command.takeFirst(), command);
    QVERIFY(following.waitForStarted());
    QCOMPARE(helper({u"exec"_s, u"live"_s, u"touch"_s, u"/go"_s}).code, 0);
    QVERIFY(following.waitForFinished(20'000)); // ends with the container
    QCOMPARE(following.readAllStandardOutput(), QByteArray("went\n"));
}

void tst_Containers::exec_codesAndTerminal()
{
    QCOMPARE(helper({u"create"_s, u"host"_s, u"sleep"_s, u"1000"_s}).code, 0);
    QVERIFY(helper({u"exec"_s, u"host"_s, u"true"_s}).err.contains("is not running"));
    QCOMPARE(helper({u"start"_s, u"host"_s}).code, 0);
    const Outcome plain = helper({u"exec"_s, u"host"_s, u"sh"_s, u"-c"_s, u"echo hi; echo no >&2; exit 5"_s});
    QCOMPARE(plain.code, 5);
    QCOMPARE(plain.out, QByteArray("hi\n"));
    QCOMPARE(plain.err, QByteArray("no\n"));
    QCOMPARE(helper({u"exec"_s, u"host"_s, u"nosuch"_s}).code, 127);
    QCOMPARE(helper({u"exec"_s, u"host"_s, u"/etc/passwd"_s}).code, 126);
    QCOMPARE(helper({u"exec"_s, u"host"_s, u"sh"_s, u"-c"_s, u"kill -9 $$"_s}).code, 137);
    QCOMPARE(helper({u"exec"_s, u"--stdin"_s, u"host"_s, u"cat"_s}).out, QByteArray("typed\n"));
    // The runtime gives the terminal away and goes on: a quick process may see the size come a moment later, as in Docker.
    QCOMPARE(helper({u"exec"_s, u"--tty"_s, u"host"_s, u"sh"_s, u"-c"_s,
                     u"until test \"$(busybox stty size 2>&1)\" = '33 101'; do :; done; echo sized"_s}).out, QByteArray("sized\r\n"));
    const Outcome much = helper({u"exec"_s, u"host"_s, u"sh"_s, u"-c"_s, u"yes 0123456789 | head -c 3000000"_s});
    QCOMPARE(much.out.size(), 3'000'000);
}

void tst_Containers::stop_fallsBackToKill()
{
    QCOMPARE(helper({u"create"_s, u"deaf"_s, u"sleep"_s, u"1000"_s}).code, 0); // process 1 without a handler ignores SIGTERM
    QCOMPARE(helper({u"start"_s, u"deaf"_s}).code, 0);
    QCOMPARE(helper({u"stop"_s, u"deaf"_s, u"0"_s}).code, 0);
    QCOMPARE(fieldsOf(u"deaf"_s).mid(1, 2), QStringList({QString::number(exitedState), u"137"_s}));
    QCOMPARE(helper({u"stop"_s, u"deaf"_s, u"0"_s}).code, 0); // again is no error
}

void tst_Containers::kill_thenWait_tellsTheSignal()
{
    QCOMPARE(helper({u"create"_s, u"victim"_s, u"sleep"_s, u"1000"_s}).code, 0);
    QVERIFY(helper({u"kill"_s, u"victim"_s, u"KILL"_s}).err.contains("is not running"));
    QCOMPARE(helper({u"start"_s, u"victim"_s}).code, 0);
    QVERIFY(helper({u"kill"_s, u"victim"_s, u"NOSUCH"_s}).err.contains("Invalid signal: NOSUCH"));
    QProcess waiting;
    QStringList command = commandLine({u"wait"_s, u"victim"_s});
    waiting.start(command.takeFirst(), command);
    QVERIFY(waiting.waitForStarted());
    QCOMPARE(helper({u"kill"_s, u"victim"_s, u"SIGKILL"_s}).code, 0);
    QVERIFY(waiting.waitForFinished(20'000));
    QCOMPARE(waiting.readAllStandardOutput(), QByteArray("137\n"));
}

void tst_Containers::remove_running_needsForce()
{
    QCOMPARE(helper({u"create"_s, u"busy"_s, u"sleep"_s, u"1000"_s}).code, 0);
    QCOMPARE(helper({u"start"_s, u"busy"_s}).code, 0);
    QVERIFY(helper({u"rm"_s, u"busy"_s}).err.contains("container is running"));
    QCOMPARE(stateOf(u"busy"_s), runningState);
    QCOMPARE(helper({u"rm"_s, u"busy"_s, u"--force"_s}).code, 0);
    QCOMPARE(fieldsOf(u"busy"_s), QStringList());
    QTRY_COMPARE(containerFolders(), QStringList());
}

void tst_Containers::rename_takenName_isRefused()
{
    QCOMPARE(helper({u"create"_s, u"first"_s, u"true"_s}).code, 0);
    QCOMPARE(helper({u"create"_s, u"second"_s, u"true"_s}).code, 0);
    QVERIFY(helper({u"create"_s, u"first"_s, u"true"_s}).err.contains("is already in use by container"));
    QVERIFY(helper({u"rename"_s, u"second"_s, u"first"_s}).err.contains("is already in use by container"));
    QCOMPARE(helper({u"rename"_s, u"second"_s, u"third"_s}).code, 0);
    QCOMPARE(stateOf(u"third"_s), createdState);
}

void tst_Containers::killedMonitor_isNoticed()
{
    QCOMPARE(helper({u"create"_s, u"orphan"_s, u"sleep"_s, u"1000"_s}).code, 0);
    QCOMPARE(helper({u"start"_s, u"orphan"_s}).code, 0);
    const auto monitor = pid_t(monitorOf(u"orphan"_s));
    QVERIFY(monitor > 1);
    QCOMPARE(::kill(monitor, SIGKILL), 0);
    QCOMPARE(stateOf(u"orphan"_s), runningState); // its process lives
    QCOMPARE(helper({u"kill"_s, u"orphan"_s, u"KILL"_s}).code, 0);
    QTRY_COMPARE(fieldsOf(u"orphan"_s).mid(1, 3), QStringList({QString::number(exitedState), u"0"_s, u"1"_s})); // how is unknown
    QCOMPARE(helper({u"start"_s, u"orphan"_s}).code, 0); // and it can be used again
    QCOMPARE(stateOf(u"orphan"_s), runningState);
}

void tst_Containers::killedStarter_leavesAUsableContainer()
{
    for (int round = 0; round < 12; ++round) {
        QCOMPARE(helper({u"create"_s, u"shaky"_s, u"sleep"_s, u"1000"_s}).code, 0);
        QProcess starter;
        QStringList command = commandLine({u"start"_s, u"shaky"_s});
        starter.start(command.takeFirst(), command);
        QVERIFY(starter.waitForStarted());
        starter.waitForFinished(int(QRandomGenerator::global()->bounded(80))); // a random point of the start, not a wait for something
        starter.kill();
        starter.waitForFinished();
        const int state = stateOf(u"shaky"_s);
        QVERIFY2(state == createdState || state == runningState, qPrintable(QString::number(state)));
        const Outcome started = helper({u"start"_s, u"shaky"_s});
        QVERIFY2(started.code == 0, started.err.constData());
        QCOMPARE(stateOf(u"shaky"_s), runningState);
        QCOMPARE(helper({u"exec"_s, u"shaky"_s, u"true"_s}).code, 0);
        const Outcome removed = helper({u"rm"_s, u"shaky"_s, u"--force"_s});
        QVERIFY2(removed.code == 0, removed.err.constData());
        QTRY_COMPARE(containerFolders(), QStringList());
    }
}

void tst_Containers::twoStarters_oneContainer()
{
    QCOMPARE(helper({u"create"_s, u"pair"_s, u"sleep"_s, u"1000"_s}).code, 0);
    std::array<QProcess, 3> starters;
    for (QProcess &starter : starters) {
        QStringList command = commandLine({u"start"_s, u"pair"_s});
        starter.start(command.takeFirst(), command);
    }
    for (QProcess &starter : starters) {
        QVERIFY(starter.waitForFinished(20'000));
        QVERIFY2(starter.exitCode() == 0, starter.readAllStandardError().constData());
    }
    QCOMPARE(stateOf(u"pair"_s), runningState);
}

void tst_Containers::missingRuntime_isNamed()
{
    QCOMPARE(helper({u"create"_s, u"stuck"_s, u"true"_s}).code, 0);
    const Outcome started = helper({u"start"_s, u"stuck"_s}, "HELPER_RUNTIME=/nonexistent/crun");
    QCOMPARE(started.code, runtimeFailed);
    QVERIFY(started.err.contains("/nonexistent/crun"));
    QCOMPARE(stateOf(u"stuck"_s), createdState);
}

void tst_Containers::inspect_looksLikeDockers()
{
    QCOMPARE(helper({u"run"_s, u"shown"_s, u"sh"_s, u"-c"_s, u"exit 4"_s}).code, 4);
    const QJsonObject object = inspect(u"shown"_s);
    QCOMPARE(object.value("Name"_L1).toString(), u"/shown"_s);
    QCOMPARE(object.value("Path"_L1).toString(), u"sh"_s);
    QCOMPARE(object.value("Args"_L1).toArray(), QJsonArray({u"-c"_s, u"exit 4"_s}));
    const QJsonObject state = object.value("State"_L1).toObject();
    QCOMPARE(state.value("Status"_L1).toString(), u"exited"_s);
    QCOMPARE(state.value("ExitCode"_L1).toInt(), 4);
    QCOMPARE(state.value("Running"_L1).toBool(true), false);
    QCOMPARE(object.value("HostConfig"_L1).toObject().value("NetworkMode"_L1).toString(), u"none"_s);
    QVERIFY(QFile::exists(object.value("LogPath"_L1).toString()));
}

QTEST_GUILESS_MAIN(tst_Containers)
#include "tst_containers.moc"
