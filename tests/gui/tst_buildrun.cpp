// SPDX-License-Identifier: GPL-3.0-or-later
// The path Slipway is for, in the window and on a real engine: the sample project is there, Build builds it, Run runs it,
// its console speaks and its page answers.
#include "windowfixture.h"

#include "pages/build/buildpage.h"
#include "pages/build/editorpanel.h"
#include "pages/containers/consolehost.h"
#include "pages/containers/consoleview.h"
#include "pages/containers/containerspage.h"
#include "widgets/codeeditor.h"
#include "widgets/terminal/terminalview.h"
#include "widgets/theme.h"

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <QtCore/QDir>
#include <QtCore/QElapsedTimer>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtWidgets/QApplication>

#include <cstdio>

using namespace Gui;
using namespace Qt::StringLiterals;
using Engine::BuildStep;

namespace {

constexpr int patienceMs = 30'000;
Engine::StorePaths s_paths;

//! A port of the loopback nobody listens on at the moment.
quint16 freePort()
{
    QTcpServer server;
    return server.listen(QHostAddress::LocalHost) ? server.serverPort() : 0;
}

} // namespace

class TestBuildRun final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void sample_isOpenAndPlanned();
    void build_thenEverythingIsCached();
    void edit_onlyWhatIsBelowRuns();
    void failingStep_isMarkedWithItsOutput();
    void run_consoleSpeaksAndThePageAnswers();
    void cleanupTestCase();

private:
    BuildPage &page() { return *static_cast<BuildPage *>(m_fixture->window().page(MainWindow::Place::Build)); }
    ContainersPage &containers() { return *static_cast<ContainersPage *>(m_fixture->window().page(MainWindow::Place::Containers)); }
    CodeEditor &editor() { return *page().editorPanel()->editor(); }
    QString states();
    bool build();

    std::unique_ptr<WindowFixture> m_fixture;
    QString m_sample;
};

//! One letter for each step: c(ached), r (will run), d(one), f(ailed), ?
QString TestBuildRun::states()
{
    QString letters;
    for (const BuildStep &step : page().controller().steps().steps()) {
        switch (step.state) {
        case BuildStep::State::Cached: letters += u'c'; break;
        case BuildStep::State::WillRun: letters += u'r'; break;
        case BuildStep::State::Done: letters += u'd'; break;
        case BuildStep::State::Failed: letters += u'f'; break;
        default: letters += u'?';
        }
    }
    return letters;
}

bool TestBuildRun::build()
{
    QSignalSpy finished(&page().controller(), &BuildController::buildFinished);
    if (!QTest::qWaitFor([this] { return page().controller().canBuild(); }, patienceMs))
        return false;
    page().controller().build();
    return finished.wait(patienceMs);
}

void TestBuildRun::initTestCase()
{
    applyTheme(*qApp, Look::Dark);
    m_fixture = std::make_unique<WindowFixture>(s_paths, s_paths.root + u"/window.ini"_s);
    QVERIFY2(m_fixture->waitUntilReady(patienceMs), qPrintable(m_fixture->session().error().detail));
    m_fixture->window().goTo(MainWindow::Place::Build);
}

void TestBuildRun::sample_isOpenAndPlanned()
{
    QTRY_VERIFY_WITH_TIMEOUT(editor().toPlainText().contains(u"FROM slipway-starter"_s), patienceMs);
    m_sample = editor().toPlainText();
    // the base image is here: FROM is cached, everything below was never run
    QTRY_COMPARE_WITH_TIMEOUT(states(), u"crrrrrrrrrr"_s, patienceMs);
    QVERIFY(page().controller().plan().diagnostics.isEmpty());
    QVERIFY(page().controller().plan().contextFiles >= 4);
}

void TestBuildRun::build_thenEverythingIsCached()
{
    QVERIFY(build());
    const auto &error = page().controller().buildError();
    QVERIFY2(!error, error ? qPrintable(error->detail) : "");
    QCOMPARE(states(), u"cdddddddddd"_s);
    QVERIFY(page().controller().lastImage());
    QVERIFY(page().controller().canRun());
    page().controller().replan();
    QTRY_COMPARE_WITH_TIMEOUT(states(), u"ccccccccccc"_s, patienceMs);
    for (const BuildStep &step : page().controller().steps().steps())
        QVERIFY2(step.sizeBytes.has_value() || !step.makesLayer, qPrintable(step.text));
}

void TestBuildRun::edit_onlyWhatIsBelowRuns()
{
    const BuildStep &run = page().controller().steps().steps()[4];
    QCOMPARE(run.instruction, u"RUN"_s);
    editor().goTo(run.lastLine, 1000);
    QElapsedTimer clock;
    clock.start();
    QTest::keyClick(&editor(), Qt::Key_1);
    QTRY_COMPARE_WITH_TIMEOUT(states(), u"ccccrrrrrrr"_s, patienceMs);
    qInfo("from the key press to the new plan: %lld ms", static_cast<long long>(clock.elapsed()));
    editor().undo();
    QTRY_COMPARE_WITH_TIMEOUT(states(), u"ccccccccccc"_s, patienceMs);
}

void TestBuildRun::failingStep_isMarkedWithItsOutput()
{
    editor().setPlainText(u"FROM slipway-starter:latest\n\nRUN echo about-to-fail && \\\n    exit 7\nRUN true\n"_s);
    QTRY_COMPARE_WITH_TIMEOUT(states(), u"crr"_s, patienceMs);
    QVERIFY(build());
    const auto &error = page().controller().buildError();
    QVERIFY(error);
    QCOMPARE(error->code, Engine::ErrorCode::CommandFailed);
    QCOMPARE(error->exitCode, 7);
    QCOMPARE(page().controller().failedStep(), 1);
    QCOMPARE(states().left(2), u"cf"_s);
    QVERIFY(page().controller().log().text(1).contains(u"about-to-fail"_s));
    QCOMPARE(editor().marks().size(), 1);
    QCOMPARE(editor().marks().first().line, 3);
    QVERIFY(!page().controller().canRun());
}

void TestBuildRun::run_consoleSpeaksAndThePageAnswers()
{
    const quint16 port = freePort();
    QVERIFY(port);
    editor().setPlainText(QString(m_sample).replace(u"PORT=8080"_s, u"PORT=%1"_s.arg(port)));
    QVERIFY(build());
    QTRY_VERIFY_WITH_TIMEOUT(page().controller().canRun(), patienceMs);
    page().controller().run();
    const auto console = [this] { return containers().consoles().currentConsole(); };
    QTRY_VERIFY_WITH_TIMEOUT(console() && console()->terminal().screen().text().contains(u"http://localhost:%1"_s.arg(port)), patienceMs);

    QByteArray answer;
    QTRY_VERIFY_WITH_TIMEOUT(([&] { // the server may need a moment after its greeting
        QTcpSocket socket;
        socket.connectToHost(QHostAddress::LocalHost, port);
        if (!QTest::qWaitFor([&] { return socket.state() == QAbstractSocket::ConnectedState; }, 500))
            return false;
        socket.write("GET /cgi-bin/facts HTTP/1.0\r\n\r\n");
        answer.clear();
        return QTest::qWaitFor([&] { answer += socket.readAll(); return answer.contains("built: "); }, 2000);
    }()), patienceMs);
    QVERIFY2(answer.contains("user: www"), answer.constData());
    QVERIFY2(answer.contains("server: BusyBox"), answer.constData());
}

void TestBuildRun::cleanupTestCase()
{
    if (m_fixture && m_fixture->session().isReady()) {
        QStringList ids;
        for (const Engine::ContainerInfo &info : containers().controller().model().rows())
            ids += info.id.toString();
        for (const QString &id : ids)
            containers().controller().removeRunning(id);
        QTRY_COMPARE_WITH_TIMEOUT(containers().controller().model().rowCount(), 0, patienceMs);
    }
    if (m_fixture)
        editor().document()->setModified(false);
    m_fixture.reset();
}

int main(int argc, char **argv)
{
    const QTemporaryDir folder;
    s_paths = Engine::StorePaths::forCurrentUser(folder.path() + u"/store"_s);
    QDir().mkpath(s_paths.root);
    const auto error = WindowFixture::enter(s_paths);
    qputenv("HOME", QFile::encodeName(folder.path())); // the sample project goes there
    QApplication app(argc, argv);
    if (error) {
        std::printf("SKIP   : no namespaces here: %s\n", qPrintable(error->detail));
        return 77; // skipped, as cmake/ProjectTest.cmake tells CTest
    }
    TestBuildRun test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_buildrun.moc"
