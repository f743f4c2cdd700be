// SPDX-License-Identifier: GPL-3.0-or-later
#include "../../support/testuser.h"
#include "buildfixture.h"
#include "linux/mounts_p.h"
#include "storage/storecheck_p.h"

#include <QtCore/QProcess>

#include <signal.h>
#include <sys/wait.h>

using namespace BuildFixture;

//! Kills builders at random moments: the store stays whole, and the next build is right.
class TestBuildKill : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void killedBuilds_leaveAWholeStore()
    {
        BuildFixture::Builder b;
        b.write(u"a"_s, QByteArray(2'000'000, 'x'));
        const QByteArray inARow = "FROM busybox\nCOPY a /a\nRUN echo 1 > /1; sleep 0.05\nRUN echo 2 > /2; sleep 0.05\nCOPY a /b\nRUN cat /1 /2 > /12\n";
        const QByteArray besides = "FROM busybox AS one\nCOPY a /a\nRUN echo 1 > /1; sleep 0.08\nFROM busybox AS two\nRUN echo 2 > /2; sleep 0.08\nCOPY a /b\n"
                                   "FROM busybox\nCOPY --from=one /1 /1\nCOPY --from=two /2 /2\nRUN cat /1 /2 > /12\n";
        int hadMounts = 0;
        srand(20);
        for (int i = 0; i < 20; ++i) {
            const QByteArray &dockerfile = i % 4 < 2 ? inARow : besides;
            BuildRequest request = b.request(dockerfile);
            request.noCache = i % 2 == 0;
            request.buildArgs.insert(u"ROUND"_s, QString::number(i));
            const pid_t child = ::fork();
            if (child == 0) { // a builder of its own, with its own connection to the store
                auto store = Store::open(b.store.paths(), b.store.ids);
                FileDigests digests;
                if (store)
                    (void)executeBuild(**store, b.settings, digests, request, {}, {[](const BuildPlan &) {}, [](const BuildStep &) {}, [](int, const QByteArray &, OutputStream) {}}, {});
                ::_exit(0);
            }
            QTest::qSleep(rand() % 400);
            ::kill(child, SIGKILL);
            ::waitpid(child, nullptr, 0);
            hadMounts += !mountPointsBelow(b.store.paths().root).value_or(QStringList()).isEmpty();
            // A child that was about to become crun holds the builder's lock for some microseconds more; then opening takes away what was left.
            QTRY_COMPARE((b.store.open(), mountPointsBelow(b.store.paths().root).value_or(QStringList{u"unknown"_s})), QStringList());
            const auto faults = checkStore(*b.store, {});
            VERIFY_RESULT(faults);
            QVERIFY2(faults->isEmpty(), qPrintable(faults->join(u'\n')));
            const auto image = b.build(dockerfile);
            VERIFY_RESULT(image);
            QCOMPARE(b.file(*image, "/12"), QByteArray("1\n2\n"));
            QCOMPARE(QDir(b.settings.paths.run + u"/builds"_s).entryList({u"build-*"_s}, QDir::Files).size(), 0);
            QCOMPARE(QDir(b.settings.paths.run + u"/builds/runtime"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot).size(), 0);
            QCOMPARE(QDir(b.store.paths().root + u"/staging"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot).size(), 0);
        }
        QVERIFY(hadMounts > 0); // or nothing was there to take away
    }
};

//! The same as an ordinary user, before this process enters its own namespaces. \return its exit code
int asOrdinaryUser(const char *self)
{
    const auto user = ::geteuid() == 0 ? TestUser::ordinary() : std::nullopt;
    if (!user) {
        std::fprintf(stderr, "Not run as an ordinary user beside root: %s\n", TestUser::missing());
        return 0;
    }
    QTemporaryDir run;
    if (!run.isValid() || !user->own(run.path()))
        return 1;
    QProcess process;
    process.setProcessChannelMode(QProcess::ForwardedChannels);
    const QStringList command = user->command({QString::fromLocal8Bit(self)}, run.path());
    process.start(command.first(), command.mid(1));
    return process.waitForFinished(150'000) && process.exitStatus() == QProcess::NormalExit ? process.exitCode() : 1;
}

int main(int argc, char **argv)
{
    if (const int code = ::geteuid() == 0 ? asOrdinaryUser(argv[0]) : 0)
        return code;
    return StoreFixture::runInNamespaces<TestBuildKill>(argc, argv);
}
#include "tst_buildkill.moc"
