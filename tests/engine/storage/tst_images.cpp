// SPDX-License-Identifier: GPL-3.0-or-later
#include "storefixture.h"

#include "storage/imageinspect_p.h"
#include "storage/storecheck_p.h"

#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>

using namespace StoreFixture;
using namespace Qt::StringLiterals;

class TestImages : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void remove_oneOfTwoNames_untags();
    void remove_lastName_freesLayersOthersDoNotUse();
    void remove_usedByAContainer_isInUse();
    void remove_byIdWithTwoRepositories_mustBeForced();
    void remove_whileSomebodyWorks_keepsLayersUntilLater();
    void cache_keepsLayersUntilPruned();
    void describe_sharedSizes_areExact();
    void history_accountsForEveryLayer();
    void inspect_hasDockersFields();
    void layout_isReadBySkopeoAndUmoci();
    void importLayout_ofSkopeosCopy_isTheSameImage();

private:
    static ImageRecord add(TestStore &store, const QList<QByteArray> &tars, const QStringList &names, const char *comment = "")
    {
        Digest chain;
        for (const QByteArray &tar : tars)
            chain = unpack(*store, chain, tar)->chainId;
        auto image = store->addBuiltImage(plainConfig(comment), chain, names);
        if (!image)
            qFatal("%s", qPrintable(image.error().detail));
        return *image;
    }
    const QByteArray base = tarOf({file("base", QByteArray(1000, 'b'))});
    const QByteArray one = tarOf({file("one", QByteArray(20, '1'))});
    const QByteArray two = tarOf({file("two", QByteArray(3, '2'))});
};

void TestImages::remove_oneOfTwoNames_untags()
{
    TestStore store;
    add(store, {base}, {u"docker.io/library/a:latest"_s, u"docker.io/library/b:1"_s});
    const auto removed = store->removeImage(u"a"_s, Images::Force::No);
    VERIFY_RESULT(removed);
    QCOMPARE(removed->untagged, QStringList{u"a:latest"_s});
    QVERIFY(removed->deleted.isEmpty());
    QVERIFY(!store->findImage(u"a"_s));
    VERIFY_RESULT(store->findImage(u"b:1"_s));
}

void TestImages::remove_lastName_freesLayersOthersDoNotUse()
{
    TestStore store;
    const ImageRecord a = add(store, {base, one}, {u"docker.io/library/a:latest"_s});
    const ImageRecord b = add(store, {base, two}, {u"docker.io/library/b:latest"_s});
    const auto removed = store->removeImage(u"a"_s, Images::Force::No);
    VERIFY_RESULT(removed);
    QCOMPARE(removed->untagged, QStringList{u"a:latest"_s});
    QCOMPARE(removed->deleted, (QList<Digest>{a.id, a.topLayer()}));
    QVERIFY(!store->findLayer(a.topLayer())->has_value());
    QVERIFY(store->findLayer(b.topLayer())->has_value());
    QVERIFY(!store->hasBlob(a.id));
    QVERIFY(store->hasBlob(b.id));
    QVERIFY(!QFile::exists(layerFolder(*store, a.topLayer())));
    const auto faults = checkStore(*store, {});
    VERIFY_RESULT(faults);
    QVERIFY2(faults->isEmpty(), qPrintable(faults->join(u'\n')));
    const auto again = store->removeImage(u"a"_s, Images::Force::No);
    QCOMPARE(again.error().detail, u"No such image: a:latest"_s);
}

void TestImages::remove_usedByAContainer_isInUse()
{
    TestStore store;
    const ImageRecord a = add(store, {base}, {u"docker.io/library/a:latest"_s});
    const auto put = [&](const char *phase) {
        return store->database().transaction([&](Database &db) -> Result<void> {
            Statement insert = ENGINE_TRY(db.prepare("INSERT OR REPLACE INTO containers (id, name, image_id, layer, created, document) VALUES ('c1', 'web', ?, ?, 0, ?)"));
            return insert.bind(1, a.id.hex()).bind(2, a.topLayer().hex()).bind(3, uR"({"life":{"phase":"%1"}})"_s.arg(QLatin1StringView(phase))).run();
        });
    };
    VERIFY_RESULT(put("running"));
    for (const Images::Force force : {Images::Force::No, Images::Force::Yes}) {
        const auto refused = store->removeImage(u"a"_s, force);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::InUse);
        QVERIFY2(refused.error().detail.contains(u"running container web"_s), qPrintable(refused.error().detail));
        VERIFY_RESULT(store->findImage(u"a"_s)); // rolled back, name and all
    }
    VERIFY_RESULT(put("exited"));
    const auto refused = store->removeImage(u"a"_s, Images::Force::No);
    QVERIFY(!refused);
    QVERIFY2(refused.error().detail.contains(u"stopped container web"_s), qPrintable(refused.error().detail));
    const auto forced = store->removeImage(u"a"_s, Images::Force::Yes);
    VERIFY_RESULT(forced);
    QCOMPARE(forced->deleted, QList<Digest>{a.id}); // the container keeps the layer
    QVERIFY(store->findLayer(a.topLayer())->has_value());
}

void TestImages::remove_byIdWithTwoRepositories_mustBeForced()
{
    TestStore store;
    const ImageRecord a = add(store, {base}, {u"docker.io/library/a:latest"_s, u"docker.io/library/b:latest"_s});
    const auto refused = store->removeImage(a.id.shortHex(), Images::Force::No);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::InUse);
    const auto forced = store->removeImage(a.id.shortHex(), Images::Force::Yes);
    VERIFY_RESULT(forced);
    QCOMPARE(forced->untagged, (QStringList{u"a:latest"_s, u"b:latest"_s}));
}

void TestImages::remove_whileSomebodyWorks_keepsLayersUntilLater()
{
    TestStore store;
    const ImageRecord a = add(store, {base}, {u"docker.io/library/a:latest"_s});
    {
        const auto atWork = store->makeStagingFolder();
        VERIFY_RESULT(atWork);
        VERIFY_RESULT(store->removeImage(u"a"_s, Images::Force::No));
        QVERIFY(store->findLayer(a.topLayer())->has_value());
    }
    add(store, {two}, {u"docker.io/library/b:latest"_s});
    VERIFY_RESULT(store->removeImage(u"b"_s, Images::Force::No));
    QVERIFY(!store->findLayer(a.topLayer())->has_value());
}

void TestImages::cache_keepsLayersUntilPruned()
{
    TestStore store;
    const ImageRecord a = add(store, {base, one}, {u"docker.io/library/a:latest"_s});
    VERIFY_RESULT(store->putCachedStep("key", {.chainId = a.topLayer(), .config = plainConfig()}));
    VERIFY_RESULT(store->removeImage(u"a"_s, Images::Force::No));
    QVERIFY(store->findLayer(a.topLayer())->has_value());
    const auto freed = store->pruneCache();
    VERIFY_RESULT(freed);
    QCOMPARE(freed->size(), 2);
    QVERIFY(!store->findLayer(a.topLayer())->has_value());
}

void TestImages::describe_sharedSizes_areExact()
{
    TestStore store;
    const ImageRecord a = add(store, {base, one}, {u"docker.io/library/a:latest"_s});
    const ImageRecord b = add(store, {base, two}, {});
    const auto info = store->describe(a);
    VERIFY_RESULT(info);
    QCOMPARE(info->sizeBytes, 1020);
    QCOMPARE(info->sharedBytes, 1000);
    QCOMPARE(info->layerCount, 2);
    QCOMPARE(info->references, QStringList{u"a:latest"_s});
    QVERIFY(store->describe(b)->references.isEmpty());
}

void TestImages::history_accountsForEveryLayer()
{
    TestStore store;
    const Digest first = unpack(*store, {}, base)->chainId;
    const Digest second = unpack(*store, first, one)->chainId;
    auto config = plainConfig();
    config["history"] = {{{"created_by", "ADD base"}, {"created", "2024-05-06T07:08:09Z"}}, {{"created_by", "ENV a=b"}, {"empty_layer", true}}};
    const auto image = store->addBuiltImage(config, second, {u"docker.io/library/a:latest"_s});
    VERIFY_RESULT(image);
    const auto rows = historyOf(*store, *image);
    VERIFY_RESULT(rows);
    QCOMPARE(rows->size(), 3);
    QCOMPARE(rows->at(0).layer, second); // no row told of it
    QCOMPARE(rows->at(0).sizeBytes, 20);
    QCOMPARE(rows->at(0).image, image->id);
    QCOMPARE(rows->at(1).createdBy, u"ENV a=b"_s);
    QVERIFY(rows->at(1).emptyLayer);
    QCOMPARE(rows->at(2).layer, first);
    QCOMPARE(rows->at(2).sizeBytes, 1000);
}

void TestImages::inspect_hasDockersFields()
{
    TestStore store;
    const ImageRecord a = add(store, {base}, {u"docker.io/library/a:latest"_s, u"docker.io/library/a@"_s + Digest::ofBytes("m").toString()});
    const auto json = inspectImage(*store, a);
    VERIFY_RESULT(json);
    QCOMPARE((*json)["Id"], a.id.toString().toStdString());
    QCOMPARE((*json)["RepoTags"], nlohmann::json::array({"a:latest"}));
    QCOMPARE((*json)["RepoDigests"], nlohmann::json::array({"a@" + Digest::ofBytes("m").toString().toStdString()}));
    QCOMPARE((*json)["Config"]["Cmd"], nlohmann::json::array({"sh"}));
    QCOMPARE((*json)["Size"], 1000);
    QCOMPARE((*json)["RootFS"]["Layers"], nlohmann::json::array({Digest::ofBytes(base).toString().toStdString()}));
    for (const char *field : {"Created", "Architecture", "Os", "Author", "Comment", "Parent", "GraphDriver", "Metadata"})
        QVERIFY2(json->contains(field), field);
}

void TestImages::layout_isReadBySkopeoAndUmoci()
{
    if (QStandardPaths::findExecutable(u"skopeo"_s).isEmpty() || QStandardPaths::findExecutable(u"umoci"_s).isEmpty())
        QSKIP("skopeo and umoci are not installed");
    TestStore store;
    add(store, {base, one}, {u"docker.io/library/a:latest"_s, u"localhost:5000/team/b:2"_s});
    const QString layout = store->paths().root + u"/images"_s;
    for (const QString &name : {u"a:latest"_s, u"localhost:5000/team/b:2"_s}) {
        QProcess skopeo;
        skopeo.start(u"skopeo"_s, {u"inspect"_s, u"oci:"_s + layout + u':' + name});
        QVERIFY(skopeo.waitForFinished());
        QVERIFY2(skopeo.exitCode() == 0, skopeo.readAllStandardError().constData());
    }
    QProcess umoci;
    umoci.start(u"umoci"_s, {u"stat"_s, u"--image"_s, layout + u":a:latest"_s, u"--json"_s});
    QVERIFY(umoci.waitForFinished());
    QVERIFY2(umoci.exitCode() == 0, umoci.readAllStandardError().constData());
}

void TestImages::importLayout_ofSkopeosCopy_isTheSameImage()
{
    if (QStandardPaths::findExecutable(u"skopeo"_s).isEmpty())
        QSKIP("skopeo is not installed");
    TestStore store;
    const ImageRecord a = add(store, {base, one}, {u"docker.io/library/a:latest"_s});
    QTemporaryDir copies;
    const QString layout = copies.path() + u"/copy"_s;
    QProcess skopeo;
    skopeo.start(u"skopeo"_s, {u"--insecure-policy"_s, u"copy"_s, u"oci:"_s + store->paths().root + u"/images:a:latest"_s, u"oci:"_s + layout + u":v1"_s});
    QVERIFY(skopeo.waitForFinished());
    QVERIFY2(skopeo.exitCode() == 0, skopeo.readAllStandardError().constData());
    TestStore other;
    const auto imported = other->importLayout(layout, u"mine:2"_s, {});
    VERIFY_RESULT(imported);
    QCOMPARE(imported->chainIds, a.chainIds);
    QCOMPARE(imported->references, QStringList{u"docker.io/library/mine:2"_s});
    const auto again = other->importLayout(layout, {}, {});
    VERIFY_RESULT(again);
    QCOMPARE(again->id, imported->id);
    VERIFY_RESULT(other->findImage(u"copy:v1"_s));
    const auto faults = checkStore(*other, {});
    VERIFY_RESULT(faults);
    QVERIFY2(faults->isEmpty(), qPrintable(faults->join(u'\n')));
    const auto missing = other->importLayout(copies.path() + u"/none"_s, {}, {});
    QVERIFY(!missing);
    QCOMPARE(missing.error().code, ErrorCode::NotFound);
}

int main(int argc, char **argv)
{
    return runInNamespaces<TestImages>(argc, argv);
}

#include "tst_images.moc"
