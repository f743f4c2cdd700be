// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logstore.h"
#include "widgets/logview.h"
#include "widgets/theme.h"

#include <QtGui/QClipboard>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QScrollBar>

using namespace Qt::StringLiterals;
using namespace Gui;
using Engine::LogLine;
using Engine::OutputStream;

namespace {

LogLine logLine(const QByteArray &bytes, OutputStream stream = OutputStream::Stdout)
{
    LogLine line;
    line.bytes = bytes;
    line.stream = stream;
    return line;
}

} // namespace

class TestLogStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { applyTheme(*qApp, Look::Light); }

    void parse_showsText_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("text");
        QTest::newRow("plain") << QByteArray("hello\n") << u"hello"_s;
        QTest::newRow("CRLF") << QByteArray("hello\r\n") << u"hello"_s;
        QTest::newRow("colour") << QByteArray("\x1b[31mred\x1b[0m end\n") << u"red end"_s;
        QTest::newRow("cursor movement is dropped") << QByteArray("\x1b[2K\x1b[1Gok\n") << u"ok"_s;
        QTest::newRow("title is dropped") << QByteArray("\x1b]0;title\x07ok\n") << u"ok"_s;
        QTest::newRow("progress drawn over itself") << QByteArray("10%\r50%\r100%\n") << u"100%"_s;
        QTest::newRow("tab") << QByteArray("a\tb\n") << u"a       b"_s;
        QTest::newRow("invalid UTF-8") << QByteArray("a\xff" "b\n") << u"a\uFFFDb"_s;
        QTest::newRow("escape at the end") << QByteArray("a\x1b") << u"a"_s;
        QTest::newRow("unfinished sequence") << QByteArray("a\x1b[3") << u"a"_s;
    }

    void parse_showsText()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, text);
        LogSpan carry;
        QCOMPARE(parseLogLine(bytes, carry).text, text);
    }

    void parse_colours()
    {
        LogSpan carry;
        const LogText line = parseLogLine("a\x1b[1;32mgreen\x1b[38;5;208mX\x1b[38;2;1;2;3mY", carry);
        QCOMPARE(line.text, u"agreenXY"_s);
        QCOMPARE(line.spans.size(), 3u);
        QCOMPARE(line.spans[0], (LogSpan{.begin = 1, .length = 5, .color = 2, .bold = true}));
        QCOMPARE(line.spans[1].color, 208);
        QCOMPARE(line.spans[2].color, 0x01010203);
        QCOMPARE(carry.color, 0x01010203); // goes on in the next line
    }

    void parse_groundColourIsSkippedWithItsNumbers()
    {
        LogSpan carry;
        const LogText line = parseLogLine("\x1b[48;5;31;1mX", carry);
        QCOMPARE(line.spans.size(), 1u);
        QCOMPARE(line.spans[0].color, LogSpan::defaultColor);
        QVERIFY(line.spans[0].bold);
    }

    void append_joinsALineWrittenInPieces()
    {
        LogStore store;
        QSignalSpy appended(&store, &LogStore::appended);
        store.append({logLine("first\n"), logLine("par")});
        store.append({logLine("tial\n"), logLine("last\n")});
        QCOMPARE(store.toText(0, 9, LogStore::Times::No), u"first\npartial\nlast\n"_s);
        QCOMPARE(appended.last().first().toInt(), 1); // the joined line is shown anew
    }

    void append_keepsStreamsApart()
    {
        LogStore store;
        store.append({logLine("out"), logLine("err", OutputStream::Stderr), logLine("put\n"), logLine("or\n", OutputStream::Stderr)});
        QCOMPARE(store.toText(0, 9, LogStore::Times::No), u"output\nerror\n"_s);
        QVERIFY(!store.line(0).isError && store.line(1).isError);
    }

    void append_beyondTheLimit_dropsTheOldest()
    {
        LogStore store;
        QList<LogLine> batch(LogStore::maxLines, logLine("x\n"));
        store.append(batch);
        store.append({logLine("new\n")});
        QCOMPARE(store.count(), LogStore::maxLines);
        QCOMPARE(store.dropped(), 1);
        QCOMPARE(store.line(store.count() - 1).text, u"new"_s);
    }

    void find_wrapsRound_bothWays()
    {
        LogStore store;
        store.append({logLine("alpha\n"), logLine("beta\n"), logLine("ALPHA two\n")});
        QCOMPARE(store.find(u"alpha"_s, 1, LogStore::Direction::Forward).line, 2);
        QCOMPARE(store.find(u"alpha"_s, 3, LogStore::Direction::Forward).line, 0);
        QCOMPARE(store.find(u"alpha"_s, -1, LogStore::Direction::Backward).line, 2);
        QCOMPARE(store.find(u"gamma"_s, 0, LogStore::Direction::Forward).line, -1);
        QCOMPARE(store.countMatches(u"alpha"_s), 2);
    }

    void view_followsUntilTheUserScrollsUp()
    {
        LogStore store;
        LogView view(store);
        view.resize(400, 200);
        view.show();
        store.append(QList<LogLine>(100, logLine("line\n")));
        QVERIFY(view.follows());
        QCOMPARE(view.verticalScrollBar()->value(), view.verticalScrollBar()->maximum());
        view.verticalScrollBar()->setValue(10);
        QVERIFY(!view.follows());
        store.append(QList<LogLine>(100, logLine("line\n")));
        QCOMPARE(view.verticalScrollBar()->value(), 10);
        view.setFollow(true);
        QCOMPARE(view.verticalScrollBar()->value(), view.verticalScrollBar()->maximum());
    }

    void view_wrap_takesMoreRows()
    {
        LogStore store;
        LogView view(store);
        view.resize(300, 200);
        view.show();
        store.append(QList<LogLine>(50, logLine(QByteArray(200, 'x') + '\n')));
        const int rows = view.verticalScrollBar()->maximum();
        view.setWrap(true);
        QVERIFY(view.verticalScrollBar()->maximum() > rows * 3);
        QCOMPARE(view.horizontalScrollBar()->maximum(), 0);
    }

    void view_selectionIsCopiedWithoutBlankLines()
    {
        LogStore store;
        LogView view(store);
        view.resize(300, 200);
        store.append({logLine("one\n"), logLine("two\n"), logLine("three\n")});
        view.selectAll();
        view.copy();
        QCOMPARE(QGuiApplication::clipboard()->text(), u"one\ntwo\nthree"_s);
    }

    // 300,000 lines in batches as the engine sends them: no batch may hold the window up
    void manyLines_neverHoldTheWindowUp()
    {
        LogStore store;
        LogView view(store);
        view.resize(900, 500);
        view.show();
        const QList<LogLine> batch(500, logLine("2026-11-23T19:20:01Z \x1b[32mINFO\x1b[0m GET /healthz 200 in 1 ms, 1234 bytes\n"));
        qint64 longest = 0;
        for (int i = 0; i < 600; ++i) {
            QElapsedTimer timer;
            timer.start();
            store.append(batch);
            QCoreApplication::processEvents();
            longest = std::max(longest, timer.elapsed());
        }
        QCOMPARE(store.count(), 300'000);
        qInfo() << "longest turn of the event loop:" << longest << "ms";
        QVERIFY(view.find(u"healthz"_s, LogStore::Direction::Forward));
    }
};

QTEST_MAIN(TestLogStore)
#include "tst_logstore.moc"
