// SPDX-License-Identifier: GPL-3.0-or-later
#include "testimage.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtCore/QRandomGenerator>
#include <QtCore/QTemporaryDir>

using namespace Qt::StringLiterals;

namespace TestSupport {

namespace {

QByteArray run(const QString &program, const QStringList &arguments, const QByteArray &input = {})
{
    QProcess process;
    process.start(program, arguments);
    process.write(input);
    process.closeWriteChannel();
    process.waitForFinished();
    return process.readAllStandardOutput();
}

} // namespace

QByteArray TestImage::digestOf(const QByteArray &bytes)
{
    return "sha256:" + QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex();
}

TestImage::TestImage(int layerCount, int fileBytes)
{
    QRandomGenerator generator(20241107);
    for (int i = 0; i < layerCount; ++i) {
        QTemporaryDir folder;
        QByteArray content(fileBytes, Qt::Uninitialized);
        for (char &byte : content)
            byte = char(generator.bounded(256));
        QFile file(folder.filePath(u"file-%1"_s.arg(i)));
        if (file.open(QFile::WriteOnly))
            file.write(content);
        file.close();
        const QByteArray tar = run(u"tar"_s, {u"-C"_s, folder.path(), u"-c"_s, u"--numeric-owner"_s, u"."_s});
        const QByteArray blob = run(u"gzip"_s, {u"-nc"_s}, tar);
        layers.append({.blob = blob, .digest = digestOf(blob), .diffId = digestOf(tar), .sizeBytes = blob.size()});
    }
}

QByteArray TestImage::config() const
{
    QByteArrayList ids;
    for (const Layer &layer : layers)
        ids.append('"' + layer.diffId + '"');
    return R"({"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[)" + ids.join(',') + "]}}";
}

QByteArray TestImage::manifest() const
{
    const QByteArray configDigest = digestOf(config());
    QByteArrayList entries;
    for (const Layer &layer : layers) {
        entries.append(R"({"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":")" + layer.digest + R"(","size":)"
                       + QByteArray::number(layer.sizeBytes) + '}');
    }
    return R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":)"
           R"({"mediaType":"application/vnd.oci.image.config.v1+json","digest":")"
           + configDigest + R"(","size":)" + QByteArray::number(config().size()) + R"(},"layers":[)" + entries.join(',') + "]}";
}

FaultServer::Answer TestImage::answer(const FaultServer::Request &request) const
{
    if (request.target.contains("/manifests/"))
        return {.headers = {{"Content-Type", "application/vnd.oci.image.manifest.v1+json"}}, .body = manifest()};
    const QByteArray wanted = request.target.sliced(request.target.lastIndexOf('/') + 1);
    QByteArray blob = wanted == digestOf(config()) ? config() : QByteArray();
    for (const Layer &layer : layers) {
        if (layer.digest == wanted)
            blob = layer.blob;
    }
    if (blob.isEmpty())
        return {.status = 404, .body = R"({"errors":[{"code":"BLOB_UNKNOWN","message":"blob unknown to registry"}]})"};
    const QByteArray range = request.headers.value("range");
    if (!range.startsWith("bytes="))
        return {.body = blob};
    const qsizetype from = range.sliced(6).chopped(1).toLongLong();
    return {.status = 206,
            .headers = {{"Content-Range", "bytes " + QByteArray::number(from) + '-' + QByteArray::number(blob.size() - 1) + "/*"}},
            .body = blob.sliced(from)};
}

} // namespace TestSupport
