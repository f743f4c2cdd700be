// SPDX-License-Identifier: GPL-3.0-or-later
#include "slipwayprogram.h"
#include "terminalprocess.h"

#include <QtTest/QtTest>

#include <map>

using namespace Qt::StringLiterals;

//! Consoles on a real terminal: sizes, keys that detach, coming back, and a terminal that is as it was on every way out.
class CliTerminal : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup();
    void run_followsTheSize_data() { users(); }
    void run_followsTheSize();
    void exec_followsTheSize_data() { users(); }
    void exec_followsTheSize();
    void detachAndAttach_data() { users(); }
    void detachAndAttach();
    void detachKeys_ofOnesOwn_data() { users(); }
    void detachKeys_ofOnesOwn();
    void start_interactive_data() { users(); }
    void start_interactive();
    void terminal_isRestoredAfterSignals_data();
    void terminal_isRestoredAfterSignals();

private:
    static void users()
    {
        QTest::addColumn<QString>("who");
        QTest::newRow("root") << u"root"_s;
        QTest::newRow("user") << u"user"_s;
    }
    void choose();
    void checkFirstSize(const QStringList &command);
    void checkResize(const QStringList &command);
    QByteArray inspect(const QString &name, const QString &format) const
    {
        return (*m_slipway)({u"inspect"_s, u"-f"_s, format, name}).out.trimmed();
    }

    QTemporaryDir m_base;
    std::map<QString, SlipwayProgram> m_programs;
    const SlipwayProgram *m_slipway = nullptr;
};

void CliTerminal::initTestCase()
{
    QVERIFY2(QFileInfo(SlipwayProgram::program()).isExecutable(), qPrintable(SlipwayProgram::program()));
    QVERIFY(m_base.isValid());
    QVERIFY(QFile::setPermissions(m_base.path(), QFile::permissions(m_base.path()) | QFile::ReadOther | QFile::ExeOther));
}

void CliTerminal::cleanup()
{
    if (m_slipway)
        m_slipway->removeAllContainers();
}

void CliTerminal::choose()
{
    QFETCH(const QString, who);
    const std::optional<TestUser> user = who == u"root"_s ? TestUser::root() : TestUser::ordinary();
    if (!user)
        QSKIP(who == u"root"_s ? "needs root" : TestUser::missing());
    const bool isNew = !m_programs.contains(who);
    m_slipway = &m_programs.try_emplace(who, *user, m_base.filePath(who)).first->second;
    if (!isNew)
        return;
    QVERIFY(!m_slipway->folder(u"."_s).isEmpty() && !m_slipway->folder(u"run"_s).isEmpty());
    const SlipwayProgram::Answer loaded = (*m_slipway)({u"load"_s, u"-i"_s, SlipwayProgram::starterImage()});
    QVERIFY2(loaded.code == 0, loaded.err.constData());
}

//! The very first instruction sees the size.
void CliTerminal::checkFirstSize(const QStringList &command)
{
    TerminalProcess first(m_slipway->command(command + QStringList{u"stty"_s, u"size"_s}), 33, 101);
    QCOMPARE(first.wait(), 0);
    QCOMPARE(first.seen(), QByteArray("33 101\r\n"));
    QVERIFY(first.isRestored());
}

//! A change of size comes with its signal.
void CliTerminal::checkResize(const QStringList &command)
{
    // Once the first size is there, so that its own signal is no longer to come.
    const QString script = u"until [ \"$(stty size 2>&1)\" = '33 101' ]; do :; done; trap 'stty size; exit 3' WINCH; echo ready; while :; do sleep 1000 & wait; done"_s;
    TerminalProcess watcher(m_slipway->command(command + QStringList{u"sh"_s, u"-c"_s, script}), 33, 101);
    QVERIFY2(watcher.shows("ready\r\n"), watcher.seen().constData());
    watcher.forget();
    watcher.resize(40, 120);
    QCOMPARE(watcher.wait(), 3);
    // Maybe more than once: a signal may come again while the shell is at the first.
    QVERIFY2(watcher.seen().startsWith("40 120\r\n") && watcher.seen().endsWith("40 120\r\n"), watcher.seen().constData());
    QVERIFY(watcher.isRestored());
}

void CliTerminal::run_followsTheSize()
{
    choose();
    const QStringList command{u"run"_s, u"--rm"_s, u"-it"_s, u"slipway-starter"_s};
    checkFirstSize(command);
    checkResize(command);
}

void CliTerminal::exec_followsTheSize()
{
    choose();
    // crun sets an exec's first size beside the process it has let go: the first instruction may be quicker.
    QCOMPARE((*m_slipway)({u"run"_s, u"-d"_s, u"--name"_s, u"host"_s, u"slipway-starter"_s, u"sleep"_s, u"1000"_s}).code, 0);
    TerminalProcess shell(m_slipway->command({u"exec"_s, u"-it"_s, u"host"_s, u"sh"_s}), 17, 77);
    QVERIFY2(shell.answers("stty size\r", "17 77\r\n"), shell.seen().constData());
    shell.resize(50, 132);
    QVERIFY2(shell.answers("stty size\r", "50 132\r\n"), shell.seen().constData());
    QVERIFY(shell.type("exit 4\r"));
    QCOMPARE(shell.wait(), 4);
    QVERIFY(shell.isRestored());
}

void CliTerminal::detachAndAttach()
{
    choose();
    TerminalProcess first(m_slipway->command({u"run"_s, u"-it"_s, u"--name"_s, u"box"_s, u"slipway-starter"_s, u"sh"_s}), 24, 80);
    QVERIFY2(first.answers("echo $((40+2))\r", "42\r\n"), first.seen().constData());
    QVERIFY(first.type("\x10\x11")); // Ctrl-P Ctrl-Q
    QCOMPARE(first.wait(), 0);
    QVERIFY(first.isRestored());
    QCOMPARE(inspect(u"box"_s, u"{{.State.Status}}"_s), QByteArray("running"));

    TerminalProcess second(m_slipway->command({u"attach"_s, u"box"_s}), 30, 90);
    QVERIFY2(second.answers("echo $((50+5))\r", "55\r\n"), second.seen().constData());
    QVERIFY2(second.answers("stty size\r", "30 90\r\n"), second.seen().constData());
    QVERIFY(second.type("\x10\x10x\x7f\r")); // Ctrl-P alone goes to the shell, as does what follows it
    QVERIFY2(second.answers("echo $((60+6))\r", "66\r\n"), second.seen().constData());
    QVERIFY(second.type("exit 5\r"));
    QCOMPARE(second.wait(), 5);
    QVERIFY(second.isRestored());
    QCOMPARE(inspect(u"box"_s, u"{{.State.ExitCode}}"_s), QByteArray("5"));
}

void CliTerminal::detachKeys_ofOnesOwn()
{
    choose();
    TerminalProcess shell(m_slipway->command({u"run"_s, u"-it"_s, u"--detach-keys"_s, u"ctrl-x,q"_s, u"--name"_s, u"keys"_s, u"slipway-starter"_s, u"sh"_s}), 24, 80);
    QVERIFY2(shell.answers("echo $((40+2))\r", "42\r\n"), shell.seen().constData());
    QVERIFY(shell.type("\x18q"));
    QCOMPARE(shell.wait(), 0);
    QCOMPARE(inspect(u"keys"_s, u"{{.State.Status}}"_s), QByteArray("running"));
}

void CliTerminal::start_interactive()
{
    choose();
    QCOMPARE((*m_slipway)({u"create"_s, u"-it"_s, u"--name"_s, u"again"_s, u"slipway-starter"_s, u"sh"_s, u"-c"_s,
                             u"stty size; read code; exit $code"_s}).code, 0);
    for (const int code : {7, 8}) {
        TerminalProcess shell(m_slipway->command({u"start"_s, u"-ai"_s, u"again"_s}), 21, 71);
        QVERIFY2(shell.shows("\r\n"), shell.seen().constData());
        QCOMPARE(shell.seen(), QByteArray("21 71\r\n"));
        QVERIFY(shell.type(QByteArray::number(code) + '\r'));
        QCOMPARE(shell.wait(), code);
        QVERIFY(shell.isRestored());
    }
}

void CliTerminal::terminal_isRestoredAfterSignals_data()
{
    QTest::addColumn<QString>("who");
    QTest::addColumn<QStringList>("command");
    QTest::addColumn<int>("number");
    for (const QString &who : {u"root"_s, u"user"_s}) {
        for (const int number : {SIGTERM, SIGHUP}) {
            const auto row = [&](const char *name, const QStringList &command) {
                QTest::addRow("%s, %s, signal %d", qPrintable(who), name, number) << who << command << number;
            };
            row("exec", {u"exec"_s, u"-it"_s, u"host"_s, u"sh"_s});
            row("attach", {u"attach"_s, u"--sig-proxy=false"_s, u"host"_s});
        }
    }
}

//! The signal ends slipway alone, as a shell expects; the container goes on.
void CliTerminal::terminal_isRestoredAfterSignals()
{
    QFETCH(const QStringList, command);
    QFETCH(const int, number);
    choose();
    QCOMPARE((*m_slipway)({u"run"_s, u"-dit"_s, u"--name"_s, u"host"_s, u"slipway-starter"_s, u"sh"_s}).code, 0);
    TerminalProcess shell(m_slipway->command(command), 24, 80);
    QVERIFY2(shell.answers("echo $((40+2))\r", "42\r\n"), shell.seen().constData());
    QVERIFY(!shell.isRestored()); // raw
    QCOMPARE(::kill(shell.pid(), number), 0);
    QCOMPARE(shell.wait(), 128 + number);
    QVERIFY(shell.isRestored());
    QCOMPARE(inspect(u"host"_s, u"{{.State.Status}}"_s), QByteArray("running"));
}

QTEST_GUILESS_MAIN(CliTerminal)
#include "tst_cliterminal.moc"
