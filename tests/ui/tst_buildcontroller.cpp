// SPDX-License-Identifier: GPL-3.0-or-later
#include "../support/fakebuildbackend.h"
#include "controllers/buildcontroller.h"

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <QtCore/QTemporaryDir>

using namespace Gui;
using namespace Qt::StringLiterals;
using Engine::BuildStep;

class TestBuildController final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void typing_isGatheredIntoOnePlan();
    void overtakenPlan_isDropped();
    void contextFileChange_plansAgain();
    void baseImageArrives_plansAgain();
    void planError_isToldAndCleared();
    void edit_whileBuilding_plansAfterIt();
    void stop_endsAsCancelledAndPlansAgain();
    void output_isKeptPerStep();
    void command_isQuoted();

private:
    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<BuildController> m_controller;
    FakeBuildBackend *m_backend = nullptr;
};

void TestBuildController::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    m_controller = std::make_unique<BuildController>();
    auto backend = std::make_unique<FakeBuildBackend>();
    m_backend = backend.get();
    m_controller->setBackend(std::move(backend));
    m_controller->setContextDir(m_dir->path());
    m_controller->setTag(u"web"_s);
    m_controller->setDockerfile(m_dir->filePath(u"Dockerfile"_s), u"FROM a\nRUN b\n"_s);
    QTRY_COMPARE(m_controller->steps().rowCount(), 2);
    m_backend->plans.clear();
}

void TestBuildController::typing_isGatheredIntoOnePlan()
{
    QSignalSpy planned(m_controller.get(), &BuildController::planChanged);
    for (const auto *text : {"FROM a\nR", "FROM a\nRU", "FROM a\nRUN", "FROM a\nRUN c\n"})
        m_controller->setText(QString::fromLatin1(text));
    QTRY_COMPARE(planned.size(), 1);
    QCOMPARE(m_backend->plans.size(), 1);
    QCOMPARE(m_controller->steps().steps()[1].text, u"RUN c"_s);
    m_controller->setText(u"FROM a\nRUN c\n"_s); // no change
    QTest::qWait(int(BuildController::kPlanDelay.count()) + 50); // nothing comes: no signal can be waited for
    QCOMPARE(m_backend->plans.size(), 1);
}

void TestBuildController::overtakenPlan_isDropped()
{
    m_backend->holdPlans = true;
    m_controller->setText(u"FROM a\nRUN slow\n"_s);
    QTRY_COMPARE(m_backend->held.size(), 1);
    m_controller->setText(u"FROM a\nRUN new\n"_s);
    QTRY_COMPARE(m_backend->held.size(), 2);
    m_backend->answerHeld(1);
    QTRY_COMPARE(m_controller->steps().steps()[1].text, u"RUN new"_s);
    m_backend->answerHeld(0);
    QCoreApplication::sendPostedEvents();
    QCOMPARE(m_controller->steps().steps()[1].text, u"RUN new"_s);
}

void TestBuildController::contextFileChange_plansAgain()
{
    int written = 0;
    const auto writeOne = [&] { // again and again: the watch is set in a worker and may not stand at the first
        QFile file(m_dir->filePath(u"page-%1.html"_s.arg(++written)));
        return file.open(QIODevice::WriteOnly);
    };
    QTRY_VERIFY(writeOne() && !m_backend->plans.isEmpty());
}

void TestBuildController::baseImageArrives_plansAgain()
{
    m_controller->takeEvent({.kind = Engine::Event::Kind::Container, .action = u"start"_s});
    m_controller->takeEvent({.kind = Engine::Event::Kind::Image, .action = u"pull"_s, .id = u"sha256:1"_s});
    QTRY_COMPARE(m_backend->plans.size(), 1);
    m_controller->build();
    Engine::ImageInfo image;
    image.id = Engine::Digest::ofBytes("x");
    Q_EMIT m_backend->running->finished(image);
    m_controller->takeEvent({.kind = Engine::Event::Kind::Image, .action = u"tag"_s, .id = image.id.toString()});
    QTest::qWait(int(BuildController::kPlanDelay.count()) + 50);
    QCOMPARE(m_backend->plans.size(), 1); // the result of the build stays to be read
}

void TestBuildController::planError_isToldAndCleared()
{
    m_backend->planError = Engine::Error{.code = Engine::ErrorCode::NotFound, .object = m_dir->path(), .detail = u"the context is gone"_s, .remedy = {}, .where = {}, .position = {}};
    m_controller->replan();
    QTRY_VERIFY(m_controller->planError());
    QCOMPARE(m_controller->steps().rowCount(), 0);
    m_backend->planError.reset();
    m_controller->replan();
    QTRY_VERIFY(!m_controller->planError());
    QCOMPARE(m_controller->steps().rowCount(), 2);
}

void TestBuildController::edit_whileBuilding_plansAfterIt()
{
    m_controller->build();
    QCOMPARE(m_controller->state(), BuildController::State::Building);
    QVERIFY(!m_controller->canBuild());
    m_controller->setText(u"FROM a\nRUN b\nRUN c\n"_s);
    QTest::qWait(int(BuildController::kPlanDelay.count()) + 50);
    QVERIFY(m_backend->plans.isEmpty());
    Engine::ImageInfo image;
    image.id = Engine::Digest::ofBytes("x");
    Q_EMIT m_backend->running->finished(image);
    QCOMPARE(m_controller->state(), BuildController::State::Idle);
    QTRY_COMPARE(m_controller->steps().rowCount(), 3);
    QCOMPARE(m_controller->buildSteps().rowCount(), 2); // what was built
}

void TestBuildController::stop_endsAsCancelledAndPlansAgain()
{
    QSignalSpy finished(m_controller.get(), &BuildController::buildFinished);
    m_controller->build();
    m_controller->stop();
    QCOMPARE(m_controller->state(), BuildController::State::Stopping);
    m_controller->stop();
    QTRY_COMPARE(finished.size(), 1);
    QVERIFY(m_controller->buildError());
    QCOMPARE(m_controller->buildError()->code, Engine::ErrorCode::Cancelled);
    QVERIFY(!m_controller->canRun());
    QTRY_COMPARE(m_backend->plans.size(), 1);
}

void TestBuildController::output_isKeptPerStep()
{
    m_controller->build();
    Engine::BuildPlan plan = m_backend->planOf(u"FROM a\nRUN b\n"_s);
    Q_EMIT m_backend->running->planned(plan);
    Q_EMIT m_backend->running->output(1, "one\ntw", Engine::OutputStream::Stdout);
    Q_EMIT m_backend->running->output(1, "o", Engine::OutputStream::Stderr);
    BuildStep step = plan.steps[1];
    step.state = BuildStep::State::Done;
    Q_EMIT m_backend->running->stepChanged(step);
    QCOMPARE(m_controller->log().text(1), u"one\ntwo"_s);
    QCOMPARE(m_controller->log().lineCount(0), 0);
}

void TestBuildController::command_isQuoted()
{
    QCOMPARE(m_controller->command(), u"slipway build -t web ."_s);
    m_controller->setNoCache(true);
    m_controller->setBuildArgs({{u"TITLE"_s, u"It's $HOME"_s}});
    QCOMPARE(m_controller->command(), u"slipway build -t web --no-cache --build-arg 'TITLE=It'\\''s $HOME' ."_s);
    m_controller->setDockerfile(m_dir->filePath(u"docker/App.dockerfile"_s), u"FROM a\n"_s);
    QCOMPARE(m_controller->command(), u"slipway build -t web -f docker/App.dockerfile --no-cache --build-arg 'TITLE=It'\\''s $HOME' ."_s);
}

QTEST_GUILESS_MAIN(TestBuildController)
#include "tst_buildcontroller.moc"
