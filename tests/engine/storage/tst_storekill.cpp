// SPDX-License-Identifier: GPL-3.0-or-later
#include "storefixture.h"

#include "linux/spawn_p.h"
#include "storage/storecheck_p.h"

#include <QtCore/QRandomGenerator>

#include <fcntl.h>
#include <sys/mount.h>

#include <csignal>

using namespace StoreFixture;

namespace {

QByteArray someTar(int seed)
{
    QList<TarFile> files;
    for (int i = 0; i < 60; ++i)
        files.append(file("d" + QByteArray::number(i % 7) + "/f" + QByteArray::number(i), QByteArray(2000 + i * 100, char('a' + seed % 26))));
    files.append(file("seed", QByteArray::number(seed)));
    return tarOf(files);
}

Result<void> workOnce(Store &store, int seed)
{
    const StagingFolder atWork = ENGINE_TRY(store.makeStagingFolder());
    const LayerRecord base = ENGINE_TRY(unpack(store, {}, someTar(seed % 5)));
    const QString upper = atWork.path() + QStringLiteral("/upper");
    ENGINE_TRY(makePath(upper));
    ENGINE_TRY(writeFileAtomically(upper + QStringLiteral("/new"), QByteArray::number(seed)));
    const LayerRecord top = ENGINE_TRY(store.commitLayer(base.chainId, upper, {}, {}));
    ENGINE_TRY(store.addBuiltImage(plainConfig(), top.chainId, {QStringLiteral("docker.io/library/kill:%1").arg(seed % 3)}));
    ENGINE_TRY(store.putCachedStep(QByteArray::number(seed % 4), {.chainId = top.chainId, .config = plainConfig()}));
    return {};
}

//! The process that is killed: works on the store for ever.
int workForEver(const QString &root)
{
    const StorePaths paths{root, root + QStringLiteral("-run")};
    const IdMap ids = IdMap::ofThisProcess();
    for (quint32 seed = QRandomGenerator::global()->generate() % 1000;; ++seed) {
        auto store = Store::open(paths, ids);
        if (!store) {
            std::fprintf(stderr, "%s\n", qPrintable(store.error().detail));
            return 1;
        }
        const auto worked = workOnce(**store, int(seed));
        if (!worked) {
            std::fprintf(stderr, "%s: %s\n", qPrintable(worked.error().where), qPrintable(worked.error().detail));
            return 1;
        }
        if (seed % 3 == 0)
            (void)(*store)->removeImage(QStringLiteral("kill:%1").arg(seed % 3), Images::Force::No);
        if (seed % 7 == 0)
            (void)(*store)->pruneCache();
        std::puts("round");
        std::fflush(stdout);
    }
}

//! A process of this program that works on a store until it is killed. It inherits our namespaces and capabilities.
struct Worker {
    ChildProcess process;
    UniqueFd output;

    bool waitForRounds(int rounds)
    {
        char byte = 0;
        while (rounds > 0 && ::read(output.get(), &byte, 1) == 1)
            rounds -= byte == '\n';
        return rounds == 0;
    }
};

Worker startWorker(const QString &root)
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        qFatal("no pipe");
    const UniqueFd writeEnd(ends[1]);
    auto process = spawn({.program = QCoreApplication::applicationFilePath(), .arguments = {QStringLiteral("--work"), root},
                          .fds = {{writeEnd.get(), 1}, {2, 2}}, .parentDeath = SpawnRequest::ParentDeath::Kill});
    if (!process)
        qFatal("%s", qPrintable(process.error().detail));
    return {std::move(*process), UniqueFd(ends[0])};
}

} // namespace

class TestStoreKill : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void killedAtAnyMoment_storeStaysWhole();
    void twoProcesses_workOnOneStore();
    void fullDisk_isNoSpaceAndNothingHalfMade();
    void rebootWithoutSync_forgetsWhatIsNotOnTheDisk();
};

void TestStoreKill::killedAtAnyMoment_storeStaysWhole()
{
    TestStore store;
    store.store.reset();
    for (int round = 0; round < 25; ++round) {
        Worker worker = startWorker(store.paths().root);
        QVERIFY(worker.waitForRounds(1)); // it is at work
        ::usleep(1000 * QRandomGenerator::global()->bounded(120)); // any moment
        worker.process.kill(SIGKILL);
        const auto status = worker.process.wait();
        VERIFY_RESULT(status);
        QCOMPARE(status->signal, SIGKILL); // it had not given up
        store.open();
        const auto faults = checkStore(*store, {});
        VERIFY_RESULT(faults);
        QVERIFY2(faults->isEmpty(), qPrintable(faults->join(u'\n')));
        VERIFY_RESULT(workOnce(*store, round)); // the next attempt succeeds
        store.store.reset();
    }
}

void TestStoreKill::twoProcesses_workOnOneStore()
{
    TestStore store;
    store.store.reset();
    std::vector<Worker> workers;
    for (int i = 0; i < 3; ++i)
        workers.push_back(startWorker(store.paths().root));
    for (Worker &worker : workers)
        QVERIFY(worker.waitForRounds(10));
    for (Worker &worker : workers) {
        worker.process.kill(SIGKILL);
        const auto status = worker.process.wait();
        VERIFY_RESULT(status);
        QCOMPARE(status->signal, SIGKILL); // nobody gave up
    }
    store.open();
    const auto faults = checkStore(*store, {});
    VERIFY_RESULT(faults);
    QVERIFY2(faults->isEmpty(), qPrintable(faults->join(u'\n')));
}

void TestStoreKill::fullDisk_isNoSpaceAndNothingHalfMade()
{
    QTemporaryDir disk;
    if (::mount("tmpfs", QFile::encodeName(disk.path()).constData(), "tmpfs", 0, "size=4m,mode=0700") != 0)
        QSKIP("mounting a small tmpfs is not allowed here");
    {
        const StorePaths paths{disk.path() + QStringLiteral("/store"), disk.path() + QStringLiteral("/run")};
        auto store = Store::open(paths, IdMap::ofThisProcess());
        VERIFY_RESULT(store);
        const QByteArray tar = tarOf({file("small"), file("large", QByteArray(8 << 20, 'x'))});
        MemorySource source(tar);
        const auto layer = (*store)->unpackLayer({}, Digest::ofBytes(tar), source, {}, {});
        QVERIFY(!layer);
        QCOMPARE(layer.error().code, ErrorCode::NoSpace);
        QVERIFY(QDir(paths.root + QStringLiteral("/staging")).isEmpty());
        const auto faults = checkStore(**store, {});
        VERIFY_RESULT(faults);
        QVERIFY2(faults->isEmpty(), qPrintable(faults->join(u'\n')));
        VERIFY_RESULT(unpack(**store, {}, tarOf({file("small")}))); // and there is room again
    }
    ::umount2(QFile::encodeName(disk.path()).constData(), MNT_DETACH);
}

void TestStoreKill::rebootWithoutSync_forgetsWhatIsNotOnTheDisk()
{
    TestStore store;
    const auto synced = unpack(*store, {}, tarOf({file("synced")}));
    VERIFY_RESULT(synced);
    VERIFY_RESULT(store->addBuiltImage(plainConfig(), synced->chainId, {QStringLiteral("docker.io/library/synced:latest")}));
    VERIFY_RESULT(store->sync());
    const auto lost = unpack(*store, synced->chainId, tarOf({file("lost")}));
    VERIFY_RESULT(lost);
    const auto above = unpack(*store, lost->chainId, tarOf({file("above")}));
    VERIFY_RESULT(above);
    VERIFY_RESULT(store->addBuiltImage(plainConfig(), above->chainId, {QStringLiteral("docker.io/library/lost:latest")}));
    VERIFY_RESULT(store->putCachedStep("key", {.chainId = lost->chainId, .config = plainConfig()}));
    VERIFY_RESULT(store->database().transaction([](Database &db) -> Result<void> {
        return ENGINE_TRY(db.prepare("UPDATE layers SET boot = 'another boot' WHERE boot IS NOT NULL")).run();
    }));
    store.open();
    VERIFY_RESULT(store->findImage(QStringLiteral("synced")));
    QVERIFY(!store->findImage(QStringLiteral("lost")));
    QVERIFY(!store->findLayer(lost->chainId)->has_value());
    QVERIFY(!store->findLayer(above->chainId)->has_value());
    QVERIFY(!store->findCachedStep("key")->has_value());
    const auto faults = checkStore(*store, {});
    VERIFY_RESULT(faults);
    QVERIFY2(faults->isEmpty(), qPrintable(faults->join(u'\n')));
}

int main(int argc, char **argv)
{
    if (argc == 3 && qstrcmp(argv[1], "--work") == 0) {
        const QString root = QFile::decodeName(argv[2]);
        return workForEver(root);
    }
    return runInNamespaces<TestStoreKill>(argc, argv);
}

#include "tst_storekill.moc"
