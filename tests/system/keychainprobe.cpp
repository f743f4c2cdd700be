// SPDX-License-Identifier: GPL-3.0-or-later
// For tst_keychain: enters the namespaces as main() does, then talks to the session bus and the keychain as the window
// does. Says what was wrong and ends with 1, or ends with 0.
#include <engine/namespaces.h>

#include <qt6keychain/keychain.h>

#include <QtCore/QCoreApplication>
#include <QtCore/QEventLoop>
#include <QtCore/QFile>
#include <QtDBus/QDBusConnection>
#include <QtDBus/QDBusConnectionInterface>
#include <QtDBus/QDBusReply>

#include <unistd.h>

using namespace Qt::StringLiterals;

namespace {

int fail(const QString &reason)
{
    qCritical().noquote() << reason;
    return 1;
}

QString run(QKeychain::Job &job)
{
    QEventLoop loop;
    job.setAutoDelete(false);
    job.setInsecureFallback(false);
    QObject::connect(&job, &QKeychain::Job::finished, &loop, &QEventLoop::quit);
    job.start();
    loop.exec();
    return job.error() == QKeychain::NoError ? QString() : u"error %1: %2"_s.arg(job.error()).arg(job.errorString());
}

int checkKeychain()
{
    const auto service = u"slipway-test"_s;
    const auto key = u"registry.example.org/ana"_s;
    const auto secret = u"s3cret-π"_s;
    QKeychain::WritePasswordJob write(service);
    write.setKey(key);
    write.setTextData(secret);
    if (const auto failed = run(write); !failed.isEmpty())
        return fail("write: "_L1 + failed);
    QKeychain::ReadPasswordJob read(service);
    read.setKey(key);
    if (const auto failed = run(read); !failed.isEmpty() || read.textData() != secret)
        return fail("read: "_L1 + failed);
    QKeychain::DeletePasswordJob remove(service);
    remove.setKey(key);
    if (const auto failed = run(remove); !failed.isEmpty())
        return fail("delete: "_L1 + failed);
    QKeychain::ReadPasswordJob again(service);
    again.setKey(key);
    return run(again).isEmpty() ? fail(u"the password is still there"_s) : 0;
}

} // namespace

int main(int argc, char **argv)
{
    const auto outside = QFile::symLinkTarget(u"/proc/self/ns/mnt"_s);
    const auto entered = Engine::enterNamespaces(Engine::StorePaths::forCurrentUser(QFile::decodeName(argv[1])), Engine::KeepLauncher::No);
    if (!entered)
        return fail(entered.error().detail);
    if (QFile::symLinkTarget(u"/proc/self/ns/mnt"_s) == outside)
        return fail(u"it is still outside"_s);
    QCoreApplication application(argc, argv);
    const auto bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return fail("session bus: "_L1 + bus.lastError().message());
    const QDBusReply<uint> uid = bus.interface()->serviceUid(bus.baseService());
    if (!uid.isValid() || uid.value() != ::getuid())
        return fail("the bus does not know us by our uid: "_L1 + uid.error().message());
    return checkKeychain();
}
