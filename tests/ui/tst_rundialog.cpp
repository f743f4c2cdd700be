// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/rundialog.h"

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QPushButton>

using namespace Qt::StringLiterals;
using namespace Gui;

class TestRunDialog : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void splitWords_asAShell_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QStringList>("words");
        QTest::newRow("nothing") << u"  "_s << QStringList();
        QTest::newRow("words") << u"ls  -l /"_s << QStringList{u"ls"_s, u"-l"_s, u"/"_s};
        QTest::newRow("quotes") << u"sh -c 'echo \"hi\"'"_s << QStringList{u"sh"_s, u"-c"_s, u"echo \"hi\""_s};
        QTest::newRow("quotes in a word") << u"a\"b c\"d"_s << QStringList{u"ab cd"_s};
        QTest::newRow("escaped space") << u"a\\ b"_s << QStringList{u"a b"_s};
        QTest::newRow("empty word") << u"a ''"_s << QStringList{u"a"_s, QString()};
        QTest::newRow("backslash in single quotes") << u"'a\\b'"_s << QStringList{u"a\\b"_s};
    }

    void splitWords_asAShell()
    {
        QFETCH(QString, line);
        QFETCH(QStringList, words);
        const auto got = splitWords(line);
        QVERIFY(got);
        QCOMPARE(*got, words);
    }

    void splitWords_openQuote_isNothing() { QVERIFY(!splitWords(u"echo 'x"_s)); }

    void badVariable_isNamed_andRunIsOff()
    {
        auto *dialog = new RunDialog({u"busybox"_s}, u"busybox"_s, nullptr);
        QVERIFY(dialog->problem().isEmpty());
        const auto fields = dialog->findChildren<QPlainTextEdit *>();
        QCOMPARE(fields.size(), 2);
        fields[0]->setPlainText(u"NAME"_s);
        QVERIFY(dialog->problem().contains(u"NAME"_s));
        fields[0]->setPlainText(u"NAME=x"_s);
        QVERIFY(dialog->problem().isEmpty());
        QCOMPARE(dialog->options().env, QStringList{u"NAME=x"_s});
        fields[1]->setPlainText(u"relative:/x"_s);
        QVERIFY(!dialog->problem().isEmpty());
        delete dialog;
    }

    void everyField_hasAnAccessibleName()
    {
        auto *dialog = new RunDialog({}, {}, nullptr);
        const auto fields = dialog->findChildren<QLineEdit *>();
        for (const QLineEdit *field : fields) {
            if (field->objectName() != "qt_spinbox_lineedit"_L1 && !field->parent()->inherits("QComboBox"))
                QVERIFY2(!field->accessibleName().isEmpty(), qPrintable(field->placeholderText()));
        }
        delete dialog;
    }
};

QTEST_MAIN(TestRunDialog)
#include "tst_rundialog.moc"
