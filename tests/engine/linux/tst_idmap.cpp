// SPDX-License-Identifier: GPL-3.0-or-later
#include "linux/idmap_p.h"

#include <QtTest/QtTest>

#include <unistd.h>

using Engine::Internal::IdMap;

class TestIdMap : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepId_translates_bothWays_data();
    void keepId_translates_bothWays();
    void keepId_unmapped_staysAsItIs();
    void ofThisProcess_mapsContainerRootToTheCaller();
};

namespace {
// What user 1500 with 65536 subordinate ids has in the keep-id namespace.
IdMap keepId()
{
    return {{{0, 1500, 1}, {1, 0, 1500}, {1501, 1501, 64036}}, {{0, 100, 1}, {1, 0, 100}, {101, 101, 65436}}, true};
}
} // namespace

void TestIdMap::keepId_translates_bothWays_data()
{
    QTest::addColumn<uint>("container");
    QTest::addColumn<uint>("engineUser");
    QTest::addColumn<uint>("engineGroup");
    QTest::newRow("root is the user") << 0u << 1500u << 100u;
    QTest::newRow("first service id") << 1u << 0u << 0u;
    QTest::newRow("www-data") << 33u << 32u << 32u;
    QTest::newRow("around the group") << 101u << 100u << 101u;
    QTest::newRow("the user's own number") << 1500u << 1499u << 1500u;
    QTest::newRow("above it") << 1501u << 1501u << 1501u;
    QTest::newRow("nobody") << 65534u << 65534u << 65534u;
}

void TestIdMap::keepId_translates_bothWays()
{
    QFETCH(uint, container);
    QFETCH(uint, engineUser);
    QFETCH(uint, engineGroup);
    const auto map = keepId();
    QCOMPARE(map.userToEngine(container), engineUser);
    QCOMPARE(map.groupToEngine(container), engineGroup);
    QCOMPARE(map.userToContainer(engineUser), container);
    QCOMPARE(map.groupToContainer(engineGroup), container);
    QVERIFY(map.isMappedUser(container));
    QVERIFY(map.isMappedGroup(container));
    QVERIFY(map.needsUserNamespace());
}

void TestIdMap::keepId_unmapped_staysAsItIs()
{
    const auto map = keepId();
    QVERIFY(map.isMappedUser(65536));
    QVERIFY(!map.isMappedUser(65537));
    QVERIFY(!map.isMappedUser(4294967295u));
    QCOMPARE(map.userToEngine(1'000'000), 1'000'000u);
    QCOMPARE(map.userToContainer(4294967295u), 4294967295u);
}

void TestIdMap::ofThisProcess_mapsContainerRootToTheCaller()
{
    const auto map = IdMap::ofThisProcess();
    QCOMPARE(map.userToEngine(0), uint(::geteuid()));
    QCOMPARE(map.groupToEngine(0), uint(::geteuid() == 0 ? 0 : ::getegid()));
    QCOMPARE(map.needsUserNamespace(), ::geteuid() != 0);
}

QTEST_GUILESS_MAIN(TestIdMap)
#include "tst_idmap.moc"
