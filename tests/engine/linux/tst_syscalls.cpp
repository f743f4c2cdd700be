// SPDX-License-Identifier: GPL-3.0-or-later
#include "linux/syscalls_p.h"

#include <QtCore/QDir>
#include <QtCore/QTemporaryDir>
#include <QtTest/QtTest>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <atomic>
#include <thread>

using namespace Engine;
using namespace Engine::Internal;
using namespace Qt::StringLiterals;

class TestSyscalls : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void errnoError_hasCodeAndSentence_data();
    void errnoError_hasCodeAndSentence();
    void openBeneath_staysBelow_data();
    void openBeneath_staysBelow();
    void openInRoot_readsLinksAsTheContainerDoes();
    void makePath_makesMissingFolders();
    void makePath_overAFile_isInvalid();
    void readFile_limitsAndErrors();
    void writeFileAtomically_readersSeeOldOrNew();
    void writeFileAtomically_failure_leavesNothing();
    void mountOverlay_manyLayers_fit();
    void mountOverlay_oddNames_work();
    void mountOverlay_oneLayer_isReadOnly();
    void unmountTree_notMounted_isNoError();
    void processStartTime_ofOddlyNamedProcess();
    void fileLock_excludesAndFrees();
    void fileLock_survivesRemovalOfTheFile();

private:
    QString path(const QString &name) const { return m_folder->filePath(name); }
    void write(const QString &name, const QByteArray &content = "x") const
    {
        QVERIFY(QDir().mkpath(QFileInfo(path(name)).path()));
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
    }
    QByteArray read(const QString &name) const
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(none)");
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestSyscalls::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

void TestSyscalls::errnoError_hasCodeAndSentence_data()
{
    QTest::addColumn<int>("number");
    QTest::addColumn<ErrorCode>("code");
    QTest::newRow("ENOENT") << ENOENT << ErrorCode::NotFound;
    QTest::newRow("ENOSPC") << ENOSPC << ErrorCode::NoSpace;
    QTest::newRow("EDQUOT") << EDQUOT << ErrorCode::NoSpace;
    QTest::newRow("EPERM") << EPERM << ErrorCode::PermissionDenied;
    QTest::newRow("EROFS") << EROFS << ErrorCode::PermissionDenied;
    QTest::newRow("EBUSY") << EBUSY << ErrorCode::InUse;
    QTest::newRow("EIO") << EIO << ErrorCode::Io;
    QTest::newRow("unknown") << 4000 << ErrorCode::Io;
}

void TestSyscalls::errnoError_hasCodeAndSentence()
{
    QFETCH(int, number);
    QFETCH(ErrorCode, code);
    const auto error = errnoError("open", u"/some/file"_s, number);
    QCOMPARE(error.code, code);
    QCOMPARE(error.sysErrno, number);
    QCOMPARE(error.object, u"/some/file"_s);
    QVERIFY(error.detail.startsWith(u"open /some/file: "_s));
    QVERIFY(!error.detail.endsWith(u'.'));
}

void TestSyscalls::openBeneath_staysBelow_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<bool>("opens");
    QTest::newRow("plain") << QByteArray("inside/file") << true;
    QTest::newRow("up and down") << QByteArray("inside/../inside/file") << true;
    QTest::newRow("link inside") << QByteArray("good") << true;
    QTest::newRow("up and out") << QByteArray("../secret") << false;
    QTest::newRow("absolute") << QByteArray("/etc/passwd") << false;
    QTest::newRow("link out") << QByteArray("bad") << false;
    QTest::newRow("absolute link") << QByteArray("absolute") << false;
    QTest::newRow("through a folder link") << QByteArray("out/secret") << false;
}

void TestSyscalls::openBeneath_staysBelow()
{
    QFETCH(QByteArray, name);
    QFETCH(bool, opens);
    write(u"secret"_s);
    write(u"root/inside/file"_s);
    QVERIFY(QFile::link(u"inside/file"_s, path(u"root/good"_s)));
    QVERIFY(QFile::link(u"../secret"_s, path(u"root/bad"_s)));
    QVERIFY(QFile::link(path(u"secret"_s), path(u"root/absolute"_s)));
    QVERIFY(QFile::link(u".."_s, path(u"root/out"_s)));
    const auto root = openFile(path(u"root"_s), O_PATH | O_DIRECTORY);
    QVERIFY(root.has_value());
    const auto file = openBeneath(root->get(), name, O_RDONLY);
    QCOMPARE(file.has_value(), opens);
    if (opens)
        QVERIFY((::fcntl(file->get(), F_GETFD) & FD_CLOEXEC) != 0);
}

void TestSyscalls::openInRoot_readsLinksAsTheContainerDoes()
{
    write(u"root/etc/passwd"_s, "inner");
    QVERIFY(QFile::link(u"/etc/passwd"_s, path(u"root/absolute"_s)));
    QVERIFY(QFile::link(u"../../../../../etc/passwd"_s, path(u"root/up"_s)));
    const auto root = openFile(path(u"root"_s), O_PATH | O_DIRECTORY);
    QVERIFY(root.has_value());
    for (const char *name : {"absolute", "up", "/etc/passwd", "../../etc/passwd"}) {
        const auto file = openInRoot(root->get(), name, O_RDONLY);
        QVERIFY2(file.has_value(), name);
        char content[8] = {};
        QCOMPARE(::read(file->get(), content, sizeof content), 5);
        QCOMPARE(QByteArray(content), QByteArray("inner"));
    }
}

void TestSyscalls::makePath_makesMissingFolders()
{
    QVERIFY(makePath(path(u"a/b/c/"_s), 0700).has_value());
    QVERIFY(QFileInfo(path(u"a/b/c"_s)).isDir());
    QVERIFY(makePath(path(u"a/b/c"_s)).has_value());
    QVERIFY(makePath(u"/"_s).has_value());
    QVERIFY(QFile::link(path(u"a"_s), path(u"link"_s)));
    QVERIFY(makePath(path(u"link/b/d"_s)).has_value());
    QVERIFY(QFileInfo(path(u"a/b/d"_s)).isDir());
}

void TestSyscalls::makePath_overAFile_isInvalid()
{
    write(u"file"_s);
    const auto made = makePath(path(u"file/below"_s));
    QVERIFY(!made.has_value());
    QCOMPARE(made.error().code, ErrorCode::InvalidInput);
    QCOMPARE(makePath(path(u"file"_s)).error().sysErrno, ENOTDIR);
}

void TestSyscalls::readFile_limitsAndErrors()
{
    write(u"file"_s, QByteArray(10'000, 'a'));
    QCOMPARE(readFile(path(u"file"_s)).value_or("none").size(), 10'000);
    QCOMPARE(readFile(path(u"file"_s), 10'000).value_or("none").size(), 10'000);
    const auto tooLarge = readFile(path(u"file"_s), 9'999);
    QVERIFY(!tooLarge.has_value());
    QCOMPARE(tooLarge.error().code, ErrorCode::InvalidInput);
    QCOMPARE(readFile(path(u"nothing"_s)).error().code, ErrorCode::NotFound);
    QVERIFY(!readFile(m_folder->path()).has_value());
    write(u"empty"_s, {});
    QCOMPARE(readFile(path(u"empty"_s)).value_or("none"), QByteArray());
    QVERIFY(readFile(u"/proc/self/status"_s).value_or(QByteArray()).startsWith("Name:"));
    QVERIFY(!readFile(u"/dev/zero"_s, 100'000).has_value());
}

void TestSyscalls::writeFileAtomically_readersSeeOldOrNew()
{
    const QByteArray one(200'000, '1');
    const QByteArray two(300'000, '2');
    QVERIFY(writeFileAtomically(path(u"file"_s), one, 0600, Sync::No).has_value());
    std::atomic<bool> done = false;
    std::atomic<int> torn = 0;
    std::jthread reader([&] {
        while (!done) {
            const auto seen = readFile(path(u"file"_s));
            torn += !seen || (*seen != one && *seen != two);
        }
    });
    for (int i = 0; i < 100; ++i)
        QVERIFY(writeFileAtomically(path(u"file"_s), i % 2 ? one : two, 0640, Sync::No).has_value());
    done = true;
    reader.join();
    QCOMPARE(torn.load(), 0);
    struct stat status{};
    QCOMPARE(::stat(QFile::encodeName(path(u"file"_s)).constData(), &status), 0);
    QCOMPARE(int(status.st_mode & 07777), 0640);
    QVERIFY(writeFileAtomically(path(u"file"_s), one, 0644, Sync::Yes).has_value());
    QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files), QStringList{u"file"_s});
}

void TestSyscalls::writeFileAtomically_failure_leavesNothing()
{
    QVERIFY(QDir(m_folder->path()).mkpath(u"folder/full"_s));
    const auto written = writeFileAtomically(path(u"folder"_s), "x"); // a folder that is not empty cannot be replaced
    QVERIFY(!written.has_value());
    QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files), QStringList());
    QCOMPARE(writeFileAtomically(path(u"none/file"_s), "x").error().code, ErrorCode::NotFound);
}

namespace {
//! Mounts need the right to; what a test mounts must end with it. \return false where it may not
bool enterMountNamespace()
{
    static const bool entered = ::unshare(CLONE_NEWNS) == 0 && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    return entered;
}
constexpr const char *needsRoot = "may not mount here; tst_namespaces does it as an ordinary user";
} // namespace

void TestSyscalls::mountOverlay_manyLayers_fit()
{
    if (!enterMountNamespace())
        QSKIP(needsRoot);
    QStringList lowers;
    for (int i = 0; i < 128; ++i) {
        const auto name = QString::number(i).rightJustified(64, u'a'); // as long as a chain id: 8320 bytes in all
        write(u"layers/"_s + name + u"/file%1"_s.arg(i), QByteArray::number(i));
        write(u"layers/"_s + name + "/common"_L1, QByteArray::number(i));
        lowers.prepend(name);
    }
    QVERIFY(makePath(path(u"upper"_s)).has_value() && makePath(path(u"work"_s)).has_value() && makePath(path(u"merged"_s)).has_value());
    const auto here = QDir::currentPath();
    for (const int count : {128, 30, 2}) {
        const auto mounted = mountOverlay(path(u"layers"_s), lowers.mid(0, count), path(u"upper"_s), path(u"work"_s), path(u"merged"_s));
        QVERIFY2(mounted.has_value(), qPrintable(mounted ? QString() : mounted.error().detail));
        QCOMPARE(read(u"merged/common"_s), QByteArray("127")); // the topmost wins
        QCOMPARE(read(u"merged/file%1"_s.arg(128 - count)), QByteArray::number(128 - count));
        write(u"merged/new"_s, "fresh");
        QCOMPARE(read(u"upper/new"_s), QByteArray("fresh"));
        QVERIFY(unmountTree(path(u"merged"_s)).has_value());
    }
    QCOMPARE(QDir::currentPath(), here);
    const auto missing = mountOverlay(path(u"layers"_s), {u"nope"_s, lowers[0]}, {}, {}, path(u"merged"_s));
    QVERIFY(!missing.has_value());
    QVERIFY(missing.error().detail.contains(u"merged"_s));
}

void TestSyscalls::mountOverlay_oddNames_work()
{
    if (!enterMountNamespace())
        QSKIP(needsRoot);
    const auto store = u"a,b:c\\d e"_s; // what a user may call the folder their store is in
    write(store + "/layers/1/low"_L1);
    write(store + "/layers/2/high"_L1);
    for (const auto &name : {u"/upper"_s, u"/work"_s, u"/merged"_s})
        QVERIFY(makePath(path(store + name)).has_value());
    const auto mounted = mountOverlay(path(store + "/layers"_L1), {u"2"_s, u"1"_s}, path(store + "/upper"_L1),
                                      path(store + "/work"_L1), path(store + "/merged"_L1));
    QVERIFY2(mounted.has_value(), qPrintable(mounted ? QString() : mounted.error().detail));
    QCOMPARE(read(store + "/merged/low"_L1), QByteArray("x"));
    QVERIFY(unmountTree(path(store + "/merged"_L1)).has_value());
}

void TestSyscalls::mountOverlay_oneLayer_isReadOnly()
{
    if (!enterMountNamespace())
        QSKIP(needsRoot);
    write(u"layers/1/file"_s, "one");
    QVERIFY(makePath(path(u"merged"_s)).has_value());
    QVERIFY(mountOverlay(path(u"layers"_s), {u"1"_s}, {}, {}, path(u"merged"_s)).has_value());
    QCOMPARE(read(u"merged/file"_s), QByteArray("one"));
    QCOMPARE(writeFileAtomically(path(u"merged/new"_s), "x").error().sysErrno, EROFS);
    QVERIFY(unmountTree(path(u"merged"_s)).has_value());
    QVERIFY(writeFileAtomically(path(u"layers/1/new"_s), "x").has_value());
}

void TestSyscalls::unmountTree_notMounted_isNoError()
{
    if (!enterMountNamespace())
        QSKIP(needsRoot);
    QVERIFY(unmountTree(m_folder->path()).has_value());
    QVERIFY(unmountTree(path(u"missing"_s)).has_value());
}

void TestSyscalls::processStartTime_ofOddlyNamedProcess()
{
    QVERIFY(processStartTime(::getpid()) > 0);
    QCOMPARE(processStartTime(::getpid()), processStartTime(::getpid()));
    QCOMPARE(processStartTime(4'190'000), 0u);
    // The name in /proc/PID/stat may hold what separates the fields.
    const auto before = processStartTime(::getpid());
    QFile name(u"/proc/self/comm"_s);
    QVERIFY(name.open(QIODevice::ReadWrite));
    const auto ours = name.readAll();
    name.write(") R 1 (x) 9");
    name.close();
    const auto after = processStartTime(::getpid());
    QVERIFY(name.open(QIODevice::WriteOnly));
    name.write(ours);
    QCOMPARE(after, before);
}

void TestSyscalls::fileLock_excludesAndFrees()
{
    const auto file = path(u"lock"_s);
    {
        const auto first = FileLock::acquire(file, FileLock::Mode::Exclusive);
        QVERIFY(first.has_value());
        const auto second = FileLock::tryAcquire(file, FileLock::Mode::Shared);
        QVERIFY(!second.has_value());
        QCOMPARE(second.error().code, ErrorCode::InUse);
    }
    const auto shared = FileLock::tryAcquire(file, FileLock::Mode::Shared);
    QVERIFY(shared.has_value());
    QVERIFY(FileLock::tryAcquire(file, FileLock::Mode::Shared).has_value());
    QCOMPARE(FileLock::tryAcquire(file, FileLock::Mode::Exclusive).error().code, ErrorCode::InUse);
    QCOMPARE(FileLock::acquire(path(u"none/lock"_s), FileLock::Mode::Shared).error().code, ErrorCode::NotFound);
}

void TestSyscalls::fileLock_survivesRemovalOfTheFile()
{
    const auto file = path(u"lock"_s);
    auto first = std::make_optional(FileLock::acquire(file, FileLock::Mode::Exclusive));
    QVERIFY(first->has_value());
    std::atomic<bool> had = false;
    std::jthread waiter([&] {
        const auto second = FileLock::acquire(file, FileLock::Mode::Exclusive);
        // What it got is the lock on the file that has the name now, so a third one is kept out.
        had = second && FileLock::tryAcquire(file, FileLock::Mode::Exclusive).error().code == ErrorCode::InUse;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(20)); // so that it usually waits; the result is the same if not
    QVERIFY(QFile::remove(file));
    first.reset();
    waiter.join();
    QVERIFY(had);
}

QTEST_GUILESS_MAIN(TestSyscalls)
#include "tst_syscalls.moc"
