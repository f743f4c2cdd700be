// SPDX-License-Identifier: GPL-3.0-or-later
#include "buildfixture.h"

#include "build/modechange_p.h"
#include "storage/files_p.h"

#include <sys/xattr.h>

using namespace BuildFixture;

//! What docker build does with files and stages where its reference leaves room; tests/compare found and recorded it.
class CopySemantics : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void chmod_data();
    void chmod();
    void chmod_refused_data();
    void chmod_refused();
    void destinationFolder_keepsItsAttributes();
    void contextFolder_isNoCauseOfAMiss();
    void destinationLink_isFollowed();
    void hardLinks_stayTogether();
    void capabilities_comeFromStages();
    void pattern_mayMatchNothing();
    void workdir_belongsToTheUser();
    void workdir_alwaysMakesALayer();
    void owner_ofANameBringsItsGroup();
    void triggers_ofAStageFire();
    void path_isAlwaysSet();
    void shortNames_areNoIds();
    void target_isAName();
    void proxies_inBothSpellings();
};

void CopySemantics::chmod_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<uint>("before");
    QTest::addColumn<uint>("after");
    const auto row = [](const char *text, uint before, uint after) { QTest::addRow("%s of %o", text, before) << QString::fromLatin1(text) << before << after; };
    row("755", S_IFREG | 0600, 0755);
    row("0", S_IFREG | 0600, 0);
    row("4711", S_IFDIR | 0755, 04711);
    row("u=rwX,go=rX", S_IFREG | 0666, 0644);
    row("u=rwX,go=rX", S_IFREG | 0700, 0755);
    row("u=rwX,go=rX", S_IFDIR | 0700, 0755);
    row("a+x", S_IFREG | 0644, 0755);
    row("+w", S_IFREG | 0444, 0644);
    row("-w", S_IFREG | 0666, 0466);
    row("go-rwx", S_IFREG | 0777, 0700);
    row("g=u", S_IFREG | 0750, 0770);
    row("u+s,g+s,+t", S_IFDIR | 0755, 07755);
    row("o=t", S_IFDIR | 0777, 01770);
    row("u=", S_IFREG | 04755, 0055);
    row("u+x-w", S_IFREG | 0600, 0500);
}

void CopySemantics::chmod()
{
    QFETCH(QString, text);
    QFETCH(uint, before);
    QFETCH(uint, after);
    const auto change = ModeChange::parse(text);
    VERIFY_RESULT(change);
    QCOMPARE(QString::number(change->applyTo(before), 8), QString::number(after, 8));
}

void CopySemantics::chmod_refused_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text : {"", "999", "10000", "7z", "u+z", "u", "rwx", ",u+x", "u+x,", "+r,q=x", "-1"})
        QTest::newRow(text) << QString::fromLatin1(text);
}

void CopySemantics::chmod_refused()
{
    QFETCH(QString, text);
    const auto change = ModeChange::parse(text);
    QVERIFY(!change);
    QCOMPARE(change.error().detail, u"invalid chmod parameter: '%1'. it should be octal string and between 0 and 07777"_s.arg(text));
}

void CopySemantics::destinationFolder_keepsItsAttributes()
{
    BuildFixture::Builder b;
    b.write(u"d/sub/f"_s, "f");
    QVERIFY(::chmod(QFile::encodeName(b.context.filePath(u"d"_s)).constData(), 0700) == 0);
    QVERIFY(::chmod(QFile::encodeName(b.context.filePath(u"d/sub"_s)).constData(), 0711) == 0);
    const auto image = b.build("FROM busybox AS s\nRUN mkdir -m 700 /o /old && mkdir -m 711 /o/p && chown -R 33:44 /o\n"
                               "FROM busybox\nRUN mkdir -m 750 /old && chown 5:6 /old\nCOPY d /new\nCOPY d /old\nCOPY --chmod=600 --chown=7 d /owned\nCOPY --from=s /o /copied\n");
    VERIFY_RESULT(image);
    QCOMPARE(b.attributes(*image, "/new"), QByteArray("755 0:0"));
    QCOMPARE(b.attributes(*image, "/new/sub"), QByteArray("711 0:0"));
    QCOMPARE(b.attributes(*image, "/old"), QByteArray("750 5:6"));
    QCOMPARE(b.attributes(*image, "/owned"), QByteArray("755 7:7"));
    QCOMPARE(b.attributes(*image, "/owned/sub"), QByteArray("600 7:7"));
    QCOMPARE(b.attributes(*image, "/copied"), QByteArray("755 0:0"));
    QCOMPARE(b.attributes(*image, "/copied/p"), QByteArray("711 33:44"));
}

void CopySemantics::contextFolder_isNoCauseOfAMiss()
{
    BuildFixture::Builder b;
    b.write(u"f"_s, "f");
    VERIFY_RESULT(b.build("FROM busybox\nCOPY . /all\n"));
    QVERIFY(::chmod(QFile::encodeName(b.context.path()).constData(), 0711) == 0);
    const auto image = b.build("FROM busybox\nCOPY . /all\n");
    VERIFY_RESULT(image);
    QVERIFY(b.executed.isEmpty());
    QCOMPARE(b.attributes(*image, "/all"), QByteArray("755 0:0"));
}

void CopySemantics::destinationLink_isFollowed()
{
    BuildFixture::Builder b;
    b.write(u"a"_s, "new");
    const auto image = b.build("FROM busybox\nRUN echo old > /target && ln -s target /link && ln -s sub/deep /dangling && ln -s ../../../target /tmp/up && mkdir /d && ln -s /target /d/a\n"
                               "COPY a /link\nCOPY a /dangling\nCOPY a /d/\n");
    VERIFY_RESULT(image);
    QCOMPARE(b.file(*image, "/target"), QByteArray("new"));
    QCOMPARE(b.file(*image, "/sub/deep"), QByteArray("new"));
    const auto again = b.build("FROM busybox\nRUN test -L /d/a || mkdir /d && echo old > /target && ln -s ../../../target /tmp/up && ln -s /target /d/a\nCOPY a /tmp/up\n");
    VERIFY_RESULT(again);
    QCOMPARE(b.file(*again, "/target"), QByteArray("new")); // ".." ends at the root
    const auto inside = b.build("FROM busybox\nRUN echo old > /target && mkdir /d && ln -s /target /d/a\nCOPY a /d/\n");
    VERIFY_RESULT(inside);
    QCOMPARE(b.file(*inside, "/target"), QByteArray("old\n")); // a name in a folder is replaced
    QCOMPARE(b.file(*inside, "/d/a"), QByteArray("new"));
}

void CopySemantics::hardLinks_stayTogether()
{
    BuildFixture::Builder b;
    b.write(u"d/one"_s, "same");
    QVERIFY(QDir(b.context.path()).mkpath(u"d/sub"_s));
    for (const QString &name : {u"d/two"_s, u"d/sub/three"_s, u"outside"_s})
        QCOMPARE(::link(QFile::encodeName(b.context.filePath(u"d/one"_s)).constData(), QFile::encodeName(b.context.filePath(name)).constData()), 0);
    const auto image = b.build("FROM busybox AS s\nRUN mkdir /h && echo x > /h/a && ln /h/a /h/b\nFROM busybox\nCOPY d /d\nCOPY outside /\nCOPY --from=s /h /h\n"
                               "RUN stat -c %h /d/one /outside /h/a > /counts; echo more >> /d/sub/three\n");
    VERIFY_RESULT(image);
    QCOMPARE(b.file(*image, "/counts"), QByteArray("3\n1\n2\n"));
    QCOMPARE(b.file(*image, "/d/sub/three"), QByteArray("samemore\n"));
}

void CopySemantics::capabilities_comeFromStages()
{
    // cap_net_raw+p, as setcap(8) writes it: VFS_CAP_REVISION_2.
    const QByteArray capability = QByteArray::fromHex("0000000200200000000000000000000000000000");
    BuildFixture::Builder b;
    StoreFixture::TarFile prog = StoreFixture::file("prog", "p");
    prog.xattrs = {{"security.capability", capability}};
    b.write(u"a.tar"_s, StoreFixture::tarOf({prog}));
    b.write(u"noted"_s, "n");
    (void)::setxattr(QFile::encodeName(b.context.filePath(u"noted"_s)).constData(), "user.note", "x", 1, 0); // where the file system has such
    const auto image = b.build("FROM busybox AS s\nADD a.tar /s/\nFROM busybox\nCOPY --from=s --chown=5 /s /d\nCOPY noted /noted\n");
    VERIFY_RESULT(image);
    const auto xattr = [&](const QByteArray &path, const char *name) {
        QByteArray found(64, '\0');
        const QString layers = b.store.paths().root + u"/layers/"_s;
        for (const Digest &chain : image->chainIds) {
            const ssize_t size = ::getxattr(QFile::encodeName(layers + chain.hex() + u'/' + QString::fromUtf8(path)).constData(), name, found.data(), size_t(found.size()));
            if (size >= 0)
                return capabilityToLayer(found.left(size), b.store.ids);
        }
        return QByteArray("(none)");
    };
    QCOMPARE(xattr("d/prog", "security.capability").toHex(), capability.toHex());
    QCOMPARE(xattr("noted", "user.note"), QByteArray("(none)")); // contexts give names, modes and bytes
}

void CopySemantics::pattern_mayMatchNothing()
{
    BuildFixture::Builder b;
    const auto image = b.build("FROM busybox\nCOPY no*thing /x/\nADD no?thing /x/\n");
    VERIFY_RESULT(image);
    const auto failed = b.build("FROM busybox\nCOPY nothing /x/\n");
    QVERIFY(!failed);
    QCOMPARE(failed.error().code, ErrorCode::NotFound);
}

void CopySemantics::workdir_belongsToTheUser()
{
    BuildFixture::Builder b;
    const auto image = b.build("FROM busybox\nUSER web\nWORKDIR /by/web\nUSER 12\nWORKDIR /by/number\nUSER 12:50\nWORKDIR /by/both\nUSER unknown\nWORKDIR /by/unknown\nUSER web\nWORKDIR /tmp\n");
    VERIFY_RESULT(image);
    QCOMPARE(b.attributes(*image, "/by"), QByteArray("755 33:44"));
    QCOMPARE(b.attributes(*image, "/by/web"), QByteArray("755 33:44"));
    QCOMPARE(b.attributes(*image, "/by/number"), QByteArray("755 12:12"));
    QCOMPARE(b.attributes(*image, "/by/both"), QByteArray("755 12:50"));
    QCOMPARE(b.attributes(*image, "/by/unknown"), QByteArray("755 0:0"));
    QCOMPARE(b.attributes(*image, "/tmp"), QByteArray("1777 0:0"));
    VERIFY_RESULT(b.build("FROM busybox\nWORKDIR /w\n"));
    const auto owned = b.build("FROM busybox\nUSER web\nWORKDIR /w\n");
    VERIFY_RESULT(owned);
    QCOMPARE(b.attributes(*owned, "/w"), QByteArray("755 33:44")); // not the other build's cached step
}

void CopySemantics::workdir_alwaysMakesALayer()
{
    BuildFixture::Builder b;
    const auto image = b.build("FROM busybox\nWORKDIR /tmp\nWORKDIR /\n");
    VERIFY_RESULT(image);
    QCOMPARE(image->chainIds.size(), 2);
    const auto &history = image->config["history"];
    QVERIFY(!history[1].contains("empty_layer"));
    QVERIFY(history[2]["empty_layer"].get<bool>());
}

void CopySemantics::owner_ofANameBringsItsGroup()
{
    BuildFixture::Builder b;
    b.write(u"a"_s, "a");
    const auto image = b.build("FROM busybox\nCOPY --chown=web a /name\nCOPY --chown=33 a /number\nCOPY --chown=web:50 a /group\n");
    VERIFY_RESULT(image);
    QCOMPARE(b.attributes(*image, "/name"), QByteArray("644 33:44"));
    QCOMPARE(b.attributes(*image, "/number"), QByteArray("644 33:33"));
    QCOMPARE(b.attributes(*image, "/group"), QByteArray("644 33:50"));
}

void CopySemantics::triggers_ofAStageFire()
{
    BuildFixture::Builder b;
    const auto image = b.build("FROM busybox AS src\nRUN echo found > /f\nFROM busybox AS unused\nRUN false\n"
                               "FROM busybox AS trig\nONBUILD COPY --from=src /f /g\nONBUILD ENV FIRED=yes\nFROM trig AS mid\nRUN echo $FIRED > /fired\nFROM mid\n");
    VERIFY_RESULT(image);
    QCOMPARE(b.file(*image, "/g"), QByteArray("found\n"));
    QCOMPARE(b.file(*image, "/fired"), QByteArray("yes\n"));
    QVERIFY(!image->config["config"].contains("OnBuild"));
    const auto again = b.build("FROM busybox AS src\nRUN echo found > /f\nFROM busybox AS unused\nRUN false\n"
                               "FROM busybox AS trig\nONBUILD COPY --from=src /f /g\nONBUILD ENV FIRED=yes\nFROM trig AS mid\nRUN echo $FIRED > /fired\nFROM mid\n");
    VERIFY_RESULT(again);
    QVERIFY(b.executed.isEmpty());
    QCOMPARE(again->id, image->id);
}

void CopySemantics::path_isAlwaysSet()
{
    BuildFixture::Builder b;
    VERIFY_RESULT(TestSupport::addBusyboxImage(*b.store, u"bare"_s, {{"Env", {"A=b"}}}));
    const auto image = b.build("FROM bare\nRUN echo $PATH > /path\n");
    VERIFY_RESULT(image);
    const QByteArray path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    QCOMPARE(b.file(*image, "/path"), path + '\n');
    QCOMPARE(image->config["config"]["Env"].dump(), "[\"A=b\",\"PATH=" + path.toStdString() + "\"]");
}

void CopySemantics::shortNames_areNoIds()
{
    BuildFixture::Builder b;
    const auto image = b.build("FROM busybox\n");
    VERIFY_RESULT(image);
    const QString id = image->id.hex();
    for (const QString &name : {id.left(1), id.left(4)}) {
        QVERIFY(!b.build("FROM " + name.toLatin1() + '\n'));
        QCOMPARE(b.pulled, QStringList{name}); // a name, which a registry may have
    }
    VERIFY_RESULT(b.build("FROM " + id.left(12).toLatin1() + '\n'));
}

void CopySemantics::target_isAName()
{
    BuildFixture::Builder b;
    BuildRequest request = b.request("FROM busybox AS First\nENV A=1\nFROM busybox\nENV B=2\n");
    request.target = u"fIRST"_s;
    const auto image = b.build(request);
    VERIFY_RESULT(image);
    QVERIFY(image->config["config"]["Env"].dump().find("A=1") != std::string::npos);
    request.target = u"0"_s;
    const auto failed = b.build(request);
    QVERIFY(!failed);
    QVERIFY(failed.error().detail.startsWith("target stage \"0\" could not be found"_L1));
}

void CopySemantics::proxies_inBothSpellings()
{
    BuildFixture::Builder b;
    BuildRequest request = b.request("FROM busybox\nRUN env | grep -i -e _proxy > /env\n");
    request.buildArgs = {{u"http_proxy"_s, u"http://127.0.0.1:9"_s}, {u"NO_PROXY"_s, u"x"_s}};
    const auto image = b.build(request);
    VERIFY_RESULT(image);
    QByteArrayList lines = b.file(*image, "/env").trimmed().split('\n');
    std::sort(lines.begin(), lines.end());
    QCOMPARE(lines, (QByteArrayList{"HTTP_PROXY=http://127.0.0.1:9", "NO_PROXY=x", "http_proxy=http://127.0.0.1:9", "no_proxy=x"}));
}

int main(int argc, char **argv)
{
    return StoreFixture::runInNamespaces<CopySemantics>(argc, argv);
}
#include "tst_copysemantics.moc"
