// SPDX-License-Identifier: GPL-3.0-or-later
#include "windowfixture.h"

#include "controllers/containerscontroller.h"
#include "mainwindow/rail.h"
#include "pages/containers/consolehost.h"
#include "pages/containers/consoleview.h"
#include "pages/containers/containerspage.h"
#include "pages/containers/logpane.h"
#include "pages/images/imagespage.h"
#include "widgets/terminal/terminalview.h"
#include "widgets/theme.h"

#include <QtCore/QDir>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>

#include <chrono>
#include <cstdio>
#include <ctime>
#include <utility>

using namespace Qt::StringLiterals;
using namespace Gui;
using Engine::ContainerInfo;
using Engine::ContainerState;

namespace {

constexpr int patienceMs = 30'000;
Engine::StorePaths s_paths; // entered in main(), before there is a test object

//! Notes the longest turn of the event loop: by the clock, and by the thread's processor time, which a busy machine
//! does not change.
class TurnMeter final : public QObject
{
public:
    TurnMeter()
    {
        m_clock.start();
        m_processor = processorMs();
        startTimer(1, Qt::PreciseTimer);
    }
    qint64 longestMs() const { return m_longest; }
    double busiestMs() const { return m_busiest; }
    int turns() const { return m_turns; }

private:
    static double processorMs()
    {
        timespec spent = {};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
        return double(spent.tv_sec) * 1e3 + double(spent.tv_nsec) / 1e6;
    }
    void timerEvent(QTimerEvent *) override
    {
        ++m_turns;
        m_longest = std::max(m_longest, m_clock.restart());
        const double now = processorMs();
        m_busiest = std::max(m_busiest, now - std::exchange(m_processor, now));
    }

    QElapsedTimer m_clock;
    qint64 m_longest = 0;
    double m_processor = 0, m_busiest = 0;
    int m_turns = 0;
};

} // namespace

//! The window on a real engine, from create to remove.
class TestWindow : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<WindowFixture> m_fixture;

    ContainersPage &containers() { return *static_cast<ContainersPage *>(m_fixture->window().page(MainWindow::Place::Containers)); }
    const ContainerInfo *find(const QString &name) { return containers().controller().find(name); }
    ContainerState stateOf(const QString &name)
    {
        const ContainerInfo *info = find(name);
        return info ? info->state : ContainerState::Dead;
    }
    QString image()
    {
        return static_cast<ImagesPage *>(m_fixture->window().page(MainWindow::Place::Images))->controller().model().references().value(0);
    }
    ConsoleView *console() { return containers().consoles().currentConsole(); }

    void create(const QString &name, const QStringList &command, bool tty)
    {
        Engine::CreateOptions options;
        options.image = image();
        options.name = name;
        options.command = command;
        options.tty = options.openStdin = tty;
        options.network = Engine::NetworkMode::None;
        options.stopTimeout = std::chrono::seconds(1);
        containers().controller().create(options, tty ? ContainersController::StartIt::No : ContainersController::StartIt::Yes);
    }

private Q_SLOTS:
    void initTestCase()
    {
        applyTheme(*qApp, Look::Dark);
        m_fixture = std::make_unique<WindowFixture>(s_paths, s_paths.root + u"/window.ini"_s);
        QVERIFY2(m_fixture->waitUntilReady(patienceMs), qPrintable(m_fixture->session().error().detail));
        QTRY_VERIFY_WITH_TIMEOUT(!image().isEmpty(), patienceMs);
    }

    void consoleAnswers_fromCreateToRemove()
    {
        create(u"shell"_s, {u"sh"_s}, true);
        QTRY_VERIFY_WITH_TIMEOUT(stateOf(u"shell"_s) == ContainerState::Running, patienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(console() && console()->session().state() == ConsoleSession::State::Open, patienceMs);
        QTest::keyClicks(&console()->terminal(), u"echo h''i-from-inside"_s);
        QTest::keyClick(&console()->terminal(), Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(console()->terminal().screen().text().contains(u"hi-from-inside"_s), patienceMs);

        const QString id = find(u"shell"_s)->id.toString();
        containers().controller().stop(id);
        QTRY_VERIFY_WITH_TIMEOUT(stateOf(u"shell"_s) == ContainerState::Exited, patienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(console()->session().state() == ConsoleSession::State::Ended, patienceMs);

        containers().controller().removeLater({id});
        QVERIFY(!find(u"shell"_s));
        containers().controller().undoRemoval();
        QVERIFY(find(u"shell"_s));
        containers().controller().removeLater({id});
        containers().controller().flushRemovals();
        QTRY_COMPARE_WITH_TIMEOUT(m_fixture->tasks().runningCount(), 0, patienceMs);
        QVERIFY(!find(u"shell"_s));
    }

    void failingCommand_isTold()
    {
        create(u"broken"_s, {u"/no/such/program"_s}, false);
        QTRY_VERIFY_WITH_TIMEOUT(m_fixture->tasks().task(0) && m_fixture->tasks().task(0)->state() == Task::State::Failed, patienceMs);
        QVERIFY2(!m_fixture->tasks().task(0)->error().detail.isEmpty(), "the reason is missing");
    }

    void container_outlivesTheWindow_withItsLogAndConsole()
    {
        create(u"lasting"_s, {u"sh"_s, u"-c"_s, u"echo written-before; exec sh"_s}, true);
        QTRY_VERIFY_WITH_TIMEOUT(stateOf(u"lasting"_s) == ContainerState::Running, patienceMs);
        m_fixture->restartWindow();
        QVERIFY(m_fixture->waitUntilReady(patienceMs));
        QTRY_VERIFY_WITH_TIMEOUT(stateOf(u"lasting"_s) == ContainerState::Running, patienceMs);
        m_fixture->window().goTo(MainWindow::Place::Containers);
        containers().select(u"lasting"_s, ContainersPage::Tab::Logs);
        QTRY_VERIFY_WITH_TIMEOUT(containers().logs().store().toText(0, 5, LogStore::Times::No).contains(u"written-before"_s), patienceMs);
        containers().openConsoleOf(u"lasting"_s);
        QTRY_VERIFY_WITH_TIMEOUT(console() && console()->session().state() == ConsoleSession::State::Open, patienceMs);
        QTest::keyClicks(&console()->terminal(), u"echo a''gain"_s);
        QTest::keyClick(&console()->terminal(), Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(console()->terminal().screen().text().contains(u"again"_s), patienceMs);
    }

    // the window goes on while a container floods its console
    void flood_neverHoldsTheWindowUp()
    {
        const int megabytes = qEnvironmentVariableIntValue("SLIPWAY_FLOOD_MB") > 0 ? qEnvironmentVariableIntValue("SLIPWAY_FLOOD_MB") : 32;
        create(u"flood"_s, {u"sh"_s, u"-c"_s, u"sleep 1; yes 'a line of output, as programs write them' | head -c %1; echo; echo all-written; sleep 60"_s
                                         .arg(megabytes * 1'000'000LL)}, true);
        QTRY_VERIFY_WITH_TIMEOUT(stateOf(u"flood"_s) == ContainerState::Running, patienceMs);
        containers().openConsoleOf(u"flood"_s);
        QTRY_VERIFY_WITH_TIMEOUT(console()->terminal().screen().text().contains(u"a line of output"_s), patienceMs);
        TurnMeter meter;
        QElapsedTimer clock;
        clock.start();
        QTRY_VERIFY_WITH_TIMEOUT(console()->terminal().screen().text().contains(u"all-written"_s), 600'000);
        qInfo("%d MB in %.1f s and %d turns of the event loop, the longest: %lld ms by the clock, %.1f ms of processor time", megabytes,
              double(clock.elapsed()) / 1000.0, meter.turns(), meter.longestMs(), meter.busiestMs());
        QVERIFY2(meter.turns() >= megabytes, qPrintable(QString::number(meter.turns()))); // at least one look at other things per megabyte
        containers().controller().removeRunning(find(u"flood"_s)->id.toString());
        QTRY_VERIFY_WITH_TIMEOUT(!find(u"flood"_s), patienceMs);
    }

    void cleanupTestCase()
    {
        QStringList ids;
        if (m_fixture && m_fixture->session().isReady()) {
            for (const ContainerInfo &info : containers().controller().model().rows())
                ids += info.id.toString();
            for (const QString &id : ids)
                containers().controller().removeRunning(id);
            QTRY_COMPARE_WITH_TIMEOUT(containers().controller().model().rowCount(), 0, patienceMs);
        }
        m_fixture.reset();
    }
};

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
    TestWindow test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_window.moc"
