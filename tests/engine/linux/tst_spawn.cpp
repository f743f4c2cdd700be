// SPDX-License-Identifier: GPL-3.0-or-later
#include "linux/spawn_p.h"
#include "linux/syscalls_p.h"

#include <QtCore/QDir>
#include <QtCore/QTemporaryDir>
#include <QtTest/QtTest>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>

#include <atomic>
#include <csignal>
#include <thread>

using namespace Engine;
using namespace Engine::Internal;
using namespace Qt::StringLiterals;

class TestSpawn : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void run_collectsOutputAndCode();
    void run_signal_is128PlusNumber();
    void run_largeOutput_isWhole();
    void run_daemonThatKeepsTheOutput_doesNotHang();
    void spawn_missingProgram_isMissingPart();
    void spawn_notExecutable_isPermissionDenied();
    void spawn_missingFolder_isNotFound();
    void spawn_environment_replacesAndAdds();
    void spawn_descriptors_onlyTheNamedOnes();
    void spawn_descriptors_crossedNumbers();
    void spawn_signals_areReset();
    void spawn_session_new();
    void wait_stopRequest_killsAndIsCancelled();
    void wait_pidFd_isReadableAtTheEnd();
    void spawn_fromManyThreads_leaksNothing();
    void findProgram_namesThePackage();
};

namespace {

SpawnRequest shell(const QString &script)
{
    return {.program = u"/bin/sh"_s, .arguments = {u"-c"_s, script}};
}

QByteArray outputOf(const SpawnRequest &request)
{
    const auto output = runCommand(request);
    return output ? output->standardOutput.trimmed() : output.error().detail.toUtf8();
}

int openDescriptors()
{
    return int(QDir(u"/proc/self/fd"_s).entryList(QDir::NoDotAndDotDot | QDir::System | QDir::AllEntries).size());
}

} // namespace

void TestSpawn::run_collectsOutputAndCode()
{
    const auto output = runCommand(shell(u"echo out; echo err >&2; exit 7"_s));
    QVERIFY(output.has_value());
    QCOMPARE(output->status.code, 7);
    QCOMPARE(output->status.signal, 0);
    QCOMPARE(output->standardOutput, QByteArray("out\n"));
    QCOMPARE(output->standardError, QByteArray("err\n"));
    QCOMPARE(outputOf({.program = u"echo"_s, .arguments = {u"in PATH"_s, u"späce"_s}}), QByteArray("in PATH späce"));
    QCOMPARE(outputOf({.program = u"pwd"_s}), QByteArray("/"));
    QCOMPARE(outputOf({.program = u"cat"_s}), QByteArray()); // its input is /dev/null
}

void TestSpawn::run_signal_is128PlusNumber()
{
    const auto output = runCommand(shell(u"kill -TERM $$"_s));
    QVERIFY(output.has_value());
    QCOMPARE(output->status.code, 128 + SIGTERM);
    QCOMPARE(output->status.signal, SIGTERM);
}

void TestSpawn::run_largeOutput_isWhole()
{
    const auto output = runCommand(shell(u"head -c 5000000 /dev/zero; head -c 3000000 /dev/zero >&2"_s));
    QVERIFY(output.has_value());
    QCOMPARE(output->standardOutput.size(), 5'000'000);
    QCOMPARE(output->standardError.size(), 3'000'000);
    const auto tooMuch = runCommand(shell(u"head -c 20000000 /dev/zero"_s));
    QVERIFY(tooMuch.has_value());
    QCOMPARE(tooMuch->standardOutput.size(), 16 * 1024 * 1024);
}

void TestSpawn::run_daemonThatKeepsTheOutput_doesNotHang()
{
    QElapsedTimer timer;
    timer.start();
    const auto output = runCommand(shell(u"echo before; sleep 5 & echo $!"_s));
    QVERIFY(output.has_value());
    QVERIFY(timer.elapsed() < 4000);
    const auto lines = output->standardOutput.split('\n');
    QCOMPARE(lines[0], QByteArray("before"));
    ::kill(lines[1].toInt(), SIGKILL);
}

void TestSpawn::spawn_missingProgram_isMissingPart()
{
    for (const auto &program : {u"/no/such/program"_s, u"no-such-program"_s, u"/bin/sh/x"_s}) {
        const auto child = spawn({.program = program});
        QVERIFY(!child.has_value());
        QCOMPARE(child.error().code, ErrorCode::MissingPart);
        QVERIFY(child.error().detail.contains(program));
    }
}

void TestSpawn::spawn_notExecutable_isPermissionDenied()
{
    const auto child = spawn({.program = u"/etc/passwd"_s});
    QVERIFY(!child.has_value());
    QCOMPARE(child.error().code, ErrorCode::PermissionDenied);
}

void TestSpawn::spawn_missingFolder_isNotFound()
{
    const auto child = spawn({.program = u"/bin/true"_s, .workingDirectory = u"/no/such/folder"_s});
    QVERIFY(!child.has_value());
    QCOMPARE(child.error().sysErrno, ENOENT);
    QVERIFY(child.error().detail.startsWith(u"chdir"_s));
}

void TestSpawn::spawn_environment_replacesAndAdds()
{
    qputenv("SLIPWAY_TEST_KEPT", "kept");
    qputenv("SLIPWAY_TEST_REPLACED", "old");
    auto request = shell(u"echo $SLIPWAY_TEST_KEPT $SLIPWAY_TEST_REPLACED $SLIPWAY_TEST_NEW; env | grep -c SLIPWAY_TEST_REPLACED"_s);
    request.addedEnvironment = {"SLIPWAY_TEST_REPLACED=new", "SLIPWAY_TEST_NEW=a=b"};
    QCOMPARE(outputOf(request), QByteArray("kept new a=b\n1"));
}

void TestSpawn::spawn_descriptors_onlyTheNamedOnes()
{
    const UniqueFd leak(::open("/dev/null", O_RDONLY)); // without O_CLOEXEC, as a careless library opens it
    const UniqueFd given(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    auto request = shell(u"ls /proc/$$/fd"_s);
    request.fds = {{given.get(), 7}};
    QCOMPARE(outputOf(request), QByteArray("0\n1\n2\n7"));
}

void TestSpawn::spawn_descriptors_crossedNumbers()
{
    QTemporaryDir folder;
    const auto fileWith = [&](const QString &name, const QByteArray &content) {
        [[maybe_unused]] const auto written = writeFileAtomically(folder.filePath(name), content, 0600, Sync::No);
        return openFile(folder.filePath(name), O_RDONLY);
    };
    const auto a = fileWith(u"a"_s, "A");
    const auto b = fileWith(u"b"_s, "B");
    QVERIFY(a && b);
    // Each goes where the other one is, and one more where the report pipe may be.
    auto request = shell(u"cat <&%1; cat <&%2; cat <&%3"_s.arg(a->get()).arg(b->get()).arg(9));
    const auto c = fileWith(u"c"_s, "C");
    request.fds = {{a->get(), b->get()}, {b->get(), a->get()}, {c->get(), 9}};
    QVERIFY(a->get() < 9 || b->get() != 9);
    QCOMPARE(outputOf(request), QByteArray("BAC"));
}

void TestSpawn::spawn_signals_areReset()
{
    sigset_t blocked;
    sigset_t before;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
    ::signal(SIGPIPE, SIG_IGN);
    ::signal(SIGUSR1, [](int) { });
    // cat catches nothing of its own
    const auto status = outputOf({.program = u"cat"_s, .arguments = {u"/proc/self/status"_s}});
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    ::signal(SIGUSR1, SIG_DFL);
    for (const char *line : {"SigBlk:\t0000000000000000\n", "SigIgn:\t0000000000000000\n", "SigCgt:\t0000000000000000\n"})
        QVERIFY2(status.contains(line), status.constData());
}

void TestSpawn::spawn_session_new()
{
    auto request = shell(u"ps -o sid= -p $$; echo $$"_s);
    request.session = SpawnRequest::Session::New;
    const auto words = outputOf(request).simplified().split(' ');
    QCOMPARE(words.size(), 2);
    QCOMPARE(words[0], words[1]);
}

void TestSpawn::wait_stopRequest_killsAndIsCancelled()
{
    auto child = spawn({.program = u"/bin/sleep"_s, .arguments = {u"100"_s}});
    QVERIFY(child.has_value());
    std::stop_source stop;
    std::jthread stopper([&] { stop.request_stop(); });
    const auto status = child->wait(stop.get_token());
    QVERIFY(!status.has_value());
    QCOMPARE(status.error().code, ErrorCode::Cancelled);
    QCOMPARE(processStartTime(child->pid()), 0u);

    stop = {};
    std::jthread second([&] { stop.request_stop(); });
    QElapsedTimer timer;
    timer.start();
    const auto output = runCommand({.program = u"/bin/sleep"_s, .arguments = {u"100"_s}}, stop.get_token());
    QVERIFY(timer.elapsed() < 50'000);
    QVERIFY(!output.has_value());
    QCOMPARE(output.error().code, ErrorCode::Cancelled);
}

void TestSpawn::wait_pidFd_isReadableAtTheEnd()
{
    auto child = spawn({.program = u"/bin/sleep"_s, .arguments = {u"100"_s}});
    QVERIFY(child.has_value());
    pollfd polled{child->pidFd(), POLLIN, 0};
    QCOMPARE(::poll(&polled, 1, 0), 0);
    child->kill(SIGINT);
    QCOMPARE(::poll(&polled, 1, 10'000), 1);
    const auto status = child->wait();
    QVERIFY(status.has_value());
    QCOMPARE(status->signal, SIGINT);
    QVERIFY(!child->wait().has_value()); // a second time there is nothing to wait for
}

void TestSpawn::spawn_fromManyThreads_leaksNothing()
{
    QCOMPARE(outputOf(shell(u"true"_s)), QByteArray());
    const int before = openDescriptors();
    std::atomic<int> wrong = 0;
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&wrong, t] {
            for (int i = 0; i < 25; ++i) {
                const auto word = u"%1-%2"_s.arg(t).arg(i);
                wrong += outputOf(shell("echo "_L1 + word)) != word.toUtf8();
                wrong += spawn({.program = u"/no/such/program"_s}).has_value();
            }
        });
    }
    threads.clear();
    QCOMPARE(wrong.load(), 0);
    QCOMPARE(openDescriptors(), before);
    QCOMPARE(::waitpid(-1, nullptr, WNOHANG), -1); // no zombies
}

void TestSpawn::findProgram_namesThePackage()
{
    QVERIFY(findProgram(u"sh"_s, {}).value_or(QString()).endsWith(u"/sh"_s));
    QCOMPARE(findProgram(u"/bin/sh"_s, {}).value_or(QString()), u"/bin/sh"_s);
    const auto missing = findProgram(u"no-such-program"_s, u"some-package"_s);
    QVERIFY(!missing.has_value());
    QCOMPARE(missing.error().code, ErrorCode::MissingPart);
    QCOMPARE(missing.error().remedy, u"sudo apt install some-package"_s);
    const auto path = qgetenv("PATH");
    qputenv("PATH", "relative:");
    const bool found = findProgram(u"sh"_s, {}).has_value(); // system folders are looked at all the same
    qputenv("PATH", path);
    QVERIFY(found);
}

QTEST_GUILESS_MAIN(TestSpawn)
#include "tst_spawn.moc"
