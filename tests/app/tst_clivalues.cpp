// SPDX-License-Identifier: GPL-3.0-or-later
#include "dockertables.h"

#include <cli/format/timestamp.h>
#include <cli/input/createoptions.h>
#include <cli/options.h>
#include <cli/session/detachkeys.h>

#include <QtTest/QtTest>
#include <QtCore/QTimeZone>

using namespace Qt::StringLiterals;
using namespace Cli;

class CliValues : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void dockerTable_volumes();
    void dockerTable_env();
    void dockerTable_labels();
    void dockerTable_extraHosts();
    void dockerTable_timestamps();
    void volume_parts();
    void envFile_data();
    void envFile();
    void createOptions_everything();
    void createOptions_mistake_data();
    void createOptions_mistake();
    void detachKeys_data();
    void detachKeys();

private:
    static void report(const char *what, int passed, int total)
    {
        qInfo("docker's %s: %d of %d", what, passed, total);
        QCOMPARE(passed, total);
        QVERIFY(total > 0);
    }
};

void CliValues::dockerTable_volumes()
{
    int passed = 0;
    int total = 0;
    const auto tables = dockerTables("TestLinuxParseMountRaw");
    for (const auto &table : tables) {
        for (const auto &[key, value] : table.items()) {
            const QString spec = table.is_array() ? text(value) : QString::fromStdString(key);
            const auto parsed = parseVolume(spec);
            const bool right = table.is_array() ? parsed.has_value() : !parsed && parsed.error().contains(text(value));
            ++total;
            passed += right;
            if (!right)
                qWarning() << spec << (parsed ? u"accepted"_s : parsed.error());
        }
    }
    report("volume specifications", passed, total);
}

void CliValues::dockerTable_env()
{
    int passed = 0;
    int total = 0;
    const auto tables = dockerTables("TestValidateEnv");
    QVERIFY(!tables.empty());
    for (const auto &row : tables.front()) {
        const QString value = text(row["value"]);
        const auto parsed = parseEnv(value);
        bool right = false;
        if (row.contains("expectedErr"))
            right = !parsed && parsed.error() == text(row["expectedErr"]);
        else if (row["expected"].is_object()) // PATH, from the environment
            right = parsed && *parsed == u"PATH="_s + qEnvironmentVariable("PATH");
        else if (value.contains(u'='))
            right = parsed && *parsed == text(row["expected"]);
        else // docker hands the bare name on for the engine to drop; here it is dropped at once
            right = parsed && parsed->isNull();
        ++total;
        passed += right;
        if (!right)
            qWarning() << value;
    }
    report("environment variables", passed, total);
}

void CliValues::dockerTable_labels()
{
    int passed = 0;
    int total = 0;
    const auto tables = dockerTables("TestValidateLabel");
    QVERIFY(!tables.empty());
    for (const auto &row : tables.front()) {
        const QString value = row.contains("value") ? text(row["value"]) : QString();
        const auto parsed = collectLabels({}, {value});
        const bool right = row.contains("expectedErr") ? !parsed && parsed.error() == text(row["expectedErr"])
                                                       : parsed && parsed->size() == 1;
        ++total;
        passed += right;
        if (!right)
            qWarning() << value << (parsed ? u"accepted"_s : parsed.error());
    }
    report("labels", passed, total);
}

void CliValues::dockerTable_extraHosts()
{
    int passed = 0;
    int total = 0;
    const auto tables = dockerTables("TestValidateExtraHosts");
    QVERIFY(!tables.empty());
    for (const auto &row : tables.front()) {
        const QString value = text(row["input"]);
        const auto parsed = parseExtraHost(value);
        const QString expected = row.contains("expectedOut") ? text(row["expectedOut"]) : value;
        const bool right = row.contains("expectedErr") ? !parsed && parsed.error() == text(row["expectedErr"])
                                                       : parsed && *parsed == expected;
        ++total;
        passed += right;
        if (!right)
            qWarning() << value << (parsed ? *parsed : parsed.error());
    }
    report("extra hosts", passed, total);
}

void CliValues::dockerTable_timestamps()
{
    const QDateTime now(QDate(2026, 1, 2), QTime(3, 4, 5), QTimeZone::utc());
    int passed = 0;
    int total = 0;
    const auto tables = dockerTables("TestGetTimestamp");
    QVERIFY(!tables.empty());
    for (const auto &row : tables.front()) {
        const QString value = text(row[0]);
        const auto parsed = parseTimestamp(value, now, Qt::UTC);
        bool right = false;
        if (row[2].get<bool>()) {
            right = !parsed;
        } else if (row[1].is_object()) { // before now
            const int minutes = value == u"1m"_s ? 1 : 90;
            right = parsed && *parsed == now.addSecs(-60 * minutes).toMSecsSinceEpoch() * 1'000'000;
        } else {
            const QString expected = text(row[1]);
            const qint64 seconds = expected.section(u'.', 0, 0).toLongLong();
            right = parsed && *parsed == seconds * 1'000'000'000 + expected.section(u'.', 1).leftJustified(9, u'0').toLongLong();
        }
        ++total;
        passed += right;
        if (!right)
            qWarning() << value << (parsed ? QString::number(*parsed) : parsed.error());
    }
    report("timestamps", passed, total);
    QCOMPARE(rfc3339Nano(1136214245'999999999), u"2006-01-02T15:04:05.999999999Z"_s);
}

void CliValues::volume_parts()
{
    const auto bind = parseVolume(u"/a:/b:ro,z"_s);
    QVERIFY(bind);
    QCOMPARE(*bind, (VolumeSpec{VolumeSpec::Kind::Bind, u"/a"_s, u"/b"_s, true, {}}));
    const auto named = parseVolume(u"logs:/var/log"_s);
    QVERIFY(named);
    QCOMPARE(*named, (VolumeSpec{VolumeSpec::Kind::Named, u"logs"_s, u"/var/log"_s, false, {}}));
    const auto shared = parseVolume(u"/a:/b:rshared"_s);
    QVERIFY(shared);
    QCOMPARE(shared->propagation, u"rshared"_s);
}

void CliValues::envFile_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("expected");
    qputenv("SLIPWAY_TEST_HERE", "yes");
    qunsetenv("SLIPWAY_TEST_GONE");

    QTest::newRow("plain") << QByteArray("A=1\nB=two words\n") << u"A=1|B=two words"_s;
    QTest::newRow("comments, blanks, indentation") << QByteArray("# x\n\n   A=1\n\t#y\n") << u"A=1"_s;
    QTest::newRow("trailing space is part of the value") << QByteArray("A=1  \n") << u"A=1  "_s;
    QTest::newRow("from here, and not from here") << QByteArray("SLIPWAY_TEST_HERE\nSLIPWAY_TEST_GONE\n") << u"SLIPWAY_TEST_HERE=yes"_s;
    QTest::newRow("byte order mark and CRLF") << QByteArray("\xEF\xBB\xBF" "A=\xE6\x82\xA8\r\nB=2\r\n") << u"A=您|B=2"_s;
    QTest::newRow("space in a name") << QByteArray("a b=c\n") << u"! variable 'a b' contains whitespaces"_s;
    QTest::newRow("no name") << QByteArray("=x\n") << u"! no variable name on line '=x'"_s;
    QTest::newRow("not UTF-8") << QByteArray("A=1\nB=\xff\xfe\n") << u"! env file f contains invalid utf8 bytes at line 2"_s;
}

void CliValues::envFile()
{
    QFETCH(const QByteArray, content);
    const auto parsed = parseEnvFile(content, u"f"_s);
    QTEST(parsed ? parsed->join(u'|') : u"! "_s + parsed.error(), "expected");
}

namespace {

const Engine::CreateOptions *parsedCreate(const QStringList &words, Checked<Engine::CreateOptions> &result)
{
    static constexpr OptionSpec table[] = {
        {'e', "env", OptionKind::List}, {0, "env-file", OptionKind::List}, {'l', "label", OptionKind::List},
        {0, "label-file", OptionKind::List}, {'v', "volume", OptionKind::List}, {0, "add-host", OptionKind::List},
        {0, "network", OptionKind::Text}, {'w', "workdir", OptionKind::Text}, {'u', "user", OptionKind::Text},
        {0, "entrypoint", OptionKind::Text}, {'t', "tty", OptionKind::Flag}, {'i', "interactive", OptionKind::Flag},
        {0, "rm", OptionKind::Flag}, {0, "stop-timeout", OptionKind::Integer},
    };
    const auto parsed = parseOptions(table, words, OptionOrder::BeforeArguments);
    if (!parsed)
        return nullptr;
    result = readCreateOptions(parsed->options, parsed->arguments);
    return result ? &*result : nullptr;
}

} // namespace

void CliValues::createOptions_everything()
{
    Checked<Engine::CreateOptions> result;
    const auto *options = parsedCreate({u"-it"_s, u"--rm"_s, u"-e"_s, u"A=b"_s, u"-v"_s, u"./x:/y:ro"_s, u"--network"_s, u"none"_s,
                                        u"--entrypoint"_s, u""_s, u"--stop-timeout"_s, u"3"_s, u"-l"_s, u"k=v"_s, u"img"_s, u"sh"_s, u"-c"_s},
                                       result);
    QVERIFY2(options, qPrintable(result ? QString() : result.error()));
    QCOMPARE(options->image, u"img"_s);
    QCOMPARE(options->command, QStringList({u"sh"_s, u"-c"_s}));
    QVERIFY(options->tty && options->openStdin && options->autoRemove);
    QCOMPARE(options->env, QStringList{u"A=b"_s});
    QCOMPARE(options->binds.size(), 1);
    QCOMPARE(options->binds[0].source, QDir::current().absoluteFilePath(u"x"_s));
    QCOMPARE(options->binds[0].access, Engine::BindMount::Access::ReadOnly);
    QCOMPARE(options->network, Engine::NetworkMode::None);
    QVERIFY(options->entrypoint && options->entrypoint->isEmpty());
    QCOMPARE(options->stopTimeout, std::chrono::seconds(3));
    QCOMPARE(options->labels.value(u"k"_s), u"v"_s);
}

void CliValues::createOptions_mistake_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("part");
    QTest::newRow("a volume's name") << u"-v logs:/var/log img"_s << u"Slipway does not have volumes yet"_s;
    QTest::newRow("a volume without name") << u"-v /data img"_s << u"Slipway does not have volumes yet"_s;
    QTest::newRow("propagation") << u"-v /a:/b:shared img"_s << u"mount propagation"_s;
    QTest::newRow("a network of one's own") << u"--network front img"_s << u"networks of its own yet"_s;
    QTest::newRow("relative working directory") << u"-w tmp img"_s << u"it needs to be an absolute path"_s;
    QTest::newRow("env file that is not there") << u"--env-file /nonexistent img"_s << u"open /nonexistent: No such file or directory"_s;
}

void CliValues::createOptions_mistake()
{
    QFETCH(const QString, line);
    QFETCH(const QString, part);
    Checked<Engine::CreateOptions> result;
    QVERIFY(!parsedCreate(line.split(u' '), result));
    QVERIFY2(!result && result.error().contains(part), qPrintable(result ? QString() : result.error()));
}

void CliValues::detachKeys_data()
{
    QTest::addColumn<QString>("keys");
    QTest::addColumn<QByteArrayList>("typed");
    QTest::addColumn<QByteArray>("passed");
    QTest::addColumn<bool>("detached");

    const QString usual = u"ctrl-p,ctrl-q"_s;
    QTest::newRow("at once") << usual << QByteArrayList{"ls\n\x10\x11"} << QByteArray("ls\n") << true;
    QTest::newRow("in two pieces") << usual << QByteArrayList{"\x10", "\x11rest"} << QByteArray("") << true;
    QTest::newRow("only the first key") << usual << QByteArrayList{"\x10", "a"} << QByteArray("\x10" "a") << false;
    QTest::newRow("first key twice") << usual << QByteArrayList{"\x10\x10\x11"} << QByteArray("\x10") << true;
    QTest::newRow("plain letters") << u"a,b"_s << QByteArrayList{"xab"} << QByteArray("x") << true;
}

void CliValues::detachKeys()
{
    QFETCH(const QString, keys);
    QFETCH(const QByteArrayList, typed);
    const auto bytes = parseDetachKeys(keys);
    QVERIFY(bytes);
    DetachKeys filter(*bytes);
    QByteArray passed;
    for (const QByteArray &piece : typed) {
        if (!filter.isDetached())
            passed += filter.filter(piece);
    }
    QTEST(passed, "passed");
    QTEST(filter.isDetached(), "detached");
    QVERIFY(!parseDetachKeys(u"ctrl-ä"_s));
}

QTEST_APPLESS_MAIN(CliValues)
#include "tst_clivalues.moc"
