// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/buildlog.h"

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace Gui;
using namespace Qt::StringLiterals;

class TestBuildLog final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void parse_data();
    void parse();
    void parse_inPieces_isTheSame_data() { parse_data(); }
    void parse_inPieces_isTheSame();
    void sgr_coloursAndReset();
    void endlessLine_isCut();
    void flood_isBoundedAndCounted();
    void manySteps_shareOneLimit();
    void unknownStep_isIgnored();
};

void TestBuildLog::parse_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("text");
    QTest::newRow("two lines") << QByteArray("a\nb\n") << u"a\nb"_s;
    QTest::newRow("CRLF") << QByteArray("a\r\nb\r\n") << u"a\nb"_s;
    QTest::newRow("no line end") << QByteArray("a") << u"a"_s;
    QTest::newRow("progress bar") << QByteArray("10 %\r50 %\r100 %\ndone\n") << u"100 %\ndone"_s;
    QTest::newRow("colours") << QByteArray("\x1b[1;31mred\x1b[0m\n") << u"red"_s;
    QTest::newRow("cursor movement is dropped") << QByteArray("a\x1b[2Kb\x1b[10;3Hc\n") << u"abc"_s;
    QTest::newRow("window title") << QByteArray("\x1b]0;title\ax\x1b]0;t\x1b\\y\n") << u"xy"_s;
    QTest::newRow("unfinished title ends with its line") << QByteArray("\x1b]0;title\nx\n") << u"x"_s;
    QTest::newRow("character set") << QByteArray("\x1b(Bx\n") << u"x"_s;
    QTest::newRow("UTF-8") << QByteArray("caf\xC3\xA9 \xE2\x9C\x94\n") << u"café ✔"_s;
    QTest::newRow("not UTF-8") << QByteArray("a\xFFz\n") << u"a\uFFFDz"_s;
    QTest::newRow("backspace") << QByteArray("ab\bc\n") << u"ac"_s;
    QTest::newRow("control characters") << QByteArray("a\x01\x07z\n") << u"az"_s;
}

void TestBuildLog::parse()
{
    QFETCH(QByteArray, bytes);
    BuildLog log;
    log.reset(1);
    log.append(0, bytes);
    log.finishStep(0);
    QTEST(log.text(0), "text");
}

void TestBuildLog::parse_inPieces_isTheSame()
{
    QFETCH(QByteArray, bytes);
    BuildLog log;
    log.reset(1);
    for (const char byte : bytes)
        log.append(0, QByteArrayView(&byte, 1));
    log.finishStep(0);
    QTEST(log.text(0), "text");
}

void TestBuildLog::sgr_coloursAndReset()
{
    AnsiParser parser;
    const auto lines = parser.feed("a\x1b[31mb\x1b[1mc\x1b[md\x1b[38;5;208me\x1b[38:2:1:2:3mf\x1b[97;7mg\n");
    QCOMPARE(lines.size(), 1);
    const auto &spans = lines.first().spans;
    QCOMPARE(spans.size(), 5);
    QCOMPARE(spans[0], (AnsiSpan{1, 1, {.foreground = 1}}));
    QCOMPARE(spans[1], (AnsiSpan{2, 1, {.foreground = 1, .bold = true}}));
    QCOMPARE(spans[2].start, 4); // d has the default look
    QCOMPARE(spans[2].style.foreground, 208);
    QCOMPARE(spans[3].style.foreground, 0x1010203);
    QCOMPARE(spans[4].style, (AnsiStyle{.foreground = 15, .reverse = true}));
}

void TestBuildLog::endlessLine_isCut()
{
    BuildLog log;
    log.reset(1);
    for (int i = 0; i < 100; ++i)
        log.append(0, QByteArray(10'000, 'x'));
    QCOMPARE(log.lineCount(0), 1);
    QCOMPARE(log.line(0, 0).text.size(), AnsiParser::kMaxLine);
}

void TestBuildLog::flood_isBoundedAndCounted()
{
    BuildLog log;
    log.reset(1);
    QByteArray chunk;
    for (int i = 0; i < 1000; ++i)
        chunk += "a line of output like any other\n";
    for (int i = 0; i < 100; ++i)
        log.append(0, chunk);
    QCOMPARE(log.lineCount(0), BuildLog::kMaxLinesPerStep);
    QCOMPARE(log.droppedLines(0), 100'000 - BuildLog::kMaxLinesPerStep);
}

void TestBuildLog::manySteps_shareOneLimit()
{
    BuildLog log;
    log.reset(20);
    const QByteArray line = QByteArray(2000, 'x') + '\n';
    for (int step = 0; step < 20; ++step)
        log.append(step, line.repeated(1000));
    qsizetype characters = 0;
    qint64 dropped = 0;
    for (int step = 0; step < 20; ++step) {
        characters += log.lineCount(step) * 2000;
        dropped += log.droppedLines(step);
        QCOMPARE(log.lineCount(step) + log.droppedLines(step), 1000);
    }
    QVERIFY(characters * 2 <= BuildLog::kMaxBytes);
    QVERIFY(dropped > 0);
}

void TestBuildLog::unknownStep_isIgnored()
{
    BuildLog log;
    QSignalSpy changed(&log, &BuildLog::changed);
    log.append(0, "x\n");
    log.append(-1, "x\n");
    QVERIFY(changed.isEmpty());
    QCOMPARE(log.lineCount(7), 0);
    QVERIFY(log.line(7, 0).text.isEmpty());
}

QTEST_GUILESS_MAIN(TestBuildLog)
#include "tst_buildlog.moc"
