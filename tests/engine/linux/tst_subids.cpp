// SPDX-License-Identifier: GPL-3.0-or-later
#include "linux/subids_p.h"

#include <QtTest/QtTest>

using namespace Engine::Internal;

class TestSubids : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void ranges_byNameOrNumber();
    void ranges_brokenLines_areIgnored();
    void freeStart_isBehindEverybody();
    void keepIdMap_surroundsTheUser_data();
    void keepIdMap_surroundsTheUser();
};

void TestSubids::ranges_byNameOrNumber()
{
    const QByteArray text = "ana:100000:65536\nben:165536:65536\n1500:300000:1000\nana:500000:10\n";
    using Ranges = std::vector<SubordinateRange>;
    QCOMPARE(subordinateRanges(text, "ana", 1000), (Ranges{{100000, 65536}, {500000, 10}}));
    QCOMPARE(subordinateRanges(text, "cleo", 1500), (Ranges{{300000, 1000}}));
    QCOMPARE(subordinateRanges(text, "an", 1), Ranges{});
    QCOMPARE(subordinateRanges({}, "ana", 1000), Ranges{});
}

void TestSubids::ranges_brokenLines_areIgnored()
{
    const QByteArray text = "ana\nana:\nana:x:1\nana:1:y\nana:1:0\nana:4294967295:2\nana:1:2:3\n# ana:1:2\n  ana:7:8  \n";
    QCOMPARE(subordinateRanges(text, "ana", 1000), (std::vector<SubordinateRange>{{7, 8}}));
}

void TestSubids::freeStart_isBehindEverybody()
{
    QCOMPARE(freeSubordinateStart({}, {}), 100'000u);
    QCOMPARE(freeSubordinateStart("ana:100000:65536\n", "ana:100000:65536\nben:165536:65536\n"), 231'072u);
    QCOMPARE(freeSubordinateStart("ana:10:5\n", {}), 100'000u);
}

void TestSubids::keepIdMap_surroundsTheUser_data()
{
    using Ranges = std::vector<SubordinateRange>;
    using Map = std::vector<IdMapping>;
    QTest::addColumn<uint>("own");
    QTest::addColumn<Ranges>("ranges");
    QTest::addColumn<Map>("map");
    QTest::newRow("usual") << 1500u << Ranges{{100000, 65536}}
                           << Map{{0, 100000, 1500}, {1500, 1500, 1}, {1501, 101500, 64036}};
    QTest::newRow("two ranges, own in the second")
        << 1000u << Ranges{{100000, 500}, {200000, 65536}}
        << Map{{0, 100000, 500}, {500, 200000, 500}, {1000, 1000, 1}, {1001, 200500, 65036}};
    QTest::newRow("own right after a range") << 500u << Ranges{{100000, 500}, {200000, 10}}
                                             << Map{{0, 100000, 500}, {500, 500, 1}, {501, 200000, 10}};
    QTest::newRow("own above all ranges") << 100'000u << Ranges{{200000, 65536}}
                                          << Map{{0, 200000, 65536}, {100000, 100000, 1}};
    QTest::newRow("exactly up to own") << 10u << Ranges{{200000, 10}} << Map{{0, 200000, 10}, {10, 10, 1}};
}

void TestSubids::keepIdMap_surroundsTheUser()
{
    QFETCH(uint, own);
    QFETCH(std::vector<SubordinateRange>, ranges);
    QFETCH(std::vector<IdMapping>, map);
    QCOMPARE(keepIdMap(own, ranges), map);
}

QTEST_GUILESS_MAIN(TestSubids)
#include "tst_subids.moc"
