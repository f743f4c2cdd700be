// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme.h"

#include <QtCore/QDirIterator>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>

using namespace Qt::StringLiterals;
using namespace Gui;

class TestTheme : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void contrastRatio_ofBlackAndWhite_is21()
    {
        QCOMPARE(qRound(contrastRatio(Qt::black, Qt::white)), 21);
        QCOMPARE(qRound(contrastRatio(Qt::white, Qt::white)), 1);
    }

    void everyTextOnItsGround_hasEnoughContrast_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::newRow("dark") << true;
        QTest::newRow("light") << false;
    }

    void everyTextOnItsGround_hasEnoughContrast()
    {
        QFETCH(bool, dark);
        const ThemeColors &colors = dark ? ThemeColors::darkLook() : ThemeColors::lightLook();
        QCOMPARE(colors.dark, dark);
        QStringList tooWeak;
        const auto pairs = colors.pairs();
        QVERIFY(pairs.size() > 30);
        for (const ThemeColors::Pair &pair : pairs) {
            const double ratio = contrastRatio(pair.text, pair.ground);
            if (ratio < 4.5)
                tooWeak += u"%1: %2 on %3 is %4"_s.arg(QLatin1StringView(pair.name), pair.text.name(), pair.ground.name()).arg(ratio);
        }
        QVERIFY2(tooWeak.isEmpty(), qPrintable(tooWeak.join(u'\n')));
    }

    void styleSheet_hasNoTokenLeft()
    {
        for (const Look look : {Look::Light, Look::Dark}) {
            applyTheme(*qApp, look);
            QVERIFY(!qApp->styleSheet().isEmpty());
            QVERIFY2(!qApp->styleSheet().contains(u'@'), qPrintable(qApp->styleSheet().section(u'@', 1).left(40)));
        }
    }

    void icons_ofTheResources_areDrawnInTheLooksColour()
    {
        applyTheme(*qApp, Look::Dark);
        QDirIterator files(u":/icons"_s);
        int count = 0;
        while (files.hasNext()) {
            files.next();
            const QImage picture = icon(files.fileInfo().completeBaseName(), IconRole::Bad).pixmap(QSize(24, 24), 1.0).toImage();
            bool drawn = false;
            for (int y = 0; y < picture.height() && !drawn; ++y)
                for (int x = 0; x < picture.width() && !drawn; ++x)
                    drawn = picture.pixelColor(x, y).alpha() > 200 && picture.pixelColor(x, y).red() > 200;
            QVERIFY2(drawn, qPrintable(files.fileName()));
            ++count;
        }
        QVERIFY(count > 30);
    }
};

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
