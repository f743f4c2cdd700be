// SPDX-License-Identifier: GPL-3.0-or-later
#include <cli/format/gotemplate.h>

#include <QtTest/QtTest>

using namespace Qt::StringLiterals;
using namespace Cli;

class CliTemplate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void render_data();
    void render();
    void mistake_data();
    void mistake();
    void hostile_data();
    void hostile();
};

namespace {

const Json &sample()
{
    static const Json json = Json::parse(R"({
        "Id": "abc", "Name": "/web", "State": {"Status": "running", "Pid": 42, "Running": true, "ExitCode": 0},
        "Config": {"Env": ["A=1", "B=2"], "Labels": {"z.y": "last", "a.b": "first"}, "Cmd": null},
        "Mounts": []
    })");
    return json;
}

} // namespace

void CliTemplate::render_data()
{
    QTest::addColumn<QString>("source");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *source, const char *expected) {
        QTest::newRow(source) << QString::fromUtf8(source) << QString::fromUtf8(expected);
    };
    row("{{.Id}}", "abc");
    row("{{ .State.Status }}", "running");
    row("pid={{.State.Pid}} up={{.State.Running}}", "pid=42 up=true");
    row("{{json .State}}", R"({"Status":"running","Pid":42,"Running":true,"ExitCode":0})");
    row("{{json .Config.Cmd}}", "null");
    row("{{.Config.Env}}", "[A=1 B=2]");
    row("{{.Config.Labels}}", "map[a.b:first z.y:last]");
    row("{{index .Config.Labels \"a.b\"}}", "first");
    row("{{index .Config.Env 1}}", "B=2");
    row("{{len .Config.Env}}", "2");
    row("{{join .Config.Env \",\"}}", "A=1,B=2");
    row("{{range .Config.Env}}[{{.}}]{{end}}", "[A=1][B=2]");
    row("{{range $i, $e := .Config.Env}}{{$i}}={{$e}};{{end}}", "0=A=1;1=B=2;");
    row("{{range $k, $v := .Config.Labels}}{{$k}}:{{$v}} {{end}}", "a.b:first z.y:last ");
    row("{{range .Mounts}}x{{else}}none{{end}}", "none");
    row("{{range .Config.Env}}{{println .}}{{end}}", "A=1\nB=2\n");
    row("{{if .State.Running}}up{{else}}down{{end}}", "up");
    row("{{if eq .State.ExitCode 1}}one{{else if eq .State.ExitCode 0}}zero{{else}}more{{end}}", "zero");
    row("{{if and .State.Running (eq .State.Status \"running\")}}yes{{end}}", "yes");
    row("{{if not .Config.Cmd}}default{{end}}", "default");
    row("{{with .State}}{{.Status}}/{{$.Id}}{{end}}", "running/abc");
    row("{{$s := .State}}{{$s.Pid}}", "42");
    row("{{.Name | upper}}", "/WEB");
    row("{{upper (slicefree .Name)}}", "");
    row("{{printf \"%s has %d\" .Id .State.Pid}}", "abc has 42");
    row("{{printf \"%-6s|\" .Id}}", "abc   |");
    row("{{printf \"%q\" .Name}}", "\"/web\"");
    row("{{split .Name \"/\"}}", "[ web]");
    row("{{truncate .Name 2}}", "/w");
    row("a  {{- .Id -}}  b", "aabcb");
    row("{{/* nothing */}}x", "x");
    row("{{\"}}\"}}", "}}");
    row("{{(index .Config.Env 0)}}", "A=1");
    row("plain", "plain");
}

void CliTemplate::render()
{
    QFETCH(const QString, source);
    QFETCH(const QString, expected);
    const auto parsed = GoTemplate::parse(source);
    if (source.contains("slicefree"_L1)) { // a function that is not there
        QVERIFY(!parsed);
        return;
    }
    QVERIFY2(parsed, qPrintable(parsed ? QString() : parsed.error()));
    const auto rendered = parsed->render(sample(), GoTemplate::Missing::IsError);
    QVERIFY2(rendered, qPrintable(rendered ? QString() : rendered.error()));
    QCOMPARE(*rendered, expected);
}

void CliTemplate::mistake_data()
{
    QTest::addColumn<QString>("source");
    QTest::addColumn<QString>("part");
    QTest::newRow("unknown function") << u"{{InvalidFunction}}"_s << u"function \"InvalidFunction\" not defined"_s;
    QTest::newRow("unclosed") << u"{{.Id"_s << u"unclosed action"_s;
    QTest::newRow("no end") << u"{{if .Id}}x"_s << u"unexpected EOF"_s;
    QTest::newRow("end alone") << u"{{end}}"_s << u"unexpected {{end}}"_s;
    QTest::newRow("empty") << u"{{}}"_s << u"missing value for command"_s;
    QTest::newRow("unknown field") << u"{{.Nope}}"_s << u"map has no entry for key \"Nope\""_s;
    QTest::newRow("field of a text") << u"{{.Id.X}}"_s << u"map has no entry for key \"X\""_s;
    QTest::newRow("index out of range") << u"{{index .Config.Env 7}}"_s << u"out of range"_s;
    QTest::newRow("unknown variable") << u"{{$x}}"_s << u"undefined variable"_s;
    QTest::newRow("unclosed text") << u"{{\"a}}"_s << u"unclosed action"_s;
    QTest::newRow("unclosed paren") << u"{{(len .Id}}"_s << u"unclosed left paren"_s;
    QTest::newRow("too few arguments") << u"{{join .Config.Env}}"_s << u"wrong number of args"_s;
    QTest::newRow("nil") << u"{{nil}}"_s << u"nil is not a command"_s;
}

void CliTemplate::mistake()
{
    QFETCH(const QString, source);
    QFETCH(const QString, part);
    QString words;
    const auto parsed = GoTemplate::parse(source);
    if (!parsed) {
        words = parsed.error();
    } else {
        const auto rendered = parsed->render(sample(), GoTemplate::Missing::IsError);
        QVERIFY(!rendered);
        words = rendered.error();
    }
    QVERIFY2(words.contains(part), qPrintable(words));
}

void CliTemplate::hostile_data()
{
    QTest::addColumn<QString>("source");
    QTest::newRow("deep parentheses") << u"{{"_s + QString(500, u'(') + u".Id"_s + QString(500, u')') + u"}}"_s;
    QTest::newRow("negative truncate") << u"{{truncate .Id -5}}"_s;
    QTest::newRow("printf without arguments") << u"{{printf \"%s %d %\"}}"_s;
    QTest::newRow("calls without arguments") << u"{{len}}"_s;
    QTest::newRow("only opening") << u"{{{{{{"_s;
    QTest::newRow("dots") << u"{{..A}}"_s;
    QTest::newRow("surrogates") << u"{{\"\xD83D\"}}"_s;
    QTest::newRow("comparison of kinds") << u"{{lt .Id 3}}"_s;
    QTest::newRow("function argument") << u"{{len len}}"_s;
}

//! Nothing but an answer or an error: no crash.
void CliTemplate::hostile()
{
    QFETCH(const QString, source);
    const auto parsed = GoTemplate::parse(source);
    if (parsed) {
        const auto rendered = parsed->render(sample(), GoTemplate::Missing::IsNoValue);
        QVERIFY(rendered || !rendered.error().isEmpty());
    } else {
        QVERIFY(!parsed.error().isEmpty());
    }
}

QTEST_APPLESS_MAIN(CliTemplate)
#include "tst_clitemplate.moc"
