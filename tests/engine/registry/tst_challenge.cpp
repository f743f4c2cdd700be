// SPDX-License-Identifier: GPL-3.0-or-later
#include "quoted.h"
#include "registry/challenge_p.h"

#include <QtTest/QTest>

using namespace Qt::StringLiterals;
using TestSupport::quoted;
using Engine::Internal::Challenge;
using Engine::Internal::parseChallenges;

class TestChallenge : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bearer_ofDockerHub_hasItsParameters()
    {
        const auto challenges = parseChallenges(
            quoted("Bearer realm='https://auth.docker.io/token',service='registry.docker.io',scope='repository:library/debian:pull'"));
        const QList<Challenge> expected{{.scheme = u"bearer"_s,
                                         .parameters = {{u"realm"_s, u"https://auth.docker.io/token"_s},
                                                        {u"service"_s, u"registry.docker.io"_s},
                                                        {u"scope"_s, u"repository:library/debian:pull"_s}}}};
        QCOMPARE(challenges, expected);
    }

    void several_inOneHeader_comeInOrder()
    {
        const auto challenges = parseChallenges(quoted("Basic realm='a, b', charset=UTF-8, Bearer realm='https://x/t' , Negotiate"));
        QCOMPARE(challenges.size(), 3);
        QCOMPARE(challenges[0].scheme, u"basic"_s);
        QCOMPARE(challenges[0].parameters.value(u"realm"_s), u"a, b"_s);
        QCOMPARE(challenges[0].parameters.value(u"charset"_s), u"UTF-8"_s);
        QCOMPARE(challenges[1].scheme, u"bearer"_s);
        QCOMPARE(challenges[2], (Challenge{.scheme = u"negotiate"_s, .parameters = {}}));
    }

    void quotedPairs_areUnescaped()
    {
        const auto challenges = parseChallenges(quoted("BASIC  Realm = 'say \\'hi\\' \\\\ there'"));
        QCOMPARE(challenges.value(0).scheme, u"basic"_s);
        QCOMPARE(challenges.value(0).parameters.value(u"realm"_s), u"say \"hi\" \\ there"_s);
    }

    void odd_data()
    {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<int>("count");
        QTest::newRow("empty") << QByteArray() << 0;
        QTest::newRow("commas only") << QByteArray(" , ,, ") << 0;
        QTest::newRow("not a token") << QByteArray("\"Bearer\" realm=\"x\"") << 0;
        QTest::newRow("unclosed quote ends the list") << QByteArray("Bearer realm=\"https://x") << 3;
        QTest::newRow("joined by newline") << QByteArray("Basic realm=\"a\"\nBearer realm=\"b\"") << 2;
    }

    void odd()
    {
        QFETCH(QByteArray, header);
        QFETCH(int, count);
        const auto challenges = parseChallenges(header);
        if (header.contains("https")) {
            // Whatever it makes of it, never a realm that is not there.
            for (const Challenge &challenge : challenges)
                QVERIFY(!challenge.parameters.contains(u"realm"_s));
            return;
        }
        QCOMPARE(challenges.size(), count);
    }
};

QTEST_APPLESS_MAIN(TestChallenge)
#include "tst_challenge.moc"
