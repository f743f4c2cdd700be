// SPDX-License-Identifier: GPL-3.0-or-later
#include "buildfixture.h"
#include "build/buildlog_p.h"

#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>

using namespace BuildFixture;

class TestBuilder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void allInstructions_makeAnImage();
    void secondBuild_isCachedAndTheSameImage();
    void prediction_isWhatRuns();
    void causes_nameWhatChanged();
    void copy_rules();
    void copy_fromStage_keepsOwners();
    void context_linksStayInside();
    void ignoreFile_hides();
    void run_failure_hasPlaceAndCode();
    void run_cancel_endsAtOnce();
    void run_leavesNoMountPoints();
    void run_users_shell_heredoc_mounts();
    void stages_runAtTheSameTime();
    void stages_failure_endsTheOthers();
    void sameStep_runsOnce();
    void sourceDate_givesTheSameImageEverywhere();
    void history_keepsWhatBuildsDid();
    void history_isBounded();
    void add_unpacksArchives_data();
    void add_unpacksArchives();
    void add_hostileArchives_data();
    void add_hostileArchives();
    void images_arePulled();
    void warnings_doNotStopTheBuild();
    void mistakes_data();
    void mistakes();
};

void TestBuilder::allInstructions_makeAnImage()
{
    BuildFixture::Builder b;
    b.write(u"index.html"_s, "hello\n");
    const auto image = b.build("ARG BASE=busybox\nFROM $BASE AS web\nLABEL a=b\nENV PORT=8080 DIR=/srv\nWORKDIR $DIR/www\nCOPY index.html .\n"
                               "RUN echo built on $PORT > built.txt\nEXPOSE $PORT\nUSER web\nVOLUME /data\nSTOPSIGNAL SIGQUIT\n"
                               "HEALTHCHECK --interval=5s CMD true\nENTRYPOINT [\"/bin/busybox\"]\nCMD [\"httpd\", \"-f\"]\n");
    VERIFY_RESULT(image);
    QCOMPARE(b.file(*image, "/srv/www/index.html"), QByteArray("hello\n"));
    QCOMPARE(b.file(*image, "/srv/www/built.txt"), QByteArray("built on 8080\n"));
    QCOMPARE(b.attributes(*image, "/srv/www/index.html"), QByteArray("644 0:0"));
    const auto &config = image->config["config"];
    QCOMPARE(config["WorkingDir"].get<std::string>(), std::string("/srv/www"));
    QCOMPARE(config["User"].get<std::string>(), std::string("web"));
    QCOMPARE(b.planned.steps[9].text, u"VOLUME [\"/data\"]"_s); // as a Dockerfile would have it
    QCOMPARE(b.planned.steps[12].text, u"ENTRYPOINT [\"/bin/busybox\"]"_s);
    QCOMPARE(b.planned.steps[13].text, u"CMD [\"httpd\", \"-f\"]"_s);
    QVERIFY(config["ExposedPorts"].contains("8080/tcp"));
    QCOMPARE(image->config["rootfs"]["diff_ids"].size(), size_t(4)); // base, WORKDIR, COPY, RUN
    size_t layers = 0;
    for (const auto &entry : image->config["history"])
        layers += !entry.value("empty_layer", false);
    QCOMPARE(layers, size_t(4));
}

void TestBuilder::secondBuild_isCachedAndTheSameImage()
{
    BuildFixture::Builder b;
    b.write(u"a"_s, "1");
    const QByteArray dockerfile = "FROM busybox\nENV X=1\nCOPY a /a\nRUN echo hi > /b\nCMD [\"sh\"]\n";
    const auto first = b.build(dockerfile);
    VERIFY_RESULT(first);
    QCOMPARE(b.executed, (QSet<int>{1, 2, 3, 4}));
    const auto second = b.build(dockerfile);
    VERIFY_RESULT(second);
    QVERIFY2(b.executed.isEmpty(), qPrintable(b.planned.steps.value(1).cause));
    QCOMPARE(second->id, first->id);
    BuildRequest again = b.request(dockerfile);
    again.noCache = true;
    const auto third = b.build(again);
    VERIFY_RESULT(third);
    QCOMPARE(b.executed, (QSet<int>{1, 2, 3, 4}));
}

// Every edit: what the plan says will run is what runs, and what the plan says after it is that nothing will.
void TestBuilder::prediction_isWhatRuns()
{
    BuildFixture::Builder b;
    b.write(u"src/a"_s, "1");
    b.write(u"src/b"_s, "2");
    b.write(u"other"_s, "3");
    QByteArrayList lines{"FROM busybox AS one", "ARG V=1", "ENV E=1", "WORKDIR /w", "COPY src /src", "RUN cat /src/a > /w/out", "FROM busybox", "LABEL l=1",
                         "COPY --from=one /w /w", "COPY other /", "RUN echo $E > /e"};
    const auto text = [&] { return lines.join('\n') + '\n'; };
    const std::vector<std::function<void()>> edits{
        [] {},
        [&] { b.write(u"src/a"_s, "changed"); },
        [&] { b.write(u"other"_s, "changed"); },
        [&] { b.write(u"unused"_s, "new"); },
        [&] { b.write(u"src/c"_s, "new"); },
        [&] { ::chmod(QFile::encodeName(b.context.path() + u"/src/b"_s).constData(), 0755); },
        [&] { lines[7] = "LABEL l=2"; },
        [&] { lines[2] = "ENV E=2"; },
        [&] { lines[1] = "ARG V=2"; },
        [&] { lines[5] = "RUN cat /src/b > /w/out"; },
        [&] { lines[3] = "WORKDIR /w/deep"; },
        [&] { lines[7] = "LABEL l=1"; },
        [&] { QFile::remove(b.context.path() + u"/src/c"_s); },
        [&] { lines.insert(1, "RUN true"); },
        [&] { lines.removeAt(1); },
        [&] { b.write(u".dockerignore"_s, "src/b\n"); },
        [&] { ::utimensat(AT_FDCWD, QFile::encodeName(b.context.path() + u"/other"_s).constData(), nullptr, 0); },
    };
    for (size_t i = 0; i < edits.size(); ++i) {
        edits[i]();
        if (i == 15)
            lines[5] = "RUN cat /src/a > /w/out";
        const auto planned = b.plan(text());
        VERIFY_RESULT(planned);
        const auto built = b.build(text());
        VERIFY_RESULT(built);
        QCOMPARE(b.executed, BuildFixture::Builder::predicted(planned->shown));
        const auto after = b.plan(text());
        VERIFY_RESULT(after);
        QVERIFY2(BuildFixture::Builder::predicted(after->shown).isEmpty(), qPrintable(u"edit %1"_s.arg(i)));
        if (i == 16)
            QVERIFY(b.executed.isEmpty()); // a touched file is no change
    }
}

void TestBuilder::causes_nameWhatChanged()
{
    BuildFixture::Builder b;
    b.write(u"src/index.html"_s, "1");
    const QByteArray dockerfile = "FROM busybox\nARG V=1\nCOPY src /src\nRUN echo $V\n";
    const auto built = b.build(dockerfile);
    VERIFY_RESULT(built);
    const auto causeAt = [&](int index, const BuildRequest &request) {
        const auto plan = b.plan(request);
        return plan ? plan->shown.steps.value(index).cause : plan.error().detail;
    };
    b.write(u"src/index.html"_s, "22");
    QCOMPARE(causeAt(2, b.request(dockerfile)), u"COPY: src/index.html changed"_s);
    QCOMPARE(causeAt(3, b.request(dockerfile)), u"a line above runs again"_s);
    b.write(u"src/index.html"_s, "1");
    b.write(u"src/new"_s, "1");
    QCOMPARE(causeAt(2, b.request(dockerfile)), u"COPY: src/new is new"_s);
    QFile::remove(b.context.path() + u"/src/new"_s);
    QCOMPARE(causeAt(2, b.request(dockerfile)), QString());
    BuildRequest withArg = b.request(dockerfile);
    withArg.buildArgs.insert(u"V"_s, u"2"_s);
    QCOMPARE(causeAt(3, withArg), u"ARG V was 1 and is now 2"_s);
    QCOMPARE(causeAt(3, b.request("FROM busybox\nARG V=1\nCOPY src /src\nRUN echo other\n")), u"the instruction changed, it was: RUN echo $V"_s);
    QCOMPARE(causeAt(1, b.request("FROM nosuch/image\nRUN x\n")), u"its base image is not here yet"_s);
}

void TestBuilder::copy_rules()
{
    BuildFixture::Builder b;
    b.write(u"one"_s, "1", 0640);
    b.write(u"two"_s, "2");
    b.write(u"dir/sub/three"_s, "3");
    b.write(u"dir/skip.o"_s, "o");
    const auto image = b.build("FROM busybox\nWORKDIR /w\nCOPY one renamed\nCOPY one two into/\nCOPY dir tree\nCOPY dir /tmp\nCOPY t*o star/\n"
                               "COPY --chown=web:staff --chmod=600 one owned\nCOPY --chown=33 one number\nCOPY --exclude=*.o dir less\n"
                               "COPY <<EOF <<'RAW' /docs/\nhome is $PATH\nEOF\nraw $PATH\nRAW\nCOPY one .\nADD two /added\n");
    VERIFY_RESULT(image);
    QCOMPARE(b.file(*image, "/w/renamed"), QByteArray("1"));
    QCOMPARE(b.attributes(*image, "/w/renamed"), QByteArray("640 0:0"));
    QCOMPARE(b.file(*image, "/w/into/two"), QByteArray("2"));
    QCOMPARE(b.file(*image, "/w/tree/sub/three"), QByteArray("3"));
    QCOMPARE(b.attributes(*image, "/tmp"), QByteArray("1777 0:0"));
    QCOMPARE(b.file(*image, "/w/star/two"), QByteArray("2"));
    QCOMPARE(b.attributes(*image, "/w/owned"), QByteArray("600 33:50"));
    QCOMPARE(b.attributes(*image, "/w/number"), QByteArray("644 33:33").replace("644", "640"));
    QCOMPARE(b.file(*image, "/w/less/skip.o"), QByteArray("(missing)"));
    QCOMPARE(b.file(*image, "/w/less/sub/three"), QByteArray("3"));
    QCOMPARE(b.file(*image, "/docs/EOF"), QByteArray("home is /bin\n"));
    QCOMPARE(b.file(*image, "/docs/RAW"), QByteArray("raw $PATH\n"));
    QCOMPARE(b.file(*image, "/w/one"), QByteArray("1"));
    QCOMPARE(b.file(*image, "/added"), QByteArray("2"));
}

void TestBuilder::copy_fromStage_keepsOwners()
{
    BuildFixture::Builder b;
    const auto image = b.build("FROM busybox AS build\nRUN mkdir /out && echo x > /out/x && busybox chown 33:44 /out/x && busybox ln -s out /link\n"
                               "FROM scratch\nCOPY --from=build /link/x /x\nCOPY --from=0 /out /all\nCOPY --from=busybox /bin/busybox /bin/\n");
    VERIFY_RESULT(image);
    QCOMPARE(b.attributes(*image, "/x"), QByteArray("644 33:44"));
    QCOMPARE(b.file(*image, "/all/x"), QByteArray("x\n"));
    QCOMPARE(b.attributes(*image, "/bin/busybox"), QByteArray("755 0:0"));
    const auto missing = b.build("FROM busybox AS build\nFROM scratch\nCOPY --from=build /nosuch /x\n");
    QVERIFY(!missing);
    QCOMPARE(missing.error().code, ErrorCode::NotFound);
    QCOMPARE(missing.error().position, (SourcePosition{3, 19}));
}

void TestBuilder::context_linksStayInside()
{
    BuildFixture::Builder b;
    QTemporaryDir outside;
    QFile secret(outside.path() + u"/secret"_s);
    QVERIFY(secret.open(QIODevice::WriteOnly));
    secret.write("secret");
    secret.close();
    const auto link = [&](const QString &target, const QString &name) {
        ::symlink(QFile::encodeName(target).constData(), QFile::encodeName(b.context.path() + u'/' + name).constData());
    };
    b.write(u"real"_s, "real");
    link(u"real"_s, u"good"_s);
    link(outside.path() + u"/secret"_s, u"bad"_s);
    link(u"../../../../../../etc/hostname"_s, u"worse"_s);
    link(u"loop"_s, u"loop"_s);
    const auto good = b.build("FROM busybox\nCOPY good /good\nCOPY ../../real /up\n");
    VERIFY_RESULT(good);
    QCOMPARE(b.file(*good, "/good"), QByteArray("real"));
    QCOMPARE(b.file(*good, "/up"), QByteArray("real"));
    for (const char *name : {"bad", "worse", "loop"}) {
        const auto refused = b.build("FROM busybox\nCOPY " + QByteArray(name) + " /x\n");
        QVERIFY2(!refused, name);
        QCOMPARE(refused.error().code, ErrorCode::NotFound);
    }
    const auto whole = b.build("FROM busybox\nCOPY . /all/\nRUN readlink /all/bad\n"); // as a link, not as what it points at
    VERIFY_RESULT(whole);
    QVERIFY(b.output.contains("/secret"));
}

void TestBuilder::ignoreFile_hides()
{
    BuildFixture::Builder b;
    b.write(u"keep/a"_s, "a");
    b.write(u"drop/a"_s, "a");
    b.write(u"drop/back"_s, "b");
    b.write(u".dockerignore"_s, "# rule\ndrop\n!drop/back\n");
    const auto image = b.build("FROM busybox\nCOPY . /c/\n");
    VERIFY_RESULT(image);
    QCOMPARE(b.file(*image, "/c/keep/a"), QByteArray("a"));
    QCOMPARE(b.file(*image, "/c/drop/a"), QByteArray("(missing)"));
    QCOMPARE(b.file(*image, "/c/drop/back"), QByteArray("b"));
    const auto hidden = b.build("FROM busybox\nCOPY drop/a /x\n");
    QVERIFY(!hidden);
    QCOMPARE(hidden.error().detail, u"\"/drop/a\" is excluded from the build context by .dockerignore"_s);
    QCOMPARE(hidden.error().position, (SourcePosition{2, 6}));
}

void TestBuilder::run_failure_hasPlaceAndCode()
{
    BuildFixture::Builder b;
    const auto failed = b.build("FROM busybox\nRUN echo before\n  RUN echo oops >&2; exit 42\nRUN echo never\n");
    QVERIFY(!failed);
    QCOMPARE(failed.error().code, ErrorCode::CommandFailed);
    QCOMPARE(failed.error().exitCode, 42);
    QCOMPARE(failed.error().detail, u"The command '/bin/sh -c echo oops >&2; exit 42' returned a non-zero code: 42"_s);
    QCOMPARE(failed.error().position, (SourcePosition{3, 3}));
    QCOMPARE(b.output, QByteArray("before\noops\n"));
    QCOMPARE(b.last[2].state, BuildStep::State::Failed);
    const auto again = b.build("FROM busybox\nRUN echo before\n");
    VERIFY_RESULT(again);
    QVERIFY(b.executed.isEmpty()); // what went well is kept
}

void TestBuilder::run_cancel_endsAtOnce()
{
    BuildFixture::Builder b;
    std::stop_source stop;
    b.onOutput = [&] { stop.request_stop(); };
    QElapsedTimer timer;
    timer.start();
    const auto cancelled = b.build(b.request("FROM busybox\nRUN (sleep 300 &) ; echo started; sleep 300\n"), stop.get_token());
    QVERIFY(!cancelled);
    QCOMPARE(cancelled.error().code, ErrorCode::Cancelled);
    QVERIFY2(timer.elapsed() < 10'000, qPrintable(QString::number(timer.elapsed())));
    QCOMPARE(QDir(b.settings.paths.run + u"/builds"_s).entryList({u"build-*"_s}, QDir::Files).size(), 0);
    QCOMPARE(QDir(b.settings.paths.run + u"/builds/runtime"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot).size(), 0);
}

void TestBuilder::run_leavesNoMountPoints()
{
    BuildFixture::Builder b;
    const auto image = b.build("FROM busybox\nRUN test -e /etc/resolv.conf && test -d /proc/1 && echo x > /made\n");
    VERIFY_RESULT(image);
    QCOMPARE(b.file(*image, "/made"), QByteArray("x\n"));
    for (const char *path : {"/etc/resolv.conf", "/etc/hosts", "/dev/pts", "/sys/fs"})
        QCOMPARE(b.attributes(*image, path), QByteArray("(missing)"));
    for (const char *path : {"/proc", "/sys", "/dev"}) // as docker build leaves them
        QCOMPARE(b.attributes(*image, path), QByteArray("755 0:0"));
}

void TestBuilder::run_users_shell_heredoc_mounts()
{
    BuildFixture::Builder b;
    b.write(u"ctx/file"_s, "from context");
    const auto image = b.build("FROM busybox\nUSER web\nRUN id > /tmp/id; env > /tmp/env; pwd > /tmp/pwd\nUSER root\nRUN [\"/bin/echo\", \"$HOME\"]\n"
                               "SHELL [\"/bin/sh\", \"-e\", \"-c\"]\nRUN <<EOF\nA=heredoc\necho $A > /heredoc\nEOF\n"
                               "RUN <<EOF\n#!/bin/busybox sh\necho script $0 > /script\nEOF\nRUN cat <<A <<B > /two\nin a\nA\nin b\nB\n"
                               "RUN --mount=type=bind,source=ctx,target=/ctx cat /ctx/file > /bound\n"
                               "RUN --mount=type=cache,target=/cache echo 1 >> /cache/n; cat /cache/n > /n1\n"
                               "RUN --mount=type=cache,target=/cache echo 2 >> /cache/n; cat /cache/n > /n2\n"
                               "RUN --mount=type=tmpfs,target=/scratch touch /scratch/x\n"
                               "RUN --mount=type=tmpfs,target=/scratch,mode=2750,uid=33,gid=50,size=1m stat -c '%a %u:%g' /scratch > /tmpfs; busybox df -k /scratch >> /tmpfs\n"
                               "RUN --mount=type=cache,target=/owned,id=o,mode=700,uid=33,gid=50 stat -c '%a %u:%g' /owned > /cached\n"
                               "RUN --mount=from=busybox,target=/other ! touch /other/x 2>/dev/null\n"
                               "RUN --mount=from=busybox,target=/other,rw echo y > /other/x && cat /other/x > /written\n"
                               "RUN --network=none test ! -e /sys/class/net/eth0\n");
    VERIFY_RESULT(image);
    QCOMPARE(b.file(*image, "/tmp/id"), QByteArray("uid=33(web) gid=44(web) groups=44(web),50(staff)\n"));
    QVERIFY(b.file(*image, "/tmp/env").contains("HOME=/\n"));
    QCOMPARE(b.file(*image, "/tmp/pwd"), QByteArray("/\n"));
    QVERIFY(b.output.contains("$HOME\n"));
    QCOMPARE(b.file(*image, "/heredoc"), QByteArray("heredoc\n"));
    QCOMPARE(b.file(*image, "/script"), QByteArray("script /dev/pipes/EOF\n"));
    QCOMPARE(b.file(*image, "/two"), QByteArray("in b\n"));
    QCOMPARE(b.file(*image, "/bound"), QByteArray("from context"));
    QCOMPARE(b.file(*image, "/n2"), QByteArray("1\n2\n"));
    QVERIFY2(b.file(*image, "/tmpfs").startsWith("2750 33:50\n") && b.file(*image, "/tmpfs").contains(" 1024 "), b.file(*image, "/tmpfs").constData());
    QCOMPARE(b.file(*image, "/cached"), QByteArray("700 33:50\n"));
    QCOMPARE(b.file(*image, "/written"), QByteArray("y\n"));
    for (const char *path : {"/ctx", "/cache", "/scratch", "/owned", "/other"})
        QCOMPARE(b.attributes(*image, path), QByteArray("(missing)"));
}

// Each of the two waits for what the other one writes: one after the other they would wait forever.
void TestBuilder::stages_runAtTheSameTime()
{
    BuildFixture::Builder b;
    const auto image = b.build("FROM busybox AS one\nRUN --mount=type=cache,target=/meet busybox mkfifo /meet/a /meet/b; echo from one > /meet/a; cat /meet/b > /got\n"
                               "FROM busybox AS two\nRUN --mount=type=cache,target=/meet while ! test -p /meet/b; do true; done; cat /meet/a > /got; echo from two > /meet/b\n"
                               "FROM busybox AS unused\nRUN exit 1\n"
                               "FROM scratch\nCOPY --from=one /got /one\nCOPY --from=two /got /two\n");
    VERIFY_RESULT(image);
    QCOMPARE(b.file(*image, "/one"), QByteArray("from two\n"));
    QCOMPARE(b.file(*image, "/two"), QByteArray("from one\n"));
    QCOMPARE(b.planned.steps[5].state, BuildStep::State::Unused);
}

void TestBuilder::stages_failure_endsTheOthers()
{
    BuildFixture::Builder b;
    QElapsedTimer timer;
    timer.start();
    const auto failed = b.build("FROM busybox AS one\nRUN --mount=type=cache,target=/c while ! test -e /c/started; do true; done; exit 7\n"
                                "FROM busybox AS two\nRUN --mount=type=cache,target=/c touch /c/started; sleep 300\n"
                                "FROM scratch\nCOPY --from=one /a /\nCOPY --from=two /b /\n");
    QVERIFY(!failed);
    QCOMPARE(failed.error().exitCode, 7); // and not that the other one was cancelled
    QCOMPARE(failed.error().position, (SourcePosition{2, 1}));
    QVERIFY2(timer.elapsed() < 60'000, qPrintable(QString::number(timer.elapsed())));
    QCOMPARE(QDir(b.settings.paths.run + u"/builds/runtime"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot).size(), 0);
}

void TestBuilder::sameStep_runsOnce()
{
    BuildFixture::Builder b;
    const QByteArray dockerfile = "FROM busybox AS one\nRUN cat /proc/sys/kernel/random/uuid > /id\nFROM busybox AS two\nRUN cat /proc/sys/kernel/random/uuid > /id\n"
                                  "FROM scratch\nCOPY --from=one /id /one\nCOPY --from=two /id /two\nLABEL a=b\nLABEL a=b\n";
    const auto image = b.build(dockerfile);
    VERIFY_RESULT(image);
    QCOMPARE(b.file(*image, "/one"), b.file(*image, "/two"));
    const auto again = b.build(dockerfile);
    VERIFY_RESULT(again);
    QCOMPARE(again->id, image->id);
}

void TestBuilder::sourceDate_givesTheSameImageEverywhere()
{
    const qint64 time = 1'700'000'000;
    const auto buildIn = [&](BuildFixture::Builder &b) -> Result<ImageRecord> {
        b.write(u"src/file"_s, "content");
        BuildRequest request = b.request("FROM busybox AS one\nARG SOURCE_DATE_EPOCH\nRUN mkdir /made && date > /dev/null && echo $SOURCE_DATE_EPOCH > /made/epoch\nWORKDIR /w/x\n"
                                         "FROM busybox\nCOPY src /src\nCOPY --from=one /made /made\nCOPY <<EOF /here\ntext\nEOF\nCMD [\"sh\"]\n");
        request.buildArgs.insert(u"SOURCE_DATE_EPOCH"_s, QString::number(time));
        request.tags = QStringList{u"dated"_s};
        return b.build(request);
    };
    BuildFixture::Builder one, two;
    const auto first = buildIn(one);
    VERIFY_RESULT(first);
    const auto second = buildIn(two);
    VERIFY_RESULT(second);
    QCOMPARE(first->config, second->config);
    QCOMPARE(first->id, second->id);
    QCOMPARE(first->manifest, second->manifest);
    QCOMPARE(first->config["created"].get<std::string>(), std::string("2023-11-14T22:13:20Z"));
    for (const auto &entry : first->config["history"])
        QVERIFY2(entry["created"].get<std::string>() <= "2023-11-14T22:13:20Z", entry.dump().c_str());
    QCOMPARE(one.file(*first, "/made/epoch"), QByteArray("1700000000\n"));
    QVERIFY(one.planned.diagnostics.isEmpty());
    VERIFY_RESULT(buildIn(one));
    QVERIFY(one.executed.isEmpty());

    BuildRequest bad = one.request("FROM busybox\n");
    bad.buildArgs.insert(u"SOURCE_DATE_EPOCH"_s, u"yesterday"_s);
    const auto refused = one.build(bad);
    QVERIFY(!refused);
    QCOMPARE(refused.error().detail, u"invalid SOURCE_DATE_EPOCH: yesterday"_s);
}

void TestBuilder::history_keepsWhatBuildsDid()
{
    BuildFixture::Builder b;
    b.write(u"a"_s, QByteArray(1000, 'a'));
    BuildRequest request = b.request("FROM busybox\nCOPY a /a\nRUN echo one\n");
    request.tags = QStringList{u"kept"_s};
    const auto image = b.build(request);
    VERIFY_RESULT(image);
    request.dockerfileText = u"FROM busybox\nLABEL new=1\nCOPY a /a\nRUN exit 3\nCMD [\"x\"]\n"_s;
    QVERIFY(!b.build(request));
    const auto builds = listPastBuilds(*b.store);
    VERIFY_RESULT(builds);
    QCOMPARE(builds->size(), 2);
    const PastBuild failed = builds->first(); // the latest first
    const PastBuild built = builds->last();
    QCOMPARE(built.outcome, PastBuild::Outcome::Succeeded);
    QCOMPARE(built.image, image->id);
    QCOMPARE(built.tags, QStringList{u"kept"_s});
    QCOMPARE(built.contextDir, b.context.path());
    QCOMPARE(built.steps.size(), 3);
    QCOMPARE(built.steps[1].state, BuildStep::State::Done);
    QCOMPARE(built.steps[1].sizeBytes, std::optional<qint64>(1000));
    QVERIFY(built.steps[1].duration && !built.steps[1].layer.isNull());
    QCOMPARE(built.steps[1].cause, u"no cached result"_s);
    QCOMPARE(failed.outcome, PastBuild::Outcome::Failed);
    QVERIFY(failed.error.endsWith("returned a non-zero code: 3"_L1));
    QCOMPARE(failed.steps[2].state, BuildStep::State::Cached);
    QCOMPARE(failed.steps[3].state, BuildStep::State::Failed);
    QCOMPARE(failed.steps[4].state, BuildStep::State::WillRun);
    using Change = StepComparison::Change;
    QCOMPARE(compareBuilds(built, failed), (QList<StepComparison>{{Change::Same, 0, 0}, {Change::Added, -1, 1}, {Change::Same, 1, 2}, {Change::Changed, 2, 3}, {Change::Added, -1, 4}}));
    QCOMPARE(compareBuilds(failed, built), (QList<StepComparison>{{Change::Same, 0, 0}, {Change::Removed, 1, -1}, {Change::Same, 2, 1}, {Change::Changed, 3, 2}, {Change::Removed, 4, -1}}));
    const auto found = findPastBuild(*b.store, built.id.left(10));
    VERIFY_RESULT(found);
    QCOMPARE(*found, built);
    VERIFY_RESULT(forgetPastBuild(*b.store, built.id));
    QCOMPARE(findPastBuild(*b.store, built.id).error().code, ErrorCode::NotFound);
}

void TestBuilder::history_isBounded()
{
    BuildFixture::Builder b;
    const QDateTime start = QDateTime::fromSecsSinceEpoch(1'700'000'000);
    for (int i = 0; i < maxPastBuilds + 5; ++i)
        VERIFY_RESULT(recordPastBuild(*b.store, PastBuild{.id = u"%1"_s.arg(i, 32, 16, QLatin1Char('0')), .started = start.addSecs(i)}));
    const auto builds = listPastBuilds(*b.store);
    VERIFY_RESULT(builds);
    QCOMPARE(builds->size(), maxPastBuilds);
    QCOMPARE(builds->first().started, start.addSecs(maxPastBuilds + 4));
    QCOMPARE(builds->last().started, start.addSecs(5)); // the oldest five are gone
}

void TestBuilder::add_unpacksArchives_data()
{
    QTest::addColumn<QStringList>("compressor");
    QTest::newRow("plain") << QStringList();
    for (const QString &program : {u"gzip"_s, u"bzip2"_s, u"xz"_s, u"zstd"_s})
        QTest::newRow(qPrintable(program)) << QStringList{program, u"-c"_s};
}

void TestBuilder::add_unpacksArchives()
{
    QFETCH(QStringList, compressor);
    const auto compressed = [&](const QByteArray &bytes) -> QByteArray {
        if (compressor.isEmpty())
            return bytes;
        QProcess process;
        process.start(compressor.first(), compressor.mid(1));
        process.write(bytes);
        process.closeWriteChannel();
        return process.waitForFinished() && process.exitCode() == 0 ? process.readAllStandardOutput() : QByteArray();
    };
    if (!compressor.isEmpty() && QStandardPaths::findExecutable(compressor.first()).isEmpty())
        QSKIP(qPrintable(compressor.first() + u" is not installed"_s));
    StoreFixture::TarFile owned = StoreFixture::file("srv/www/index.html", QByteArray(100'000, 'i'), 0640);
    owned.uid = 33;
    owned.gid = 44;
    const QByteArray archive = compressed(StoreFixture::tarOf({StoreFixture::folder("./", 0700), StoreFixture::folder("srv", 0751), owned,
                                                               StoreFixture::hardLink("srv/again", "srv/www/index.html"),
                                                               StoreFixture::symbolicLink("srv/link", "/srv/www"), StoreFixture::file("tmp/replaced", "new")}));
    QVERIFY(!archive.isEmpty());
    BuildFixture::Builder b;
    b.write(u"site.bin"_s, archive); // the content decides, not the name
    b.write(u"data.tar.gz"_s, compressed("no archive"));
    b.write(u"empty.tar"_s, "");
    const auto image = b.build("FROM busybox\nRUN echo old > /tmp/replaced; echo kept > /tmp/kept\nADD site.bin /\nADD site.bin data.tar.gz empty.tar deep/er\n"
                               "ADD --chown=web --unpack=false site.bin /packed\nCOPY site.bin /copied\nADD --chown=5 site.bin /warned\n");
    VERIFY_RESULT(image);
    QCOMPARE(b.file(*image, "/srv/www/index.html").left(3), QByteArray("iii"));
    QCOMPARE(b.attributes(*image, "/srv/www/index.html"), QByteArray("640 33:44"));
    QCOMPARE(b.attributes(*image, "/srv"), QByteArray("751 0:0"));
    QCOMPARE(b.attributes(*image, "/srv/www"), QByteArray("755 0:0")); // described by nobody
    QCOMPARE(b.attributes(*image, "/srv/again"), QByteArray("640 33:44"));
    QCOMPARE(b.attributes(*image, "/srv/link/index.html"), QByteArray("640 33:44"));
    QCOMPARE(b.file(*image, "/tmp/replaced"), QByteArray("new"));
    QCOMPARE(b.file(*image, "/tmp/kept"), QByteArray("kept\n"));
    QCOMPARE(b.attributes(*image, "/tmp"), QByteArray("1777 0:0"));
    QCOMPARE(b.attributes(*image, "/"), QByteArray("755 0:0")); // not the archive's "./"
    QCOMPARE(b.attributes(*image, "/deep/er/srv/www/index.html"), QByteArray("640 33:44"));
    QCOMPARE(b.file(*image, "/deep/er/data.tar.gz"), compressed("no archive"));
    QCOMPARE(b.file(*image, "/deep/er/empty.tar"), QByteArray());
    QCOMPARE(b.attributes(*image, "/packed"), QByteArray("644 33:44"));
    QCOMPARE(b.attributes(*image, "/copied"), QByteArray("644 0:0"));
    QCOMPARE(b.attributes(*image, "/warned/srv/www/index.html"), QByteArray("640 33:44"));
    QVERIFY2(b.output.contains("site.bin keeps its own owners"), b.output.constData());
    VERIFY_RESULT(b.build("FROM busybox\nADD site.bin /\n"));
    VERIFY_RESULT(b.build("FROM busybox\nADD site.bin /\n"));
    QVERIFY(b.executed.isEmpty());
}

void TestBuilder::add_hostileArchives_data()
{
    using namespace StoreFixture;
    QTest::addColumn<QByteArray>("archive");
    QTest::addColumn<QString>("detail");
    QTest::newRow("way out") << tarOf({file("first"), file("../../../../escaped")}) << u"unpacking bad.tar failed"_s;
    QTest::newRow("through a link") << tarOf({symbolicLink("out", "../../.."), file("out/escaped")}) << u"unpacking bad.tar failed"_s;
    QTest::newRow("link to nothing") << tarOf({file("first"), hardLink("escaped", "/etc/passwd")}) << u"unpacking bad.tar failed"_s;
    QTest::newRow("whiteout") << tarOf({file("first"), file("bin/.wh.sh")}) << u"bin/.wh.sh has a name that marks removed files"_s;
    QTest::newRow("whiteout folder") << tarOf({file("first"), file(".wh.bin/x")}) << u".wh.bin/x has a name that marks removed files"_s;
    QTest::newRow("ends early") << tarOf({file("first"), file("escaped", QByteArray(5000, 'x'))}).left(2000) << u"unpacking bad.tar failed"_s;
}

void TestBuilder::add_hostileArchives()
{
    QFETCH(QByteArray, archive);
    QFETCH(QString, detail);
    BuildFixture::Builder b;
    b.write(u"bad.tar"_s, archive);
    const auto refused = b.build("FROM busybox\nADD bad.tar /into/\n");
    QVERIFY(!refused);
    QVERIFY2(refused.error().detail.contains(detail), qPrintable(refused.error().detail));
    QCOMPARE(refused.error().position, (SourcePosition{2, 5}));
    QCOMPARE(QDir(b.store.paths().root + u"/staging"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot).size(), 0);
    QVERIFY(!QFile::exists(b.store.paths().root + u"/escaped"_s) && !QFile::exists(u"/escaped"_s));
}

void TestBuilder::images_arePulled()
{
    BuildFixture::Builder b;
    int version = 1;
    b.registry = [&](const QString &reference) -> Result<void> {
        ENGINE_TRY(TestSupport::addBusyboxImage(*b.store, reference, {{"Labels", {{"version", std::to_string(version)}}}}));
        return {};
    };
    BuildRequest request = b.request("FROM remote AS one\nRUN echo x > /x\nFROM busybox\nCOPY --from=other /bin/busybox /copied\nCOPY --from=one /x /x\n"
                                     "RUN --mount=from=third,target=/third busybox cp /third/bin/busybox /bound\n");
    const auto first = b.build(request);
    VERIFY_RESULT(first);
    QCOMPARE(b.pulled, (QStringList{u"remote"_s, u"other"_s, u"third"_s})); // busybox is here
    QCOMPARE(b.planned.steps[0].cause, u"the image remote is not here yet and will be pulled"_s);
    QCOMPARE(b.planned.steps[3].cause, u"the image other is not here yet and will be pulled"_s);
    QCOMPARE(b.attributes(*first, "/copied"), QByteArray("755 0:0"));
    QCOMPARE(b.attributes(*first, "/bound"), QByteArray("755 0:0"));
    VERIFY_RESULT(b.build(request));
    QVERIFY(b.pulled.isEmpty() && b.executed.isEmpty());

    request.pull = true; // everything is asked for; what comes back the same is cached all the same
    const auto plan = b.plan(request);
    VERIFY_RESULT(plan);
    QCOMPARE(plan->shown.steps[1].state, BuildStep::State::Unknown);
    VERIFY_RESULT(b.build(request));
    QCOMPARE(QSet<QString>(b.pulled.begin(), b.pulled.end()), (QSet<QString>{u"remote"_s, u"other"_s, u"third"_s, u"busybox"_s}));
    QCOMPARE(b.last[1].state, BuildStep::State::Cached);
    version = 2;
    request.dockerfileText = u"FROM remote\nLABEL a=b\n"_s;
    const auto newer = b.build(request);
    VERIFY_RESULT(newer);
    QCOMPARE(newer->config["config"]["Labels"]["version"].get<std::string>(), std::string("2"));

    b.registry = nullptr;
    request.dockerfileText = u"FROM scratch\nCOPY --from=nowhere/x /x /y\n"_s;
    request.pull = false;
    const auto failed = b.build(request);
    QVERIFY(!failed);
    QCOMPARE(failed.error().detail, u"no registry in this test"_s);
    QCOMPARE(failed.error().position, (SourcePosition{2, 13}));
}

void TestBuilder::warnings_doNotStopTheBuild()
{
    BuildFixture::Builder b;
    BuildRequest request = b.request("# syntax=docker.io/docker/dockerfile:1.7-labs\nARG GLOBAL\nFROM busybox\nARG USED\nRUN echo $USED\n");
    for (const QString &name : {u"GLOBAL"_s, u"USED"_s, u"UNUSED"_s, u"MISSPELT"_s, u"http_proxy"_s, u"BUILDKIT_INLINE_CACHE"_s, u"TARGETARCH"_s})
        request.buildArgs.insert(name, u"1"_s);
    VERIFY_RESULT(b.build(request));
    QCOMPARE(b.planned.diagnostics.size(), 1);
    QCOMPARE(b.planned.diagnostics[0].severity, Diagnostic::Severity::Warning);
    QCOMPARE(b.planned.diagnostics[0].message, u"One or more build-args [MISSPELT UNUSED] were not consumed"_s);
}

void TestBuilder::mistakes_data()
{
    QTest::addColumn<QByteArray>("dockerfile");
    QTest::addColumn<QString>("detail");
    QTest::addColumn<int>("line");
    QTest::addColumn<int>("column");
    QTest::newRow("empty") << QByteArray("") << u"file with no instructions"_s << 1 << 1;
    QTest::newRow("misspelt") << QByteArray("FRM busybox\n") << u"unknown instruction: FRM (did you mean FROM?)"_s << 1 << 1;
    QTest::newRow("carriage returns") << QByteArray("FROM busybox\r\nRNU x\r\n") << u"unknown instruction: RNU (did you mean RUN?)"_s << 2 << 1;
    QTest::newRow("byte order mark") << QByteArray("\xEF\xBB\xBF" "FROM busybox\nCOPY nosuch /x\n") << u"\"/nosuch\" not found in the build context "_s << 2 << 6;
    QTest::newRow("no stage") << QByteArray("RUN x\n") << u"no build stage in current context"_s << 1 << 1;
    QTest::newRow("other frontend") << QByteArray("# escape=`\n# syntax=example.org/docker/dockerfile:1\nFROM busybox\n")
                                    << u"the Dockerfile frontend example.org/docker/dockerfile:1 is not supported yet"_s << 2 << 1;
    QTest::newRow("tmpfs from") << QByteArray("FROM busybox\nRUN --mount=type=tmpfs,target=/x,from=busybox true\n") << u"a tmpfs mount starts empty"_s << 2 << 13;
    QTest::newRow("checksum of a file") << QByteArray("FROM busybox\nADD --checksum=sha256:00 a /a\n")
                                        << u"checksum can't be specified for non-HTTP(S) sources"_s << 2 << 5;
    QTest::newRow("git of a file") << QByteArray("FROM busybox\nADD --keep-git-dir a /a\n") << u"keep-git-dir can't be specified for non-Git sources"_s << 2 << 5;
    QTest::newRow("bad mode") << QByteArray("FROM busybox\nCOPY --chmod=u+z a /a\n") << u"invalid chmod parameter: 'u+z'"_s << 2 << 14;
    QTest::newRow("no such user") << QByteArray("FROM busybox\nUSER nobody-here\nRUN true\n") << u"nobody-here"_s << 3 << 1;
    QTest::newRow("onto a folder") << QByteArray("FROM busybox\nCOPY a /bin/busybox/x\n") << u"cannot copy to non-directory: \"/bin/busybox\""_s << 2 << 8;
}

void TestBuilder::mistakes()
{
    QFETCH(QByteArray, dockerfile);
    QFETCH(QString, detail);
    QFETCH(int, line);
    QFETCH(int, column);
    BuildFixture::Builder b;
    b.write(u"a"_s, "a");
    const auto failed = b.build(dockerfile);
    QVERIFY(!failed);
    QVERIFY2(failed.error().detail.contains(detail), qPrintable(failed.error().detail));
    QCOMPARE(failed.error().position, (SourcePosition{line, column}));
}

int main(int argc, char **argv)
{
    return StoreFixture::runInNamespaces<TestBuilder>(argc, argv);
}
#include "tst_builder.moc"
