// SPDX-License-Identifier: GPL-3.0-or-later
#include "slipwayprogram.h"
#include "testregistry.h"

#include <QtCore/QElapsedTimer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QtTest>

#include <map>

using namespace Qt::StringLiterals;

//! Two Dockerfiles as every course has them, on a real Debian: packages come from Debian's mirror. As root and as an ordinary user.
class CourseBuilds : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void python_data() { users(); }
    void python();
    void nginx_data() { users(); }
    void nginx();
    void noNetwork_data() { users(); }
    void noNetwork();

private:
    static void users()
    {
        QTest::addColumn<bool>("asRoot");
        QTest::newRow("root") << true;
        QTest::newRow("user") << false;
    }
    void choose();
    SlipwayProgram::Answer build(const QStringList &options, const QByteArray &dockerfile) const;

    TestSupport::TestRegistry m_registry;
    QTemporaryDir m_base{(QFileInfo(u"/dev/shm"_s).isWritable() ? u"/dev/shm"_s : QDir::tempPath()) + u"/slipway-course-XXXXXX"_s};
    std::map<bool, SlipwayProgram> m_programs;  //!< by being root
    const SlipwayProgram *m_slipway = nullptr;
};

void CourseBuilds::initTestCase()
{
    QTcpSocket mirror;
    mirror.connectToHost(u"deb.debian.org"_s, 80);
    if (!mirror.waitForConnected(4000))
        QSKIP(qPrintable("deb.debian.org cannot be reached: "_L1 + mirror.errorString()));
    QString reason;
    const QString layout = TestSupport::TestRegistry::debianLayout(&reason);
    if (layout.isEmpty())
        QSKIP(qPrintable(reason));
    if (reason = m_registry.start(); !reason.isEmpty())
        QSKIP(qPrintable(reason));
    QCOMPARE(m_registry.push(layout, u"latest"_s, u"debian:latest"_s), QString());
    QVERIFY(QFile::setPermissions(m_base.path(), QFile::permissions(m_base.path()) | QFile::ReadOther | QFile::ExeOther));
}

void CourseBuilds::cleanupTestCase()
{
    for (const auto &[asRoot, slipway] : m_programs) {
        slipway.removeAllContainers();
        QCOMPARE(slipway({u"system"_s, u"prune"_s, u"-af"_s}).code, 0);
    }
}

//! Skips where this machine has no such user; pulls Debian and names it as the course does at the first time.
void CourseBuilds::choose()
{
    QFETCH(const bool, asRoot);
    m_slipway = nullptr;
    const std::optional<TestUser> user = asRoot ? TestUser::root() : TestUser::ordinary();
    if (!user)
        QSKIP(asRoot ? "needs root" : TestUser::missing());
    const auto [program, isNew] = m_programs.try_emplace(asRoot, *user, m_base.filePath(asRoot ? u"root"_s : u"user"_s));
    if (isNew) {
        SlipwayProgram &slipway = program->second;
        slipway.setTimeoutMs(240'000); // apt-get on a slow line
        QVERIFY(!slipway.folder(u"."_s).isEmpty() && !slipway.folder(u"run"_s).isEmpty() && !slipway.folder(u"context"_s).isEmpty());
        const QString pulled = m_registry.address() + "/debian"_L1;
        for (const QStringList &command : {QStringList{u"pull"_s, pulled}, {u"tag"_s, pulled, u"debian"_s}, {u"tag"_s, pulled, u"ubuntu"_s}}) {
            const SlipwayProgram::Answer answer = slipway(command);
            QVERIFY2(answer.code == 0, answer.err.constData());
        }
    }
    m_slipway = &program->second;
}

SlipwayProgram::Answer CourseBuilds::build(const QStringList &options, const QByteArray &dockerfile) const
{
    if (!m_slipway->write(u"context/Dockerfile"_s, dockerfile))
        return {.code = -1, .out = {}, .err = "the Dockerfile could not be written"};
    return (*m_slipway)(QStringList{u"build"_s} + options + QStringList{u"context"_s});
}

void CourseBuilds::python()
{
    choose();
    if (!m_slipway)
        return;
    QElapsedTimer timer;
    timer.start();
    const SlipwayProgram::Answer built = build({u"-t"_s, u"py"_s}, "FROM debian\nRUN apt-get update\nRUN apt-get -y install python3\nCMD [\"python3\"]\n");
    QVERIFY2(built.code == 0, (built.out.right(2000) + built.err).constData());
    QVERIFY(built.out.contains("Successfully tagged py:latest"));
    qInfo("built in %lld ms", timer.restart());
    const SlipwayProgram::Answer ran = (*m_slipway)({u"run"_s, u"--rm"_s, u"py"_s, u"python3"_s, u"-c"_s, u"print(1+1)"_s});
    QCOMPARE(ran.out, QByteArray("2\n"));
    QCOMPARE(ran.code, 0);
    qInfo("ran in %lld ms", timer.elapsed());
}

void CourseBuilds::nginx()
{
    choose();
    if (!m_slipway)
        return;
    const SlipwayProgram::Answer built = build({u"-t"_s, u"web"_s}, "FROM debian\nRUN apt-get update\nRUN apt-get install -y nginx\nEXPOSE 80 443\n"
                                                                            "ENTRYPOINT [\"nginx\",\"-g\",\"daemon off;\"]\n");
    QVERIFY2(built.code == 0, (built.out.right(2000) + built.err).constData());
    QTcpSocket socket;
    socket.connectToHost(QHostAddress::LocalHost, 80);
    if (socket.waitForConnected(200))
        QSKIP("something else listens on port 80");
    const SlipwayProgram::Answer started = (*m_slipway)({u"run"_s, u"-d"_s, u"--name"_s, u"web"_s, u"--network"_s, u"host"_s, u"web"_s});
    QVERIFY2(started.code == 0, started.err.constData());
    QFile firstFreePort(u"/proc/sys/net/ipv4/ip_unprivileged_port_start"_s);
    QVERIFY(firstFreePort.open(QFile::ReadOnly));
    if (m_slipway->user().uid() != 0 && firstFreePort.readAll().trimmed().toInt() > 80) { // the host's network has the host's rules
        QTRY_VERIFY_WITH_TIMEOUT((*m_slipway)({u"logs"_s, u"web"_s}).err.contains("bind() to 0.0.0.0:80 failed (13: Permission denied)"), 10'000);
        return;
    }
    QByteArray page;
    QTRY_VERIFY_WITH_TIMEOUT((socket.abort(), socket.connectToHost(QHostAddress::LocalHost, 80), socket.waitForConnected(200)), 10'000);
    socket.write("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n");
    while (socket.waitForReadyRead(5000))
        page += socket.readAll();
    QVERIFY2(page.startsWith("HTTP/1.1 200 OK") && page.contains("nginx"), page.left(300).constData());
    QCOMPARE((*m_slipway)({u"stop"_s, u"web"_s}).code, 0);
    QVERIFY((*m_slipway)({u"ps"_s, u"-a"_s}).out.contains("Exited (0)")); // SIGTERM ends nginx in order
}

void CourseBuilds::noNetwork()
{
    choose();
    if (!m_slipway)
        return;
    const SlipwayProgram::Answer built = build({u"--network"_s, u"none"_s, u"--no-cache"_s},
                                               "FROM ubuntu\nRUN apt-get update\nRUN apt-get -y install python3\nCMD [\"python3\"]\n");
    QCOMPARE(built.code, 100); // apt-get's own
    // "apt-get update" itself ends with 0 when it reaches nobody.
    QVERIFY2(built.err.contains("Dockerfile:3:1: error: The command '/bin/sh -c apt-get -y install python3' returned a non-zero code: 100"), built.err.constData());
    QCOMPARE(built.err.count(": error: "), 1);
    QVERIFY(!built.out.contains("Step 4/4"));
}

QTEST_GUILESS_MAIN(CourseBuilds)
#include "tst_coursebuilds.moc"
