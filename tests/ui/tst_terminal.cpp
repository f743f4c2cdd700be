// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/terminal/terminalfilter.h"
#include "widgets/terminal/terminalview.h"
#include "widgets/theme.h"

#include <QtCore/QRandomGenerator>
#include <QtCore/QTimer>
#include <QtGui/QClipboard>
#include <QtGui/QWheelEvent>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QMessageBox>

using namespace Qt::StringLiterals;
using namespace Gui;

class TestTerminal : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { applyTheme(*qApp, Look::Dark); }

    void feed_showsWhatXtermWould_data()
    {
        QTest::addColumn<QByteArrayList>("pieces");
        QTest::addColumn<QString>("line");
        const auto row = [](const char *name, const QByteArrayList &pieces, const char *line) {
            QTest::newRow(name) << pieces << QString::fromUtf8(line);
        };
        row("REP repeats the character before", {"A\x1b[5b|"}, "AAAAAA|");
        row("REP cut in its parameters", {"A\x1b[", "3b|"}, "AAAA|");
        row("REP cut everywhere", {"A\x1b", "[", "2", "b|"}, "AAA|");
        row("REP of a multi-byte character", {"\xe2\x94\x80\x1b[3b|"}, "────|");
        row("REP of nothing", {"\x1b[5b|"}, "|");
        row("REP after a title", {"\x1b]0;t\x1b\\X\x1b[2bY"}, "XXXY");
        row("private sequences leave no trace", {"\x1b[?1049hALT\x1b[?12$p\x1b[>4;2m\x1b[0%m\x1b[2 q!"}, "ALT!");
        row("colons in SGR", {"\x1b[38:2::1:2:3mC\x1b[4:3mD"}, "CD");
        row("a character cut in two", {"h\xc3", "\xa9llo"}, "héllo");
    }

    void feed_showsWhatXtermWould()
    {
        QFETCH(QByteArrayList, pieces);
        QFETCH(QString, line);
        TerminalScreen screen;
        for (const QByteArray &piece : std::as_const(pieces))
            screen.feed(piece);
        QCOMPARE(screen.text().section(u'\n', 0, 0), line);
    }

    void feed_hugeRepeat_endsAtTheScreen()
    {
        TerminalScreen screen;
        screen.feed("A\x1b[2000000000b");
        QVERIFY(screen.text().count(u'A') <= 80 * 24 + 1);
    }

    void filter_answersAModeRequest()
    {
        TerminalFilter filter;
        const auto out = filter.filter("\x1b[?2026$p", 100);
        QCOMPARE(out.toProgram, QByteArray("\x1b[?2026;0$y"));
        QVERIFY(out.toScreen.isEmpty());
    }

    void filter_keepsTrackOfMouseAndPasteModes()
    {
        TerminalFilter filter;
        filter.filter("\x1b[?1002;1006;2004h", 100);
        QCOMPARE(filter.mouseMode(), TerminalFilter::MouseMode::Drag);
        QVERIFY(filter.sgrMouse() && filter.bracketedPaste());
        filter.filter("\x1b[?1002l\x1b[?1006l\x1b[?2004l", 100);
        QCOMPARE(filter.mouseMode(), TerminalFilter::MouseMode::Off);
        QVERIFY(!filter.sgrMouse() && !filter.bracketedPaste());
    }

    void keys_becomeWhatProgramsExpect_data()
    {
        QTest::addColumn<int>("key");
        QTest::addColumn<Qt::KeyboardModifiers>("modifiers");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("a letter") << int(Qt::Key_A) << Qt::KeyboardModifiers() << u"a"_s << QByteArray("a");
        QTest::newRow("a letter beyond ASCII") << int(Qt::Key_Eacute) << Qt::KeyboardModifiers() << u"é"_s << QByteArray("\xc3\xa9");
        QTest::newRow("Return") << int(Qt::Key_Return) << Qt::KeyboardModifiers() << u"\r"_s << QByteArray("\r");
        QTest::newRow("Ctrl+C") << int(Qt::Key_C) << Qt::KeyboardModifiers(Qt::ControlModifier) << u"\x03"_s << QByteArray("\x03");
        QTest::newRow("Up") << int(Qt::Key_Up) << Qt::KeyboardModifiers() << QString() << QByteArray("\x1b[A");
        QTest::newRow("Tab") << int(Qt::Key_Tab) << Qt::KeyboardModifiers() << u"\t"_s << QByteArray("\t");
        QTest::newRow("Backspace") << int(Qt::Key_Backspace) << Qt::KeyboardModifiers() << u"\b"_s << QByteArray("\x7f");
        QTest::newRow("Escape") << int(Qt::Key_Escape) << Qt::KeyboardModifiers() << u"\x1b"_s << QByteArray("\x1b");
    }

    void keys_becomeWhatProgramsExpect()
    {
        QFETCH(int, key);
        QFETCH(Qt::KeyboardModifiers, modifiers);
        QFETCH(QString, text);
        QFETCH(QByteArray, bytes);
        TerminalScreen screen;
        QByteArray sent;
        connect(&screen, &TerminalScreen::output, this, [&](const QByteArray &part) { sent += part; });
        QVERIFY(screen.sendKey(QKeyEvent(QEvent::KeyPress, key, modifiers, text)));
        QCOMPARE(sent, bytes);
    }

    void modifierAlone_isNoKey()
    {
        TerminalScreen screen;
        QVERIFY(!screen.sendKey(QKeyEvent(QEvent::KeyPress, Qt::Key_Shift, Qt::ShiftModifier)));
    }

    void mouse_isReportedOnlyWhereAskedFor()
    {
        TerminalScreen screen;
        QSignalSpy output(&screen, &TerminalScreen::output);
        QVERIFY(!screen.sendMouse(TerminalScreen::MouseAction::Press, 0, {2, 3}, {}));
        screen.feed("\x1b[?1000h\x1b[?1006h");
        QVERIFY(screen.sendMouse(TerminalScreen::MouseAction::Press, 0, {2, 3}, {}));
        QCOMPARE(output.last().first().toByteArray(), QByteArray("\x1b[<0;3;4M"));
        QVERIFY(screen.sendMouse(TerminalScreen::MouseAction::Release, 0, {2, 3}, {}));
        QCOMPARE(output.last().first().toByteArray(), QByteArray("\x1b[<0;3;4m"));
        QVERIFY(!screen.sendMouse(TerminalScreen::MouseAction::Press, 0, {2, 3}, Qt::ShiftModifier));
    }

    void paste_isBracketedWhereAskedFor_andCannotEscape()
    {
        TerminalScreen screen;
        QSignalSpy output(&screen, &TerminalScreen::output);
        screen.feed("\x1b[?2004h");
        screen.paste(u"one\ntwo\x1b[201~three"_s);
        QCOMPARE(output.last().first().toByteArray(), QByteArray("\x1b[200~one\rtwo[201~three\x1b[201~"));
    }

    void view_pasteOfSeveralLines_asksFirst()
    {
        TerminalView view;
        view.resize(view.sizeHint());
        view.show();
        QSignalSpy output(&view.screen(), &TerminalScreen::output);
        QGuiApplication::clipboard()->setText(u"rm -rf a\nrm -rf b"_s);
        view.paste();
        auto *question = view.findChild<QMessageBox *>();
        QVERIFY(question);
        QVERIFY(output.isEmpty());
        question->reject();
        QTRY_VERIFY(!view.findChild<QMessageBox *>());
        QVERIFY(output.isEmpty());
        QGuiApplication::clipboard()->setText(u"ls"_s);
        view.paste();
        QCOMPARE(output.last().first().toByteArray(), QByteArray("ls"));
    }

    void view_selection_isCopied()
    {
        TerminalView view;
        view.resize(view.sizeHint());
        view.screen().feed("hello world");
        view.screen().startSelection({0, 0});
        view.screen().extendSelection({4, 0});
        view.copy();
        QCOMPARE(QGuiApplication::clipboard()->text(), u"hello"_s);
    }

    void view_resize_tellsTheGrid()
    {
        TerminalView view;
        QSignalSpy resized(&view, &TerminalView::gridResized);
        view.resize(800, 400);
        view.show();
        QTRY_VERIFY(!resized.isEmpty());
        const QSize before = view.screen().size();
        QTest::keyClick(&view, Qt::Key_Plus, Qt::ControlModifier); // larger letters, fewer of them
        QVERIFY(view.screen().size().width() < before.width());
        QTest::keyClick(&view, Qt::Key_0, Qt::ControlModifier);
        QCOMPARE(view.screen().size(), before);
    }

    void resize_smaller_keepsWhatStandsAboveTheCursor()
    {
        TerminalScreen screen;
        screen.feed("one\r\ntwo\r\n$ ");
        screen.resize({80, 5});
        QCOMPARE(screen.text(), u"one\ntwo\n$\n\n\n"_s);
        QCOMPARE(screen.cursor(), std::optional(QPoint(2, 2)));
        screen.resize({80, 2}); // now the oldest has to go
        QCOMPARE(screen.text(), u"two\n$\n"_s);
    }

    void changeOfLook_keepsTheText_inTheNewColours()
    {
        TerminalScreen screen;
        screen.setColors({.text = 0xff111111, .ground = 0xffeeeeee, .ansi = {}});
        screen.feed("hello");
        screen.setColors({.text = 0xff222222, .ground = 0xffdddddd, .ansi = {}});
        QVERIFY(screen.text().startsWith(u"hello"_s));
        QCOMPARE(screen.cells()[0].foreground, QRgb(0xff222222));
    }

    void view_idle_hasNoTimer()
    {
        TerminalView view;
        view.show();
        view.setFocus();
        QVERIFY(view.findChildren<QTimer *>().isEmpty());
    }

    void view_drawsTheLooksColours()
    {
        TerminalView view;
        view.resize(400, 200);
        view.screen().feed("\x1b[41mXXXX\x1b[0m");
        const QImage picture = view.grab().toImage();
        QCOMPARE(picture.pixelColor(2, 2).name(), themeColors().terminalBase.name());
        bool red = false;
        for (int x = 0; x < 40; ++x)
            red = red || picture.pixelColor(x, 10).rgb() == (themeColors().ansi[1] | 0xff000000);
        QVERIFY(red);
    }

    // whatever a container writes, and however the window is resized meanwhile
    void hostileOutput_isHarmless()
    {
        const QByteArrayList bits = {"\x1b[", "\x1b]", "\x1bP", "\x1b\\", "?1049", "h", "l", "b", "m", "38:2::1:2:3", ";", "$p", "H", "J", "r",
                                     "999999999", "0", "漢", "e\xcc\x81", "\xf0\x9f", "\r\n", "\t", "text", "\x07", "\x9b", "\xff", "\x1b" "c",
                                     "L", "M", "@", "P", "S", "T"};
        QRandomGenerator random(20260101);
        TerminalView view;
        for (int i = 0; i < 3000; ++i) {
            QByteArray bytes;
            for (int k = random.bounded(40); k > 0; --k)
                bytes += bits[random.bounded(int(bits.size()))];
            view.screen().feed(bytes);
            if (i % 3 == 0)
                view.screen().resize({random.bounded(150), random.bounded(60)});
            if (i % 7 == 0)
                view.screen().scroll(random.bounded(200) - 100);
            if (i % 5 == 0)
                QVERIFY(view.screen().text().size() >= 0);
            if (i % 100 == 0)
                QVERIFY(!view.grab().isNull());
        }
    }
};

QTEST_MAIN(TestTerminal)
#include "tst_terminal.moc"
