// SPDX-License-Identifier: GPL-3.0-or-later
#include "buildfixture.h"

#include "build/sshforward_p.h"

#include <QtCore/QDirIterator>
#include <QtCore/QScopeGuard>
#include <QtCore/QStandardPaths>

using namespace BuildFixture;

//! What RUN --mount brings, and what of it must be nowhere afterwards.
class TestBuildMounts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void secrets_areSeenAsAsked();
    void secrets_areNowhereAfterwards();
    void secrets_missing_data();
    void secrets_missing();
    void secrets_changeIsNoMiss();
    void ssh_forwardsListingAndSigningOnly();
    void ssh_socketIsThereForTheStep();
    void cache_startsWithFiles();
    void cache_privateIsNotShared();
    void run_hostsAndLimits();
    void noCacheFilter_runsThatStageOnly();
    void platform_ofAnotherMachineIsRefused();

private:
    static BuildRequest withSecret(const BuildFixture::Builder &b, const QByteArray &dockerfile, const QByteArray &content)
    {
        b.write(u".secrets/token"_s, content, 0600);
        BuildRequest r = b.request(dockerfile);
        r.secrets.insert(u"token"_s, BuildSecret{.file = b.context.path() + u"/.secrets/token"_s, .variable = {}});
        return r;
    }
};

void TestBuildMounts::secrets_areSeenAsAsked()
{
    BuildFixture::Builder b;
    qputenv("SLIPWAY_TEST_SECRET", "from the environment");
    BuildRequest r = withSecret(b,
                                "FROM busybox\n"
                                "RUN --mount=type=secret,id=token cat /run/secrets/token > /a; stat -c '%a %u:%g' /run/secrets/token > /b\n"
                                "RUN --mount=type=secret,id=token,target=/etc/deep/token,mode=0440,uid=33,gid=50 stat -c '%a %u:%g' /etc/deep/token > /c\n"
                                "RUN --mount=type=secret,target=/tmp/token cat /tmp/token > /d\n"
                                "RUN --mount=type=secret,id=variable,env=TOKEN test ! -e /run/secrets/variable && echo \"$TOKEN\" > /e\n"
                                "RUN --mount=type=secret,id=token,env=TOKEN,target=both cat both > /f && echo \"$TOKEN\" >> /f\n"
                                "RUN --mount=type=secret,id=none test ! -e /run/secrets/none\n",
                                "s3cret");
    r.secrets.insert(u"variable"_s, BuildSecret{.file = {}, .variable = u"SLIPWAY_TEST_SECRET"_s});
    const auto image = b.build(r);
    VERIFY_RESULT(image);
    QCOMPARE(b.file(*image, "/a"), QByteArray("s3cret"));
    QCOMPARE(b.file(*image, "/b"), QByteArray("400 0:0\n"));
    QCOMPARE(b.file(*image, "/c"), QByteArray("440 33:50\n"));
    QCOMPARE(b.file(*image, "/d"), QByteArray("s3cret"));
    QCOMPARE(b.file(*image, "/e"), QByteArray("from the environment\n"));
    QCOMPARE(b.file(*image, "/f"), QByteArray("s3crets3cret\n"));
    for (const char *path : {"/run/secrets", "/etc/deep", "/tmp/token", "/both"})
        QCOMPARE(b.attributes(*image, path), QByteArray("(missing)"));
}

void TestBuildMounts::secrets_areNowhereAfterwards()
{
    BuildFixture::Builder b;
    const QByteArray marker = "needle-4711-in-a-haystack";
    QByteArrayList seenWhileRunning;
    b.onOutput = [&] { // the step is running: what is on the disk now is what a kill would leave there
        QDirIterator files(b.store.paths().root, QDir::Files | QDir::Hidden | QDir::System, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            const QString path = files.next();
            QFile file(path);
            if (!path.contains("/secrets/"_L1) && file.open(QIODevice::ReadOnly) && file.readAll().contains(marker))
                seenWhileRunning += QFile::encodeName(path);
        }
    };
    const BuildRequest r = withSecret(b, "FROM busybox\nRUN --mount=type=secret,id=token --mount=type=secret,id=token,env=TOKEN "
                                         "test -n \"$TOKEN\" && cmp -s /run/secrets/token /run/secrets/token && echo ran\n", marker);
    const auto image = b.build(r);
    VERIFY_RESULT(image);
    QVERIFY(b.output.contains("ran"));
    QVERIFY2(seenWhileRunning.isEmpty(), seenWhileRunning.join(' ').constData());
    QVERIFY(!b.output.contains(marker));
    int looked = 0;
    for (const QString &folder : {b.store.paths().root, b.store.paths().run}) {
        QDirIterator files(folder, QDir::Files | QDir::Hidden | QDir::System, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            QVERIFY2(!file.readAll().contains(marker), qPrintable(file.fileName()));
            ++looked;
        }
    }
    QVERIFY(looked > 5);
    QVERIFY(!QByteArray::fromStdString(image->config.dump()).contains(marker));
}

void TestBuildMounts::secrets_missing_data()
{
    QTest::addColumn<QByteArray>("mount");
    QTest::addColumn<QString>("detail");
    QTest::newRow("secret") << QByteArray("type=secret,id=none,required") << u"secret none: not found"_s;
    QTest::newRow("agent") << QByteArray("type=ssh,required=true") << u"no SSH key \"default\" forwarded from the client"_s;
    QTest::newRow("other agent") << QByteArray("type=ssh,id=work,required=true") << u"no SSH key \"work\" forwarded from the client"_s;
    QTest::newRow("nameless") << QByteArray("type=secret") << u"one of source, target required"_s;
}

void TestBuildMounts::secrets_missing()
{
    QFETCH(QByteArray, mount);
    QFETCH(QString, detail);
    BuildFixture::Builder b;
    const auto failed = b.build("FROM busybox\nRUN --mount=" + mount + " true\n");
    QVERIFY(!failed);
    QCOMPARE(failed.error().detail, detail);
    QCOMPARE(failed.error().position.value_or(SourcePosition{}).line, 2);
}

void TestBuildMounts::secrets_changeIsNoMiss()
{
    BuildFixture::Builder b;
    const QByteArray dockerfile = "FROM busybox\nRUN --mount=type=secret,id=token cat /run/secrets/token > /dev/null\n";
    const auto first = b.build(withSecret(b, dockerfile, "one"));
    VERIFY_RESULT(first);
    QCOMPARE(b.executed, (QSet<int>{1}));
    const auto second = b.build(withSecret(b, dockerfile, "two"));
    VERIFY_RESULT(second);
    QVERIFY2(b.executed.isEmpty(), "the value of a secret is no part of a step"); // as in BuildKit
    const auto third = b.build(withSecret(b, QByteArray(dockerfile).replace("id=token", "id=token,mode=0444"), "two"));
    VERIFY_RESULT(third);
    QCOMPARE(b.executed, (QSet<int>{1}));
}

void TestBuildMounts::ssh_forwardsListingAndSigningOnly()
{
    if (QStandardPaths::findExecutable(u"ssh-keygen"_s).isEmpty())
        QSKIP("needs ssh-keygen of openssh-client");
    QTemporaryDir folder;
    const QString key = folder.filePath(u"key"_s);
    const auto made = runCommand({.program = u"ssh-keygen"_s, .arguments = {u"-q"_s, u"-t"_s, u"ed25519"_s, u"-N"_s, u""_s, u"-C"_s, u"slipway-test"_s, u"-f"_s, key}});
    VERIFY_RESULT(made);
    QCOMPARE(made->status.code, 0);
    const auto forward = SshForward::start({key}, folder.path(), u"ssh-0"_s, ::geteuid(), ::getegid(), 0600);
    VERIFY_RESULT(forward);
    const auto add = [&](const QStringList &arguments) {
        SpawnRequest request{.program = u"ssh-add"_s, .arguments = arguments};
        request.addedEnvironment = QByteArrayList{"SSH_AUTH_SOCK=" + QFile::encodeName((*forward)->socketPath())};
        return runCommand(request);
    };
    const auto listed = add({u"-l"_s});
    VERIFY_RESULT(listed);
    QVERIFY2(listed->standardOutput.contains("slipway-test"), listed->standardError.constData());
    const auto signedBy = add({u"-T"_s, key + ".pub"_L1}); // signs and checks
    VERIFY_RESULT(signedBy);
    QVERIFY2(signedBy->status.code == 0, signedBy->standardError.constData());
    const auto removed = add({u"-D"_s});
    VERIFY_RESULT(removed);
    QVERIFY(removed->status.code != 0);
    QVERIFY(add({u"-l"_s})->standardOutput.contains("slipway-test"));
    const auto wrong = SshForward::start({folder.filePath(u"none"_s)}, folder.path(), u"ssh-1"_s, 0, 0, 0600);
    QVERIFY(!wrong);
    QCOMPARE(wrong.error().code, ErrorCode::NotFound);
    const auto noKey = SshForward::start({key + ".pub"_L1}, folder.path(), u"ssh-2"_s, 0, 0, 0600);
    QVERIFY(!noKey);
    QVERIFY2(noKey.error().detail.startsWith("the key of --ssh cannot be used: "_L1), qPrintable(noKey.error().detail));
}

void TestBuildMounts::ssh_socketIsThereForTheStep()
{
    if (QStandardPaths::findExecutable(u"ssh-keygen"_s).isEmpty())
        QSKIP("needs ssh-keygen of openssh-client");
    BuildFixture::Builder b;
    QTemporaryDir folder;
    const QString key = folder.filePath(u"key"_s);
    const auto made = runCommand({.program = u"ssh-keygen"_s, .arguments = {u"-q"_s, u"-t"_s, u"ed25519"_s, u"-N"_s, u""_s, u"-f"_s, key}});
    VERIFY_RESULT(made);
    BuildRequest r = b.request("FROM busybox\nRUN --mount=type=ssh test -S \"$SSH_AUTH_SOCK\" && echo $SSH_AUTH_SOCK > /a && stat -c '%a %u:%g' $SSH_AUTH_SOCK > /b\n"
                               "RUN --mount=type=ssh,target=/s,mode=0666,uid=33,gid=50 stat -c '%a %u:%g' /s > /c\nRUN test -z \"$SSH_AUTH_SOCK\"\n");
    r.sshAgents.insert(u"default"_s, {key});
    const auto image = b.build(r);
    VERIFY_RESULT(image);
    QCOMPARE(b.file(*image, "/a"), QByteArray("/run/buildkit/ssh_agent.0\n"));
    QCOMPARE(b.file(*image, "/b"), QByteArray("600 0:0\n"));
    QCOMPARE(b.file(*image, "/c"), QByteArray("666 33:50\n"));
    QCOMPARE(b.attributes(*image, "/run/buildkit"), QByteArray("(missing)"));
}

void TestBuildMounts::cache_startsWithFiles()
{
    BuildFixture::Builder b;
    const auto image = b.build("FROM busybox AS seed\nRUN mkdir -p /x/sub && echo seed > /x/sub/file\nFROM busybox\n"
                               "RUN --mount=type=cache,from=seed,source=/x/sub,target=/c cat /c/file > /a && echo more >> /c/file\n"
                               "RUN --mount=type=cache,from=seed,source=/x/sub,target=/c cat /c/file > /b\n"
                               "RUN --mount=type=cache,from=seed,source=/x,target=/c cat /c/sub/file > /d\n"
                               "RUN --mount=type=bind,from=seed,source=/x,target=/y,mode=0700,uid=3 cat /y/sub/file > /e\n");
    VERIFY_RESULT(image);
    QCOMPARE(b.file(*image, "/a"), QByteArray("seed\n"));
    QCOMPARE(b.file(*image, "/b"), QByteArray("seed\nmore\n"));
    QCOMPARE(b.file(*image, "/d"), QByteArray("seed\n"));
    QCOMPARE(b.file(*image, "/e"), QByteArray("seed\n"));
}

void TestBuildMounts::cache_privateIsNotShared()
{
    BuildFixture::Builder b;
    const auto first = b.build("FROM busybox\nRUN --mount=type=cache,id=c,target=/c echo first > /c/file\n");
    VERIFY_RESULT(first);
    const QString path = b.store.paths().root + "/build-caches/"_L1 + Digest::ofBytes("c").hex();
    auto held = FileLock::tryAcquire(path + ".lock"_L1, FileLock::Mode::Exclusive); // another step uses it
    VERIFY_RESULT(held);
    const auto own = b.build("FROM busybox\nRUN --mount=type=cache,id=c,target=/c,sharing=private ls /c > /listing\n");
    VERIFY_RESULT(own);
    QCOMPARE(b.file(*own, "/listing"), QByteArray());
    std::stop_source stop;
    std::thread waiting([&] { // the one who has it lets go once the other waits, and the other gets it
        std::this_thread::yield();
        held = Failure(Error{});
    });
    const auto locked = b.build(b.request("FROM busybox\nRUN --mount=type=cache,id=c,target=/c,sharing=locked cat /c/file > /content\n"), stop.get_token());
    waiting.join();
    VERIFY_RESULT(locked);
    QCOMPARE(b.file(*locked, "/content"), QByteArray("first\n"));
}

void TestBuildMounts::run_hostsAndLimits()
{
    BuildFixture::Builder b;
    BuildRequest r = b.request("FROM busybox\nRUN grep -c '10.1.2.3.*myhost' /etc/hosts > /a; df -k /dev/shm | tail -1 > /b; ulimit -n > /c; ulimit -c >> /c\n");
    r.extraHosts = {u"myhost:10.1.2.3"_s};
    r.shmBytes = 1024 * 1024;
    r.ulimits = {{u"nofile"_s, 64, 100}, {u"core"_s, 0, 0}};
    const auto image = b.build(r);
    VERIFY_RESULT(image);
    QCOMPARE(b.file(*image, "/a"), QByteArray("1\n"));
    QVERIFY2(b.file(*image, "/b").contains(" 1024 "), b.file(*image, "/b").constData());
    QCOMPARE(b.file(*image, "/c"), QByteArray("64\n0\n"));
}

void TestBuildMounts::noCacheFilter_runsThatStageOnly()
{
    BuildFixture::Builder b;
    BuildRequest r = b.request("FROM busybox AS one\nRUN echo 1 > /a\nFROM busybox AS two\nRUN echo 2 > /b\nFROM busybox\nCOPY --from=one /a /a\nCOPY --from=two /b /b\n");
    const auto first = b.build(r);
    VERIFY_RESULT(first);
    r.noCacheStages = {u"Two"_s};
    const auto planned = b.plan(r);
    VERIFY_RESULT(planned);
    QCOMPARE(planned->shown.steps[3].cause, u"the cache is not to be used for this stage"_s);
    QCOMPARE(planned->shown.steps[1].state, BuildStep::State::Cached);
    const auto second = b.build(r);
    VERIFY_RESULT(second);
    QVERIFY(b.executed.contains(3) && !b.executed.contains(1));
}

void TestBuildMounts::platform_ofAnotherMachineIsRefused()
{
    BuildFixture::Builder b;
    BuildRequest r = b.request("FROM busybox\n");
    r.platform = BuildPlatform::ofThisMachine().toString();
    const auto own = b.build(r);
    VERIFY_RESULT(own);
    r.platform = u"linux/mips64"_s;
    const auto other = b.build(r);
    QVERIFY(!other);
    QVERIFY2(other.error().detail.startsWith("building for linux/mips64 on "_L1), qPrintable(other.error().detail));
    r.platform = u"linux/a b"_s;
    const auto nonsense = b.build(r);
    QVERIFY(!nonsense);
    QCOMPARE(nonsense.error().code, ErrorCode::InvalidInput);
}

int main(int argc, char **argv)
{
    return StoreFixture::runInNamespaces<TestBuildMounts>(argc, argv);
}
#include "tst_buildmounts.moc"
