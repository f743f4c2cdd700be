// SPDX-License-Identifier: GPL-3.0-or-later
#include "services/core_p.h"

#include <engine/events.h>

#include <QtCore/QCoreApplication>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>
#include <QtTest/QtTest>

using namespace Engine;
using namespace Engine::Internal;
using namespace Qt::StringLiterals;

namespace {

StorePaths pathsIn(const QString &folder)
{
    return {folder + "/store"_L1, folder + "/run"_L1};
}

std::shared_ptr<Core> openCore(const QString &folder, QThreadPool *pool)
{
    const auto paths = pathsIn(folder);
    if (!makePath(paths.run))
        return {};
    auto store = Store::open(paths, IdMap::ofThisProcess());
    if (!store)
        return {};
    auto core = std::make_shared<Core>();
    core->settings.paths = paths;
    core->store = std::move(*store);
    core->pool = pool;
    return core;
}

// The other process: tst_events record FOLDER COUNT [rollback]
int record(const QStringList &arguments)
{
    QThreadPool pool;
    const auto core = openCore(arguments[2], &pool);
    if (!core)
        return 1;
    if (arguments.value(4) == "rollback"_L1) {
        const auto done = core->store->database().transaction([&](Database &) -> Result<void> {
            if (auto recorded = core->store->recordEvent("image", u"pull"_s, u"never"_s, u"happened"_s); !recorded)
                return recorded;
            return Failure(Error{.code = ErrorCode::Cancelled});
        });
        return done ? 2 : 0;
    }
    for (int i = 0; i < arguments[3].toInt(); ++i) {
        if (!core->store->recordEvent(i % 2 ? "container" : "image", u"create"_s, u"id%1"_s.arg(i), u"name%1"_s.arg(i)))
            return 3;
    }
    return 0;
}

} // namespace

class TestEvents : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void otherProcess_allEventsInOrder();
    void otherProcess_rolledBack_isNotTold();
    void ownProcess_isToldAsWell();
    void earlierEvents_areNotRepeated();
    void removedFile_isWatchedAgain();
    void deletedFromWithinASlot_isSafe();

private:
    int startRecorder(const QStringList &more) const
    {
        QProcess process;
        process.start(QCoreApplication::applicationFilePath(), QStringList{u"record"_s, m_folder->path()} + more);
        return process.waitForFinished() ? process.exitCode() : -1;
    }
    void collect(Events *events)
    {
        connect(events, &Events::happened, this, [this](const Event &event) { m_events.append(event); });
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QThreadPool m_pool;
    std::shared_ptr<Core> m_core;
    QList<Event> m_events;
};

void TestEvents::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_core = openCore(m_folder->path(), &m_pool);
    QVERIFY(m_core);
    m_events.clear();
}

void TestEvents::cleanup()
{
    m_pool.waitForDone();
    m_core.reset();
}

void TestEvents::otherProcess_allEventsInOrder()
{
    Events events(m_core);
    collect(&events);
    QCOMPARE(startRecorder({u"100"_s}), 0);
    QTRY_COMPARE(m_events.size(), 100);
    for (int i = 0; i < 100; ++i) {
        const auto &event = m_events[i];
        QCOMPARE(event.id, u"id%1"_s.arg(i));
        QCOMPARE(event.name, u"name%1"_s.arg(i));
        QCOMPARE(event.action, u"create"_s);
        QCOMPARE(event.kind, i % 2 ? Event::Kind::Container : Event::Kind::Image);
        QCOMPARE(event.sequence, m_events[0].sequence + i);
        QVERIFY(qAbs(event.time.secsTo(QDateTime::currentDateTime())) < 60);
    }
}

void TestEvents::otherProcess_rolledBack_isNotTold()
{
    Events events(m_core);
    collect(&events);
    QCOMPARE(startRecorder({u"0"_s, u"rollback"_s}), 0);
    QCOMPARE(startRecorder({u"1"_s}), 0);
    QTRY_COMPARE(m_events.size(), 1);
    QCOMPARE(m_events[0].id, u"id0"_s);
}

void TestEvents::ownProcess_isToldAsWell()
{
    Events events(m_core);
    collect(&events);
    QVERIFY(m_core->store->recordEvent("build", u"start"_s, u"one"_s, u"two"_s).has_value());
    QVERIFY(m_events.isEmpty()); // never from within the call
    QTRY_COMPARE(m_events.size(), 1);
    QCOMPARE(m_events[0].kind, Event::Kind::Build);
}

void TestEvents::earlierEvents_areNotRepeated()
{
    QVERIFY(m_core->store->recordEvent("image", u"pull"_s, u"early"_s, {}).has_value());
    Events events(m_core);
    collect(&events);
    QVERIFY(m_core->store->recordEvent("image", u"pull"_s, u"late"_s, {}).has_value());
    QTRY_COMPARE(m_events.size(), 1);
    QCOMPARE(m_events[0].id, u"late"_s);
}

void TestEvents::removedFile_isWatchedAgain()
{
    Events events(m_core);
    collect(&events);
    QVERIFY(QFile::remove(eventsFile(m_core->settings.paths)));
    QTRY_VERIFY(QFile::exists(eventsFile(m_core->settings.paths))); // made again by the watcher
    QCOMPARE(startRecorder({u"1"_s}), 0);
    QTRY_COMPARE(m_events.size(), 1);
}

void TestEvents::deletedFromWithinASlot_isSafe()
{
    auto *events = new Events(m_core);
    int told = 0;
    connect(events, &Events::happened, this, [&] {
        ++told;
        delete events;
    });
    QCOMPARE(startRecorder({u"10"_s}), 0);
    QTRY_COMPARE(told, 1);
    m_pool.waitForDone();
    QCoreApplication::processEvents();
    QCOMPARE(told, 1);
}

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    if (application.arguments().value(1) == "record"_L1)
        return record(application.arguments());
    TestEvents test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_events.moc"
