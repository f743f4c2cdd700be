// SPDX-License-Identifier: GPL-3.0-or-later
#include "faultserver.h"
#include "quoted.h"
#include "services/imagepuller_p.h"
#include "testimage.h"
#include "testregistry.h"
#include "testuser.h"

#include <QtCore/QDir>
#include <QtCore/QRandomGenerator>
#include <QtTest/QTest>

#include <thread>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace Engine;
using namespace Engine::Internal;
using TestSupport::FaultServer;
using TestSupport::TestImage;
using TestSupport::TestRegistry;
using Answer = FaultServer::Answer;
using Request = FaultServer::Request;
using Phase = LayerProgress::Phase;

namespace {

struct Command {
    int exitCode = -1;
    QString output;
    QString error;
};

Command run(const QStringList &command)
{
    QProcess process;
    process.start(command.first(), command.mid(1));
    process.waitForFinished(100'000);
    return {.exitCode = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
            .output = QString::fromUtf8(process.readAllStandardOutput()).trimmed(),
            .error = QString::fromUtf8(process.readAllStandardError()).trimmed()};
}

// Stores of tests lie in memory where they can: thousands of small files made and removed again and again are slow on disks.
QString folderTemplate()
{
    const QString memory = u"/dev/shm"_s;
    return (QFileInfo(memory).isWritable() ? memory : QDir::tempPath()) + u"/slipway-pull-XXXXXX"_s;
}

const QString helper = QStringLiteral(SLIPWAY_BINARY_DIR "/tests/engine/registry/pullhelper");

// One pull in this process, with everything it told.
struct Pull {
    Result<ImageRecord> result = std::unexpected(Error());
    QList<LayerProgress> resolved;
    QList<LayerProgress> reports;
    std::mutex mutex;

    Pull(Store &store, const QString &address, std::stop_token stop = {}, const QString &name = u"team/app:1"_s)
    {
        RegistrySettings settings;
        settings.limits = {.answer = std::chrono::seconds(5), .stall = std::chrono::seconds(5)};
        settings.pause = [](int, const std::stop_token &token) { return !token.stop_requested(); };
        PullObserver observer;
        observer.resolved = [this](const Digest &, const QList<LayerProgress> &layers) { resolved = layers; };
        observer.progressed = [this](const LayerProgress &layer) {
            const std::lock_guard lock(mutex);
            reports.append(layer);
        };
        result = pullImage(store, *ImageReference::parse(address + u'/' + name), settings, Platform::host(), observer, stop);
    }

    int countOf(Phase phase) const
    {
        return int(std::ranges::count_if(reports, [phase](const LayerProgress &layer) { return layer.phase == phase; }));
    }
};

} // namespace

class TestPull : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Store> m_store;
    TestRegistry m_registry;
    QString m_noRegistry = u"not started"_s;

    QStringList namesIn(const QString &below) const
    {
        return QDir(m_folder->path() + u'/' + below).entryList(QDir::AllEntries | QDir::NoDotAndDotDot | QDir::Hidden);
    }

    // Nothing half-made: no image, no layer, no blob, nothing in staging.
    bool isStoreEmpty() const
    {
        return m_store->listImages()->isEmpty() && namesIn(u"layers"_s) == QStringList{u"l"_s}
               && namesIn(u"images/blobs/sha256"_s).isEmpty() && namesIn(u"staging"_s).isEmpty();
    }

private Q_SLOTS:
    void initTestCase()
    {
        QString reason;
        const QString layout = TestRegistry::debianLayout(&reason);
        m_noRegistry = layout.isEmpty() ? reason : m_registry.start();
        for (const QString &tag : {u"latest"_s, u"layers"_s}) {
            if (m_noRegistry.isEmpty())
                m_noRegistry = m_registry.push(layout, tag, u"debian:"_s + tag);
        }
    }

    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>(folderTemplate());
        if (::geteuid() != 0)
            QSKIP("only root can unpack layers outside a namespace of its own");
        const QString root = m_folder->path();
        auto store = Store::open({.root = root, .run = root + u"/run"_s}, IdMap::ofThisProcess());
        QVERIFY2(store, qPrintable(store ? QString() : store.error().detail));
        m_store = std::move(*store);
    }

    void cleanup()
    {
        m_store.reset();
        m_folder.reset();
    }

    void honestRegistry_givesTheImage()
    {
        const TestImage image(4, 300'000);
        FaultServer server([&](const Request &request) { return image.answer(request); });
        const Pull pull(*m_store, server.address());
        QVERIFY2(pull.result, qPrintable(pull.result ? QString() : pull.result.error().detail));
        QCOMPARE(pull.result->id.toString().toLatin1(), TestImage::digestOf(image.config()));
        QCOMPARE(pull.result->references, QStringList{server.address() + u"/team/app:1"_s});
        QCOMPARE(pull.result->chainIds.size(), 4);
        QCOMPARE(pull.resolved.size(), 4);
        QCOMPARE(pull.countOf(Phase::Complete), 4);
        for (const LayerProgress &layer : pull.reports)
            QVERIFY(layer.doneBytes <= layer.totalBytes);
        for (qsizetype i = 0; i < 4; ++i)
            QVERIFY(QFile::exists(m_folder->filePath(u"layers/%1/file-%2"_s.arg(pull.result->chainIds[i].hex()).arg(i))));
        QVERIFY(namesIn(u"staging"_s).isEmpty());
        QVERIFY(namesIn(u"run/pull"_s).isEmpty());
    }

    void secondPull_findsEverythingHere()
    {
        const TestImage image(3);
        FaultServer server([&](const Request &request) { return image.answer(request); });
        QVERIFY(Pull(*m_store, server.address()).result);
        const qsizetype before = server.requests().size();
        const Pull again(*m_store, server.address());
        QVERIFY(again.result);
        for (const LayerProgress &layer : again.resolved)
            QCOMPARE(layer.phase, Phase::AlreadyHere);
        QCOMPARE(server.requests().size(), before + 2); // manifest and config
    }

    void twoPullsAtOnce_fetchEachLayerOnce()
    {
        const TestImage image(5, 2'000'000);
        FaultServer server([&](const Request &request) { return image.answer(request); });
        std::optional<Pull> other;
        std::thread thread([&] { other.emplace(*m_store, server.address(), std::stop_token(), u"other/name:2"_s); });
        const Pull pull(*m_store, server.address());
        thread.join();
        QVERIFY(pull.result && other->result);
        for (const TestImage::Layer &layer : image.layers) {
            const auto requests = server.requests();
            QCOMPARE(std::ranges::count_if(requests, [&](const Request &request) { return request.target.endsWith(layer.digest); }), 1);
        }
    }

    void sameLayerTwice_isUnpackedTwice()
    {
        TestImage image(2);
        image.layers.append(image.layers.first());
        FaultServer server([&](const Request &request) { return image.answer(request); });
        const Pull pull(*m_store, server.address());
        QVERIFY2(pull.result, qPrintable(pull.result ? QString() : pull.result.error().detail));
        QCOMPARE(pull.result->chainIds.size(), 3);
    }

    void imageWithoutLayers_isFine()
    {
        const TestImage image(0);
        FaultServer server([&](const Request &request) { return image.answer(request); });
        QVERIFY(Pull(*m_store, server.address()).result);
    }

    void byDigest_keepsNoTag()
    {
        const TestImage image(1);
        FaultServer server([&](const Request &request) { return image.answer(request); });
        const QString digest = QString::fromLatin1(TestImage::digestOf(image.manifest()));
        const Pull pull(*m_store, server.address(), {}, u"team/app:1@"_s + digest);
        QVERIFY(pull.result);
        QCOMPARE(pull.result->references, QStringList{server.address() + u"/team/app@"_s + digest});
    }

    void cutLayer_isTakenUpAgain()
    {
        const TestImage image(1, 3'000'000);
        std::atomic<int> cuts = 0;
        FaultServer server([&](const Request &request) {
            Answer answer = image.answer(request);
            if (request.target.endsWith(image.layers[0].digest) && ++cuts <= 2) {
                answer.announcedBytes = answer.body.size();
                answer.cutAfterBytes = 700'000;
            }
            return answer;
        });
        const Pull pull(*m_store, server.address());
        QVERIFY2(pull.result, qPrintable(pull.result ? QString() : pull.result.error().detail));
    }

    void faults_leaveNothing_data()
    {
        using Spoil = std::function<void(TestImage &, const Request &, Answer &)>;
        QTest::addColumn<Spoil>("spoil");
        QTest::addColumn<ErrorCode>("code");
        QTest::addColumn<QString>("words");
        const auto isLast = [](const TestImage &image, const Request &request) {
            return request.target.endsWith(image.layers.last().digest);
        };
        QTest::newRow("changed byte in the last layer")
            << Spoil([=](TestImage &image, const Request &request, Answer &answer) {
                   if (isLast(image, request))
                       answer.body[answer.body.size() / 2] = char(answer.body[answer.body.size() / 2] ^ 1);
               })
            << ErrorCode::Corrupt << u"filesystem layer verification failed for digest sha256:"_s;
        QTest::newRow("another layer's bytes")
            << Spoil([=](TestImage &image, const Request &request, Answer &answer) {
                   if (isLast(image, request))
                       answer.body = image.layers.first().blob.leftJustified(answer.body.size(), '\0', true);
               })
            << ErrorCode::Corrupt << u"sha256:"_s;
        QTest::newRow("longer than announced")
            << Spoil([=](TestImage &image, const Request &request, Answer &answer) {
                   if (isLast(image, request))
                       answer.body += "tail";
               })
            << ErrorCode::Corrupt << u"sent more than the"_s;
        QTest::newRow("endless layer")
            << Spoil([=](TestImage &image, const Request &request, Answer &answer) {
                   if (isLast(image, request))
                       answer.endless = true;
               })
            << ErrorCode::Corrupt << u"sha256:"_s;
        QTest::newRow("shorter than the manifest says")
            << Spoil([=](TestImage &image, const Request &request, Answer &answer) {
                   if (isLast(image, request))
                       answer.body.chop(100);
               })
            << ErrorCode::Unreachable << u"the registry sent "_s;
        QTest::newRow("always cut")
            << Spoil([=](TestImage &image, const Request &request, Answer &answer) {
                   if (isLast(image, request)) {
                       answer.announcedBytes = answer.body.size();
                       answer.cutAfterBytes = 10;
                   }
               })
            << ErrorCode::Unreachable << u": the connection was cut after 30 of LENGTH bytes"_s; // ten with each of three tries
        QTest::newRow("layer is missing")
            << Spoil([=](TestImage &image, const Request &request, Answer &answer) {
                   if (isLast(image, request))
                       answer = {.status = 404, .body = TestSupport::quoted("{'errors':[{'message':'blob unknown to registry'}]}")};
               })
            << ErrorCode::NotFound << u"is not in the registry: blob unknown to registry"_s;
        QTest::newRow("config is another one")
            << Spoil([=](TestImage &image, const Request &request, Answer &answer) {
                   if (request.target.endsWith(TestImage::digestOf(image.config())))
                       answer.body.replace("amd64", "arm64");
               })
            << ErrorCode::Corrupt << u"blob verification failed"_s;
        QTest::newRow("server errors")
            << Spoil([=](TestImage &image, const Request &request, Answer &answer) {
                   if (isLast(image, request))
                       answer = {.status = 500};
               })
            << ErrorCode::Unreachable << u"HTTP status 500"_s;
    }

    void faults_leaveNothing()
    {
        using Spoil = std::function<void(TestImage &, const Request &, Answer &)>;
        QFETCH(Spoil, spoil);
        QFETCH(ErrorCode, code);
        QFETCH(QString, words);
        TestImage image(3, 200'000);
        FaultServer server([&](const Request &request) {
            Answer answer = image.answer(request);
            spoil(image, request, answer);
            return answer;
        });
        const Pull pull(*m_store, server.address());
        QVERIFY(!pull.result);
        const QString detail = pull.result.error().detail;
        QVERIFY2(detail.contains(words.replace("LENGTH"_L1, QString::number(image.layers.last().sizeBytes))), qPrintable(detail));
        QCOMPARE(pull.result.error().code, code);
        QVERIFY(isStoreEmpty());
    }

    void wrongDiffId_isCorrupt()
    {
        TestImage image(2);
        image.layers[1].diffId = TestImage::digestOf("something else");
        FaultServer server([&](const Request &request) { return image.answer(request); });
        const Pull pull(*m_store, server.address());
        QCOMPARE(pull.result.error().code, ErrorCode::Corrupt);
        QVERIFY(isStoreEmpty());
    }

    void cancel_endsAtOnce_andLeavesNothing()
    {
        const TestImage image(3, 500'000);
        std::stop_source stop;
        FaultServer server([&](const Request &request) {
            Answer answer = image.answer(request);
            answer.pieceBytes = 1000;
            answer.pauseMs = 50;
            if (request.target.contains("/blobs/") && request.target.endsWith(image.layers[2].digest))
                stop.request_stop();
            return answer;
        });
        QElapsedTimer timer;
        timer.start();
        const Pull pull(*m_store, server.address(), stop.get_token());
        QCOMPARE(pull.result.error().code, ErrorCode::Cancelled);
        QVERIFY(timer.elapsed() < 3000);
        QVERIFY(isStoreEmpty());
    }

    void damagedBlobInTheStore_isFetchedAgain()
    {
        const TestImage image(1);
        FaultServer server([&](const Request &request) { return image.answer(request); });
        QFile blob(m_store->blobPath(*Digest::parse(QString::fromLatin1(image.layers[0].digest))));
        QVERIFY(blob.open(QFile::WriteOnly));
        blob.write("half");
        blob.close();
        QVERIFY(Pull(*m_store, server.address()).result);
    }

    void realDebian_asEachUser_data()
    {
        QTest::addColumn<bool>("asRoot");
        QTest::newRow("root") << true;
        QTest::newRow("ordinary user") << false;
    }

    void realDebian_asEachUser()
    {
        QFETCH(bool, asRoot);
        if (!m_noRegistry.isEmpty())
            QSKIP(qPrintable(m_noRegistry));
        const auto user = asRoot ? TestUser::root() : TestUser::ordinary();
        if (!user)
            QSKIP(TestUser::missing());
        QTemporaryDir runtime(folderTemplate());
        QVERIFY(user->own(runtime.path()));
        const QString root = runtime.filePath(u"store"_s);
        for (const QString &tag : {u"layers"_s, u"latest"_s}) {
            const Command pulled = run(user->command({helper, root, m_registry.address() + u"/debian:"_s + tag}, runtime.path()));
            QVERIFY2(pulled.exitCode == 0, qPrintable(pulled.error));
        }
        const Command listed = run(user->command({helper, root, u"--list"_s}, runtime.path()));
        QVERIFY2(listed.exitCode == 0, qPrintable(listed.error));
        QCOMPARE(listed.output.count(u'\n'), 1);
        const Command missing = run(user->command({helper, root, m_registry.address() + u"/debian:nope"_s}, runtime.path()));
        QCOMPARE(missing.error, u"manifest for %1/debian:nope not found: manifest unknown"_s.arg(m_registry.address()));
        run(user->command({u"rm"_s, u"-rf"_s, root}, runtime.path()));
        run({u"rm"_s, u"-rf"_s, root});
    }

    void killedPulls_leaveAWholeStore()
    {
        if (!m_noRegistry.isEmpty())
            QSKIP(qPrintable(m_noRegistry));
        const QString reference = m_registry.address() + u"/debian:layers"_s;
        const QString root = m_folder->filePath(u"killed"_s);
        for (int round = 0; round < 20; ++round) {
            QProcess victim;
            victim.start(helper, {root, reference});
            QVERIFY(victim.waitForStarted());
            victim.waitForFinished(QRandomGenerator::global()->bounded(5, 900));
            victim.kill();
            victim.waitForFinished();
            const Command listed = run({helper, root, u"--list"_s});
            QVERIFY2(listed.exitCode == 0, qPrintable(u"round %1: %2"_s.arg(round).arg(listed.error)));
        }
        const Command pulled = run({helper, root, reference});
        QVERIFY2(pulled.exitCode == 0, qPrintable(pulled.error));
        QVERIFY(run({helper, root, u"--list"_s}).output.startsWith(reference));
        QVERIFY(QDir(root + u"/staging"_s).isEmpty());
        const int layers = int(QDir(root + u"/layers"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot).size());
        QCOMPARE(layers, 5 + 1);
    }

    void fullDisk_isSaidPlainly()
    {
        const TestImage image(2, 5'000'000);
        FaultServer server([&](const Request &request) { return image.answer(request); });
        const QString small = m_folder->filePath(u"small"_s);
        QDir().mkpath(small);
        const QString script = u"mount -t tmpfs -o size=8m tmpfs '%1' && '%2' '%1' %3; code=$?; ls -A '%1/staging'; ls '%1/layers'; exit $code"_s.arg(
            small, helper, server.address() + u"/team/app:1"_s);
        const Command pulled = run({u"unshare"_s, u"-m"_s, u"sh"_s, u"-c"_s, script});
        QCOMPARE(pulled.exitCode, 1);
        QVERIFY2(pulled.error.contains(u"No space left on device"_s), qPrintable(pulled.error));
        QCOMPARE(pulled.output, u"l"_s);
    }
};

QTEST_GUILESS_MAIN(TestPull)
#include "tst_pull.moc"
