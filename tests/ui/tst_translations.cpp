// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/stepstate.h"

#include <QtTest/QTest>

#include <QtCore/QFile>
#include <QtCore/QRegularExpression>
#include <QtCore/QTranslator>
#include <QtCore/QXmlStreamReader>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace {

struct Entry {
    QString source;
    QStringList forms;  //!< one, or one for each plural form
    bool numerus = false;
    bool unfinished = false;
};

QList<Entry> entriesOf(const QString &language)
{
    QFile file(QStringLiteral(SLIPWAY_SOURCE_DIR "/translations/slipway_%1.ts").arg(language));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QList<Entry> entries;
    QXmlStreamReader xml(&file);
    while (!xml.atEnd()) {
        if (xml.readNext() != QXmlStreamReader::StartElement)
            continue;
        if (xml.name() == "message"_L1) {
            entries.append({{}, {}, xml.attributes().value("numerus"_L1) == "yes"_L1, false});
        } else if (xml.name() == "source"_L1) {
            entries.last().source = xml.readElementText();
        } else if (xml.name() == "translation"_L1) {
            entries.last().unfinished = xml.attributes().hasAttribute("type"_L1);
            if (!entries.last().numerus)
                entries.last().forms.append(xml.readElementText());
        } else if (xml.name() == "numerusform"_L1) {
            entries.last().forms.append(xml.readElementText());
        }
    }
    return entries;
}

QStringList placeholdersOf(const QString &text)
{
    static const QRegularExpression placeholder(u"%(n|L?[0-9]+)"_s);
    QStringList found;
    for (auto it = placeholder.globalMatch(text); it.hasNext();)
        found << it.next().captured();
    std::sort(found.begin(), found.end());
    return found;
}

} // namespace

class TestTranslations final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void file_data()
    {
        QTest::addColumn<bool>("complete");
        QTest::newRow("fr") << true;
        QTest::newRow("en") << false; // plural forms only
    }

    void file()
    {
        QFETCH(bool, complete);
        const QString language = QString::fromLatin1(QTest::currentDataTag());
        const QList<Entry> entries = entriesOf(language);
        QVERIFY(entries.size() > (complete ? 200 : 10));
        for (const Entry &entry : entries) {
            QVERIFY2(!entry.unfinished, qPrintable(entry.source));
            QVERIFY2(complete || entry.numerus, qPrintable(entry.source));
            QCOMPARE(entry.forms.size(), entry.numerus ? 2 : 1);
            for (const QString &form : entry.forms) {
                QVERIFY2(!form.trimmed().isEmpty(), qPrintable(entry.source));
                QCOMPARE(placeholdersOf(form), placeholdersOf(entry.source));
                QVERIFY2(!form.contains("(s)"_L1), qPrintable(form));
            }
        }
    }

    void french_punctuation()
    {
        static const QRegularExpression wrong(u"[ \u00A0][:;!?»]|«(?!\u202F)|[^\u202F]»|'"_s);
        for (const Entry &entry : entriesOf(u"fr"_s)) {
            for (const QString &form : entry.forms)
                QVERIFY2(!wrong.match(form).hasMatch(), qPrintable(form));
        }
    }

    void accelerators_stayWhereTheyAre()
    {
        static const QRegularExpression accelerator(u"&[^& ]"_s);
        for (const Entry &entry : entriesOf(u"fr"_s))
            QCOMPARE(accelerator.match(entry.forms.first()).hasMatch(), accelerator.match(entry.source).hasMatch());
    }

    void causes_ofTheEngine_data()
    {
        QTest::addColumn<QString>("french");
        QTest::newRow("a line above runs again") << u"une ligne plus haut s’exécute de nouveau"_s;
        QTest::newRow("COPY: site/index.html changed") << u"site/index.html a changé"_s;
        QTest::newRow("COPY: a is new and one more file") << u"a est nouveau et 1 fichier de plus"_s;
        QTest::newRow("ADD: the mode of a b was 644 and is now 755 and 12 more files") << u"le mode de a b était 644 et vaut maintenant 755 et 12 fichiers de plus"_s;
        QTest::newRow("ARG VERSION was 1 and is now 2") << u"ARG VERSION valait 1 et vaut maintenant 2"_s;
        QTest::newRow("the user was root and is now web") << u"l’utilisateur était root et vaut maintenant web"_s;
        QTest::newRow("COPY: .dockerignore now leaves out a") << u".dockerignore écarte maintenant a"_s;
        QTest::newRow("the instruction changed, it was: RUN a and b") << u"l’instruction a changé, c’était : RUN a and b"_s;
        QTest::newRow("something the engine says tomorrow") << u"something the engine says tomorrow"_s;
    }

    void causes_ofTheEngine()
    {
        QTranslator translator;
        QVERIFY(translator.load(QLocale(QLocale::French), u"slipway"_s, u"_"_s, u":/i18n"_s));
        QCoreApplication::installTranslator(&translator);
        QTEST(Gui::causeText(QString::fromLatin1(QTest::currentDataTag())), "french");
    }

    void compiledFile_isInTheProgram_data() { file_data(); }

    void compiledFile_isInTheProgram()
    {
        const QString language = QString::fromLatin1(QTest::currentDataTag());
        QTranslator translator;
        QVERIFY(translator.load(QLocale(language), u"slipway"_s, u"_"_s, u":/i18n"_s));
        const bool french = language == "fr"_L1;
        QCOMPARE(translator.translate("Gui::ImagesPage", "%n image(s)", nullptr, 1), u"%n image"_s);
        QCOMPARE(translator.translate("Gui::ImagesPage", "%n image(s)", nullptr, 2), u"%n images"_s);
        QCOMPARE(translator.translate("Gui::BuildPage", "%n step(s) will run", nullptr, 3),
                 french ? u"%n étapes à exécuter"_s : u"%n steps will run"_s);
    }
};

QTEST_GUILESS_MAIN(TestTranslations)
#include "tst_translations.moc"
