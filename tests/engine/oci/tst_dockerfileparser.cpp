// SPDX-License-Identifier: GPL-3.0-or-later
#include "oci/dockerfileparser_p.h"

#include "../../support/conformance.h"

using namespace Engine;
using namespace Engine::Internal;
using namespace TestSupport;
using namespace Qt::StringLiterals;

namespace {

QString dumpOf(const ParsedDockerfile &file)
{
    QString out;
    for (const DockerfileNode &node : file.nodes)
        out += u'(' + node.dump() + u")\n"_s;
    return out;
}

ParsedDockerfile parsed(const nlohmann::json &record)
{
    return parseDockerfile(QByteArray::fromStdString(record["dockerfile"].get<std::string>()));
}

bool heredocsAgree(const nlohmann::json &expected, const QList<Heredoc> &got)
{
    if (expected.size() != size_t(got.size()))
        return false;
    for (qsizetype i = 0; i < got.size(); ++i) {
        const auto &e = expected[size_t(i)];
        if (text(e["Name"]) != got[i].name || text(e["Content"]) != got[i].content || e["Expand"] != got[i].expand
            || e["Chomp"] != got[i].chomp || e["FileDescriptor"] != got[i].fileDescriptor)
            return false;
    }
    return true;
}

bool nodesAgree(const nlohmann::json &expected, const ParsedDockerfile &file)
{
    if (expected.size() != size_t(file.nodes.size()))
        return false;
    for (qsizetype i = 0; i < file.nodes.size(); ++i) {
        const auto &e = expected[size_t(i)];
        const DockerfileNode &node = file.nodes[i];
        QStringList comments;
        for (const auto &comment : e.value("prev_comment", nlohmann::json::array()))
            comments += text(comment);
        if (e["lines"][0] != node.firstLine || e["lines"][1] != node.lastLine || text(e["value"]) != node.keyword
            || e.value("json", false) != node.isJson || comments != node.comments
            || !heredocsAgree(e.value("heredocs", nlohmann::json::array()), node.heredocs)) {
            qWarning("node %d (line %d)", int(i), node.firstLine);
            return false;
        }
    }
    return true;
}

} // namespace

class TestDockerfileParser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void conformance_trees()
    {
        Tally tally("Dockerfile parser (BuildKit v0.22.0)");
        for (const auto &record : conformanceRecords("buildkit-parser/testfiles.jsonl")) {
            const QString got = dumpOf(parsed(record));
            tally.count(got == text(record["expected_ast"]), text(record["name"]) + u'\n' + got);
        }
        for (const auto &record : conformanceRecords("buildkit-parser/negative.jsonl"))
            tally.count(parsed(record).hasErrors(), text(record["name"]));
        for (const auto &record : conformanceRecords("buildkit-parser/json_arrays.jsonl")) {
            const auto got = parseExecForm(text(record["input"]));
            QStringList expected;
            for (const auto &word : record.value("expected", nlohmann::json::array()))
                expected += text(word);
            const bool valid = got && *got;
            tally.count(valid == record["valid"].get<bool>() && (!valid || **got == expected), text(record["input"]));
        }
        for (const auto &record : conformanceRecords("buildkit-parser/lines.jsonl")) {
            const ParsedDockerfile file = parsed(record);
            bool same = size_t(file.nodes.size()) == record["children_lines"].size();
            for (qsizetype i = 0; same && i < file.nodes.size(); ++i) {
                const auto &lines = record["children_lines"][size_t(i)];
                same = lines[0] == file.nodes[i].firstLine && lines[1] == file.nodes[i].lastLine;
            }
            tally.count(same, text(record["name"]));
        }
        QVERIFY(tally.finish());
    }

    void conformance_corpus()
    {
        Tally tally("Dockerfile parser, corpus");
        for (const auto &record : conformanceRecords("dockerfile-corpus/corpus.jsonl")) {
            const auto &expected = record["expected"]["parse"];
            const ParsedDockerfile file = parsed(record);
            if (expected.contains("error")) {
                tally.count(file.hasErrors(), text(record["id"]));
                continue;
            }
            const bool same = !file.hasErrors() && dumpOf(file).trimmed() == text(expected["ast"]).trimmed()
                && QString(file.escape) == text(expected["escape"]) && nodesAgree(expected["nodes"], file);
            tally.count(same, text(record["id"]));
        }
        QVERIFY(tally.finish());
    }

    void error_data()
    {
        QTest::addColumn<QByteArray>("dockerfile");
        QTest::addColumn<QString>("message");
        QTest::addColumn<int>("line");
        QTest::addColumn<int>("column");
        QTest::newRow("empty") << QByteArray() << u"file with no instructions"_s << 1 << 1;
        QTest::newRow("comments only") << QByteArray("# a\n\n# b\n") << u"file with no instructions"_s << 1 << 1;
        QTest::newRow("byte order mark only") << QByteArray("\xEF\xBB\xBF") << u"file with no instructions"_s << 1 << 1;
        QTest::newRow("env") << QByteArray("FROM a\n  ENV PATH\n") << u"ENV must have two arguments"_s << 2 << 3;
        QTest::newRow("label") << QByteArray("FROM a\nLABEL a=b c\n")
                               << u"Syntax error - can't find = in \"c\". Must be of the form: name=value"_s << 2 << 1;
        QTest::newRow("array of numbers") << QByteArray("FROM a\n\nCMD [\"a\", 1]")
                                          << u"when using JSON array syntax, arrays must be comprised of strings only"_s << 3 << 1;
        QTest::newRow("open heredoc") << QByteArray("FROM a\nRUN cat <<EOF\nx\n") << u"unterminated heredoc"_s << 2 << 9;
        QTest::newRow("escape twice") << QByteArray("# escape=`\n# escape=\\\nFROM a\n")
                                      << u"only one escape parser directive can be used"_s << 2 << 1;
        QTest::newRow("bad escape") << QByteArray("# escape=x\nFROM a\n") << u"invalid escape token 'x' does not match ` or \\"_s << 1 << 1;
    }
    void error()
    {
        QFETCH(QByteArray, dockerfile);
        QFETCH(QString, message);
        QFETCH(int, line);
        QFETCH(int, column);
        const ParsedDockerfile file = parseDockerfile(dockerfile);
        QCOMPARE(file.diagnostics.size(), 1);
        QCOMPARE(file.diagnostics[0].message, message);
        QCOMPARE(file.diagnostics[0].begin, (SourcePosition{line, column}));
    }

    void crlfAndByteOrderMark_readAsPlain()
    {
        const ParsedDockerfile plain = parseDockerfile("FROM busybox\nRUN a \\\n b\nENV x=y\n");
        const ParsedDockerfile odd = parseDockerfile("\xEF\xBB\xBF" "FROM busybox\r\nRUN a \\\r\n b\r\nENV x=y\r\n");
        QVERIFY(!odd.hasErrors());
        QCOMPARE(dumpOf(odd), dumpOf(plain));
        QCOMPARE(odd.nodes[1].lastLine, 3);
    }

    void rangeOf_findsWordsOnContinuedLines()
    {
        const ParsedDockerfile file = parseDockerfile("FROM a\nCOPY one \\\n  # why\n  --x two \\\n    /three/\n");
        const auto [begin, end] = file.nodes[1].rangeOf(u"/three/");
        QCOMPARE(begin, (SourcePosition{5, 5}));
        QCOMPARE(end, (SourcePosition{5, 12}));
    }
};

QTEST_GUILESS_MAIN(TestDockerfileParser)
#include "tst_dockerfileparser.moc"
