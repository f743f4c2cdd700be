// SPDX-License-Identifier: GPL-3.0-or-later
#include "buildfixture.h"

using namespace BuildFixture;

namespace {

//! What a case starts from, and what it is changed into.
struct Change {
    QByteArray before;
    QByteArray after;
    std::function<void(BuildFixture::Builder &)> edit = [](BuildFixture::Builder &) {};
    std::function<void(BuildRequest &)> request = [](BuildRequest &) {};
};

} // namespace

Q_DECLARE_METATYPE(Change)

//! Every reason a step can have to run again, said in one sentence.
class TestMissCauses : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cause_data();
    void cause();
    void backAndForth_comparesWithTheLastBuild();
    void failedBuild_keepsWhatItDidNotReach();
    void prunedCache_isSaid();
};

void TestMissCauses::cause_data()
{
    QTest::addColumn<Change>("change");
    QTest::addColumn<int>("step");
    QTest::addColumn<QString>("cause");
    const QByteArray copy = "FROM busybox\nCOPY src /src\nRUN --mount=type=cache,target=/c echo run\n";
    const auto file = [](const char *name, const char *content) {
        return [=](BuildFixture::Builder &b) { b.write(QString::fromLatin1(name), content); };
    };
    const auto path = [](BuildFixture::Builder &b, const char *name) { return QFile::encodeName(b.context.path() + u'/' + QString::fromLatin1(name)); };
    QTest::newRow("content") << Change{copy, copy, file("src/a", "other")} << 1 << u"COPY: src/a changed"_s;
    QTest::newRow("contents") << Change{copy, copy, [](BuildFixture::Builder &b) { b.write(u"src/a"_s, "x"); b.write(u"src/b"_s, "y"); b.write(u"src/c"_s, "z"); }}
                              << 1 << u"COPY: src/a changed and 2 more files"_s;
    QTest::newRow("mode") << Change{copy, copy, [=](BuildFixture::Builder &b) { ::chmod(path(b, "src/a").constData(), 0755); }}
                          << 1 << u"COPY: the mode of src/a was 644 and is now 755"_s;
    QTest::newRow("type") << Change{copy, copy, [=](BuildFixture::Builder &b) { ::unlink(path(b, "src/a").constData()); ::symlink("b", path(b, "src/a").constData()); }}
                          << 1 << u"COPY: src/a changed"_s;
    QTest::newRow("new match") << Change{copy, copy, file("src/new", "1")} << 1 << u"COPY: src/new is new"_s;
    QTest::newRow("vanished match") << Change{copy, copy, [=](BuildFixture::Builder &b) { ::unlink(path(b, "src/b").constData()); }} << 1 << u"COPY: src/b is gone"_s;
    QTest::newRow("ignored now") << Change{copy, copy, file(".dockerignore", "src/b\n")} << 1 << u"COPY: .dockerignore now leaves out src/b"_s;
    QTest::newRow("not ignored any more") << Change{"FROM busybox\nCOPY sub /sub\n", "FROM busybox\nCOPY sub /sub\n", file("sub/.none", "")} << 1 << u"COPY: sub/.none is new"_s;
    QTest::newRow("touched") << Change{copy, copy, [=](BuildFixture::Builder &b) { ::utimensat(AT_FDCWD, path(b, "src/a").constData(), nullptr, 0); }} << 1 << QString();
    QTest::newRow("file of a bind mount") << Change{"FROM busybox\nRUN --mount=type=bind,source=src,target=/m true\n", "FROM busybox\nRUN --mount=type=bind,source=src,target=/m true\n",
                                                    file("src/a", "other")} << 1 << u"RUN: src/a changed"_s;
    QTest::newRow("instruction") << Change{copy, "FROM busybox\nCOPY src /src\nRUN --mount=type=cache,target=/c echo walk\n"}
                                 << 2 << u"the instruction changed, it was: RUN --mount=type=cache,target=/c echo run"_s;
    QTest::newRow("owner") << Change{"FROM busybox\nCOPY --chown=1 src /src\n", "FROM busybox\nCOPY --chown=2 src /src\n"} << 1 << u"--chown was 1 and is now 2"_s;
    QTest::newRow("owner, new") << Change{copy, "FROM busybox\nCOPY --chown=web src /src\nRUN --mount=type=cache,target=/c echo run\n"} << 1 << u"--chown is new"_s;
    QTest::newRow("chmod gone") << Change{"FROM busybox\nCOPY --chmod=600 src /src\n", "FROM busybox\nCOPY src /src\n"} << 1 << u"--chmod is gone"_s;
    QTest::newRow("mount") << Change{copy, "FROM busybox\nCOPY src /src\nRUN --mount=type=cache,target=/d echo run\n"}
                           << 2 << u"--mount was type=cache,target=/c and is now type=cache,target=/d"_s;
    QTest::newRow("here-document") << Change{"FROM busybox\nCOPY <<EOF /a\none\nEOF\n", "FROM busybox\nCOPY <<EOF /a\ntwo\nEOF\n"} << 1 << u"its here-document changed"_s;
    const QByteArray arg = "FROM busybox\nARG V=1\nRUN true\n";
    QTest::newRow("ARG by request") << Change{arg, arg, [](BuildFixture::Builder &) {}, [](BuildRequest &r) { r.buildArgs.insert(u"V"_s, u"2"_s); }} << 2 << u"ARG V was 1 and is now 2"_s;
    QTest::newRow("ARG by default") << Change{arg, "FROM busybox\nARG V=3\nRUN true\n"} << 2 << u"ARG V was 1 and is now 3"_s;
    QTest::newRow("ARG, empty") << Change{arg, "FROM busybox\nARG V=\nRUN true\n"} << 2 << u"ARG V was 1 and is now empty"_s;
    QTest::newRow("ARG in a COPY") << Change{"FROM busybox\nARG V=1\nCOPY src /$V\n", "FROM busybox\nARG V=2\nCOPY src /$V\n"} << 2 << u"ARG V was 1 and is now 2"_s;
    QTest::newRow("ARG in a here-document") << Change{"FROM busybox\nARG V=1\nCOPY <<EOF /a\n$V\nEOF\n", "FROM busybox\nARG V=2\nCOPY <<EOF /a\n$V\nEOF\n"}
                                            << 2 << u"ARG V was 1 and is now 2"_s;
    QTest::newRow("ENV") << Change{"FROM busybox\nENV PORT=80\nRUN true\n", "FROM busybox\nENV PORT=81\nRUN true\n"} << 2 << u"ENV PORT was 80 and is now 81"_s;
    QTest::newRow("ENV, new") << Change{"FROM busybox\nRUN true\n", "FROM busybox\nENV PORT=81\nRUN true\n"} << 2 << u"ENV PORT is new"_s;
    QTest::newRow("ENV, gone") << Change{"FROM busybox\nENV PORT=80\nRUN true\n", "FROM busybox\nRUN true\n"} << 1 << u"ENV PORT is gone"_s;
    QTest::newRow("moved line") << Change{"FROM busybox\nWORKDIR /tmp\nCOPY src x\nWORKDIR /bin\n", "FROM busybox\nWORKDIR /tmp\nWORKDIR /bin\nCOPY src x\n"}
                                       << 3 << u"a line above runs again"_s;
    QTest::newRow("user") << Change{"FROM busybox\nRUN true\n", "FROM busybox\nUSER web\nRUN true\n"} << 2 << u"the user was root and is now web"_s;
    QTest::newRow("shell") << Change{"FROM busybox\nRUN true\n", "FROM busybox\nSHELL [\"/bin/sh\", \"-ec\"]\nRUN true\n"} << 2 << u"the shell was /bin/sh -c and is now /bin/sh -ec"_s;
    QTest::newRow("network") << Change{arg, arg, [](BuildFixture::Builder &) {}, [](BuildRequest &r) { r.network = NetworkMode::None; }} << 2 << u"the network was host and is now none"_s;
    QTest::newRow("source date") << Change{arg, arg, [](BuildFixture::Builder &) {}, [](BuildRequest &r) { r.buildArgs.insert(u"SOURCE_DATE_EPOCH"_s, u"5"_s); }}
                                 << 2 << u"SOURCE_DATE_EPOCH is new"_s;
    const auto otherBase = [](BuildFixture::Builder &b) {
        BuildRequest base = b.request("FROM busybox\nRUN echo another > /base\n");
        base.tags = QStringList{u"busybox"_s};
        base.dockerfilePath = b.context.path() + u"/base.Dockerfile"_s;
        if (!b.build(base))
            qFatal("the other base image cannot be built");
    };
    QTest::newRow("base image") << Change{copy, copy, otherBase} << 1 << u"the base image busybox is another one than last time"_s;
    QTest::newRow("source image") << Change{"FROM scratch\nCOPY --from=busybox /tmp /t\n", "FROM scratch\nCOPY --from=busybox /tmp /t\n", otherBase}
                                  << 1 << u"the image busybox is another one than last time"_s;
    QTest::newRow("source stage") << Change{"FROM busybox AS s\nCOPY src /x\nFROM scratch\nCOPY --from=s /x /x\n", "FROM busybox AS s\nCOPY src /x\nFROM scratch\nCOPY --from=s /x /x\n",
                                            file("src/a", "other")} << 3 << u"stage s runs again"_s;
    QTest::newRow("line above") << Change{copy, copy, file("src/a", "other")} << 2 << u"a line above runs again"_s;
    QTest::newRow("inserted line") << Change{copy, "FROM busybox\nRUN echo new\nCOPY src /src\nRUN --mount=type=cache,target=/c echo run\n"} << 1 << u"the line is new"_s;
    QTest::newRow("comment and label") << Change{copy, "FROM busybox\n# why\nLABEL a=b\nCOPY src /src\nRUN --mount=type=cache,target=/c echo run\n"} << 2 << QString();
    QTest::newRow("no cache") << Change{copy, copy, [](BuildFixture::Builder &) {}, [](BuildRequest &r) { r.noCache = true; }} << 1 << u"the cache is not to be used"_s;
}

void TestMissCauses::cause()
{
    QFETCH(Change, change);
    QFETCH(int, step);
    QFETCH(QString, cause);
    BuildFixture::Builder b;
    for (const char *name : {"src/a", "src/b", "sub/a"})
        b.write(QString::fromLatin1(name), "1");
    VERIFY_RESULT(b.build(change.before));
    change.edit(b);
    BuildRequest request = b.request(change.after);
    change.request(request);
    const auto plan = b.plan(request);
    VERIFY_RESULT(plan);
    QCOMPARE(plan->shown.steps.value(step).cause, cause);
}

// The last build counts, whether its steps ran or came from the cache.
void TestMissCauses::backAndForth_comparesWithTheLastBuild()
{
    BuildFixture::Builder b;
    b.write(u"a"_s, "1");
    const QByteArray one = "FROM busybox\nCOPY a /a\nRUN echo one\nRUN echo last\n";
    const QByteArray two = "FROM busybox\nCOPY a /a\nRUN echo two\nRUN echo last\n";
    for (const QByteArray &text : {one, two, one})
        VERIFY_RESULT(b.build(text));
    QVERIFY(b.executed.isEmpty());
    auto plan = b.plan("FROM busybox\nCOPY a /a\nRUN echo three\nRUN echo last\n");
    VERIFY_RESULT(plan);
    QCOMPARE(plan->shown.steps[2].cause, u"the instruction changed, it was: RUN echo one"_s);
    // lines that moved are still the same lines
    b.write(u"a"_s, "2");
    plan = b.plan("FROM busybox\nRUN echo before\nRUN echo more\nCOPY a /a\nRUN echo one\nRUN echo last\n");
    VERIFY_RESULT(plan);
    QCOMPARE(plan->shown.steps[1].cause, u"the line is new"_s);
    plan = b.plan("FROM busybox\nLABEL x=y\nCOPY a /a\nRUN echo one\nRUN echo last\n");
    VERIFY_RESULT(plan);
    QCOMPARE(plan->shown.steps[2].cause, u"COPY: a changed"_s);
    // a line that is gone left another layer behind
    b.write(u"a"_s, "1");
    plan = b.plan("FROM busybox\nRUN echo last\n");
    VERIFY_RESULT(plan);
    QCOMPARE(plan->shown.steps[1].cause, u"a line above is gone: COPY a /a"_s);
}

void TestMissCauses::failedBuild_keepsWhatItDidNotReach()
{
    BuildFixture::Builder b;
    b.write(u"a"_s, "1");
    VERIFY_RESULT(b.build("FROM busybox\nRUN true\nCOPY a /a\n"));
    QVERIFY(!b.build("FROM busybox\nRUN false\nCOPY a /a\n"));
    b.write(u"a"_s, "2");
    const auto plan = b.plan("FROM busybox\nRUN true\nCOPY a /a\n");
    VERIFY_RESULT(plan);
    QCOMPARE(plan->shown.steps[1].state, BuildStep::State::Cached);
    QCOMPARE(plan->shown.steps[2].cause, u"COPY: a changed"_s);
}

void TestMissCauses::prunedCache_isSaid()
{
    BuildFixture::Builder b;
    const QByteArray text = "FROM busybox\nRUN true\n";
    VERIFY_RESULT(b.build(text));
    VERIFY_RESULT(b.store->pruneCache());
    const auto plan = b.plan(text);
    VERIFY_RESULT(plan);
    QCOMPARE(plan->shown.steps[1].cause, u"no cached result any more"_s);
}

int main(int argc, char **argv)
{
    return StoreFixture::runInNamespaces<TestMissCauses>(argc, argv);
}
#include "tst_misscauses.moc"
