// SPDX-License-Identifier: GPL-3.0-or-later
#include <engine/namespaces.h>

#include <QtCore/QTemporaryDir>
#include <QtTest/QtTest>

#include <unistd.h>

using Engine::StorePaths;
using namespace Qt::StringLiterals;

class TestStorePaths : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void usual_followsTheUser();
    void override_hasItsOwnRunFolder();
    void override_sameStoreByOtherNames_hasTheSameRunFolder();
    void override_ofTheUsualRoot_isTheUsualStore();
    void environment_isOverriddenByTheOption();
    void environment_movesTheRunFolder();

private:
    QTemporaryDir m_folder;
};

void TestStorePaths::init()
{
    qunsetenv("SLIPWAY_ROOT");
    qunsetenv("SLIPWAY_RUN");
    qputenv("XDG_DATA_HOME", m_folder.filePath(u"data"_s).toUtf8());
    qputenv("XDG_RUNTIME_DIR", m_folder.filePath(u"run"_s).toUtf8());
}

void TestStorePaths::usual_followsTheUser()
{
    const auto paths = StorePaths::forCurrentUser();
    const bool root = ::geteuid() == 0;
    QCOMPARE(paths.root, root ? u"/var/lib/slipway"_s : m_folder.filePath(u"data/slipway"_s));
    QCOMPARE(paths.run, root ? u"/run/slipway"_s : m_folder.filePath(u"run/slipway"_s));
    qputenv("XDG_DATA_HOME", "relative/is/invalid");
    qputenv("XDG_RUNTIME_DIR", "relative/too");
    QVERIFY(StorePaths::forCurrentUser().root.startsWith(u'/'));
    QVERIFY(StorePaths::forCurrentUser().run.startsWith(u'/'));
}

void TestStorePaths::override_hasItsOwnRunFolder()
{
    const auto one = StorePaths::forCurrentUser(m_folder.filePath(u"one"_s));
    const auto two = StorePaths::forCurrentUser(m_folder.filePath(u"two"_s));
    QCOMPARE(one.root, m_folder.filePath(u"one"_s));
    QVERIFY(one.run != two.run);
    QVERIFY(one.run != StorePaths::forCurrentUser().run);
}

void TestStorePaths::override_sameStoreByOtherNames_hasTheSameRunFolder()
{
    const auto before = StorePaths::forCurrentUser(m_folder.filePath(u"real/store"_s));
    QVERIFY(QDir(m_folder.path()).mkpath(u"real/store"_s));
    QVERIFY(QFile::link(m_folder.filePath(u"real"_s), m_folder.filePath(u"link"_s)));
    for (const auto &name : {u"real/store"_s, u"real/store/"_s, u"real/../real/store"_s, u"link/store"_s}) {
        const auto paths = StorePaths::forCurrentUser(m_folder.filePath(name));
        QCOMPARE(paths.root, before.root);
        QCOMPARE(paths.run, before.run);
    }
}

void TestStorePaths::override_ofTheUsualRoot_isTheUsualStore()
{
    const auto usual = StorePaths::forCurrentUser();
    QCOMPARE(StorePaths::forCurrentUser(usual.root).run, usual.run);
}

void TestStorePaths::environment_isOverriddenByTheOption()
{
    qputenv("SLIPWAY_ROOT", m_folder.filePath(u"environment"_s).toUtf8());
    QCOMPARE(StorePaths::forCurrentUser().root, m_folder.filePath(u"environment"_s));
    QCOMPARE(StorePaths::forCurrentUser(m_folder.filePath(u"option"_s)).root, m_folder.filePath(u"option"_s));
}

void TestStorePaths::environment_movesTheRunFolder()
{
    qputenv("SLIPWAY_RUN", m_folder.filePath(u"elsewhere"_s).toUtf8());
    QCOMPARE(StorePaths::forCurrentUser().run, m_folder.filePath(u"elsewhere/slipway"_s));
    const auto other = StorePaths::forCurrentUser(m_folder.filePath(u"one"_s)).run;
    QVERIFY(other.startsWith(m_folder.filePath(u"elsewhere/slipway-"_s)));
}

QTEST_GUILESS_MAIN(TestStorePaths)
#include "tst_storepaths.moc"
