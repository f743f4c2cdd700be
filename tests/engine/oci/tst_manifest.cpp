// SPDX-License-Identifier: GPL-3.0-or-later
#include "quoted.h"
#include "oci/manifest_p.h"

#include <QtTest/QTest>

using namespace Qt::StringLiterals;
using TestSupport::quoted;
using namespace Engine;
using namespace Engine::Internal;

namespace {

const QByteArray digestA = "sha256:" + QByteArray(64, 'a');
const QByteArray digestB = "sha256:" + QByteArray(64, 'b');

QByteArray descriptor(const QByteArray &mediaType, const QByteArray &digest, const QByteArray &size = "12")
{
    return "{\"mediaType\":\"" + mediaType + "\",\"digest\":\"" + digest + "\",\"size\":" + size + "}";
}

const QByteArray dockerConfigDescriptor = descriptor("application/vnd.docker.container.image.v1+json", digestA);
const QByteArray gzipLayer = descriptor("application/vnd.docker.image.rootfs.diff.tar.gzip", digestB, "51000000");

QByteArray manifestWith(const QByteArray &config, const QByteArray &layers)
{
    return quoted("{'schemaVersion':2,'mediaType':'application/vnd.docker.distribution.manifest.v2+json','config':") + config
           + ",\"layers\":[" + layers + "]}";
}

IndexDocument indexOf(const QStringList &platforms)
{
    IndexDocument index;
    for (const QString &platform : platforms) {
        const QByteArray hex = QByteArray::number(index.entries.size()).rightJustified(64, '0');
        const QStringList parts = platform.split(u'/');
        index.entries.append({.descriptor = {.mediaType = {}, .digest = Digest::fromSha256Hex(hex), .sizeBytes = 1},
                              .platform = {parts.value(0), parts.value(1), parts.value(2)}});
    }
    return index;
}

} // namespace

class TestManifest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void dockerSchema2_isRead()
    {
        const auto document = parseManifest(manifestWith(dockerConfigDescriptor, gzipLayer), {});
        QVERIFY(document);
        const auto *manifest = std::get_if<ManifestDocument>(&*document);
        QVERIFY(manifest);
        QCOMPARE(manifest->config.digest.toString().toLatin1(), digestA);
        QCOMPARE(manifest->layers.size(), 1);
        QCOMPARE(manifest->layers[0].sizeBytes, 51000000);
    }

    void ociManifestWithoutMediaType_isKnownByItsShape()
    {
        const auto document = parseManifest(quoted("{'schemaVersion':2,'config':") + descriptor("application/vnd.oci.image.config.v1+json", digestA)
                                                + ",\"layers\":[" + descriptor("application/vnd.oci.image.layer.v1.tar+zstd", digestB) + "]}",
                                            u"text/plain"_s);
        QVERIFY(document && std::holds_alternative<ManifestDocument>(*document));
    }

    void index_isRead()
    {
        const auto document = parseManifest(quoted("{'schemaVersion':2,'manifests':[{'digest':'") + digestA
                                                + quoted("','size':7,'platform':{'os':'linux','architecture':'arm','variant':'v7'}}]}"),
                                            u"application/vnd.oci.image.index.v1+json; charset=utf-8"_s);
        QVERIFY(document && std::holds_alternative<IndexDocument>(*document));
        const auto &index = std::get<IndexDocument>(*document);
        QCOMPARE(index.entries.size(), 1);
        QCOMPARE(index.entries[0].platform.toString(), u"linux/arm/v7"_s);
    }

    void hostile_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<ErrorCode>("code");
        const auto broken = [](const char *name, const QByteArray &content) { QTest::newRow(name) << content << ErrorCode::Corrupt; };
        broken("empty", "");
        broken("not JSON", "<html>");
        broken("a list", "[]");
        broken("nothing in it", "{}");
        broken("deep nesting", QByteArray(1'000'000, '['));
        broken("no layers", quoted("{'schemaVersion':2,'config':") + dockerConfigDescriptor + "}");
        broken("layers is an object", quoted("{'schemaVersion':2,'config':") + dockerConfigDescriptor + ",\"layers\":{}}");
        broken("no config", quoted("{'schemaVersion':2,'layers':[]}"));
        broken("layer is a string", manifestWith(dockerConfigDescriptor, "\"layer\""));
        broken("digest climbs out", manifestWith(dockerConfigDescriptor,
                                                 descriptor("application/vnd.oci.image.layer.v1.tar", "sha256:../../../etc/passwd")));
        broken("sha512", manifestWith(dockerConfigDescriptor,
                                      descriptor("application/vnd.oci.image.layer.v1.tar", "sha512:" + QByteArray(128, 'a'))));
        broken("negative size", manifestWith(dockerConfigDescriptor, descriptor("application/vnd.oci.image.layer.v1.tar", digestB, "-1")));
        broken("size as text", manifestWith(dockerConfigDescriptor, descriptor("application/vnd.oci.image.layer.v1.tar", digestB, "\"1\"")));
        broken("size beyond 64 bits",
               manifestWith(dockerConfigDescriptor, descriptor("application/vnd.oci.image.layer.v1.tar", digestB, "18446744073709551615")));
        broken("size as a float", manifestWith(dockerConfigDescriptor, descriptor("application/vnd.oci.image.layer.v1.tar", digestB, "1e3")));
        broken("huge config", manifestWith(descriptor("application/vnd.oci.image.config.v1+json", digestA, "99999999"), gzipLayer));
        broken("manifest and index at once", quoted("{'schemaVersion':2,'manifests':[],'layers':[],'config':") + dockerConfigDescriptor + "}");
        broken("a manifest type with manifests",
               quoted("{'mediaType':'application/vnd.oci.image.manifest.v1+json','manifests':[]}"));

        const auto unsupported = [](const char *name, const QByteArray &content) {
            QTest::newRow(name) << content << ErrorCode::Unsupported;
        };
        unsupported("schema 1", quoted("{'schemaVersion':1,'name':'x','fsLayers':[]}"));
        unsupported("a Helm chart", manifestWith(descriptor("application/vnd.cncf.helm.config.v1+json", digestA), gzipLayer));
        unsupported("an encrypted layer",
                    manifestWith(dockerConfigDescriptor, descriptor("application/vnd.oci.image.layer.v1.tar+gzip+encrypted", digestB)));
        unsupported("a foreign layer",
                    manifestWith(dockerConfigDescriptor, descriptor("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", digestB)));
        QByteArray many = gzipLayer;
        for (int i = 0; i < layerLimit; ++i)
            many += ',' + gzipLayer;
        unsupported("too many layers", manifestWith(dockerConfigDescriptor, many));
    }

    void hostile()
    {
        QFETCH(QByteArray, content);
        QFETCH(ErrorCode, code);
        const auto document = parseManifest(content, u"application/octet-stream"_s);
        QVERIFY(!document);
        QCOMPARE(document.error().code, code);
        QVERIFY(!document.error().detail.isEmpty());
    }

    void platform_data()
    {
        QTest::addColumn<QStringList>("offered");
        QTest::addColumn<QString>("wanted");
        QTest::addColumn<int>("chosen");
        QTest::newRow("plain") << QStringList{u"linux/arm64/v8"_s, u"linux/amd64"_s} << u"linux/amd64"_s << 1;
        QTest::newRow("not Windows") << QStringList{u"windows/amd64"_s, u"linux/amd64"_s} << u"linux/amd64"_s << 1;
        QTest::newRow("amd64 never takes v3") << QStringList{u"linux/amd64/v3"_s, u"linux/amd64"_s} << u"linux/amd64"_s << 1;
        QTest::newRow("arm64 without variant") << QStringList{u"linux/arm64"_s} << u"linux/arm64/v8"_s << 0;
        QTest::newRow("arm v7 takes v6 before v5") << QStringList{u"linux/arm/v5"_s, u"linux/arm/v6"_s, u"linux/arm/v8"_s} << u"linux/arm/v7"_s << 1;
        QTest::newRow("attestations are passed over") << QStringList{u"unknown/unknown"_s, u"linux/s390x"_s} << u"linux/s390x"_s << 1;
        QTest::newRow("nothing fits") << QStringList{u"linux/amd64/v3"_s, u"unknown/unknown"_s} << u"linux/amd64"_s << -1;
    }

    void platform()
    {
        QFETCH(QStringList, offered);
        QFETCH(QString, wanted);
        QFETCH(int, chosen);
        const QStringList parts = wanted.split(u'/');
        const auto descriptor = choosePlatform(indexOf(offered), {parts.value(0), parts.value(1), parts.value(2)});
        if (chosen < 0) {
            QCOMPARE(descriptor.error().code, ErrorCode::NotFound);
            QVERIFY(descriptor.error().detail.startsWith("no matching manifest for linux/amd64 in the manifest list entries"_L1));
            QVERIFY(!descriptor.error().detail.contains("unknown"_L1));
            return;
        }
        QVERIFY(descriptor);
        QCOMPARE(descriptor->digest.hex().right(1).toInt(), chosen);
    }

    void host_isALinux()
    {
        QCOMPARE(Platform::host().os, u"linux"_s);
        QVERIFY(!Platform::host().architecture.isEmpty());
    }

    void diffIds_mustFitTheLayers()
    {
        const QByteArray one = quoted("{'rootfs':{'type':'layers','diff_ids':['") + digestA + quoted("']}}");
        QCOMPARE(parseDiffIds(one, 1)->size(), 1);
        QCOMPARE(parseDiffIds(one, 2).error().detail, u"the image's config is invalid: it lists 1 layers, the manifest 2"_s);
        QCOMPARE(parseDiffIds("{}", 1).error().code, ErrorCode::Corrupt);
        QCOMPARE(parseDiffIds(quoted("{'rootfs':[]}"), 1).error().code, ErrorCode::Corrupt);
        QCOMPARE(parseDiffIds(quoted("{'rootfs':{'diff_ids':[7]}}"), 1).error().code, ErrorCode::Corrupt);
        QVERIFY(parseDiffIds("{}", 0)->isEmpty());
    }
};

QTEST_APPLESS_MAIN(TestManifest)
#include "tst_manifest.moc"
