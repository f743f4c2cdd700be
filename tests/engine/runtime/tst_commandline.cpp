// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/commandline_p.h"

#include <QtTest/QTest>

using namespace Engine;
using namespace Engine::Internal;
using namespace Qt::StringLiterals;
using nlohmann::json;

class tst_CommandLine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void arguments_followDockersRules_data();
    void arguments_followDockersRules();
    void noCommand_isRefused();
    void environment_userFirst_imageFillsUp();
    void environment_withoutEquals_isRefused();
    void hostileTypes_countAsMissing();
    void workingDir_relative_isRefused();
};

// The matrix of docs.docker.com, "Understand how CMD and ENTRYPOINT interact", with --entrypoint added.
void tst_CommandLine::arguments_followDockersRules_data()
{
    QTest::addColumn<QStringList>("imageEntrypoint");
    QTest::addColumn<QStringList>("imageCmd");
    QTest::addColumn<bool>("hasEntrypoint");
    QTest::addColumn<QStringList>("entrypoint");
    QTest::addColumn<QStringList>("command");
    QTest::addColumn<QStringList>("expected");
    const QStringList none;
    QTest::newRow("CMD alone") << none << QStringList{u"sh"_s} << false << none << none << QStringList{u"sh"_s};
    QTest::newRow("ENTRYPOINT and CMD") << QStringList{u"e"_s} << QStringList{u"c"_s} << false << none << none << QStringList{u"e"_s, u"c"_s};
    QTest::newRow("command replaces CMD") << QStringList{u"e"_s} << QStringList{u"c"_s} << false << none << QStringList{u"x"_s}
                                          << QStringList{u"e"_s, u"x"_s};
    QTest::newRow("--entrypoint drops CMD") << QStringList{u"e"_s} << QStringList{u"c"_s} << true << QStringList{u"n"_s} << none
                                            << QStringList{u"n"_s};
    QTest::newRow("--entrypoint with command") << QStringList{u"e"_s} << QStringList{u"c"_s} << true << QStringList{u"n"_s}
                                               << QStringList{u"x"_s} << QStringList{u"n"_s, u"x"_s};
    QTest::newRow("--entrypoint '' resets") << QStringList{u"e"_s} << QStringList{u"c"_s} << true << QStringList{QString()}
                                            << QStringList{u"x"_s} << QStringList{u"x"_s};
}

void tst_CommandLine::arguments_followDockersRules()
{
    QFETCH(QStringList, imageEntrypoint);
    QFETCH(QStringList, imageCmd);
    QFETCH(bool, hasEntrypoint);
    QFETCH(QStringList, entrypoint);
    QFETCH(QStringList, command);
    json config = json::object();
    for (const QString &part : imageEntrypoint)
        config["config"]["Entrypoint"].push_back(part.toStdString());
    for (const QString &part : imageCmd)
        config["config"]["Cmd"].push_back(part.toStdString());
    CreateOptions options;
    if (hasEntrypoint)
        options.entrypoint = entrypoint;
    options.command = command;
    const auto merged = mergeConfig(config, options);
    QVERIFY(merged);
    QTEST(merged->arguments(), "expected");
}

void tst_CommandLine::noCommand_isRefused()
{
    CreateOptions options;
    const auto merged = mergeConfig(json::object(), options);
    QVERIFY(!merged);
    QCOMPARE(merged.error().code, ErrorCode::InvalidInput);
    QCOMPARE(merged.error().detail, u"no command specified"_s);
    // A reset entrypoint does not bring the image's CMD back.
    options.entrypoint = QStringList{QString()};
    QVERIFY(!mergeConfig(json{{"config", {{"Cmd", {"sh"}}}}}, options));
}

void tst_CommandLine::environment_userFirst_imageFillsUp()
{
    CreateOptions options;
    options.command = {u"x"_s};
    options.env = {u"B=own"_s, u"C="_s, u"B=last"_s};
    const auto merged = mergeConfig(json{{"config", {{"Env", {"A=image", "B=image", "PATH=/p"}}}}}, options);
    QVERIFY(merged);
    QCOMPARE(merged->environment, QStringList({u"B=last"_s, u"C="_s, u"A=image"_s, u"PATH=/p"_s}));
}

void tst_CommandLine::environment_withoutEquals_isRefused()
{
    for (const QString &entry : {u"NAME"_s, u"=value"_s}) {
        CreateOptions options;
        options.command = {u"x"_s};
        options.env = {entry};
        QVERIFY(!mergeConfig(json::object(), options));
    }
}

void tst_CommandLine::hostileTypes_countAsMissing()
{
    CreateOptions options;
    options.command = {u"x"_s};
    const auto merged = mergeConfig(json{{"config", {{"Env", 7}, {"User", json::array()}, {"Labels", "x"}, {"Volumes", 1}, {"WorkingDir", nullptr}}}}, options);
    QVERIFY(merged);
    QVERIFY(merged->environment.isEmpty() && merged->user.isEmpty() && merged->labels.isEmpty() && merged->workingDir.isEmpty());
    QVERIFY(mergeConfig(json{{"config", "text"}}, options));
}

void tst_CommandLine::workingDir_relative_isRefused()
{
    CreateOptions options;
    options.command = {u"x"_s};
    options.workingDir = u"here"_s;
    QVERIFY(!mergeConfig(json::object(), options));
}

QTEST_GUILESS_MAIN(tst_CommandLine)
#include "tst_commandline.moc"
