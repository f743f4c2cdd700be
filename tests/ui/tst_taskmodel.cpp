// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/taskmodel.h"

#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;
using namespace Gui;

class TestTaskModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void start_putsTheNewestFirst()
    {
        TaskModel model;
        const QAbstractItemModelTester tester(&model);
        model.start(u"first"_s, {});
        Task *second = model.start(u"second"_s, u"slipway pull x"_s);
        QCOMPARE(model.runningCount(), 2);
        QCOMPARE(model.task(0), second);
        QCOMPARE(model.index(0).data().toString(), u"second"_s);
    }

    void finish_withAnError_isReportedOnceAndKept()
    {
        TaskModel model;
        const QAbstractItemModelTester tester(&model);
        QSignalSpy failed(&model, &TaskModel::failed);
        Task *task = model.start(u"pull"_s, {});
        task->finish(Engine::Result<void>(Engine::Failure(Engine::Error{.code = Engine::ErrorCode::Unreachable, .detail = u"no answer"_s})));
        task->finish(Engine::Result<void>());
        QCOMPARE(failed.count(), 1);
        QCOMPARE(task->state(), Task::State::Failed);
        QCOMPARE(task->error().detail, u"no answer"_s);
        QCOMPARE(model.runningCount(), 0);
    }

    void finish_cancelled_isNoFailure()
    {
        TaskModel model;
        QSignalSpy failed(&model, &TaskModel::failed);
        Task *task = model.start(u"pull"_s, {}, Task::Cancel::Yes);
        QVERIFY(task->canCancel());
        task->fail({.code = Engine::ErrorCode::Cancelled});
        QCOMPARE(task->state(), Task::State::Cancelled);
        QVERIFY(!task->canCancel());
        QCOMPARE(failed.count(), 0);
    }

    void clearEnded_keepsWhatRuns()
    {
        TaskModel model;
        const QAbstractItemModelTester tester(&model);
        model.start(u"a"_s, {})->finish(Engine::Result<int>(1));
        Task *running = model.start(u"b"_s, {});
        model.start(u"c"_s, {})->finish(Engine::Result<int>(1));
        model.clearEnded();
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(model.task(0), running);
    }

    void manyTasks_forgetTheOldestEnded()
    {
        TaskModel model;
        for (int i = 0; i < 300; ++i)
            model.start(QString::number(i), {})->finish(Engine::Result<int>(1));
        QCOMPARE(model.rowCount(), 200);
        QCOMPARE(model.task(0)->title(), u"299"_s);
    }
};

QTEST_GUILESS_MAIN(TestTaskModel)
#include "tst_taskmodel.moc"
