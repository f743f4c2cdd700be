// SPDX-License-Identifier: GPL-3.0-or-later
#include "buildfixture.h"

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
        const QByteArray dockerfile = "FROM busybox\nCOPY a /a\nRUN echo 1 > /1; sleep 0.05\nRUN echo 2 > /2; sleep 0.05\nCOPY a /b\nRUN cat /1 /2 > /12\n";
        srand(20);
        for (int i = 0; i < 20; ++i) {
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
            b.store.open(); // takes away what it left
            const auto image = b.build(dockerfile);
            VERIFY_RESULT(image);
            QCOMPARE(b.file(*image, "/12"), QByteArray("1\n2\n"));
            QCOMPARE(QDir(b.settings.paths.run + u"/builds"_s).entryList({u"build-*"_s}, QDir::Files).size(), 0);
            QCOMPARE(QDir(b.settings.paths.run + u"/builds/runtime"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot).size(), 0);
            QCOMPARE(QDir(b.store.paths().root + u"/staging"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot).size(), 0);
        }
    }
};

int main(int argc, char **argv)
{
    return StoreFixture::runInNamespaces<TestBuildKill>(argc, argv);
}
#include "tst_buildkill.moc"
