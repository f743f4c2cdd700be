// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/userlookup_p.h"

#include "linux/syscalls_p.h"

#include <QtTest/QTest>

#include <fcntl.h>
#include <sys/stat.h>

using namespace Engine;
using namespace Engine::Internal;
using namespace Qt::StringLiterals;

class tst_UserLookup : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void lookUp_data();
    void lookUp();
    void hostileLines_areSkipped();
    void root_linksStayInside();
    void root_oddFilesCountAsEmpty();
};

namespace {

const QByteArray passwd = "root:x:0:0:root:/root:/bin/sh\nweb:x:33:33::/var/www:/bin/false\n100:x:7:8::/odd:/bin/sh\n";
const QByteArray group = "root:x:0:\nwheel:x:10:root,web\nwww:x:33:\nextra:x:44:web\n";

} // namespace

void tst_UserLookup::lookUp_data()
{
    QTest::addColumn<QString>("user");
    QTest::addColumn<bool>("found");
    QTest::addColumn<uint>("uid");
    QTest::addColumn<uint>("gid");
    QTest::addColumn<QString>("home");
    QTest::addColumn<QList<uint>>("groups");
    QTest::newRow("nobody given") << u""_s << true << 0U << 0U << u"/root"_s << QList<uint>{0, 10};
    QTest::newRow("name") << u"web"_s << true << 33U << 33U << u"/var/www"_s << QList<uint>{33, 10, 44};
    QTest::newRow("number that has a name") << u"33"_s << true << 33U << 33U << u"/var/www"_s << QList<uint>{33, 10, 44};
    QTest::newRow("number without a name") << u"5000"_s << true << 5000U << 0U << u"/"_s << QList<uint>{0};
    QTest::newRow("a number is never a name") << u"100"_s << true << 100U << 0U << u"/"_s << QList<uint>{0};
    QTest::newRow("name and group") << u"web:wheel"_s << true << 33U << 10U << u"/var/www"_s << QList<uint>{10};
    QTest::newRow("numbers") << u"1:2"_s << true << 1U << 2U << u"/"_s << QList<uint>{2};
    QTest::newRow("unknown name") << u"ghost"_s << false << 0U << 0U << u""_s << QList<uint>();
    QTest::newRow("unknown group") << u"web:ghosts"_s << false << 0U << 0U << u""_s << QList<uint>();
    QTest::newRow("below the range") << u"-1"_s << false << 0U << 0U << u""_s << QList<uint>();
    QTest::newRow("beyond the range") << u"2147483648"_s << false << 0U << 0U << u""_s << QList<uint>();
    QTest::newRow("group beyond the range") << u"0:4294967296"_s << false << 0U << 0U << u""_s << QList<uint>();
}

void tst_UserLookup::lookUp()
{
    QFETCH(QString, user);
    QFETCH(bool, found);
    const auto result = lookUpUser(user, passwd, group);
    QCOMPARE(result.has_value(), found);
    if (!found) {
        QCOMPARE(result.error().code, ErrorCode::InvalidInput);
        return;
    }
    QTEST(result->uid, "uid");
    QTEST(result->gid, "gid");
    QTEST(result->home, "home");
    QTEST(result->additionalGids, "groups");
}

// moby reads an id that is no number as 0, that is as root; such a line is worth nothing here.
void tst_UserLookup::hostileLines_areSkipped()
{
    const QByteArray bad = QByteArray("evil:x:notanumber:0::/:\nevil:x:-1:0::/:\nevil:x:99999999999:0::/:\nevil:x\n:x:0:0::/:\n")
        + QByteArray(1000, ':') + "\n" + QByteArray("nul\0x:x:5:5::/:\n", 16);
    QVERIFY(!lookUpUser(u"evil"_s, bad, {}));
    const auto root = lookUpUser({}, bad, {});
    QVERIFY(root);
    QCOMPARE(root->uid, 0U);
    QCOMPARE(root->home, u"/"_s);
    const auto relativeHome = lookUpUser(u"r"_s, "r:x:5:5::../../etc:\n", {});
    QVERIFY(relativeHome);
    QCOMPARE(relativeHome->home, u"/"_s);
}

void tst_UserLookup::root_linksStayInside()
{
    QTemporaryDir outside;
    QVERIFY(writeFileAtomically(outside.filePath(u"passwd"_s), "spy:x:5:5::/:\n"));
    QTemporaryDir root;
    QVERIFY(makePath(root.filePath(u"etc"_s)));
    QVERIFY(QFile::link(outside.filePath(u"passwd"_s), root.filePath(u"etc/passwd"_s)));
    const auto fd = openFile(root.path(), O_PATH | O_DIRECTORY);
    QVERIFY(fd);
    QVERIFY(!lookUpUserInRoot(u"spy"_s, fd->get()));

    // The same link leads to the root's own file, as it does for the container.
    QVERIFY(makePath(root.path() + outside.path()));
    QVERIFY(writeFileAtomically(root.path() + outside.filePath(u"passwd"_s), "own:x:6:6::/:\n"));
    const auto own = lookUpUserInRoot(u"own"_s, fd->get());
    QVERIFY(own);
    QCOMPARE(own->uid, 6U);
}

void tst_UserLookup::root_oddFilesCountAsEmpty()
{
    QTemporaryDir root;
    QVERIFY(makePath(root.filePath(u"etc"_s)));
    const QByteArray passwdPath = QFile::encodeName(root.filePath(u"etc/passwd"_s));
    QCOMPARE(::mkfifo(passwdPath.constData(), 0644), 0); // must not block
    const auto fd = openFile(root.path(), O_PATH | O_DIRECTORY);
    QVERIFY(fd);
    const auto user = lookUpUserInRoot(u"12"_s, fd->get());
    QVERIFY(user);
    QCOMPARE(user->uid, 12U);
}

QTEST_GUILESS_MAIN(tst_UserLookup)
#include "tst_userlookup.moc"
