// SPDX-License-Identifier: GPL-3.0-or-later
#include "oci/shelllexer_p.h"

#include "../../support/conformance.h"

using namespace Engine;
using namespace Engine::Internal;
using namespace TestSupport;
using namespace Qt::StringLiterals;

namespace {

QSet<QString> names(const nlohmann::json &record, const char *key)
{
    QSet<QString> set;
    for (const auto &name : record.value(key, nlohmann::json::array()))
        set.insert(text(name));
    return set;
}

QMap<QString, QString> variables(const nlohmann::json &record)
{
    QMap<QString, QString> map;
    if (!record.contains("env") || record["env"].is_null())
        return map;
    for (const auto &[name, value] : record["env"].items())
        map.insert(QString::fromStdString(name), text(value));
    return map;
}

QStringList words(const nlohmann::json &record)
{
    QStringList list;
    if (record.contains("words") && record["words"].is_array()) {
        for (const auto &word : record["words"])
            list += text(word);
    }
    return list;
}

ShellLexer lexerFor(const nlohmann::json &record)
{
    ShellLexer lexer(text(record["escape"]).front());
    if (record["raw_quotes"].get<bool>())
        lexer.setQuotes(ShellLexer::Quotes::Keep);
    if (record["skip_process_quotes"].get<bool>())
        lexer.setQuotes(ShellLexer::Quotes::Ignore);
    if (record["raw_escapes"].get<bool>())
        lexer.setEscapes(ShellLexer::Escapes::Keep);
    if (record["skip_unset_env"].get<bool>())
        lexer.setUnset(ShellLexer::Unset::Keep);
    return lexer;
}

bool agrees(const nlohmann::json &record, const Result<ExpandedWord> &got)
{
    if (record.contains("error"))
        return !got;
    if (!got)
        return false;
    if (record["api"] == "ProcessWords")
        return got->words == words(record);
    bool same = got->text == text(record["result"]);
    if (record["test"] == "TestProcessWithMatches")
        same = same && got->matched == names(record, "matched") && got->unmatched == names(record, "unmatched");
    return same;
}

} // namespace

class TestShellLexer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void conformance()
    {
        Tally tally("shell lexer (BuildKit v0.22.0)");
        for (const auto &record : conformanceRecords("buildkit-shell-lex/lex.jsonl")) {
            const auto got = lexerFor(record).expand(text(record["input"]), variables(record));
            tally.count(agrees(record, got), QString::fromStdString(record.dump()) + u" got "_s
                                                 + (got ? got->text + u" | "_s + got->words.join(u'|') : got.error().detail));
        }
        QVERIFY(tally.finish());
    }

    void expand_error_saysWhatAndWhere()
    {
        const auto got = ShellLexer().expand(u"${A:?is needed here}"_s, {});
        QVERIFY(!got);
        QCOMPARE(got.error().code, ErrorCode::InvalidInput);
        QCOMPARE(got.error().detail, u"failed to process \"${A:?is needed here}\": A: is needed here"_s);
    }

    void expand_hostileNesting_isAnError()
    {
        QString deep;
        for (int i = 0; i < 500'000; ++i)
            deep += u"${a:-"_s;
        const auto got = ShellLexer().expand(deep, {});
        QVERIFY(!got);
        QVERIFY2(got.error().detail.contains(u"nested too deeply"_s), qUtf8Printable(got.error().detail.right(100)));
    }

    void expand_outsideTheBasicPlane_survives()
    {
        const auto got = ShellLexer().expand(u"a 🚢 ${b%?}"_s, {{u"b"_s, u"xy"_s}});
        QVERIFY(got);
        QCOMPARE(got->words, (QStringList{u"a"_s, u"🚢"_s, u"x"_s}));
    }
};

QTEST_GUILESS_MAIN(TestShellLexer)
#include "tst_shelllexer.moc"
