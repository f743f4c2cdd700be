// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/buildsteps.h"

#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace Gui;
using namespace Qt::StringLiterals;
using Engine::BuildStep;

namespace {

QList<BuildStep> steps(int count, BuildStep::State state = BuildStep::State::Cached)
{
    QList<BuildStep> list;
    for (int i = 0; i < count; ++i) {
        BuildStep step;
        step.index = i;
        step.firstLine = step.lastLine = i + 1;
        step.text = u"RUN %1"_s.arg(i);
        step.state = state;
        list.append(step);
    }
    return list;
}

} // namespace

class TestBuildSteps final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void setSteps_changesOnlyWhatDiffers()
    {
        BuildStepsModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setSteps(steps(5));
        const QPersistentModelIndex kept = model.index(3);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        auto next = steps(7);
        next[2].state = BuildStep::State::WillRun;
        model.setSteps(next);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(changed.first().first().toModelIndex().row(), 2);
        QCOMPARE(model.rowCount(), 7);
        QVERIFY(reset.isEmpty());
        QVERIFY(kept.isValid());
        model.setSteps(steps(2));
        QCOMPARE(model.rowCount(), 2);
        QVERIFY(!kept.isValid());
    }

    void updateStep_unknownIndex_isIgnored()
    {
        BuildStepsModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setSteps(steps(2));
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        BuildStep step = steps(9).last();
        model.updateStep(step);
        step.index = -1;
        model.updateStep(step);
        QVERIFY(changed.isEmpty());
    }

    void running_isTimedAndEnds()
    {
        BuildStepsModel model;
        model.setSteps(steps(3, BuildStep::State::Waiting));
        QVERIFY(!model.anyRunning());
        BuildStep step = model.steps()[1];
        step.state = BuildStep::State::Running;
        model.updateStep(step);
        QVERIFY(model.anyRunning());
        QVERIFY(model.runningMs(1) >= 0);
        QCOMPARE(model.runningMs(0), -1);
        QTRY_VERIFY(model.runningMs(1) > 0);
        model.endRun();
        QVERIFY(!model.anyRunning());
        for (const BuildStep &left : model.steps())
            QCOMPARE(left.state, BuildStep::State::WillRun);
    }

    void totalBytes_countsTheLastStageOnly()
    {
        BuildStepsModel model;
        QVERIFY(!model.totalBytes());
        auto list = steps(4);
        list[0].sizeBytes = 1000;
        list[2].stage = list[3].stage = 1;
        model.setSteps(list);
        QVERIFY(!model.totalBytes()); // nothing is known of the last stage
        list[2].sizeBytes = 20;
        list[3].sizeBytes = 3;
        model.setSteps(list);
        QCOMPARE(model.totalBytes().value_or(-1), 23);
        QCOMPARE(model.largestBytes(), 1000);
    }
};

QTEST_GUILESS_MAIN(TestBuildSteps)
#include "tst_buildsteps.moc"
