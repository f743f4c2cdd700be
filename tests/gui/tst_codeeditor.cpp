// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/buildsteps.h"
#include "models/instructionhelp.h"
#include "widgets/codeeditor.h"
#include "widgets/codehighlighter.h"
#include "widgets/findbar.h"
#include "widgets/layercolumn.h"

#include <QtTest/QTest>

#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QScrollBar>

using namespace Gui;
using namespace Qt::StringLiterals;
using Engine::BuildStep;

class TestCodeEditor final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void keys_data();
    void keys();
    void comment_toggles();
    void languageOf_data();
    void languageOf();
    void themes_areInTheProgram()
    {
        for (const auto *name : {"dark", "light"})
            QVERIFY2(QFile::exists(u":/ksyntax/themes/slipway-%1.theme"_s.arg(QLatin1StringView(name))), name);
    }
    void layerRows_followScrollingAndEdits();
    void fiveThousandLines_areUsable();
    void findBar_goesAround();
    void instructionOfLine_data();
    void instructionOfLine();

private:
    std::unique_ptr<CodeEditor> m_editor;
};

void TestCodeEditor::init()
{
    m_editor = std::make_unique<CodeEditor>();
    m_editor->setFileName(u"Dockerfile"_s);
    m_editor->resize(700, 300);
    m_editor->show();
}

void TestCodeEditor::keys_data()
{
    QTest::addColumn<QString>("before");
    QTest::addColumn<int>("line");
    QTest::addColumn<int>("column");
    QTest::addColumn<int>("key");
    QTest::addColumn<QString>("after");
    QTest::newRow("Tab fills up to the next stop") << u"ab"_s << 1 << 3 << int(Qt::Key_Tab) << u"ab  "_s;
    QTest::newRow("Return keeps the indentation") << u"    ab"_s << 1 << 7 << int(Qt::Key_Return) << u"    ab\n    "_s;
    QTest::newRow("Return after a backslash indents") << u"RUN a \\"_s << 1 << 8 << int(Qt::Key_Return) << u"RUN a \\\n    "_s;
    QTest::newRow("Return after a comment's backslash does not") << u"# a \\"_s << 1 << 6 << int(Qt::Key_Return) << u"# a \\\n"_s;
    QTest::newRow("Shift+Tab takes away") << u"      ab"_s << 1 << 8 << int(Qt::Key_Backtab) << u"  ab"_s;
}

void TestCodeEditor::keys()
{
    QFETCH(QString, before);
    QFETCH(int, line);
    QFETCH(int, column);
    QFETCH(int, key);
    m_editor->setPlainText(before);
    m_editor->goTo(line, column);
    QTest::keyClick(m_editor.get(), Qt::Key(key));
    QTEST(m_editor->toPlainText(), "after");
}

void TestCodeEditor::comment_toggles()
{
    const QString text = u"FROM a\n\nRUN b"_s;
    m_editor->setPlainText(text);
    m_editor->selectAll();
    m_editor->toggleComment();
    QCOMPARE(m_editor->toPlainText(), u"# FROM a\n\n# RUN b"_s);
    m_editor->toggleComment();
    QCOMPARE(m_editor->toPlainText(), text);
    m_editor->undo();
    QCOMPARE(m_editor->toPlainText(), u"# FROM a\n\n# RUN b"_s); // one step
}

void TestCodeEditor::languageOf_data()
{
    QTest::addColumn<QString>("language");
    for (const auto *name : {"Dockerfile", "Containerfile", "app.dockerfile", "Dockerfile.dev", "/x/dockerfile", "web.Containerfile"})
        QTest::newRow(name) << u"Dockerfile"_s;
    QTest::newRow("compose.yaml") << u"YAML"_s;
}

void TestCodeEditor::languageOf()
{
    QTEST(CodeHighlighter::languageOf(QString::fromLatin1(QTest::currentDataTag())), "language");
}

void TestCodeEditor::layerRows_followScrollingAndEdits()
{
    BuildStepsModel steps;
    auto *layers = new LayerColumn(m_editor.get(), &steps);
    m_editor->setRightArea(layers, 240);
    QString text;
    QList<BuildStep> list;
    for (int i = 0; i < 60; ++i) {
        BuildStep step;
        step.index = i;
        step.firstLine = i * 3 + 1;
        step.lastLine = step.firstLine + 1;
        step.text = u"RUN a b"_s;
        list.append(step);
        text += u"RUN a \\\n  b é 漢\n\n"_s;
    }
    m_editor->setPlainText(text);
    steps.setSteps(list);
    for (const int scroll : {0, 1, 37, 100}) {
        m_editor->verticalScrollBar()->setValue(scroll);
        for (const int row : {0, 5, 20, 59}) {
            const QRectF lines = m_editor->linesRect(list[row].firstLine, list[row].lastLine);
            QCOMPARE(layers->rowRect(row).top(), lines.top());
            QCOMPARE(layers->rowRect(row).height(), lines.height());
            QVERIFY(lines.height() > 0);
        }
    }
    // the column stands beside the viewport, at the same height
    QCOMPARE(layers->geometry().top(), m_editor->viewport()->geometry().top());
    QCOMPARE(layers->geometry().left(), m_editor->viewport()->geometry().right() + 1);
    // two lines more above: every row below moves at once, before any plan
    m_editor->verticalScrollBar()->setValue(0);
    m_editor->goTo(3, 1);
    QTest::keyClick(m_editor.get(), Qt::Key_Return);
    QTest::keyClick(m_editor.get(), Qt::Key_Return);
    QCOMPARE(layers->rowRect(0).top(), m_editor->linesRect(1, 2).top());
    QCOMPARE(layers->rowRect(1).top(), m_editor->linesRect(6, 7).top());
    QCOMPARE(layers->rowRect(59).height(), m_editor->linesRect(180, 181).height());
    // a point finds its row
    const int y = int(m_editor->linesRect(7, 7).center().y());
    QCOMPARE(layers->rowAt(y), 1);
}

void TestCodeEditor::fiveThousandLines_areUsable()
{
    QElapsedTimer clock;
    clock.start();
    m_editor->setPlainText(u"RUN echo \"$HOME\" && ls -l /srv # a line like many others\n"_s.repeated(5000));
    m_editor->goTo(4990, 1);
    QVERIFY2(clock.elapsed() < 5000, "loading"); // a freeze, not a measurement
    clock.restart();
    QTest::keyClicks(m_editor.get(), u"RUN true"_s);
    (void)m_editor->grab();
    QVERIFY2(clock.elapsed() < 2000, "typing");
}

void TestCodeEditor::findBar_goesAround()
{
    m_editor->setPlainText(u"one two\ntwo\nTwo"_s);
    FindBar bar(m_editor.get());
    bar.open();
    auto *field = bar.findChild<QLineEdit *>();
    field->setText(u"two"_s);
    QCOMPARE(m_editor->textCursor().selectionStart(), 4);
    bar.findNext();
    QCOMPARE(m_editor->textCursor().selectionStart(), 8);
    bar.findNext();
    bar.findNext(); // past the end: the first again
    QCOMPARE(m_editor->textCursor().selectionStart(), 4);
    bar.findPrevious();
    QCOMPARE(m_editor->textCursor().selectionStart(), 12);
    QCOMPARE(m_editor->setFoundText(u"two"_s, {}), 3);
    QCOMPARE(m_editor->setFoundText(u"two"_s, QTextDocument::FindCaseSensitively), 2);
}

void TestCodeEditor::instructionOfLine_data()
{
    QTest::addColumn<QString>("instruction");
    QTest::newRow("RUN ls") << u"RUN"_s;
    QTest::newRow("  copy . .") << u"COPY"_s;
    QTest::newRow("# RUN") << QString();
    QTest::newRow("RUNNER") << QString();
    QTest::newRow("FROM") << u"FROM"_s;
}

void TestCodeEditor::instructionOfLine()
{
    const QString instruction = Gui::instructionOfLine(QString::fromLatin1(QTest::currentDataTag()));
    QTEST(instruction, "instruction");
    QCOMPARE(instructionHelp(instruction).isEmpty(), instruction.isEmpty());
}

QTEST_MAIN(TestCodeEditor)
#include "tst_codeeditor.moc"
