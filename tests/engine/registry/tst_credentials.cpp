// SPDX-License-Identifier: GPL-3.0-or-later
#include "quoted.h"
#include "registry/credentials_p.h"

#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;
using TestSupport::quoted;
using namespace Engine;
using namespace Engine::Internal;

class TestCredentials : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    QString fileWith(const QByteArray &text, const QString &name = u"config.json"_s) const
    {
        QFile file(m_folder.filePath(name));
        if (file.open(QFile::WriteOnly))
            file.write(text);
        return file.fileName();
    }

    static auto find(const QString &domain, const QString &path, const QStringList &files)
    {
        return findCredentials(domain, path, files, {});
    }

private Q_SLOTS:
    void auths_areFoundByTheirManyNames_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QString>("domain");
        QTest::addColumn<bool>("found");
        QTest::newRow("Docker Hub as docker writes it") << QByteArray("https://index.docker.io/v1/") << u"docker.io"_s << true;
        QTest::newRow("Docker Hub as podman writes it") << QByteArray("docker.io") << u"docker.io"_s << true;
        QTest::newRow("with port") << QByteArray("localhost:5000") << u"localhost:5000"_s << true;
        QTest::newRow("with scheme and version") << QByteArray("http://reg.lan/v2/") << u"reg.lan"_s << true;
        QTest::newRow("namespace") << QByteArray("quay.io/team") << u"quay.io"_s << true;
        QTest::newRow("another namespace") << QByteArray("quay.io/tea") << u"quay.io"_s << false;
        QTest::newRow("another port") << QByteArray("localhost:5001") << u"localhost:5000"_s << false;
        QTest::newRow("a longer host") << QByteArray("reg.lan.evil.org") << u"reg.lan"_s << false;
    }

    void auths_areFoundByTheirManyNames()
    {
        QFETCH(QByteArray, key);
        QFETCH(QString, domain);
        QFETCH(bool, found);
        const QString file = fileWith("{\"auths\":{\"" + key + "\":{\"auth\":\"" + QByteArray("me:pass:word").toBase64() + "\"}}}");
        const auto credentials = find(domain, u"team/app"_s, {m_folder.filePath(u"missing.json"_s), file});
        QVERIFY(credentials);
        QCOMPARE(credentials->has_value(), found);
        if (found)
            QCOMPARE(**credentials, (Credentials{.user = u"me"_s, .secret = u"pass:word"_s, .identityToken = {}}));
    }

    void moreSpecificEntry_wins()
    {
        const QString file = fileWith(quoted("{'auths':{'quay.io':{'username':'all','password':'1'},'quay.io/team':{'username':'team','password':'2'}}}"));
        QCOMPARE((*find(u"quay.io"_s, u"team/app"_s, {file}))->user, u"team"_s);
        QCOMPARE((*find(u"quay.io"_s, u"other/app"_s, {file}))->user, u"all"_s);
    }

    void identityToken_isKeptApart()
    {
        const QString file = fileWith(quoted("{'auths':{'x.org':{'auth':'PHRva2VuPjo=','identitytoken':'refresh'}}}"));
        QCOMPARE((*find(u"x.org"_s, u"a"_s, {file}))->identityToken, u"refresh"_s);
    }

    void firstFile_wins()
    {
        const QString first = fileWith(quoted("{'auths':{'x.org':{'username':'first','password':'1'}}}"), u"first.json"_s);
        const QString second = fileWith(quoted("{'auths':{'x.org':{'username':'second','password':'1'}}}"), u"second.json"_s);
        QCOMPARE((*find(u"x.org"_s, u"a"_s, {first, second}))->user, u"first"_s);
    }

    void odd_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty object") << QByteArray("{}");
        QTest::newRow("auths is a list") << QByteArray(quoted("{'auths':[]}"));
        QTest::newRow("entry is a string") << QByteArray(quoted("{'auths':{'x.org':'me'}}"));
        QTest::newRow("auth is no base64") << QByteArray(quoted("{'auths':{'x.org':{'auth':'%%%'}}}"));
        QTest::newRow("no colon") << QByteArray(quoted("{'auths':{'x.org':{'auth':'bWU='}}}"));
        QTest::newRow("empty entry, as docker leaves it with a store") << QByteArray(quoted("{'auths':{'x.org':{}}}"));
    }

    void odd()
    {
        QFETCH(QByteArray, text);
        const auto credentials = find(u"x.org"_s, u"a"_s, {fileWith(text)});
        QVERIFY(credentials);
        QVERIFY(!credentials->has_value());
    }

    void brokenFile_isNamed()
    {
        const auto credentials = find(u"x.org"_s, u"a"_s, {fileWith("{\"auths\": oops")});
        QVERIFY(!credentials);
        QCOMPARE(credentials.error().code, ErrorCode::InvalidInput);
        QVERIFY(credentials.error().detail.endsWith("config.json is not valid JSON"_L1));
    }

    void helper_isAskedOnStdin()
    {
        const QString program = fileWith("#!/bin/sh\n"
                                         "[ \"$1\" = get ] || exit 2\n"
                                         "read -r server\n"
                                         "[ \"$server\" = empty.org ] && { echo 'credentials not found in native keychain'; exit 1; }\n"
                                         "[ \"$server\" = broken.org ] && { echo 'secret stuff'; exit 1; }\n"
                                         "echo \"{\\\"ServerURL\\\":\\\"$server\\\",\\\"Username\\\":\\\"<token>\\\",\\\"Secret\\\":\\\"s-$server\\\"}\"\n",
                                         u"docker-credential-test"_s);
        QFile::setPermissions(program, QFile::ReadOwner | QFile::ExeOwner);
        const QByteArray path = qgetenv("PATH");
        qputenv("PATH", m_folder.path().toLocal8Bit() + ':' + path);
        const QString file = fileWith(quoted("{'credsStore':'test','credHelpers':{'x.org':'../evil'}}"));
        const auto credentials = find(u"y.org"_s, u"a"_s, {file});
        const auto hub = find(u"docker.io"_s, u"a"_s, {file});
        const auto none = find(u"empty.org"_s, u"a"_s, {file});
        const auto broken = find(u"broken.org"_s, u"a"_s, {file});
        const auto evil = find(u"x.org"_s, u"a"_s, {file});
        qputenv("PATH", path);

        QVERIFY2(credentials, qPrintable(credentials ? QString() : credentials.error().detail));
        QCOMPARE((*credentials)->identityToken, u"s-y.org"_s);
        QCOMPARE((*hub)->identityToken, u"s-https://index.docker.io/v1/"_s);
        QVERIFY(none && !none->has_value());
        QCOMPARE(broken.error().code, ErrorCode::Unauthenticated);
        QVERIFY(!broken.error().detail.contains("secret stuff"_L1));
        QCOMPARE(evil.error().code, ErrorCode::InvalidInput);
    }

    void missingHelper_isAMissingPart()
    {
        const auto credentials = find(u"x.org"_s, u"a"_s, {fileWith(quoted("{'credsStore':'surely-not-here'}"))});
        QVERIFY(!credentials);
        QCOMPARE(credentials.error().code, ErrorCode::MissingPart);
    }
};

QTEST_GUILESS_MAIN(TestCredentials)
#include "tst_credentials.moc"
