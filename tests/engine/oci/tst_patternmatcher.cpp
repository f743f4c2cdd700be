// SPDX-License-Identifier: GPL-3.0-or-later
#include "oci/patternmatcher_p.h"

#include "../../support/conformance.h"

using namespace Engine;
using namespace Engine::Internal;
using namespace TestSupport;
using namespace Qt::StringLiterals;

namespace {

QStringList strings(const nlohmann::json &array)
{
    QStringList list;
    for (const auto &element : array)
        list += text(element);
    return list;
}

bool compiledAgrees(const nlohmann::json &record, const PatternMatcher &matcher)
{
    const auto &expected = record["compiled"];
    if (expected.size() != matcher.patterns().size())
        return false;
    for (size_t i = 0; i < expected.size(); ++i) {
        if (matcher.patterns()[i].text != text(expected[i]["cleaned"])
            || matcher.patterns()[i].isExclusion != expected[i]["exclusion"].get<bool>())
            return false;
    }
    return true;
}

bool agrees(const nlohmann::json &record)
{
    const auto matcher = PatternMatcher::create(strings(record["patterns"]));
    if (record.contains("error") && !record["error"].is_null())
        return !matcher;
    if (!matcher)
        return false;
    if (record["fn"] == "New")
        return compiledAgrees(record, *matcher);
    const QString path = text(record["path"]);
    const bool got = record["fn"] == "Matches" ? matcher->matchesDirectly(path) : matcher->matches(path);
    return got == record["match"].get<bool>();
}

} // namespace

class TestPatternMatcher : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void conformance()
    {
        Tally tally("pattern matcher (moby/patternmatcher v0.6.0)");
        for (const auto &record : conformanceRecords("patternmatcher/match.jsonl"))
            tally.count(agrees(record), QString::fromStdString(record.dump()));
        for (const auto &record : conformanceRecords("patternmatcher/ignorefile.jsonl")) {
            const QStringList got = readIgnoreFile(QByteArray::fromStdString(record["input"].get<std::string>()));
            tally.count(got == strings(record["patterns"]), got.join(u'|'));
        }
        QVERIFY(tally.finish());
    }

    void matchesGlob_data()
    {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("expected"); // -1: malformed
        QTest::newRow("star stays in its folder") << u"*.txt"_s << u"a/b.txt"_s << 0;
        QTest::newRow("two stars in a name") << u"a*b*c"_s << u"axxbyybzc"_s << 1;
        QTest::newRow("star then rest") << u"*c"_s << u"abcbc"_s << 1;
        QTest::newRow("class range") << u"[a-c]x"_s << u"bx"_s << 1;
        QTest::newRow("negated class") << u"[^a-c]x"_s << u"bx"_s << 0;
        QTest::newRow("escaped star") << u"a\\*"_s << u"ab"_s << 0;
        QTest::newRow("open class") << u"[a"_s << u"a"_s << -1;
        QTest::newRow("lone escape") << u"a\\"_s << u"a"_s << -1;
        QTest::newRow("empty class") << u"[]a]"_s << u"]"_s << -1;
        QTest::newRow("empty pattern, empty name") << QString() << QString() << 1;
    }
    void matchesGlob()
    {
        QFETCH(QString, pattern);
        QFETCH(QString, name);
        QFETCH(int, expected);
        const auto got = Engine::Internal::matchesGlob(pattern, name);
        QCOMPARE(got ? int(*got) : -1, expected);
    }

    void walk_agreesWithWholePaths()
    {
        const auto matcher = PatternMatcher::create({u"a"_s, u"!a/b/keep"_s, u"**/*.o"_s});
        QVERIFY(matcher);
        PatternMatcher::ParentState a, b, own;
        QVERIFY(matcher->matches(u"a"_s, {}, &a));
        QVERIFY(matcher->matches(u"a/b"_s, a, &b));
        QVERIFY(!matcher->matches(u"a/b/keep"_s, b, &own));
        QVERIFY(matcher->matches(u"a/b/keep.o"_s, b, &own));
        QVERIFY(!matcher->matches(u"a/b/keep"_s));
        QVERIFY(matcher->matches(u"x/y.o"_s));
    }
};

QTEST_GUILESS_MAIN(TestPatternMatcher)
#include "tst_patternmatcher.moc"
