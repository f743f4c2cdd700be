// SPDX-License-Identifier: GPL-3.0-or-later
#include "dockertables.h"

#include <cli/format/humanize.h>
#include <cli/format/rows.h>
#include <cli/format/table.h>

#include <QtTest/QtTest>

using namespace Qt::StringLiterals;
using namespace Cli;

class CliFormat : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void duration_data();
    void duration();
    void size_data();
    void size();
    void dockerTable_ellipsis();
    void dockerTable_containers();
    void dockerTable_images();
    void quoted_controlCharactersAreEscaped();
    void status_data();
    void status();
    void containerRow_hostileName();
    void historyRow_missing();
};

void CliFormat::duration_data()
{
    QTest::addColumn<int>("seconds");
    QTest::addColumn<QString>("expected");
    const int minute = 60;
    const int hour = 60 * minute;
    const int day = 24 * hour;
    // go-units' own table (units.HumanDuration)
    const std::initializer_list<std::pair<int, const char *>> rows = {
        {0, "Less than a second"}, {1, "1 second"}, {45, "45 seconds"}, {minute, "About a minute"}, {minute + 59, "About a minute"},
        {3 * minute, "3 minutes"}, {35 * minute + 40, "35 minutes"}, {hour, "About an hour"}, {hour + 29 * minute, "About an hour"},
        {hour + 31 * minute, "2 hours"}, {3 * hour + 45 * minute, "4 hours"}, {40 * hour, "40 hours"}, {3 * day, "3 days"},
        {2 * 7 * day, "2 weeks"}, {2 * 30 * day, "2 months"}, {23 * 30 * day, "23 months"}, {2 * 365 * day, "2 years"},
        {-5, "Less than a second"}};
    for (const auto &[seconds, expected] : rows)
        QTest::newRow(qPrintable(QString::number(seconds))) << seconds << QString::fromLatin1(expected);
}

void CliFormat::duration()
{
    QFETCH(const int, seconds);
    QTEST(humanDuration(std::chrono::seconds(seconds)), "expected");
}

void CliFormat::size_data()
{
    QTest::addColumn<qint64>("bytes");
    QTest::addColumn<QString>("expected");
    const std::initializer_list<std::pair<qint64, const char *>> rows = {
        {0, "0B"}, {10, "10B"}, {999, "999B"}, {1000, "1kB"}, {1024, "1.02kB"}, {13256, "13.3kB"}, {4'261'550, "4.26MB"},
        {116'900'000, "117MB"}, {999'400, "999kB"}, {999'950, "1MB"}, {3'420'000'000, "3.42GB"}};
    for (const auto &[bytes, expected] : rows)
        QTest::newRow(expected) << bytes << QString::fromLatin1(expected);
}

void CliFormat::size()
{
    QFETCH(const qint64, bytes);
    QTEST(humanSize(bytes), "expected");
}

void CliFormat::dockerTable_ellipsis()
{
    const auto tables = dockerTables("TestEllipsis");
    QVERIFY(!tables.empty());
    for (const auto &row : tables.front())
        QCOMPARE(ellipsis(text(row["source"]), row["width"].get<int>()), text(row["expected"]));
}

namespace {

struct Wanted {
    QString format;
    bool quiet = false;
    bool third = false; // size for containers, digests for images
};

//! {"$call": "NewContainerFormat", "args": [format, quiet, size]} or a plain text.
Wanted wantedFormat(const nlohmann::ordered_json &format)
{
    if (format.is_string())
        return {text(format)};
    const auto &arguments = format["args"];
    return {text(arguments[0]), arguments[1].get<bool>(), arguments[2].get<bool>()};
}

} // namespace

void CliFormat::dockerTable_containers()
{
    const auto row = [](const char *id, const char *name) {
        return Json{{"ID", id}, {"Image", "ubuntu"}, {"Command", "\"\""}, {"RunningFor", "24 hours ago"}, {"Status", ""}, {"State", "running"},
                    {"Ports", ""}, {"Names", name}, {"CreatedAt", "T"}, {"Labels", ""}};
    };
    const QList<Json> rows{row("containerID1", "foobar_baz"), row("containerID2", "foobar_bar")};
    int total = 0;
    const auto tables = dockerTables("TestContainerContextWrite");
    QVERIFY(!tables.empty());
    for (const auto &entry : tables.front()) {
        const Wanted wanted = wantedFormat(entry["context"]["Format"]);
        if (wanted.third && wanted.format == u"table"_s)
            continue; // the SIZE column: Slipway does not measure containers yet
        if (wanted.third && wanted.format == u"raw"_s)
            continue; // likewise
        if (!entry.contains("expected") || wanted.format == u"{{nil}}"_s)
            continue; // the words differ by Go's column number only
        const auto formatted = formatListing(containerView(), rows, wanted.format, wanted.quiet);
        QString expected;
        if (entry["expected"].is_string())
            expected = text(entry["expected"]);
        else if (entry["expected"]["$call"] == "fmt.Sprintf")
            expected = text(entry["expected"]["args"][0]).replace(u"%s"_s, u"T"_s);
        else
            continue; // a golden file that is not part of the tables
        QCOMPARE(formatted ? *formatted : formatted.error(), expected);
        ++total;
    }
    qInfo("docker's container listings: %d", total);
    QVERIFY(total >= 10);
}

void CliFormat::dockerTable_images()
{
    const std::string digest = "sha256:cbbf2f9a99b47fc460d422812b6a5adff7dfee951d8fa2e4a98caa0382cfbdbf";
    const auto row = [](const char *repository, const char *tag, const char *id, const std::string &manifest, const char *since) {
        return Json{{"Repository", repository}, {"Tag", tag}, {"ID", id}, {"Digest", manifest}, {"CreatedSince", since}, {"Size", "0B"},
                    {"CreatedAt", "T"}};
    };
    const QList<Json> rows{row("image", "tag1", "imageID1", digest, "24 hours ago"), row("image", "tag2", "imageID2", "<none>", "N/A"),
                           row("<none>", "<none>", "imageID3", "<none>", "24 hours ago")};
    int total = 0;
    const auto tables = dockerTables("TestImageContextWrite");
    QVERIFY(!tables.empty());
    for (const auto &entry : tables.front()) {
        const Wanted wanted = wantedFormat(entry[0]["Context"]["Format"]);
        if (wanted.format == u"{{nil}}"_s || (wanted.third && wanted.format == u"table {{.Repository}}"_s))
            continue; // Go's column number; the command adds the digest column itself
        const auto formatted = formatListing(wanted.third ? imageDigestView() : imageView(), rows, wanted.format, wanted.quiet);
        const QString expected = entry[1].is_string() ? text(entry[1]) : text(entry[1]["args"][0]).replace(u"%s"_s, u"T"_s);
        if (wanted.format == u"raw"_s && wanted.quiet) {
            continue; // docker prints "image_id: …" there
        }
        QCOMPARE(formatted ? *formatted : formatted.error(), expected);
        ++total;
    }
    qInfo("docker's image listings: %d", total);
    QVERIFY(total >= 9);
}

void CliFormat::quoted_controlCharactersAreEscaped()
{
    QCOMPARE(quoted(u"sh -c 'a \"b\"'\n\x1b[31m"_s), u"\"sh -c 'a \\\"b\\\"'\\n\\x1b[31m\""_s);
    QCOMPARE(quoted(u"é你\u0085"_s), u"\"é你\\u0085\""_s);
    QCOMPARE(harmless(u"a\x1b]0;x\x07"_s), u"a?]0;x?"_s);
}

void CliFormat::status_data()
{
    QTest::addColumn<int>("state");
    QTest::addColumn<bool>("unknown");
    QTest::addColumn<QString>("expected");
    using State = Engine::ContainerState;
    QTest::newRow("created") << int(State::Created) << false << u"Created"_s;
    QTest::newRow("running") << int(State::Running) << false << u"Up 2 minutes"_s;
    QTest::newRow("paused") << int(State::Paused) << false << u"Up 2 minutes (Paused)"_s;
    QTest::newRow("exited") << int(State::Exited) << false << u"Exited (137) 3 seconds ago"_s;
    QTest::newRow("nobody saw the end") << int(State::Exited) << true << u"Exited (unknown) 3 seconds ago"_s;
    QTest::newRow("dead") << int(State::Dead) << false << u"Dead"_s;
}

void CliFormat::status()
{
    QFETCH(const int, state);
    QFETCH(const bool, unknown);
    const QDateTime now = QDateTime::currentDateTimeUtc();
    Engine::ContainerInfo container;
    container.state = static_cast<Engine::ContainerState>(state);
    container.exitCode = 137;
    container.exitUnknown = unknown;
    container.started = now.addSecs(-120);
    container.finished = now.addSecs(-3);
    QTEST(statusText(container, now), "expected");
}

void CliFormat::containerRow_hostileName()
{
    Engine::ContainerInfo container;
    container.id = Engine::ContainerId(QString(64, u'a'));
    container.image = u"ubuntu\x1b[2J"_s;
    container.command = {u"/bin/sh"_s, u"-c"_s, u"while true; do sleep 1; done"_s};
    const QDateTime now = QDateTime::currentDateTimeUtc();
    const Json row = containerRow(container, Truncate::Yes, now);
    QCOMPARE(text(row["ID"]), QString(12, u'a'));
    QCOMPARE(text(row["Image"]), u"ubuntu?[2J"_s);
    QCOMPARE(text(row["Command"]), u"\"/bin/sh -c while tr…\""_s);
    QCOMPARE(text(containerRow(container, Truncate::No, now)["ID"]), QString(64, u'a'));
}

void CliFormat::historyRow_missing()
{
    Engine::HistoryEntry entry;
    entry.createdBy = u"/bin/sh -c apt-get update && apt-get install -y python3"_s;
    entry.sizeBytes = 117'000'000;
    const QDateTime now = QDateTime::currentDateTimeUtc();
    const Json row = historyRow(entry, Truncate::Yes, Numbers::Human, now);
    QCOMPARE(text(row["ID"]), u"<missing>"_s);
    QCOMPARE(text(row["CreatedBy"]).size(), 45);
    QCOMPARE(text(row["Size"]), u"117MB"_s);
    QCOMPARE(text(row["CreatedSince"]), u"N/A"_s);
    QCOMPARE(text(historyRow(entry, Truncate::No, Numbers::Raw, now)["Size"]), u"117000000"_s);
}

QTEST_APPLESS_MAIN(CliFormat)
#include "tst_cliformat.moc"
