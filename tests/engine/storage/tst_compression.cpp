// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/try_p.h"
#include "storage/compression_p.h"
#include "storage/filesource_p.h"

#include <QtCore/QRandomGenerator>
#include <QtTest/QtTest>

#include <zstd.h>

using namespace Engine;
using namespace Engine::Internal;

namespace {

QByteArray sample(int size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    QRandomGenerator random(7);
    for (int i = 0; i < size; ++i)
        bytes[i] = char(i % 3 == 0 ? random.bounded(256) : 'a');
    return bytes;
}

QByteArray gzipWith(std::unique_ptr<Gzip> (*make)(Gzip::Sink), const QByteArray &bytes)
{
    QByteArray out;
    const auto gzip = make([&](std::span<const char> piece) -> Result<void> {
        out.append(piece.data(), qsizetype(piece.size()));
        return {};
    });
    if (!gzip->write({bytes.constData(), size_t(bytes.size())}) || !gzip->finish())
        qFatal("gzip failed");
    return out;
}

Result<QByteArray> readAll(ByteSource &source, size_t piece)
{
    QByteArray all;
    std::vector<char> buffer(piece);
    while (const size_t count = ENGINE_TRY(source.read(buffer)))
        all.append(buffer.data(), qsizetype(count));
    return all;
}

QByteArray zstdOf(const QByteArray &bytes)
{
    QByteArray out(qsizetype(ZSTD_compressBound(size_t(bytes.size()))), Qt::Uninitialized);
    out.resize(qsizetype(ZSTD_compress(out.data(), size_t(out.size()), bytes.constData(), size_t(bytes.size()), 3)));
    return out;
}

} // namespace

class TestCompression : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void roundTrip_data();
    void roundTrip();
    void damaged_data();
    void damaged();
    void gzip_isTheSameEachTime();
};

void TestCompression::roundTrip_data()
{
    QTest::addColumn<QByteArray>("packed");
    QTest::addColumn<QByteArray>("plain");
    const QByteArray plain = sample(700'001);
    const QByteArray fast = gzipWith(&makeGzip, plain);
    const QByteArray slow = gzipWith(&Zlib::makeGzip, plain);
    QTest::newRow("gzip") << fast << plain;
    QTest::newRow("gzip by zlib") << slow << plain;
    QTest::newRow("empty gzip") << gzipWith(&makeGzip, {}) << QByteArray();
    QTest::newRow("several members") << fast + slow + fast << plain + plain + plain;
    QTest::newRow("an empty member between") << fast + gzipWith(&makeGzip, {}) + slow << plain + plain;
    QTest::newRow("zeros behind") << fast + QByteArray(512, '\0') << plain;
    QTest::newRow("zstd") << zstdOf(plain) << plain;
    QTest::newRow("two zstd frames") << zstdOf(plain) + zstdOf("more") << plain + "more";
    QTest::newRow("plain") << QByteArray("just bytes") << QByteArray("just bytes");
    QTest::newRow("nothing") << QByteArray() << QByteArray();
}

void TestCompression::roundTrip()
{
    QFETCH(QByteArray, packed);
    QFETCH(QByteArray, plain);
    for (const size_t piece : {size_t(1 << 20), size_t(4096), size_t(777)}) {
        MemorySource source(packed);
        const auto detected = inflateDetected(source);
        QVERIFY(detected);
        const auto all = readAll(**detected, piece);
        QVERIFY2(all.has_value(), all ? "" : qPrintable(all.error().detail));
        QVERIFY(*all == plain);
        if (packed.startsWith("\x1f\x8b")) {
            MemorySource again(packed);
            const auto zlib = Zlib::inflateGzip(again);
            const auto same = readAll(*zlib, piece);
            QVERIFY(same);
            QVERIFY(*same == plain);
        }
    }
}

void TestCompression::damaged_data()
{
    QTest::addColumn<QByteArray>("packed");
    const QByteArray gzip = gzipWith(&makeGzip, sample(300'000));
    const QByteArray zstd = zstdOf(sample(300'000));
    const auto flipped = [](QByteArray bytes, qsizetype at) {
        bytes[at] = char(bytes[at] ^ 0x55);
        return bytes;
    };
    QTest::newRow("gzip cut in the header") << gzip.first(5);
    QTest::newRow("gzip cut in the middle") << gzip.first(gzip.size() / 2);
    QTest::newRow("gzip cut in the trailer") << gzip.chopped(3);
    QTest::newRow("gzip without its trailer") << gzip.chopped(8);
    QTest::newRow("gzip with a wrong checksum") << flipped(gzip, gzip.size() - 6);
    QTest::newRow("gzip with a flipped byte") << flipped(gzip, gzip.size() / 2);
    QTest::newRow("second member cut") << gzip + gzip.first(100);
    QTest::newRow("zstd cut") << zstd.first(zstd.size() / 2);
    QTest::newRow("zstd with a flipped byte") << flipped(zstd, zstd.size() / 2);
}

void TestCompression::damaged()
{
    QFETCH(QByteArray, packed);
    MemorySource source(packed);
    const auto detected = inflateDetected(source);
    QVERIFY(detected);
    const auto all = readAll(**detected, 4096);
    const bool isGzip = packed.startsWith("\x1f\x8b");
    if (!isGzip && all) { // a frame without a checksum cannot tell a flipped literal; the diff id does
        QVERIFY(*all != sample(300'000));
        return;
    }
    QVERIFY(!all);
    QCOMPARE(all.error().code, ErrorCode::Corrupt);
    if (isGzip) {
        MemorySource again(packed);
        const auto zlib = Zlib::inflateGzip(again);
        QVERIFY(!readAll(*zlib, 4096));
    }
}

// A layer's blob has a digest: whatever the memory held before must not show in it.
void TestCompression::gzip_isTheSameEachTime()
{
    const QByteArray plain = sample(50'000);
    QByteArray before;
    for (int round = 0; round < 32; ++round) {
        std::vector<std::unique_ptr<std::vector<char>>> litter;
        for (size_t bytes = 1024; bytes <= 1024 * 1024; bytes *= 2)
            litter.push_back(std::make_unique<std::vector<char>>(bytes + size_t(round) * 16, char(round * 37 + 1)));
        litter.clear();
        const QByteArray packed = gzipWith(&makeGzip, plain);
        if (round > 0)
            QCOMPARE(packed, before);
        before = packed;
    }
}

QTEST_GUILESS_MAIN(TestCompression)

#include "tst_compression.moc"
