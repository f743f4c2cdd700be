// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/logfile_p.h"

#include <QtCore/QFile>
#include <QtCore/QTemporaryFile>
#include <QtTest/QTest>
#include <QtCore/QTimeZone>

using namespace Engine;
using namespace Engine::Internal;

class tst_LogFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void parser_keepsEveryByte();
    void parser_readsTheTime();
    void parser_takesAnyChunks();
    void parser_skipsWhatIsNotConmons();
    void tail_data();
    void tail();
    void tail_ofALongLog_readsBackwards();
};

namespace {

const QByteArray stamp = "2026-11-23T21:36:29.315049503+00:00 ";

QByteArray joined(const QList<LogLine> &lines)
{
    QByteArray bytes;
    for (const LogLine &line : lines)
        bytes += line.bytes;
    return bytes;
}

} // namespace

void tst_LogFile::parser_keepsEveryByte()
{
    LogParser parser;
    const QByteArray nul("a\0b", 3);
    const auto lines = parser.feed(stamp + "stdout F tty line\r\n" + stamp + "stdout F " + nul + '\n' + stamp + "stderr P half\n" + stamp + "stderr F \n");
    QCOMPARE(lines.size(), 4);
    QCOMPARE(joined(lines), "tty line\r\n" + nul + "\nhalf\n");
    QCOMPARE(lines[2].stream, OutputStream::Stderr);
    QCOMPARE(lines[2].bytes, QByteArray("half"));
}

void tst_LogFile::parser_readsTheTime()
{
    LogParser parser;
    const auto lines = parser.feed("2026-11-23T21:36:29.315049503+00:00 stdout F x\n2026-11-23T23:36:29.5+02:00 stdout F y\n");
    QCOMPARE(lines.size(), 2);
    QCOMPARE(lines[0].nanoseconds % 1'000'000'000, 315049503);
    QCOMPARE(lines[0].time, QDateTime(QDate(2026, 11, 23), QTime(21, 36, 29, 315), QTimeZone::utc()));
    QCOMPARE(lines[1].time, QDateTime(QDate(2026, 11, 23), QTime(21, 36, 29, 500), QTimeZone::utc()));
}

void tst_LogFile::parser_takesAnyChunks()
{
    const QByteArray text = stamp + "stdout F one\n" + stamp + "stderr P two\n" + stamp + "stderr F three\n";
    for (qsizetype size = 1; size < text.size(); ++size) {
        LogParser parser;
        QList<LogLine> lines;
        for (qsizetype at = 0; at < text.size(); at += size)
            lines += parser.feed(text.mid(at, size));
        QCOMPARE(joined(lines), QByteArray("one\ntwothree\n"));
    }
}

void tst_LogFile::parser_skipsWhatIsNotConmons()
{
    LogParser parser;
    const auto lines = parser.feed("\nhello\n" + stamp + "stdin F x\n" + stamp + "stdout X x\n2026-99-23T21:36:29+00:00 stdout F x\n"
                                   + stamp + "stdout F\n" + stamp + "stdout F good\n" + QByteArray(5000, 'y') + '\n');
    QCOMPARE(joined(lines), QByteArray("good\n"));
}

void tst_LogFile::tail_data()
{
    QTest::addColumn<int>("wanted");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("none") << 0 << QByteArray();
    QTest::newRow("an unfinished line counts") << 1 << QByteArray("end");
    QTest::newRow("pieces belong to their line") << 2 << QByteArray("three\nend");
    QTest::newRow("three") << 3 << QByteArray("two and a half\nthree\nend");
    QTest::newRow("more than there are") << 99 << QByteArray("one\ntwo and a half\nthree\nend");
}

void tst_LogFile::tail()
{
    QFETCH(int, wanted);
    QFETCH(QByteArray, expected);
    QTemporaryFile file;
    QVERIFY(file.open());
    file.write(stamp + "stdout F one\n" + stamp + "stdout P two \n" + stamp + "stdout P and a\n" + stamp + "stdout F  half\n"
               + stamp + "stdout F three\n" + stamp + "stdout P end\n");
    file.flush();
    const auto offset = findLogTail(file.handle(), wanted);
    QVERIFY(offset);
    file.seek(*offset);
    LogParser parser;
    QCOMPARE(joined(parser.feed(file.readAll())), expected);
}

void tst_LogFile::tail_ofALongLog_readsBackwards()
{
    QTemporaryFile file;
    QVERIFY(file.open());
    for (int i = 0; i < 20'000; ++i)
        file.write(stamp + "stdout F line " + QByteArray::number(i) + '\n');
    file.flush();
    for (const int wanted : {1, 500, 5000, 20'000, 30'000}) {
        const auto offset = findLogTail(file.handle(), wanted);
        QVERIFY(offset);
        file.seek(*offset);
        LogParser parser;
        const auto lines = parser.feed(file.readAll());
        QCOMPARE(lines.size(), std::min(wanted, 20'000));
        QCOMPARE(lines.last().bytes, QByteArray("line 19999\n"));
    }
}

QTEST_GUILESS_MAIN(tst_LogFile)
#include "tst_logfile.moc"
