// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QFileInfo>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>
#include <QtTest/QtTest>

using namespace Qt::StringLiterals;

//! What main() decides before the command line or the window takes over.
class TestProgram : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void commandLine_loadsNothingOfTheWindow();
    void window_withoutADisplay_saysSo();
    void window_withoutItsLibrary_saysSo();

private:
    struct Outcome {
        int code = -1;
        QString output;
        QString errors;
    };
    Outcome run(const QString &program, const QStringList &arguments, const QProcessEnvironment &environment) const;
    QProcessEnvironment environment() const;

    QString m_program;
    QTemporaryDir m_folder;
};

void TestProgram::initTestCase()
{
    m_program = qEnvironmentVariable("SLIPWAY_PROGRAM");
    QVERIFY(QFileInfo(m_program).isExecutable());
}

QProcessEnvironment TestProgram::environment() const
{
    auto environment = QProcessEnvironment::systemEnvironment();
    for (const auto &name : {u"DISPLAY"_s, u"WAYLAND_DISPLAY"_s, u"QT_QPA_PLATFORM"_s})
        environment.remove(name);
    environment.insert(u"SLIPWAY_ROOT"_s, m_folder.filePath(u"store"_s));
    environment.insert(u"SLIPWAY_RUN"_s, m_folder.filePath(u"run"_s));
    return environment;
}

TestProgram::Outcome TestProgram::run(const QString &program, const QStringList &arguments,
                                      const QProcessEnvironment &environment) const
{
    QProcess process;
    process.setProcessEnvironment(environment);
    process.start(program, arguments);
    if (!process.waitForFinished() || process.exitStatus() != QProcess::NormalExit)
        return {};
    return {process.exitCode(), QString::fromUtf8(process.readAllStandardOutput()), QString::fromUtf8(process.readAllStandardError())};
}

// A command line that loads Qt Gui pays several milliseconds at each start.
void TestProgram::commandLine_loadsNothingOfTheWindow()
{
    auto traced = environment();
    traced.insert(u"LD_TRACE_LOADED_OBJECTS"_s, u"1"_s);
    const auto libraries = run(m_program, {}, traced);
    QVERIFY(libraries.output.contains(u"libQt6Core"_s));
    for (const auto &unwanted : {u"libQt6Gui"_s, u"libQt6Widgets"_s, u"libQt6DBus"_s, u"libslipway-ui"_s, u"libGL"_s})
        QVERIFY2(!libraries.output.contains(unwanted), qPrintable(unwanted));
}

void TestProgram::window_withoutADisplay_saysSo()
{
    for (const auto &arguments : {QStringList(), QStringList{u"gui"_s}}) {
        const auto outcome = run(m_program, arguments, environment());
        QCOMPARE(outcome.code, 1);
        QVERIFY2(outcome.errors.contains(u"no display"_s) && outcome.errors.contains(u"--help"_s), qPrintable(outcome.errors));
        QCOMPARE(outcome.errors.count(u'\n'), 1);
    }
}

void TestProgram::window_withoutItsLibrary_saysSo()
{
    const auto copy = m_folder.filePath(u"slipway"_s);
    QVERIFY(QFile::copy(m_program, copy));
    auto offscreen = environment();
    offscreen.insert(u"QT_QPA_PLATFORM"_s, u"offscreen"_s);
    const auto outcome = run(copy, {u"gui"_s}, offscreen);
    QCOMPARE(outcome.code, 1);
    QVERIFY2(outcome.errors.contains(u"libslipway-ui.so"_s), qPrintable(outcome.errors));
}

QTEST_GUILESS_MAIN(TestProgram)
#include "tst_program.moc"
