// SPDX-License-Identifier: GPL-3.0-or-later
// A process of Slipway's for tst_namespaces: enters the namespaces as main() does, says how that went in one line of
// JSON, then answers one line of JSON for each command line on its input until that ends.
#include "linux/idmap_p.h"
#include "linux/namespaces_p.h"
#include "linux/spawn_p.h"
#include "linux/syscalls_p.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <sys/prctl.h>
#include <sys/stat.h>

#include <cstdio>
#include <iostream>

using namespace Qt::StringLiterals;
using namespace Engine;
using namespace Engine::Internal;

namespace {

void say(const QJsonObject &object)
{
    const auto line = QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
    std::fwrite(line.constData(), 1, size_t(line.size()), stdout);
    std::fflush(stdout);
}

QJsonObject describe(const Error &error)
{
    return {{u"ok"_s, false},
            {u"code"_s, int(error.code)},
            {u"detail"_s, error.detail},
            {u"remedy"_s, error.remedy},
            {u"object"_s, error.object}};
}

template<typename T>
QJsonObject describe(const Result<T> &result)
{
    return result ? QJsonObject{{u"ok"_s, true}} : describe(result.error());
}


QString linkText(const char *path)
{
    char text[128];
    const auto size = ::readlink(path, text, sizeof text);
    return QString::fromLatin1(text, std::max<ssize_t>(size, 0));
}

QString capabilities()
{
    for (const auto &line : readFile(u"/proc/self/status"_s).value_or(QByteArray()).split('\n')) {
        if (line.startsWith("CapEff:"))
            return QString::fromLatin1(line.mid(7).trimmed());
    }
    return {};
}

QJsonObject state()
{
    struct stat procFiles{};
    ::stat("/proc/self/stat", &procFiles);
    return {{u"ok"_s, true},
            {u"pid"_s, int(::getpid())},
            {u"user"_s, linkText("/proc/self/ns/user")},
            {u"mnt"_s, linkText("/proc/self/ns/mnt")},
            {u"uid"_s, int(::geteuid())},
            {u"gid"_s, int(::getegid())},
            {u"capabilities"_s, capabilities()},
            {u"dumpable"_s, ::prctl(PR_GET_DUMPABLE)},
            {u"nested"_s, IdMap::ofThisProcess().needsUserNamespace()},
            {u"container33"_s, qint64(IdMap::ofThisProcess().userToEngine(33))},
            {u"owner"_s, int(storeOwner().user)}};
}

QJsonObject run(const QStringList &words, bool asNamespaceRoot)
{
    SpawnRequest request{.program = words.first(), .arguments = words.mid(1)};
    request.identity = asNamespaceRoot ? SpawnRequest::Identity::NamespaceRoot : SpawnRequest::Identity::Caller;
    const auto output = runCommand(request);
    if (!output)
        return describe(output.error());
    return {{u"ok"_s, true},
            {u"code"_s, output->status.code},
            {u"output"_s, QString::fromUtf8(output->standardOutput)},
            {u"errors"_s, QString::fromUtf8(output->standardError)}};
}

QJsonObject answer(const QStringList &words, const StorePaths &paths, const OutsideLauncher *launcher)
{
    const auto command = words.first();
    if (command == "state"_L1)
        return state();
    if (command == "mount"_L1)
        return describe(mountOverlay(words[1], words[2].split(u','), words[3], words[4], words[5]));
    if (command == "unmount"_L1)
        return describe(unmountTree(words[1]));
    if (command == "read"_L1) {
        const auto content = readFile(words[1]);
        return content ? QJsonObject{{u"ok"_s, true}, {u"content"_s, QString::fromUtf8(*content)}} : describe(content.error());
    }
    if (command == "write"_L1)
        return describe(writeFileAtomically(words[1], words[2].toUtf8()));
    if (command == "chown"_L1)
        return {{u"ok"_s, ::lchown(QFile::encodeName(words[1]).constData(), words[2].toUInt(), words[3].toUInt()) == 0}};
    if (command == "remove"_L1)
        return describe(removeTree(words[1]));
    if (command == "run"_L1)
        return run(words.mid(1), false);
    if (command == "run-as-namespace-root"_L1)
        return run(words.mid(1), true);
    if (command == "register"_L1)
        return describe(registerNamespaceMember(paths, words[1].toInt()));
    if (command == "launch"_L1)
        return launcher ? describe(launcher->launch(words.mid(1))) : QJsonObject{{u"ok"_s, false}};
    return {{u"ok"_s, false}, {u"detail"_s, u"no such command"_s}};
}

} // namespace

// namespacehelper ROOT [launcher]
int main(int argc, char **argv)
{
    const auto paths = StorePaths::forCurrentUser(argc > 1 ? QFile::decodeName(argv[1]) : QString());
    const bool withLauncher = argc > 2 && std::string_view(argv[2]) == "launcher";
    const auto before = linkText("/proc/self/ns/mnt");
    QElapsedTimer timer;
    timer.start();
    const auto entered = enterNamespaces(paths, withLauncher ? KeepLauncher::Yes : KeepLauncher::No);
    const auto took = timer.nsecsElapsed();
    auto first = entered ? state() : describe(entered.error());
    first.insert(u"before"_s, before);
    first.insert(u"microseconds"_s, took / 1000);
    first.insert(u"run"_s, paths.run);
    first.insert(u"mntAfter"_s, linkText("/proc/self/ns/mnt"));
    say(first);
    for (std::string line; std::getline(std::cin, line);) {
        const auto words = QString::fromStdString(line).split(u'\t');
        say(answer(words, paths, entered ? entered->get() : nullptr));
    }
    return 0;
}
