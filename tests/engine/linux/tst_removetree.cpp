// SPDX-License-Identifier: GPL-3.0-or-later
#include "linux/syscalls_p.h"

#include <QtCore/QDir>
#include <QtCore/QTemporaryDir>
#include <QtTest/QtTest>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

using namespace Engine;
using namespace Engine::Internal;
using namespace Qt::StringLiterals;

class TestRemoveTree : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void missing_isNoError();
    void file_isRemoved();
    void links_areNotFollowed();
    void linkItself_isRemovedNotItsTarget();
    void unwritableFolders_areRemoved();
    void veryDeep_isRemoved();
    void oddNames_areRemoved();
    void mountInside_isInUseAndUntouched();
    void noName_isRefused();

private:
    QString path(const QString &name) const { return m_folder->filePath(name); }
    void write(const QString &name) const
    {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestRemoveTree::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

void TestRemoveTree::missing_isNoError()
{
    QVERIFY(removeTree(path(u"nothing"_s)).has_value());
    QVERIFY(removeTree(path(u"nothing/at/all"_s)).has_value());
}

void TestRemoveTree::file_isRemoved()
{
    write(u"file"_s);
    QVERIFY(removeTree(path(u"file"_s)).has_value());
    QVERIFY(!QFile::exists(path(u"file"_s)));
}

void TestRemoveTree::links_areNotFollowed()
{
    QVERIFY(QDir(m_folder->path()).mkpath(u"precious"_s));
    write(u"precious/file"_s);
    QVERIFY(QDir(m_folder->path()).mkpath(u"tree/sub"_s));
    QVERIFY(QFile::link(path(u"precious"_s), path(u"tree/folder"_s)));
    QVERIFY(QFile::link(path(u"precious/file"_s), path(u"tree/sub/file"_s)));
    QVERIFY(QFile::link(u"../.."_s, path(u"tree/sub/up"_s)));
    QVERIFY(removeTree(path(u"tree/"_s)).has_value());
    QVERIFY(!QFile::exists(path(u"tree"_s)));
    QVERIFY(QFile::exists(path(u"precious/file"_s)));
}

void TestRemoveTree::linkItself_isRemovedNotItsTarget()
{
    QVERIFY(QDir(m_folder->path()).mkpath(u"precious"_s));
    QVERIFY(QFile::link(path(u"precious"_s), path(u"link"_s)));
    QVERIFY(removeTree(path(u"link"_s)).has_value());
    QVERIFY(QFile::exists(path(u"precious"_s)));
    QVERIFY(QFile::symLinkTarget(path(u"link"_s)).isEmpty());
}

void TestRemoveTree::unwritableFolders_areRemoved()
{
    QVERIFY(QDir(m_folder->path()).mkpath(u"tree/a/b/c"_s));
    write(u"tree/a/b/file"_s);
    for (const auto &name : {u"tree/a/b/c"_s, u"tree/a/b"_s, u"tree/a"_s, u"tree"_s})
        QCOMPARE(::chmod(QFile::encodeName(path(name)).constData(), 0), 0);
    const auto removed = removeTree(path(u"tree"_s));
    QVERIFY2(removed.has_value(), qPrintable(removed ? QString() : removed.error().detail));
    QVERIFY(!QFile::exists(path(u"tree"_s)));
}

// As a container can make them: deeper than PATH_MAX and than the number of files a process may open.
void TestRemoveTree::veryDeep_isRemoved()
{
    QVERIFY(QDir(m_folder->path()).mkpath(u"tree"_s));
    UniqueFd current(::open(QFile::encodeName(path(u"tree"_s)).constData(), O_PATH | O_CLOEXEC));
    for (int depth = 0; depth < 2500; ++depth) {
        QCOMPARE(::mkdirat(current.get(), "d", 0755), 0);
        if (depth % 100 == 0) {
            QCOMPARE(::mkdirat(current.get(), ".slipway-remove-0", 0755), 0); // our own names are no obstacle
            UniqueFd(::openat(current.get(), "file", O_CREAT | O_WRONLY | O_CLOEXEC, 0644)).reset();
        }
        current.reset(::openat(current.get(), "d", O_PATH | O_CLOEXEC));
    }
    current.reset();
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    const rlimit few{128, before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &few);
    const auto removed = removeTree(path(u"tree"_s));
    ::setrlimit(RLIMIT_NOFILE, &before);
    QVERIFY2(removed.has_value(), qPrintable(removed ? QString() : removed.error().detail));
    QVERIFY(!QFile::exists(path(u"tree"_s)));
}

void TestRemoveTree::oddNames_areRemoved()
{
    QVERIFY(QDir(m_folder->path()).mkpath(u"tree"_s));
    const UniqueFd tree(::open(QFile::encodeName(path(u"tree"_s)).constData(), O_PATH | O_CLOEXEC));
    for (const char *name : {"-rf", "...", " ", "line\nfeed", "\xff\xfe"})
        QCOMPARE(::mkdirat(tree.get(), name, 0755), 0);
    QCOMPARE(::mkfifoat(tree.get(), "fifo", 0644), 0);
    QVERIFY(removeTree(path(u"tree"_s)).has_value());
    QVERIFY(!QFile::exists(path(u"tree"_s)));
}

void TestRemoveTree::mountInside_isInUseAndUntouched()
{
    QVERIFY(QDir(m_folder->path()).mkpath(u"precious"_s));
    write(u"precious/file"_s);
    QVERIFY(QDir(m_folder->path()).mkpath(u"tree/mounted"_s));
    const auto target = QFile::encodeName(path(u"tree/mounted"_s));
    if (::mount(QFile::encodeName(path(u"precious"_s)).constData(), target.constData(), nullptr, MS_BIND, nullptr) != 0)
        QSKIP("may not mount here (needs root)");
    const auto removed = removeTree(path(u"tree"_s));
    const bool kept = QFile::exists(path(u"precious/file"_s));
    const auto mountPoint = removeTree(path(u"tree/mounted"_s));
    QCOMPARE(::umount(target.constData()), 0);
    QVERIFY(kept);
    QVERIFY(!removed.has_value());
    QCOMPARE(removed.error().code, ErrorCode::InUse);
    QVERIFY(removed.error().detail.contains(u"mounted"_s));
    QVERIFY(!mountPoint.has_value());
    QVERIFY(QFile::exists(path(u"precious/file"_s)));
    QVERIFY(removeTree(path(u"tree"_s)).has_value());
}

void TestRemoveTree::noName_isRefused()
{
    for (const auto &name : {u""_s, u"/"_s, u"//"_s, u"."_s, m_folder->path() + "/.."_L1, m_folder->path() + "/."_L1}) {
        const auto removed = removeTree(name);
        QVERIFY2(!removed.has_value(), qPrintable(name));
        QCOMPARE(removed.error().code, ErrorCode::InvalidInput);
    }
    QVERIFY(QFile::exists(m_folder->path()));
}

QTEST_GUILESS_MAIN(TestRemoveTree)
#include "tst_removetree.moc"
