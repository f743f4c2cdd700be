// SPDX-License-Identifier: GPL-3.0-or-later
#include "faultserver.h"
#include "quoted.h"
#include "registry/registryclient_p.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QTcpServer>
#include <QtTest/QTest>

#include <algorithm>
#include <thread>

using namespace Qt::StringLiterals;
using TestSupport::quoted;
using namespace Engine;
using namespace Engine::Internal;
using TestSupport::FaultServer;
using Answer = FaultServer::Answer;
using Request = FaultServer::Request;

namespace {

const QByteArray manifestBody = quoted("{'schemaVersion':2,'config':{},'layers':[]}");

QByteArray pattern(qsizetype size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    for (qsizetype i = 0; i < size; ++i)
        bytes[i] = char((i * 31 + (i >> 8)) & 0xff);
    return bytes;
}

// Serves one blob at its digest's address, with Range.
Answer blobAnswer(const Request &request, const QByteArray &blob)
{
    const QByteArray range = request.headers.value("range");
    if (!range.startsWith("bytes="))
        return {.body = blob};
    const qsizetype from = range.sliced(6).chopped(1).toLongLong();
    return {.status = 206,
            .headers = {{"Content-Range", "bytes " + QByteArray::number(from) + '-' + QByteArray::number(blob.size() - 1) + '/'
                                              + QByteArray::number(blob.size())}},
            .body = blob.sliced(from)};
}

Result<QByteArray> readWhole(ByteSource &source)
{
    QByteArray content;
    std::vector<char> chunk(50'000);
    for (;;) {
        const auto count = source.read(chunk);
        if (!count)
            return Failure(count.error());
        if (*count == 0)
            return content;
        content.append(chunk.data(), qsizetype(*count));
    }
}

} // namespace

class TestRegistryClient : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    QList<int> m_pauses;

    RegistrySettings settings(const QByteArray &credentials = "{}")
    {
        QFile file(m_folder.filePath(u"config.json"_s));
        if (file.open(QFile::WriteOnly))
            file.write(credentials);
        m_pauses.clear();
        RegistrySettings settings;
        settings.credentialFiles = {file.fileName()};
        settings.limits = {.answer = std::chrono::milliseconds(2000), .stall = std::chrono::milliseconds(300)};
        settings.pause = [this](int number, const std::stop_token &stop) {
            m_pauses.append(number);
            return !stop.stop_requested();
        };
        return settings;
    }

    std::unique_ptr<RegistryClient> clientFor(const QString &address, RegistrySettings with, const QString &name = u"team/app:1"_s)
    {
        auto session = RegistrySession::create(*ImageReference::parse(address + u'/' + name), std::move(with));
        return std::make_unique<RegistryClient>(*session);
    }
    std::unique_ptr<RegistryClient> clientFor(const FaultServer &server) { return clientFor(server.address(), settings()); }

private Q_SLOTS:
    void manifest_isFetchedAndHashed()
    {
        FaultServer server([](const Request &) {
            return Answer{.headers = {{"Content-Type", "application/vnd.oci.image.manifest.v1+json"}}, .body = manifestBody};
        });
        const auto manifest = clientFor(server)->manifest(u"1"_s, {});
        QVERIFY2(manifest, qPrintable(manifest ? QString() : manifest.error().detail));
        QCOMPARE(manifest->content, manifestBody);
        QCOMPARE(manifest->digest, Digest::ofBytes(manifestBody));
        QCOMPARE(manifest->mediaType, u"application/vnd.oci.image.manifest.v1+json"_s);
        const Request request = server.requests().value(0);
        QCOMPARE(request.target, QByteArray("/v2/team/app/manifests/1"));
        QVERIFY(request.headers.value("accept").contains("manifest.list.v2+json"));
        QCOMPARE(request.headers.value("accept-encoding"), QByteArray("identity"));
        QVERIFY(!request.headers.contains("authorization"));
    }

    void manifestByDigest_mustHaveIt()
    {
        FaultServer server([](const Request &) { return Answer{.body = manifestBody}; });
        QVERIFY(clientFor(server)->manifest(Digest::ofBytes(manifestBody).toString(), {}));
        const Digest other = Digest::ofBytes("other");
        const auto wrong = clientFor(server)->manifest(other.toString(), {});
        QCOMPARE(wrong.error().code, ErrorCode::Corrupt);
        QVERIFY(wrong.error().detail.startsWith(u"manifest verification failed for digest "_s + other.toString()));
    }

    void statuses_becomeErrors_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<ErrorCode>("code");
        QTest::addColumn<QString>("words");
        QTest::newRow("404 with words") << 404 << QByteArray(quoted("{'errors':[{'code':'MANIFEST_UNKNOWN','message':'manifest unknown'}]}"))
                                        << ErrorCode::NotFound << u"/team/app:1 not found: manifest unknown"_s;
        QTest::newRow("404 as a web page") << 404 << QByteArray("<html>nothing here</html>") << ErrorCode::NotFound << u"not found: manifest unknown"_s;
        QTest::newRow("401 without a challenge") << 401 << QByteArray() << ErrorCode::Unauthenticated << u"pull access denied for"_s;
        QTest::newRow("403") << 403 << QByteArray(quoted("{'errors':[{'message':'requested access to the resource is denied'}]}"))
                             << ErrorCode::PermissionDenied << u"may require 'docker login': requested access to the resource is denied"_s;
        QTest::newRow("429") << 429 << QByteArray(quoted("{'errors':[{'message':'You have reached your pull rate limit'}]}"))
                             << ErrorCode::PermissionDenied << u"You have reached your pull rate limit"_s;
        QTest::newRow("500 again and again") << 500 << QByteArray() << ErrorCode::Unreachable << u"HTTP status 500"_s;
        QTest::newRow("escapes are taken out") << 403 << QByteArray(quoted("{'errors':[{'message':'a\\u001b[31mb'}]}"))
                                               << ErrorCode::PermissionDenied << u": a[31mb"_s;
    }

    void statuses_becomeErrors()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(ErrorCode, code);
        QFETCH(QString, words);
        FaultServer server([=](const Request &) { return Answer{.status = status, .body = body}; });
        const auto manifest = clientFor(server)->manifest(u"1"_s, {});
        QVERIFY(!manifest);
        QCOMPARE(manifest.error().code, code);
        QVERIFY2(manifest.error().detail.contains(words), qPrintable(manifest.error().detail));
        QCOMPARE(server.requests().size(), status == 500 ? 3 : 1);
    }

    void serverError_isTriedAgain()
    {
        int count = 0;
        FaultServer server([&](const Request &) { return ++count < 3 ? Answer{.status = 503} : Answer{.body = manifestBody}; });
        QVERIFY(clientFor(server)->manifest(u"1"_s, {}));
        QCOMPARE(m_pauses, (QList{1, 2}));
    }

    void registryDown_isRefused()
    {
        quint16 port = 0;
        {
            QTcpServer server;
            QVERIFY(server.listen(QHostAddress::LocalHost));
            port = server.serverPort();
        }
        const auto manifest = clientFor(u"127.0.0.1:%1"_s.arg(port), settings())->manifest(u"1"_s, {});
        QCOMPARE(manifest.error().code, ErrorCode::Unreachable);
        QCOMPARE(manifest.error().detail, u"http://127.0.0.1:%1/v2/team/app/manifests/1: connection refused"_s.arg(port));
        QVERIFY(!manifest.error().remedy.isEmpty());
        QVERIFY(m_pauses.isEmpty());
    }

    void silence_timesOut()
    {
        FaultServer server([](const Request &) { return Answer{.silent = true}; });
        auto with = settings();
        with.limits.answer = std::chrono::milliseconds(100);
        const auto manifest = clientFor(server.address(), with)->manifest(u"1"_s, {});
        QCOMPARE(manifest.error().code, ErrorCode::TimedOut);
    }

    void stalledBody_timesOut_butTrickleDoesNot()
    {
        const QByteArray blob = pattern(400);
        FaultServer stalled([&](const Request &) { return Answer{.body = blob, .pieceBytes = 200, .pauseMs = 60'000}; });
        const auto none = clientFor(stalled)->blob(Digest::ofBytes(blob), blob.size(), {});
        QCOMPARE(none.error().code, ErrorCode::TimedOut);
        FaultServer slow([&](const Request &) { return Answer{.body = blob, .pieceBytes = 40, .pauseMs = 50}; });
        const auto whole = clientFor(slow)->blob(Digest::ofBytes(blob), blob.size(), {});
        QVERIFY(whole);
        QCOMPARE(*whole, blob);
    }

    void cutBlob_isTakenUpWhereItBroke_data()
    {
        QTest::addColumn<bool>("hasRange");
        QTest::newRow("with Range") << true;
        QTest::newRow("without Range, from the start") << false;
    }

    void cutBlob_isTakenUpWhereItBroke()
    {
        QFETCH(bool, hasRange);
        const QByteArray blob = pattern(5'000'000);
        int count = 0;
        FaultServer server([&](const Request &request) {
            Answer answer = hasRange ? blobAnswer(request, blob) : Answer{.body = blob};
            if (++count <= 4) {
                answer.announcedBytes = answer.body.size();
                answer.cutAfterBytes = std::min<qint64>(answer.body.size(), hasRange ? 1'200'000 : 1'200'000LL * count);
            }
            return answer;
        });
        const auto client = clientFor(server);
        BlobSource source(*client, Digest::ofBytes(blob), blob.size(), {});
        const auto content = readWhole(source);
        QVERIFY2(content, qPrintable(content ? QString() : content.error().detail));
        QVERIFY(*content == blob);
        QVERIFY(server.requests().size() >= 4);
        const auto requests = server.requests();
        const auto isPartial = [](const Request &request) { return request.headers.value("range").startsWith("bytes="); };
        QVERIFY(std::ranges::any_of(requests, isPartial));
        // Each try brought more than a megabyte, so each counted as the first.
        for (const int number : std::as_const(m_pauses))
            QCOMPARE(number, 1);
    }

    void blobThatAlwaysBreaks_endsAfterThreeTries()
    {
        const QByteArray blob = pattern(10'000);
        FaultServer server([&](const Request &request) {
            Answer answer = blobAnswer(request, blob);
            answer.announcedBytes = answer.body.size();
            answer.cutAfterBytes = 100;
            return answer;
        });
        const auto content = clientFor(server)->blob(Digest::ofBytes(blob), blob.size(), {});
        QCOMPARE(content.error().code, ErrorCode::Unreachable);
        QVERIFY2(content.error().detail.endsWith(": the connection was cut after 300 of 10000 bytes"_L1), qPrintable(content.error().detail));
        QCOMPARE(m_pauses, (QList{1, 2})); // Qt itself may repeat a request on a connection that it finds closed
    }

    void shortBlob_isNotTakenForWhole()
    {
        FaultServer server([&](const Request &request) { return blobAnswer(request, pattern(10'000)); });
        const auto content = clientFor(server)->blob(Digest::ofBytes(pattern(20'000)), 20'000, {});
        QVERIFY(!content);
    }

    void wrongBytes_areCorrupt()
    {
        FaultServer server([](const Request &) { return Answer{.body = "evil"}; });
        const auto content = clientFor(server)->blob(Digest::ofBytes("good"), 4, {});
        QCOMPARE(content.error().code, ErrorCode::Corrupt);
        QVERIFY(content.error().detail.startsWith("blob verification failed for digest sha256:"_L1));
    }

    void endlessBody_isLeftAtTheAnnouncedSize()
    {
        FaultServer server([](const Request &) { return Answer{.body = pattern(100'000), .endless = true}; });
        const auto client = clientFor(server);
        BlobSource source(*client, Digest::ofBytes("x"), 3'000'000, {});
        const auto content = readWhole(source);
        QVERIFY(content);
        QCOMPARE(content->size(), 3'000'001);
        const auto manifest = clientFor(server)->manifest(u"1"_s, {});
        QCOMPARE(manifest.error().code, ErrorCode::Corrupt);
    }

    void pausingReader_slowsTheServerDown()
    {
        FaultServer server([](const Request &) { return Answer{.body = pattern(100'000), .endless = true}; });
        const auto client = clientFor(server);
        const auto response = client->openBlob(Digest::ofBytes("x"), 0, {});
        QVERIFY(response);
        std::vector<char> chunk(1000);
        QVERIFY((*response)->read(chunk));
        // The client's event loop runs on; only full buffers (ours and both sockets') can hold the server back.
        qint64 before = -1;
        const auto isAtRest = [&] { return std::exchange(before, server.sentBytes()) == server.sentBytes(); };
        int quiet = 0;
        for (int round = 0; quiet < 4 && round < 100; ++round) {
            QTest::qWait(25);
            quiet = isAtRest() ? quiet + 1 : 0;
        }
        QCOMPARE(quiet, 4);
        QVERIFY((*response)->read(chunk));
    }

    void stop_endsAWaitAtOnce()
    {
        FaultServer server([](const Request &) { return Answer{.silent = true}; });
        auto with = settings();
        with.limits.answer = std::chrono::minutes(1);
        std::stop_source source;
        std::jthread canceller([&] {
            while (server.requests().isEmpty())
                std::this_thread::yield();
            source.request_stop();
        });
        QElapsedTimer timer;
        timer.start();
        const auto manifest = clientFor(server.address(), with)->manifest(u"1"_s, source.get_token());
        QCOMPARE(manifest.error().code, ErrorCode::Cancelled);
        QVERIFY(timer.elapsed() < 5000);
    }

    void bearerToken_isFetchedOnceAndUsed()
    {
        QString address;
        FaultServer server([&](const Request &request) -> Answer {
            if (request.target.startsWith("/token"))
                return {.body = quoted("{'token':'T1','expires_in':300}")};
            if (request.headers.value("authorization") == "Bearer T1")
                return {.body = manifestBody};
            return {.status = 401,
                    .headers = {{"WWW-Authenticate", "Bearer realm=\"http://" + address.toLatin1()
                                                         + "/token?a=b\",service=\"the registry\",scope=\"repository:other:push,pull\""}}};
        });
        address = server.address();
        const auto client = clientFor(address, settings(quoted("{'auths':{'") + address.toLatin1() + quoted("':{'username':'me','password':'pw'}}}")));
        QVERIFY(client->manifest(u"1"_s, {}));
        QVERIFY(client->manifest(u"2"_s, {}));
        const auto requests = server.requests();
        QCOMPARE(requests.size(), 4);
        QCOMPARE(requests[1].target, QByteArray("/token?a=b&service=the%20registry&scope=repository:team/app:pull"));
        QCOMPARE(requests[1].headers.value("authorization"), "Basic " + QByteArray("me:pw").toBase64());
        QCOMPARE(requests[3].headers.value("authorization"), QByteArray("Bearer T1"));
    }

    void expiredToken_isRenewed()
    {
        QString address;
        int issued = 0;
        FaultServer server([&](const Request &request) -> Answer {
            if (request.target.startsWith("/token"))
                return {.body = quoted("{'access_token':'T") + QByteArray::number(++issued) + "\"}"};
            const bool isFresh = request.headers.value("authorization") == "Bearer T" + QByteArray::number(issued) && issued > 0;
            const bool refuse = !isFresh || (issued == 1 && request.target.endsWith("/2"));
            if (!refuse)
                return {.body = manifestBody};
            return {.status = 401, .headers = {{"WWW-Authenticate", "Bearer realm=\"http://" + address.toLatin1() + "/token\""}}};
        });
        address = server.address();
        const auto client = clientFor(server);
        QVERIFY(client->manifest(u"1"_s, {}));
        QVERIFY(client->manifest(u"2"_s, {}));
        QCOMPARE(issued, 2);
    }

    void identityToken_isPostedToTheTokenServer()
    {
        QString address;
        FaultServer server([&](const Request &request) -> Answer {
            if (request.target == "/token")
                return {.body = quoted("{'access_token':'T1'}")};
            if (request.headers.value("authorization") == "Bearer T1")
                return {.body = manifestBody};
            return {.status = 401, .headers = {{"WWW-Authenticate", "Bearer realm=\"http://" + address.toLatin1() + "/token\",service=\"s\""}}};
        });
        address = server.address();
        const auto client = clientFor(address, settings(quoted("{'auths':{'") + address.toLatin1() + quoted("':{'identitytoken':'r&=1'}}}")));
        QVERIFY(client->manifest(u"1"_s, {}));
        const Request request = server.requests().value(1);
        QCOMPARE(request.method, QByteArray("POST"));
        QVERIFY(request.body.contains("grant_type=refresh_token"));
        QVERIFY(request.body.endsWith("&refresh_token=r%26%3D1"));
        QVERIFY(!request.headers.contains("authorization"));
    }

    void basic_givesNameAndPassword()
    {
        FaultServer server([](const Request &request) -> Answer {
            if (request.headers.value("authorization") == "Basic " + QByteArray("me:pw").toBase64())
                return {.body = manifestBody};
            return {.status = 401, .headers = {{"WWW-Authenticate", "Basic realm=\"r\""}}};
        });
        const QByteArray address = server.address().toLatin1();
        QVERIFY(clientFor(server.address(), settings(quoted("{'auths':{'") + address + quoted("':{'username':'me','password':'pw'}}}")))->manifest(u"1"_s, {}));
        const auto wrong = clientFor(server.address(), settings(quoted("{'auths':{'") + address + quoted("':{'username':'me','password':'no'}}}")))
                               ->manifest(u"1"_s, {});
        QCOMPARE(wrong.error().code, ErrorCode::Unauthenticated);
        QVERIFY(!wrong.error().detail.contains(u"no\""_s));
        const auto anonymous = clientFor(server)->manifest(u"1"_s, {});
        QCOMPARE(anonymous.error().code, ErrorCode::Unauthenticated);
        QVERIFY(anonymous.error().detail.startsWith(u"pull access denied for %1/team/app, "_s.arg(server.address())));
    }

    void tokenThatIsNoHeader_isRefused()
    {
        QString address;
        FaultServer server([&](const Request &request) -> Answer {
            if (request.target.startsWith("/token"))
                return {.body = quoted("{'token':'T1\\r\\nX-Evil: 1'}")};
            return {.status = 401, .headers = {{"WWW-Authenticate", "Bearer realm=\"http://" + address.toLatin1() + "/token\""}}};
        });
        address = server.address();
        QCOMPARE(clientFor(server)->manifest(u"1"_s, {}).error().code, ErrorCode::Unauthenticated);
        QCOMPARE(server.requests().size(), 2);
    }

    void redirectElsewhere_carriesNoAuthorization()
    {
        const QByteArray blob = pattern(1000);
        FaultServer elsewhere([&](const Request &) { return Answer{.body = blob}; });
        FaultServer server([&](const Request &request) -> Answer {
            if (!request.headers.contains("authorization"))
                return {.status = 401, .headers = {{"WWW-Authenticate", "Basic realm=\"r\""}}};
            return {.status = 307, .headers = {{"Location", "http://" + elsewhere.address().toLatin1() + "/bucket?signature=1%2B2"}}};
        });
        const QByteArray address = server.address().toLatin1();
        const auto client = clientFor(server.address(), settings(quoted("{'auths':{'") + address + quoted("':{'username':'me','password':'pw'}}}")));
        const auto content = client->blob(Digest::ofBytes(blob), blob.size(), {});
        QVERIFY2(content, qPrintable(content ? QString() : content.error().detail));
        QCOMPARE(server.requests().value(1).headers.contains("authorization"), true);
        QCOMPARE(elsewhere.requests().size(), 1);
        QCOMPARE(elsewhere.requests()[0].target, QByteArray("/bucket?signature=1%2B2"));
        QVERIFY(!elsewhere.requests()[0].headers.contains("authorization"));
    }

    void redirects_data()
    {
        QTest::addColumn<QByteArray>("location");
        QTest::newRow("to a file") << QByteArray("file:///etc/passwd");
        QTest::newRow("to nothing") << QByteArray();
        QTest::newRow("for ever") << QByteArray("/v2/again");
    }

    void redirects()
    {
        QFETCH(QByteArray, location);
        FaultServer server([&](const Request &) { return Answer{.status = 302, .headers = {{"Location", location}}}; });
        const auto manifest = clientFor(server)->manifest(u"1"_s, {});
        QCOMPARE(manifest.error().code, ErrorCode::Corrupt);
        QVERIFY(server.requests().size() <= 11);
    }

    void mirror_isAskedFirst_andPassedOverWithoutTheImage()
    {
        FaultServer mirror([](const Request &) { return Answer{.status = 404}; });
        FaultServer origin([](const Request &) { return Answer{.body = manifestBody}; });
        auto with = settings();
        with.entries = {{.prefix = u"example.test"_s, .location = origin.address(),
                         .mirrors = {{.location = mirror.address() + u"/cache"_s}}}};
        const auto client = clientFor(u"example.test"_s, with);
        QVERIFY(client->manifest(u"1"_s, {}));
        QCOMPARE(mirror.requests().value(0).target, QByteArray("/v2/cache/team/app/manifests/1"));
        QCOMPARE(origin.requests().value(0).target, QByteArray("/v2/team/app/manifests/1"));
        QVERIFY(client->manifest(u"2"_s, {}));
        QCOMPARE(mirror.requests().size(), 1);
    }
};

QTEST_GUILESS_MAIN(TestRegistryClient)
#include "tst_registryclient.moc"
