// SPDX-License-Identifier: GPL-3.0-or-later
#include "storefixture.h"

#include "storage/layerunpacker_p.h"

#include <QtCore/QTimeZone>

#include <sys/xattr.h>
#include <sys/sysmacros.h>
#include <fcntl.h>

using namespace StoreFixture;

class TestStoreClass : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void unpack_filesFoldersLinks_areAsInTheArchive();
    void unpack_wrongDiffId_leavesNothing();
    void unpack_twice_isTheSameLayer();
    void unpack_whiteouts_hideInTheMountedImage();
    void unpack_hardLinkToALayerBelow_isCopiedUp();
    void commit_ofAnUnpackedLayer_givesTheSameDiffId();
    void commit_ofOverlayChanges_roundTrips();
    void images_areFoundByNameIdAndPrefix();
    void cachedStep_isKept();
    void open_takesAwayWhatKilledProcessesLeft();
};

namespace {

struct stat statOf(const QString &path)
{
    struct stat status{};
    if (::lstat(QFile::encodeName(path).constData(), &status) != 0)
        qFatal("no %s", qPrintable(path));
    return status;
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(missing)");
}

//! The same files as an upper directory, made here: a command would lose its capabilities in a user namespace.
Result<void> unpackTo(const QString &folder, ByteSource &tar, const IdMap &ids)
{
    ENGINE_TRY(makePath(folder, 0755));
    const UniqueFd root = ENGINE_TRY(openFile(folder, O_RDONLY | O_DIRECTORY));
    TarReader reader(tar);
    const auto nothingBelow = [](const QByteArray &) -> Result<UniqueFd> { return Failure(Error{.code = ErrorCode::NotFound}); };
    ENGINE_TRY(LayerUnpacker(root.get(), ids, {}, nothingBelow).unpack(reader, {}));
    return {};
}

} // namespace

void TestStoreClass::unpack_filesFoldersLinks_areAsInTheArchive()
{
    TestStore store;
    const QByteArray longName(200, 'n');
    TarFile owned = file("etc/shadow", "root:*", 0640);
    owned.uid = 33;
    owned.gid = 42;
    owned.mtime = {1'500'000'000, 123'456'789};
    TarFile attributed = file("usr/bin/ping", "elf", 0755);
    attributed.xattrs = {{"user.note", "hello"}, {"user.overlay.opaque", "y"}, {"trusted.overlay.redirect", "/etc"}};
    const QByteArray tar = tarOf({folder("etc", 01777), owned, folder("usr"), folder("usr/bin", 0555), attributed, file("usr/bin/sudo", "s", 04755),
                                  symbolicLink("bin", "usr/bin"), hardLink("etc/shadow-", "etc/shadow"), file("e\xcc\x81" "tat", "nfd"), file("\xff\xfe", "bytes"),
                                  file("deep/" + longName, "long"), file("empty", "")});
    const auto layer = unpack(*store, {}, tar);
    VERIFY_RESULT(layer);
    QCOMPARE(layer->sizeBytes, 6 + 3 + 1 + 3 + 5 + 4);
    QCOMPARE(layer->fileCount, 12);

    const QString root = layerFolder(*store, layer->chainId);
    const struct stat shadow = statOf(root + QStringLiteral("/etc/shadow"));
    QCOMPARE(shadow.st_uid, store.ids.userToEngine(33));
    QCOMPARE(shadow.st_gid, store.ids.groupToEngine(42));
    QCOMPARE(shadow.st_mode & 07777, 0640u);
    QCOMPARE(shadow.st_nlink, 2u);
    QCOMPARE(shadow.st_mtim.tv_sec, 1'500'000'000);
    QCOMPARE(shadow.st_mtim.tv_nsec, 123'456'789);
    QCOMPARE(statOf(root + QStringLiteral("/etc")).st_mode & 07777, 01777u);
    QCOMPARE(statOf(root + QStringLiteral("/etc")).st_mtim.tv_sec, 1'600'000'000);
    QCOMPARE(statOf(root + QStringLiteral("/usr/bin/sudo")).st_mode & 07777, 04755u);
    QCOMPARE(statOf(root + QStringLiteral("/deep/") + QString::fromLatin1(longName)).st_size, 4);
    struct stat raw;
    QCOMPARE(::stat((QFile::encodeName(root) + "/e\xcc\x81" "tat").constData(), &raw), 0); // not composed to U+00E9
    QCOMPARE(::stat((QFile::encodeName(root) + "/\xff\xfe").constData(), &raw), 0);
    const QByteArray ping = QFile::encodeName(root) + "/usr/bin/ping";
    char value[16];
    QCOMPARE(::getxattr(ping.constData(), "user.note", value, sizeof value), 5);
    QCOMPARE(::getxattr(ping.constData(), "user.overlay.opaque", value, sizeof value), -1);
    QCOMPARE(::getxattr(ping.constData(), "trusted.overlay.redirect", value, sizeof value), -1);
}

void TestStoreClass::unpack_wrongDiffId_leavesNothing()
{
    TestStore store;
    const QByteArray tar = tarOf({file("a")});
    MemorySource source(tar);
    const auto layer = store->unpackLayer({}, Digest::ofBytes("other"), source, {}, {});
    QVERIFY(!layer);
    QCOMPARE(layer.error().code, ErrorCode::Corrupt);
    QCOMPARE(QDir(store->paths().root + QStringLiteral("/layers")).entryList(QDir::AllEntries | QDir::NoDotAndDotDot), QStringList{QStringLiteral("l")});
    QVERIFY(QDir(store->paths().root + QStringLiteral("/staging")).isEmpty());
}

void TestStoreClass::unpack_twice_isTheSameLayer()
{
    TestStore store;
    const QByteArray tar = tarOf({file("a")});
    const auto first = unpack(*store, {}, tar);
    const auto second = unpack(*store, {}, tar);
    VERIFY_RESULT(first);
    VERIFY_RESULT(second);
    QCOMPARE(second->chainId, first->chainId);
    QCOMPARE(second->sizeBytes, first->sizeBytes);
}

void TestStoreClass::unpack_whiteouts_hideInTheMountedImage()
{
    TestStore store;
    const auto base = unpack(*store, {}, tarOf({folder("d"), file("d/old"), folder("gone"), file("gone/x"), file("f"), folder("replaced"), file("replaced/old"),
                                                 folder("made"), file("made/old")}));
    VERIFY_RESULT(base);
    const auto top = unpack(*store, base->chainId, tarOf({folder("d"), file("d/.wh..wh..opq", ""), file("d/new"), file(".wh.gone", ""), file(".wh.f", ""),
                                                          file(".wh.replaced", ""), folder("replaced"), file("replaced/new"),
                                                          folder("made"), file("made/new"), file(".wh.made", ""), file(".wh..wh.plnk", "")}));
    VERIFY_RESULT(top);
    const auto staging = store->makeStagingFolder();
    VERIFY_RESULT(staging);
    const QString target = staging->path() + QStringLiteral("/merged");
    VERIFY_RESULT(makePath(target));
    VERIFY_RESULT(store->mountLayers(top->chainId, {}, {}, target));
    const QStringList seen = QDir(target).entryList(QDir::AllEntries | QDir::NoDotAndDotDot, QDir::Name);
    const QStringList inD = QDir(target + QStringLiteral("/d")).entryList(QDir::Files);
    const QStringList inReplaced = QDir(target + QStringLiteral("/replaced")).entryList(QDir::Files);
    const QStringList inMade = QDir(target + QStringLiteral("/made")).entryList(QDir::Files);
    VERIFY_RESULT(unmountTree(target));
    QCOMPARE(seen, (QStringList{QStringLiteral("d"), QStringLiteral("made"), QStringLiteral("replaced")}));
    QCOMPARE(inD, QStringList{QStringLiteral("new")});
    QCOMPARE(inReplaced, QStringList{QStringLiteral("new")});
    QCOMPARE(inMade, QStringList{QStringLiteral("new")});
}

void TestStoreClass::unpack_hardLinkToALayerBelow_isCopiedUp()
{
    TestStore store;
    const auto base = unpack(*store, {}, tarOf({folder("a"), file("a/file", "below", 0640)}));
    VERIFY_RESULT(base);
    const auto top = unpack(*store, base->chainId, tarOf({hardLink("linked", "a/file")}));
    VERIFY_RESULT(top);
    const QString linked = layerFolder(*store, top->chainId) + QStringLiteral("/linked");
    QCOMPARE(contentOf(linked), "below");
    QCOMPARE(statOf(linked).st_mode & 07777, 0640u);
    const auto bad = unpack(*store, base->chainId, tarOf({hardLink("linked", "a/none")}));
    QVERIFY(!bad);
    QCOMPARE(bad.error().code, ErrorCode::InvalidInput);
}

void TestStoreClass::commit_ofAnUnpackedLayer_givesTheSameDiffId()
{
    TestStore store;
    TarFile precise = file("b/precise", QByteArray(300'000, 'z'));
    precise.mtime = {1'700'000'000, 987'000'000};
    precise.uid = 1000;
    precise.xattrs = {{"user.k", QByteArray("\0v", 2)}};
    const QByteArray sorted = tarOf({folder("a/"), symbolicLink("a/link", "../b"), folder("b/", 02750), precise, file("c", "c"), hardLink("d", "c")});
    
    const auto layer = unpack(*store, {}, sorted);
    VERIFY_RESULT(layer);
    auto staging = store->makeStagingFolder();
    VERIFY_RESULT(staging);
    const QString upper = staging->path() + QStringLiteral("/upper");
    MemorySource again(sorted);
    VERIFY_RESULT(unpackTo(upper, again, store.ids));
    const auto committed = store->commitLayer({}, upper, {}, {});
    VERIFY_RESULT(committed);
    QCOMPARE(committed->diffId, layer->diffId);
    QVERIFY(QFile::exists(upper)); // it was there already, so ours is dropped with its staging folder
}

void TestStoreClass::commit_ofOverlayChanges_roundTrips()
{
    TestStore store;
    const auto base = unpack(*store, {}, tarOf({folder("d"), file("d/old"), file("gone"), folder("tree"), file("tree/x")}));
    VERIFY_RESULT(base);
    auto staging = store->makeStagingFolder();
    VERIFY_RESULT(staging);
    const QString upper = staging->path() + QStringLiteral("/upper");
    const QString work = staging->path() + QStringLiteral("/work");
    const QString merged = staging->path() + QStringLiteral("/merged");
    for (const QString &path : {upper, work, merged})
        VERIFY_RESULT(makePath(path));
    VERIFY_RESULT(store->mountLayers(base->chainId, upper, work, merged));
    const int changed = QProcess::execute(QStringLiteral("sh"), {QStringLiteral("-c"),
        QStringLiteral("cd '%1' && rm gone && rm -r tree && mkdir tree && echo n >tree/new && echo more >>d/old && mkdir -p e/f && ln d/old e/f/hard && chmod 4755 d/old").arg(merged)});
    VERIFY_RESULT(unmountTree(merged));
    QCOMPARE(changed, 0);
    const auto committed = store->commitLayer(base->chainId, upper, {}, {});
    VERIFY_RESULT(committed);
    QVERIFY(!QFile::exists(upper));

    // The blob, unpacked by itself in another store, is the same layer.
    TestStore other;
    const auto otherBase = unpack(*other, {}, tarOf({folder("d"), file("d/old"), file("gone"), folder("tree"), file("tree/x")}));
    VERIFY_RESULT(otherBase);
    auto blob = FileSource::open(store->blobPath(committed->blob));
    VERIFY_RESULT(blob);
    const auto gunzip = inflate(*blob, Compression::Gzip);
    const auto unpacked = other->unpackLayer(otherBase->chainId, committed->diffId, *gunzip, *committed, {});
    VERIFY_RESULT(unpacked);
    QCOMPARE(unpacked->chainId, committed->chainId);
    QCOMPARE(unpacked->sizeBytes, committed->sizeBytes);
    QCOMPARE(unpacked->fileCount, committed->fileCount);
    QProcess diff;
    diff.start(QStringLiteral("diff"), {QStringLiteral("-r"), QStringLiteral("--no-dereference"), layerFolder(*store, committed->chainId), layerFolder(*other, unpacked->chainId)});
    QVERIFY(diff.waitForFinished());
    const QByteArray differences = diff.readAll();
    QVERIFY2(!differences.contains("Only in") && !differences.contains("differ"), differences.constData());

    // And packed again it is the same bytes.
    auto third = other->makeStagingFolder();
    VERIFY_RESULT(third);
    const QString copy = third->path() + QStringLiteral("/copy");
    auto sameBlob = FileSource::open(store->blobPath(committed->blob));
    VERIFY_RESULT(sameBlob);
    const auto sameTar = inflate(*sameBlob, Compression::Gzip);
    VERIFY_RESULT(unpackTo(copy, *sameTar, other.ids));
    const auto packedAgain = other->commitLayer(otherBase->chainId, copy, {}, {});
    VERIFY_RESULT(packedAgain);
    QCOMPARE(packedAgain->diffId, committed->diffId);
}

void TestStoreClass::images_areFoundByNameIdAndPrefix()
{
    TestStore store;
    const auto base = unpack(*store, {}, tarOf({file("a")}));
    VERIFY_RESULT(base);
    const auto image = store->addBuiltImage(plainConfig(), base->chainId, {QStringLiteral("docker.io/library/demo:latest")});
    VERIFY_RESULT(image);
    for (const QString &name : {QStringLiteral("demo"), QStringLiteral("demo:latest"), QStringLiteral("docker.io/library/demo"), image->id.toString(), image->id.hex(),
                                image->id.shortHex(), QStringLiteral("sha256:") + image->id.shortHex()}) {
        const auto found = store->findImage(name);
        VERIFY_RESULT(found);
        QCOMPARE(found->id, image->id);
        QCOMPARE(found->chainIds, QList<Digest>{base->chainId});
        QCOMPARE(found->created, QDateTime(QDate(2024, 5, 6), QTime(7, 8, 9), QTimeZone::utc()));
    }
    const auto missing = store->findImage(QStringLiteral("nope"));
    QVERIFY(!missing);
    QCOMPARE(missing.error().code, ErrorCode::NotFound);
    QCOMPARE(missing.error().detail, QStringLiteral("No such image: nope:latest"));
    VERIFY_RESULT(store->tagImage(image->id, *ImageReference::parse(QStringLiteral("other:1"))));
    QCOMPARE(store->findImage(QStringLiteral("other:1"))->references.size(), 2);
    QCOMPARE(store->listImages()->size(), 1);
}

void TestStoreClass::cachedStep_isKept()
{
    TestStore store;
    const auto base = unpack(*store, {}, tarOf({file("a")}));
    VERIFY_RESULT(base);
    VERIFY_RESULT(store->putCachedStep("key", {.chainId = base->chainId, .config = plainConfig(), .sizeBytes = 1, .durationMs = 20}));
    const auto step = store->findCachedStep("key");
    VERIFY_RESULT(step);
    QVERIFY(step->has_value());
    QCOMPARE((*step)->chainId, base->chainId);
    QCOMPARE((*step)->config, plainConfig());
    QCOMPARE((*step)->durationMs, 20);
    QVERIFY(!store->findCachedStep("other")->has_value());
}

void TestStoreClass::open_takesAwayWhatKilledProcessesLeft()
{
    TestStore store;
    const auto base = unpack(*store, {}, tarOf({file("a")}));
    VERIFY_RESULT(base);
    const QString root = store->paths().root;
    QVERIFY(QDir(root).mkpath(QStringLiteral("staging/dead/sub")));
    QVERIFY(QDir(root).mkpath(QStringLiteral("layers/") + QString(64, u'a')));
    store.open();
    QVERIFY(QDir(root + QStringLiteral("/staging")).isEmpty());
    QVERIFY(!QDir(root).exists(QStringLiteral("layers/") + QString(64, u'a')));
    QVERIFY(QDir(root).exists(QStringLiteral("layers/") + base->chainId.hex()));
    store.store.reset();
    QVERIFY(QDir(root + QStringLiteral("/trash")).isEmpty());
}

int main(int argc, char **argv)
{
    return runInNamespaces<TestStoreClass>(argc, argv);
}

#include "tst_store.moc"
