// SPDX-License-Identifier: GPL-3.0-or-later
#include "errors/errortext.h"
#include "widgets/format.h"

#include <QtCore/QLocale>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;
using namespace Gui;

//! Errors, times and sizes in words.
class TestWords : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void error_isOneSentence_withItsRemedyAndCommand()
    {
        const ErrorText text = errorText({.code = Engine::ErrorCode::MissingPart, .detail = u"newuidmap is not installed"_s,
                                          .remedy = u"install it\nsudo apt-get install uidmap"_s, .where = u"enterNamespaces"_s});
        QCOMPARE(text.sentence, u"Newuidmap is not installed."_s);
        QCOMPARE(text.remedy, u"Install it."_s);
        QCOMPARE(text.command, u"sudo apt-get install uidmap"_s);
        QVERIFY(text.details.contains(u"enterNamespaces"_s));
    }

    void everyErrorCode_hasATitle()
    {
        for (int code = 0; code <= int(Engine::ErrorCode::Io); ++code)
            QVERIFY(!errorText({.code = Engine::ErrorCode(code)}).title.isEmpty());
    }

    void exitCodes_areExplained_data()
    {
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("word");
        QTest::newRow("0") << 0 << u"normally"_s;
        QTest::newRow("126") << 126 << u"cannot be executed"_s;
        QTest::newRow("127") << 127 << u"not found"_s;
        QTest::newRow("137") << 137 << u"SIGKILL"_s;
        QTest::newRow("139") << 139 << u"SIGSEGV"_s;
        QTest::newRow("143") << 143 << u"SIGTERM"_s;
        QTest::newRow("another signal") << 134 << u"signal 6"_s;
    }

    void exitCodes_areExplained()
    {
        QFETCH(int, code);
        QFETCH(QString, word);
        QVERIFY2(exitCodeText(code).contains(word), qPrintable(exitCodeText(code)));
    }

    void ago_picksTheUnit_data()
    {
        QTest::addColumn<qint64>("seconds");
        QTest::addColumn<QString>("text");
        QTest::newRow("now") << 3LL << u"just now"_s;
        QTest::newRow("seconds") << 40LL << u"40 second(s) ago"_s;
        QTest::newRow("minutes") << 125LL << u"2 minute(s) ago"_s;
        QTest::newRow("hours") << 7300LL << u"2 hour(s) ago"_s;
        QTest::newRow("days") << 3 * 86400LL << u"3 day(s) ago"_s;
        QTest::newRow("years") << 800 * 86400LL << u"2 year(s) ago"_s;
    }

    void ago_picksTheUnit()
    {
        QFETCH(qint64, seconds);
        QFETCH(QString, text);
        const QDateTime now = QDateTime::fromSecsSinceEpoch(1'800'000'000);
        QCOMPARE(agoText(now.addSecs(-seconds), now), text);
    }

    void sizes_usePowersOf1000() { QCOMPARE(sizeText(4'300'000), u"4.3 MB"_s); }

    void durations_pickTheUnit()
    {
        QCOMPARE(durationText(std::chrono::milliseconds(850)), u"850 ms"_s);
        QCOMPARE(durationText(std::chrono::milliseconds(4200)), u"4.2 s"_s);
        QCOMPARE(durationText(std::chrono::milliseconds(200'000)), u"3 min 20 s"_s);
    }

    void shellCommand_quotesWhatMustBe() { QCOMPARE(shellCommand({u"a"_s, u"b c"_s, u"d'e"_s, QString()}), u"a 'b c' 'd'\\''e' ''"_s); }
};

QTEST_GUILESS_MAIN(TestWords)
#include "tst_words.moc"
