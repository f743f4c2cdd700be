// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/try_p.h"
#include "storage/compression_p.h"
#include "storage/filesource_p.h"
#include "storage/store_p.h"
#include "storage/tarwriter_p.h"

#include <QtCore/QTemporaryDir>
#include <QtTest/QtTest>

#include <sys/stat.h>

#define VERIFY_RESULT(result) QVERIFY2((result).has_value(), (result) ? "" : qPrintable((result).error().where + QStringLiteral(": ") + (result).error().detail))

namespace StoreFixture {

using namespace Engine;
using namespace Engine::Internal;

//! A test program's main(): layers are made in the engine's namespaces, as in the real program.
template<typename Test>
int runInNamespaces(int argc, char **argv)
{
    QTemporaryDir home;
    const StorePaths paths = StorePaths::forCurrentUser(home.path() + QStringLiteral("/namespaces"));
    const auto entered = enterNamespaces(paths, KeepLauncher::No);
    if (!entered) {
        std::fprintf(stderr, "SKIP: no namespaces here: %s\n", qPrintable(entered.error().detail));
        return 77; // skipped, as cmake/ProjectTest.cmake tells CTest
    }
    QCoreApplication app(argc, argv);
    Test test;
    return QTest::qExec(&test, argc, argv);
}

//! A store in a folder of its own.
struct TestStore {
    TestStore() { open(); }
    ~TestStore()
    {
        store.reset();
        (void)removeTree(paths().root); // QTemporaryDir gives up on folders without the write permission
    }
    Q_DISABLE_COPY_MOVE(TestStore)
    void open()
    {
        store.reset();
        auto opened = Store::open(paths(), ids);
        if (!opened)
            qFatal("%s", qPrintable(opened.error().detail));
        store = std::move(*opened);
    }
    StorePaths paths() const { return {folder.path() + QStringLiteral("/store"), folder.path() + QStringLiteral("/run")}; }
    Store *operator->() { return store.get(); }
    Store &operator*() { return *store; }

    QTemporaryDir folder;
    IdMap ids = IdMap::ofThisProcess();
    std::unique_ptr<Store> store;
};

struct TarFile {
    QByteArray path;
    QByteArray content;
    mode_t mode = 0644;
    TarEntry::Type type = TarEntry::Type::File;
    QByteArray link;
    qint64 uid = 0;
    qint64 gid = 0;
    QList<TarXattr> xattrs;
    timespec mtime{1'600'000'000, 0};
    dev_t device = 0;
};

inline TarFile folder(const QByteArray &path, mode_t mode = 0755)
{
    return {.path = path, .content = {}, .mode = mode, .type = TarEntry::Type::Directory, .link = {}, .xattrs = {}};
}

inline TarFile symbolicLink(const QByteArray &path, const QByteArray &target)
{
    return {.path = path, .content = {}, .mode = 0777, .type = TarEntry::Type::Symlink, .link = target, .xattrs = {}};
}

inline TarFile hardLink(const QByteArray &path, const QByteArray &target)
{
    return {.path = path, .content = {}, .mode = 0644, .type = TarEntry::Type::HardLink, .link = target, .xattrs = {}};
}

inline TarFile file(const QByteArray &path, const QByteArray &content = "x", mode_t mode = 0644)
{
    return {.path = path, .content = content, .mode = mode, .link = {}, .xattrs = {}};
}

inline QByteArray tarOf(const QList<TarFile> &files)
{
    QByteArray bytes;
    TarWriter writer([&](std::span<const char> piece) -> Result<void> {
        bytes.append(piece.data(), qsizetype(piece.size()));
        return {};
    });
    for (const TarFile &f : files) {
        TarEntry entry{.type = f.type, .path = f.path, .link = f.link, .mode = f.mode, .uid = f.uid, .gid = f.gid, .mtime = f.mtime,
                       .device = f.device, .size = f.content.size(), .xattrs = f.xattrs};
        if (!writer.add(entry) || !writer.write({f.content.constData(), size_t(f.content.size())}))
            qFatal("writing a test archive failed");
    }
    if (!writer.finish())
        qFatal("writing a test archive failed");
    return bytes;
}

inline Result<LayerRecord> unpack(Store &store, const Digest &parent, const QByteArray &tar)
{
    MemorySource source(tar);
    LayerRecord info;
    info.blob = ENGINE_TRY(store.addBlob(tar));
    info.blobBytes = tar.size();
    info.mediaType = QStringLiteral("application/vnd.oci.image.layer.v1.tar");
    return store.unpackLayer(parent, Digest::ofBytes(tar), source, info, {});
}

inline QString layerFolder(Store &store, const Digest &chain)
{
    return store.paths().root + QStringLiteral("/layers/") + chain.hex();
}

inline nlohmann::json plainConfig(const char *comment = "")
{
    return {{"architecture", "amd64"}, {"os", "linux"}, {"created", "2024-05-06T07:08:09Z"}, {"comment", comment}, {"config", {{"Cmd", {"sh"}}}}};
}

} // namespace StoreFixture
