// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/mailbox_p.h"

#include <QtTest/QtTest>

#include <atomic>
#include <thread>

using Engine::Internal::Mailbox;

class TestMailbox : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void post_manyFromAWorker_arriveInOrder();
    void post_beyondTheLimit_waitsForTheReceiver();
    void post_afterClose_isDropped();
    void close_whileAWorkerWaits_letsItGo();
    void close_fromWithinACall_deliversNothingMore();
    void drain_ofAFlood_leavesTurnsToOtherEvents();
};

void TestMailbox::post_manyFromAWorker_arriveInOrder()
{
    QObject receiver;
    const auto mailbox = std::make_shared<Mailbox>(&receiver);
    QList<int> got;
    std::jthread worker([&] {
        for (int i = 0; i < 10'000; ++i)
            mailbox->post([&got, i, thread = QThread::currentThread()] {
                if (QThread::currentThread() != thread)
                    got.append(i);
            });
    });
    QTRY_COMPARE(got.size(), 10'000);
    QVERIFY(std::is_sorted(got.begin(), got.end()));
}

void TestMailbox::post_beyondTheLimit_waitsForTheReceiver()
{
    QObject receiver;
    const auto mailbox = std::make_shared<Mailbox>(&receiver);
    constexpr int total = 64;
    constexpr size_t megabyte = 1024 * 1024;
    std::atomic<int> posted = 0;
    int received = 0;
    int mostAhead = 0;
    std::jthread worker([&] {
        for (int i = 0; i < total; ++i) {
            mailbox->post([&] { mostAhead = std::max(mostAhead, posted - received++); }, megabyte);
            ++posted;
        }
    });
    // Without the receiver's event loop the worker stands still at the limit of 4 MB.
    while (posted < 4)
        std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    QCOMPARE(posted.load(), 4);
    QTRY_COMPARE(received, total);
    QVERIFY2(mostAhead <= 6, qPrintable(QString::number(mostAhead)));
}

void TestMailbox::post_afterClose_isDropped()
{
    QObject receiver;
    const auto mailbox = std::make_shared<Mailbox>(&receiver);
    mailbox->close();
    bool called = false;
    QVERIFY(!mailbox->post([&] { called = true; }));
    QCoreApplication::sendPostedEvents();
    QCoreApplication::processEvents();
    QVERIFY(!called);
}

void TestMailbox::close_whileAWorkerWaits_letsItGo()
{
    auto receiver = std::make_unique<QObject>();
    const auto mailbox = std::make_shared<Mailbox>(receiver.get());
    std::atomic<int> refused = 0;
    std::atomic<int> accepted = 0;
    std::thread worker([&] {
        for (int i = 0; i < 10; ++i)
            ++(mailbox->post([] {}, 2 * 1024 * 1024) ? accepted : refused);
    });
    while (accepted < 2)
        std::this_thread::yield();
    mailbox->close();
    receiver.reset();
    worker.join();
    QCOMPARE(accepted.load(), 2);
    QCOMPARE(refused.load(), 8);
}

void TestMailbox::close_fromWithinACall_deliversNothingMore()
{
    auto receiver = std::make_unique<QObject>();
    auto mailbox = std::make_shared<Mailbox>(receiver.get());
    int calls = 0;
    mailbox->post([&] {
        ++calls;
        mailbox->close();
        receiver.reset();
        mailbox.reset();
    });
    mailbox->post([&] { ++calls; });
    QTRY_COMPARE(calls, 1);
    QCoreApplication::processEvents();
    QCOMPARE(calls, 1);
}

void TestMailbox::drain_ofAFlood_leavesTurnsToOtherEvents()
{
    QObject receiver;
    const auto mailbox = std::make_shared<Mailbox>(&receiver);
    int calls = 0;
    bool otherEvent = false;
    // Each call posts the next: a mailbox that drained to the end would never return.
    std::function<void()> again = [&] {
        if (++calls < 1'000'000 && !otherEvent)
            mailbox->post(again);
    };
    mailbox->post(again);
    QMetaObject::invokeMethod(&receiver, [&] { otherEvent = true; }, Qt::QueuedConnection);
    QTRY_VERIFY(otherEvent);
    QVERIFY(calls < 1000);
    mailbox->close();
}

QTEST_GUILESS_MAIN(TestMailbox)
#include "tst_mailbox.moc"
