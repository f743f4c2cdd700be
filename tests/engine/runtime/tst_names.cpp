// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/etcfiles_p.h"
#include "runtime/names_p.h"
#include "runtime/ociruntime_p.h"
#include "runtime/signals_p.h"

#include <QtTest/QTest>

#include <csignal>

using namespace Engine;
using namespace Engine::Internal;
using namespace Qt::StringLiterals;

class tst_Names : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void containerName_rule();
    void generatedNames_areValid();
    void signal_names();
    void addHost_forms();
    void runtimeWords_becomeExitCodes();
};

void tst_Names::containerName_rule()
{
    for (const QString &good : {u"web"_s, u"a1"_s, u"A_b.c-d"_s, u"0x"_s})
        QVERIFY2(checkContainerName(good), qPrintable(good));
    for (const QString &bad : {u""_s, u"a"_s, u"-a"_s, u".a"_s, u"a b"_s, u"a/b"_s, u"../x"_s, u"é1"_s, u"a\n"_s})
        QVERIFY2(!checkContainerName(bad), qPrintable(bad));
}

void tst_Names::generatedNames_areValid()
{
    for (int attempt = 0; attempt < 200; ++attempt) {
        const QString name = generateContainerName(attempt % 2);
        QVERIFY2(checkContainerName(name), qPrintable(name));
        QCOMPARE(name.count(u'_'), 1);
    }
}

void tst_Names::signal_names()
{
    QCOMPARE(parseSignal(u"KILL"_s).value_or(0), SIGKILL);
    QCOMPARE(parseSignal(u"sigterm"_s).value_or(0), SIGTERM);
    QCOMPARE(parseSignal(u"9"_s).value_or(0), 9);
    QCOMPARE(parseSignal(u"RTMIN+3"_s).value_or(0), SIGRTMIN + 3);
    QCOMPARE(parseSignal(u"SIGRTMAX-1"_s).value_or(0), SIGRTMAX - 1);
    for (const QString &bad : {u""_s, u"0"_s, u"65"_s, u"-9"_s, u"NOPE"_s, u"RTMIN+99"_s, u"RTMIN-1"_s, u"SIG"_s})
        QVERIFY2(!parseSignal(bad), qPrintable(bad));
}

void tst_Names::addHost_forms()
{
    QCOMPARE(hostsLine(u"db:10.0.0.7"_s).value_or(QByteArray()), QByteArray("10.0.0.7\tdb\n"));
    QCOMPARE(hostsLine(u"db:::1"_s).value_or(QByteArray()), QByteArray("::1\tdb\n"));
    QCOMPARE(hostsLine(u"db=[fe80::1]"_s).value_or(QByteArray()), QByteArray("fe80::1\tdb\n"));
    for (const QString &bad : {u"db"_s, u"db:"_s, u":1.2.3.4"_s, u"db:nowhere"_s, u"a\nb:1.2.3.4"_s, u"a b:1.2.3.4"_s})
        QVERIFY2(!hostsLine(bad), qPrintable(bad));
}

void tst_Names::runtimeWords_becomeExitCodes()
{
    const auto check = [](const QString &program, const QString &words, int exitCode, const QString &detail) {
        const Error error = runtimeError(u"web"_s, program, words);
        QCOMPARE(error.detail, detail);
        QCOMPARE(error.exitCode, exitCode);
        QCOMPARE(error.code, ErrorCode::CommandFailed);
        QVERIFY(!error.remedy.isEmpty());
    };
    check(u"x"_s, u"executable file `x` not found in $PATH: No such file or directory"_s, 127, u"exec: \"x\": executable file not found in $PATH"_s);
    check(u"/x"_s, u"executable file `/x` not found in $PATH: No such file or directory"_s, 127, u"exec: \"/x\": no such file or directory"_s);
    check(u"/x"_s, u"open executable: Permission denied"_s, 126, u"exec: \"/x\": permission denied"_s);
    check(u"/x/y"_s, u"open executable: Not a directory"_s, 126, u"exec: \"/x/y\": not a directory"_s);
    check(u"/etc"_s, u"open executable: Operation not permitted"_s, 126, u"exec: \"/etc\": is a directory or another special file, not a program"_s);
    check(u"/s"_s, u"exec container process `/s`: Exec format error"_s, 126, u"exec: \"/s\": exec format error"_s);
    check(u"ls"_s, u"chdir `/no`: No such file or directory"_s, 127, u"the working directory cannot be entered: chdir \"/no\": No such file or directory"_s);
    check(u"ls"_s, u"chdir `/etc/passwd`: Not a directory"_s, 126, u"the working directory cannot be entered: chdir \"/etc/passwd\": Not a directory"_s);
    const Error other = runtimeError(u"web"_s, u"ls"_s, u"error stat'ing file `/nosuch`: No such file or directory"_s);
    QCOMPARE(other.exitCode, 125);
    QCOMPARE(other.object, u"web"_s);
    QCOMPARE(other.code, ErrorCode::Io);
}

QTEST_GUILESS_MAIN(tst_Names)
#include "tst_names.moc"
