// SPDX-License-Identifier: GPL-3.0-or-later
#include <cli/command.h>
#include <cli/help.h>
#include <cli/options.h>

#include <QtTest/QtTest>

using namespace Qt::StringLiterals;
using namespace Cli;

namespace {

constexpr OptionSpec specs[] = {
    {'i', "interactive", OptionKind::Flag},
    {'t', "tty", OptionKind::Flag},
    {'d', "detach", OptionKind::Flag},
    {'e', "env", OptionKind::List, "list"},
    {0, "name", OptionKind::Text, "string"},
    {'n', "last", OptionKind::Integer, "int"},
    {'p', "publish", OptionKind::List, "list", "", "not there yet"},
};

} // namespace

class CliOptions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void parse_data();
    void parse();
    void mistake_data();
    void mistake();
    void tables_areConsistent();
    void suggestions_nearNames();
    void help_listsEveryShownOption();
};

void CliOptions::parse_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<bool>("anywhere");
    QTest::addColumn<QString>("expected"); // i t d e… name n | arguments

    const auto row = [](const char *name, const QString &line, bool anywhere, const QString &expected) {
        QTest::newRow(name) << line.split(u' ') << anywhere << expected;
    };
    row("flags bundled", u"-it ubuntu"_s, false, u"it|||ubuntu"_s);
    row("three flags bundled", u"-itd ubuntu"_s, false, u"itd|||ubuntu"_s);
    row("value after a bundle", u"-ite A=b ubuntu"_s, false, u"it|A=b||ubuntu"_s);
    row("value joined to its letter", u"-eA=b ubuntu"_s, false, u"|A=b||ubuntu"_s);
    row("value joined by an equals sign", u"-e=A=b ubuntu"_s, false, u"|A=b||ubuntu"_s);
    row("long with equals sign", u"--env=A=b ubuntu"_s, false, u"|A=b||ubuntu"_s);
    row("long with the next word", u"--env A=b --name x ubuntu"_s, false, u"|A=b|x|ubuntu"_s);
    row("a list grows, a text is replaced", u"-e A=1 -e B=2 --name x --name y c"_s, false, u"|A=1,B=2|y|c"_s);
    row("a flag switched off", u"-i -t --tty=false c"_s, false, u"i|||c"_s);
    row("a short flag switched off", u"-i=false -d c"_s, false, u"d|||c"_s);
    row("options of the command stay with it", u"ubuntu ls -it --foo"_s, false, u"|||ubuntu,ls,-it,--foo"_s);
    row("options after arguments", u"web -d other -i"_s, true, u"id|||web,other"_s);
    row("two dashes end the options", u"-i -- -t --x"_s, true, u"i|||-t,--x"_s);
    row("two dashes before the image", u"-i -- ubuntu -t"_s, false, u"i|||ubuntu,-t"_s);
    row("a lone dash is an argument", u"-i -"_s, true, u"i|||-"_s);
    row("a value may begin with a dash", u"--name -x c"_s, false, u"||-x|c"_s);
    row("an empty value", u"--name= c"_s, false, u"|||c"_s);
}

void CliOptions::parse()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const bool, anywhere);
    const auto parsed = parseOptions(specs, arguments, anywhere ? OptionOrder::Anywhere : OptionOrder::BeforeArguments);
    QVERIFY2(parsed, qPrintable(parsed ? QString() : parsed.error()));
    const OptionValues &options = parsed->options;
    const QString flags = (options.flag("interactive") ? u"i"_s : u""_s) + (options.flag("tty") ? u"t"_s : u""_s)
        + (options.flag("detach") ? u"d"_s : u""_s);
    QTEST(QStringList({flags, options.list("env").join(u','), options.text("name"), parsed->arguments.join(u',')}).join(u'|'), "expected");
}

void CliOptions::mistake_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("expected");

    // The words of docker 28.2.2, as its program prints them.
    QTest::newRow("unknown long") << QStringList{u"--foo"_s} << u"unknown flag: --foo"_s;
    QTest::newRow("unknown long with value") << QStringList{u"--foo=1"_s} << u"unknown flag: --foo"_s;
    QTest::newRow("unknown letter") << QStringList{u"-z"_s} << u"unknown shorthand flag: 'z' in -z"_s;
    QTest::newRow("unknown letter in a bundle") << QStringList{u"-itz"_s} << u"unknown shorthand flag: 'z' in -z"_s;
    QTest::newRow("long without value") << QStringList{u"--name"_s} << u"flag needs an argument: --name"_s;
    QTest::newRow("letter without value") << QStringList{u"-e"_s} << u"flag needs an argument: 'e' in -e"_s;
    QTest::newRow("no number") << QStringList{u"-n"_s, u"x"_s}
                               << u"invalid argument \"x\" for \"-n, --last\" flag: strconv.ParseInt: parsing \"x\": invalid syntax"_s;
    QTest::newRow("no truth") << QStringList{u"--tty=maybe"_s}
                              << u"invalid argument \"maybe\" for \"-t, --tty\" flag: strconv.ParseBool: parsing \"maybe\": invalid syntax"_s;
    QTest::newRow("three dashes") << QStringList{u"---x"_s} << u"bad flag syntax: ---x"_s;
    QTest::newRow("known but not there yet") << QStringList{u"-p"_s, u"80:80"_s} << u"-p, --publish: not there yet"_s;
}

void CliOptions::mistake()
{
    QFETCH(const QStringList, arguments);
    const auto parsed = parseOptions(specs, arguments, OptionOrder::Anywhere);
    QVERIFY(!parsed);
    QTEST(parsed.error(), "expected");
}

void CliOptions::tables_areConsistent()
{
    QSet<QString> paths;
    for (const Command *command : allCommands()) {
        for (const QString &path : pathsOf(*command)) {
            QVERIFY2(!paths.contains(path), qPrintable(path + u" is there twice"_s));
            paths.insert(path);
        }
        QVERIFY2((command->run != nullptr) != (command->refusal != nullptr), command->paths);
        QSet<QString> names;
        for (const OptionSpec &option : command->options) {
            const QString name = QString::fromLatin1(option.longName);
            QVERIFY2(!names.contains(name), qPrintable(u"%1 --%2"_s.arg(QLatin1StringView(command->paths), name)));
            names.insert(name);
            if (!option.shortName)
                continue;
            const QString letter(QLatin1Char(option.shortName));
            QVERIFY2(!names.contains(letter), qPrintable(u"%1 -%2"_s.arg(QLatin1StringView(command->paths), letter)));
            names.insert(letter);
        }
    }
    QVERIFY(paths.size() > 60);
}

void CliOptions::suggestions_nearNames()
{
    QVERIFY(suggestions(u"sp"_s).contains(u"ps"_s));
    QVERIFY(suggestions(u"imges"_s).contains(u"images"_s));
    QVERIFY(suggestions(u"container stp"_s).contains(u"container stop"_s));
    QCOMPARE(suggestions(u"xyzzyx"_s), QStringList());
    QVERIFY(!suggestions(u"clean"_s).contains(u"cleanup"_s)); // not for people
}

void CliOptions::help_listsEveryShownOption()
{
    const Command *run = findCommand(u"run"_s);
    QVERIFY(run);
    const QString help = commandHelp(*run, u"run"_s);
    QVERIFY(help.startsWith("Usage:  slipway run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\nCreate and run"_L1));
    QVERIFY(help.contains("  -e, --env list "_L1));
    QVERIFY(!help.contains("--publish"_L1)); // refused ones are not offered
    for (const QString &line : help.split(u'\n'))
        QVERIFY2(line.size() <= 80, qPrintable(line));
    for (const Command *command : allCommands()) {
        if (command->run && command->section != Section::Hidden)
            QVERIFY2(*command->summary, command->paths);
    }
}

QTEST_APPLESS_MAIN(CliOptions)
#include "tst_clioptions.moc"
