// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/cgroupwarmth_p.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <QtTest/QtTest>

using namespace Engine::Internal;
using namespace Qt::StringLiterals;

class TestCgroupWarmth : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void ownFile_v1_takesAMountedHierarchy();
    void ownFile_v2_takesTheUnifiedOne();
    void ownFile_nothingMounted_isEmpty();
    void warmth_leavesTheProcessWhereItIs();
};

namespace {

void makeFile(const QString &path)
{
    QVERIFY(QDir().mkpath(path.section(u'/', 0, -2)));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
}

QByteArray ownCgroups()
{
    QFile file(u"/proc/self/cgroup"_s);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

void TestCgroupWarmth::ownFile_v1_takesAMountedHierarchy()
{
    const QTemporaryDir folder;
    const QByteArray text = "12:pids:/user/a:b\n2:name=systemd:/x\n1:cpu,cpuacct:/\n0::/\n";
    makeFile(folder.filePath(u"systemd/x/cgroup.procs"_s));
    QCOMPARE(ownCgroupFile(text, CgroupSetup::Version::V1, folder.path()), folder.filePath(u"systemd/x/cgroup.procs"_s));
    makeFile(folder.filePath(u"pids/user/a:b/cgroup.procs"_s));
    QCOMPARE(ownCgroupFile(text, CgroupSetup::Version::V1, folder.path()), folder.filePath(u"pids/user/a:b/cgroup.procs"_s));
}

void TestCgroupWarmth::ownFile_v2_takesTheUnifiedOne()
{
    const QTemporaryDir folder;
    makeFile(folder.filePath(u"user.slice/cgroup.procs"_s));
    QCOMPARE(ownCgroupFile("0::/user.slice\n", CgroupSetup::Version::V2, folder.path()), folder.filePath(u"user.slice/cgroup.procs"_s));
}

void TestCgroupWarmth::ownFile_nothingMounted_isEmpty()
{
    const QTemporaryDir folder;
    QCOMPARE(ownCgroupFile("3:pids:/\n0::/\n", CgroupSetup::Version::V1, folder.path()), QString());
    QCOMPARE(ownCgroupFile("garbage\n::\n", CgroupSetup::Version::V2, folder.path()), QString());
}

void TestCgroupWarmth::warmth_leavesTheProcessWhereItIs()
{
    const QByteArray before = ownCgroups();
    {
        const CgroupWarmth warmth(CgroupSetup::ofThisSystem());
    }
    QCOMPARE(ownCgroups(), before);
}

QTEST_GUILESS_MAIN(TestCgroupWarmth)
#include "tst_cgroupwarmth.moc"
