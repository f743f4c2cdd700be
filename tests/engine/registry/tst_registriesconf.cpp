// SPDX-License-Identifier: GPL-3.0-or-later
#include "registry/registriesconf_p.h"

#include <QtCore/QDir>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;
using namespace Engine;
using namespace Engine::Internal;

namespace {

void writeText(const QString &path, const QByteArray &text)
{
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    QVERIFY(file.open(QFile::WriteOnly));
    file.write(text);
}

QList<RegistryEntry> parsed(const QByteArray &text)
{
    const auto entries = parseRegistriesConf(text, u"test.conf"_s);
    return entries ? *entries : QList<RegistryEntry>{{.prefix = u"PARSE ERROR: "_s + entries.error().detail}};
}

QStringList endpointTexts(const QString &reference, const QList<RegistryEntry> &entries)
{
    QStringList texts;
    const auto endpoints = endpointsFor(*ImageReference::parse(reference), entries);
    if (!endpoints)
        return {endpoints.error().detail};
    for (const RegistryEndpoint &endpoint : *endpoints)
        texts.append(endpoint.host + u'/' + endpoint.path + (endpoint.insecure ? u" insecure"_s : QString()));
    return texts;
}

} // namespace

class TestRegistriesConf : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void registry_withMirrors_isRead()
    {
        const auto entries = parsed(
            "unqualified-search-registries = [\"docker.io\", \"quay.io#not a comment\"] # a list\n"
            "short-name-mode = 'enforcing'\n"
            "credential-helpers = [\n"
            "  \"containers-auth.json\",\n"
            "]\n"
            "\n"
            "[[registry]]\n"
            "prefix = \"example.com/team\"\n"
            "location = \"registry.example.com:5000/mirror\" # moved\n"
            "insecure = true\n"
            "  [[ registry.mirror ]]\n"
            "  location = 'mirror-a:5000'\n"
            "  [[registry.mirror]]\n"
            "  location = \"mirror-b/deep/path\"\n"
            "  insecure = true\n"
            "  pull-from-mirror = \"digest-only\"\n"
            "\n"
            "[aliases]\n"
            "\"fedora\" = \"registry.fedoraproject.org/fedora\"\n"
            "\n"
            "[[registry]]\n"
            "location = \"bad.example\"\n"
            "blocked = true\n");
        const QList<RegistryEntry> expected{
            {.prefix = u"example.com/team"_s, .location = u"registry.example.com:5000/mirror"_s, .insecure = true,
             .mirrors = {{.location = u"mirror-a:5000"_s}, {.location = u"mirror-b/deep/path"_s, .insecure = true, .digestsOnly = true}}},
            {.prefix = u"bad.example"_s, .location = u"bad.example"_s, .blocked = true}};
        QCOMPARE(entries, expected);
    }

    void broken_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("detail");
        QTest::newRow("unclosed string") << QByteArray("[[registry]]\nlocation = \"a\nb\"") << u"test.conf, line 2: this string is not closed"_s;
        QTest::newRow("wrong type") << QByteArray("[[registry]]\nlocation = true\n") << u"test.conf, line 2: \"location\" must be a string"_s;
        QTest::newRow("insecure as text") << QByteArray("[[registry]]\ninsecure = \"no\"\n")
                                          << u"test.conf, line 2: \"insecure\" must be true or false"_s;
        QTest::newRow("no equals sign") << QByteArray("\n\nhello\n") << u"test.conf, line 3: expected \"name = value\""_s;
        QTest::newRow("unclosed header") << QByteArray("[[registry]\n") << u"test.conf, line 1: this table header is not closed"_s;
        QTest::newRow("unclosed array") << QByteArray("a = [\"x\"") << u"test.conf, line 1: this array is not closed"_s;
        QTest::newRow("two values") << QByteArray("a = \"x\" \"y\"\n") << u"test.conf, line 1: unexpected text after the value"_s;
        QTest::newRow("mirror first") << QByteArray("[[registry.mirror]]\n")
                                      << u"test.conf, line 1: [[registry.mirror]] comes before any [[registry]]"_s;
        QTest::newRow("nothing in it") << QByteArray("[[registry]]\n") << u"test.conf, line 2: a [[registry]] has neither prefix nor location"_s;
        QTest::newRow("bare word") << QByteArray("a = yes\n") << u"test.conf, line 1: expected a value"_s;
    }

    void broken()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, detail);
        const auto entries = parseRegistriesConf(text, u"test.conf"_s);
        QVERIFY(!entries);
        QCOMPARE(entries.error().code, ErrorCode::InvalidInput);
        QCOMPARE(entries.error().detail, detail);
    }

    void folders_userReplacesSystem_andDropInsMerge()
    {
        QTemporaryDir root;
        const QString system = root.filePath(u"etc"_s);
        const QString user = root.filePath(u"home"_s);
        writeText(system + u"/registries.conf"_s, "[[registry]]\nlocation = \"system\"\n");
        writeText(system + u"/registries.conf.d/10-a.conf"_s, "[[registry]]\nlocation = \"a\"\n");
        writeText(system + u"/registries.conf.d/20-b.conf"_s, "[[registry]]\nlocation = \"b\"\n");
        writeText(user + u"/registries.conf"_s, "[[registry]]\nlocation = \"user\"\n");
        writeText(user + u"/registries.conf.d/20-b.conf"_s, "[[registry]]\nlocation = \"b\"\ninsecure = true\n");
        writeText(user + u"/registries.conf.d/30-a.conf"_s, "[[registry]]\nlocation = \"a\"\nblocked = true\n");
        writeText(user + u"/registries.conf.d/ignored.txt"_s, "not TOML");
        const auto entries = loadRegistriesConf(QStringList{system, user});
        QVERIFY(entries);
        const QList<RegistryEntry> expected{{.prefix = u"user"_s, .location = u"user"_s},
                                            {.prefix = u"b"_s, .location = u"b"_s, .insecure = true},
                                            {.prefix = u"a"_s, .location = u"a"_s, .blocked = true}};
        QCOMPARE(*entries, expected);
        const auto none = loadRegistriesConf(QStringList{root.filePath(u"nowhere"_s)});
        QVERIFY(none && none->isEmpty());
    }

    void endpoints_data()
    {
        QTest::addColumn<QString>("reference");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QStringList>("expected");
        QTest::newRow("Docker Hub") << u"busybox"_s << QByteArray() << QStringList{u"registry-1.docker.io/library/busybox"_s};
        QTest::newRow("loopback is insecure") << u"localhost:5000/a/b"_s << QByteArray() << QStringList{u"localhost:5000/a/b insecure"_s};
        QTest::newRow("127.x is insecure") << u"127.1.2.3:5000/a"_s << QByteArray() << QStringList{u"127.1.2.3:5000/a insecure"_s};
        QTest::newRow("others are not") << u"10.0.0.1:5000/a"_s << QByteArray() << QStringList{u"10.0.0.1:5000/a"_s};
        QTest::newRow("marked insecure") << u"reg.lan:5000/a"_s << QByteArray("[[registry]]\nlocation=\"reg.lan:5000\"\ninsecure=true")
                                         << QStringList{u"reg.lan:5000/a insecure"_s};
        QTest::newRow("prefix needs a border") << u"reg.lan:50001/a"_s
                                               << QByteArray("[[registry]]\nlocation=\"reg.lan:5000\"\ninsecure=true")
                                               << QStringList{u"reg.lan:50001/a"_s};
        QTest::newRow("mirror first, then the Hub")
            << u"debian"_s << QByteArray("[[registry]]\nprefix=\"docker.io\"\nlocation=\"docker.io\"\n[[registry.mirror]]\nlocation=\"m:5000/hub\"")
            << QStringList{u"m:5000/hub/library/debian"_s, u"registry-1.docker.io/library/debian"_s};
        QTest::newRow("the longer prefix wins")
            << u"x.org/team/app"_s
            << QByteArray("[[registry]]\nlocation=\"x.org\"\n[[registry]]\nprefix=\"x.org/team\"\nlocation=\"y.org/t\"")
            << QStringList{u"y.org/t/app"_s};
        QTest::newRow("wildcard") << u"a.x.org/app"_s << QByteArray("[[registry]]\nprefix=\"*.x.org\"\ninsecure=true")
                                  << QStringList{u"a.x.org/app insecure"_s};
        QTest::newRow("digest-only mirror, by tag")
            << u"x.org/app:1"_s
            << QByteArray("[[registry]]\nlocation=\"x.org\"\nmirror-by-digest-only=true\n[[registry.mirror]]\nlocation=\"m\"")
            << QStringList{u"x.org/app"_s};
        QTest::newRow("blocked") << u"x.org/app:1"_s << QByteArray("[[registry]]\nlocation=\"x.org\"\nblocked=true")
                                 << QStringList{u"registries.conf blocks pulling from x.org"_s};
    }

    void endpoints()
    {
        QFETCH(QString, reference);
        QFETCH(QByteArray, text);
        QFETCH(QStringList, expected);
        QCOMPARE(endpointTexts(reference, parsed(text)), expected);
    }
};

QTEST_APPLESS_MAIN(TestRegistriesConf)
#include "tst_registriesconf.moc"
