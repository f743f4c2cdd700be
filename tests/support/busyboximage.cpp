// SPDX-License-Identifier: GPL-3.0-or-later
#include "busyboximage.h"

#include "base/try_p.h"

#include <QtCore/QDir>
#include <QtCore/QFile>

#include <sys/stat.h>
#include <unistd.h>

using namespace Engine;
using namespace Engine::Internal;
using namespace Qt::StringLiterals;

namespace TestSupport {

namespace {

Result<void> write(const QString &path, const QByteArray &content, mode_t mode)
{
    return writeFileAtomically(path, content, mode);
}

} // namespace

Result<ImageRecord> addBusyboxImage(Store &store, const QString &reference, const nlohmann::json &config)
{
    const QString program = QFile::exists(u"/bin/busybox"_s) ? u"/bin/busybox"_s : u"/usr/bin/busybox"_s;
    const StagingFolder staging = ENGINE_TRY(store.makeStagingFolder());
    const QString root = staging.path() + "/root"_L1;
    for (const char *folder : {"bin", "etc", "tmp", "root", "usr/share"})
        ENGINE_TRY(makePath(root + u'/' + QString::fromLatin1(folder)));
    ENGINE_TRY(write(root + "/bin/busybox"_L1, ENGINE_TRY(readFile(program)), 0755));
    for (const char *applet : {"sh", "echo", "cat", "true", "false", "ls", "mkdir", "rm", "sleep", "id", "env", "touch", "stat", "grep", "test", "chmod", "readlink", "seq", "yes", "head", "pwd", "find", "ps"})
        ::symlink("busybox", QFile::encodeName(root + "/bin/"_L1 + QString::fromLatin1(applet)).constData());
    ENGINE_TRY(write(root + "/etc/passwd"_L1, "root:x:0:0:root:/root:/bin/sh\nweb:x:33:44:web:/:/bin/sh\n", 0644));
    ENGINE_TRY(write(root + "/etc/group"_L1, "root:x:0:\nweb:x:44:\nstaff:x:50:web\n", 0644));
    ::chmod(QFile::encodeName(root + "/tmp"_L1).constData(), 01777);
    // Everything of the engine's own id belongs to root inside.
    QStringList all{root};
    for (qsizetype i = 0; i < all.size(); ++i) {
        ::lchown(QFile::encodeName(all[i]).constData(), store.idMap().userToEngine(0), store.idMap().groupToEngine(0));
        if (!QFileInfo(all[i]).isSymLink()) {
            for (const QString &name : QDir(all[i]).entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot))
                all += all[i] + u'/' + name;
        }
    }
    const LayerRecord layer = ENGINE_TRY(store.commitLayer({}, root, 1'700'000'000, {}));
    nlohmann::json document{{"architecture", "amd64"}, {"os", "linux"}, {"created", "2024-01-02T03:04:05Z"},
                            {"history", {{{"created", "2024-01-02T03:04:05Z"}, {"created_by", "busybox"}}}},
                            {"config", {{"Env", {"PATH=/bin"}}, {"Cmd", {"sh"}}}}};
    document["config"].update(config);
    return store.addBuiltImage(document, layer.chainId, {ENGINE_TRY(ImageReference::parse(reference)).withDefaultTag().toString()});
}

} // namespace TestSupport
