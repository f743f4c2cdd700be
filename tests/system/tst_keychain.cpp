// SPDX-License-Identifier: GPL-3.0-or-later
#include "../support/testuser.h"

#include <QtCore/QDir>
#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtTest/QtTest>

using namespace Qt::StringLiterals;

//! The session bus and the keychain from within Slipway's namespace: both check the uid of who talks to them.
class TestKeychain : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void inNamespace_worksForRoot() { check(TestUser::root(), "needs root"); }
    void inNamespace_worksForAUser() { check(TestUser::ordinary(), TestUser::missing()); }

private:
    void check(const std::optional<TestUser> &user, const char *otherwise);
};

void TestKeychain::check(const std::optional<TestUser> &user, const char *otherwise)
{
    if (!user)
        QSKIP(otherwise);
    for (const auto &program : {u"dbus-run-session"_s, u"gnome-keyring-daemon"_s}) {
        if (QStandardPaths::findExecutable(program).isEmpty())
            QSKIP(qPrintable(program + " is not installed"_L1));
    }
    QTemporaryDir folder;
    QVERIFY(folder.isValid() && user->own(folder.path()));
    const auto command = user->command({qEnvironmentVariable("SLIPWAY_WITH_KEYRING"), qEnvironmentVariable("SLIPWAY_KEYCHAIN_PROBE"),
                                        folder.filePath(u"store"_s)},
                                       folder.path());
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(command.first(), command.mid(1));
    QVERIFY(process.waitForFinished());
    const auto output = process.readAll();
    QVERIFY2(process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0, output.constData());
}

QTEST_GUILESS_MAIN(TestKeychain)
#include "tst_keychain.moc"
