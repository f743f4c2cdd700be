// SPDX-License-Identifier: GPL-3.0-or-later
#include "storefixture.h"

#include "storage/layerunpacker_p.h"
#include "storage/sha256_p.h"

#include <QtCore/QDirIterator>
#include <QtCore/QTimeZone>

#include <fcntl.h>

using namespace StoreFixture;
using namespace Qt::StringLiterals;
using nlohmann::json;

class TestHostileLayers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void breakouts_stayInside();
    void tarFormats_readAsGoReadsThem();
    void limits_areKept();
    void odd_data();
    void odd();
};

namespace {

QList<json> linesOf(const char *file)
{
    QFile input(QStringLiteral(SLIPWAY_TEST_DATA "/") + QLatin1StringView(file));
    if (!input.open(QIODevice::ReadOnly))
        qFatal("no %s", file);
    QList<json> lines;
    while (!input.atEnd())
        lines.append(json::parse(input.readLine().toStdString()));
    return lines;
}

QByteArray text(const json &object, const char *key)
{
    return QByteArray::fromStdString(object.value(key, std::string()));
}

Result<LayerCounts> unpackInto(const QString &folder, const QByteArray &tar, const LayerLimits &limits = {})
{
    const IdMap ids = IdMap::ofThisProcess();
    const UniqueFd root = ENGINE_TRY(openFile(folder, O_RDONLY | O_DIRECTORY));
    MemorySource source(tar);
    TarReader reader(source);
    return LayerUnpacker(root.get(), ids, limits, [](const QByteArray &) -> Result<UniqueFd> { return Failure(Error{.code = ErrorCode::NotFound}); })
        .unpack(reader, {});
}

//! What differs between Go's reading of an entry and ours, empty when nothing does.
QString difference(const json &expected, const TarEntry &entry, const QByteArray &sha256)
{
    const auto typeFlag = text(expected, "typeflag");
    static const QHash<QByteArray, TarEntry::Type> types{{"0", TarEntry::Type::File}, {"\0", TarEntry::Type::File}, {"S", TarEntry::Type::File},
        {"7", TarEntry::Type::File}, {"1", TarEntry::Type::HardLink}, {"2", TarEntry::Type::Symlink}, {"3", TarEntry::Type::CharacterDevice},
        {"4", TarEntry::Type::BlockDevice}, {"5", TarEntry::Type::Directory}, {"D", TarEntry::Type::Directory}, {"6", TarEntry::Type::Fifo}};
    if (entry.path != text(expected, "name"))
        return QStringLiteral("name %1").arg(QString::fromUtf8(entry.path));
    if (types.value(typeFlag, TarEntry::Type::Other) != entry.type)
        return QStringLiteral("type %1").arg(int(entry.type));
    if (entry.link != text(expected, "linkname"))
        return QStringLiteral("link %1").arg(QString::fromUtf8(entry.link));
    if (entry.uid != expected.value("uid", 0) || entry.gid != expected.value("gid", 0))
        return QStringLiteral("owner %1:%2").arg(entry.uid).arg(entry.gid);
    if (entry.mode != (expected.value("mode", 0u) & 07777))
        return QStringLiteral("mode %1").arg(entry.mode, 0, 8);
    if (entry.type == TarEntry::Type::File && entry.size != expected.value("size", qint64(0)))
        return QStringLiteral("size %1").arg(entry.size);
    const QDateTime mtime = QDateTime::fromString(QString::fromUtf8(text(expected, "mtime")).left(19), Qt::ISODate);
    if (QDateTime::fromSecsSinceEpoch(entry.mtime.tv_sec, QTimeZone::utc()).toString(Qt::ISODate).left(19) != mtime.toString(Qt::ISODate).left(19))
        return QStringLiteral("mtime %1").arg(entry.mtime.tv_sec);
    if (entry.type == TarEntry::Type::File && expected.contains("sha256") && sha256 != text(expected, "sha256"))
        return QStringLiteral("contents");
    return {};
}

//! The hash of a file as it reads, holes as zeros; nothing for one that is too large to be worth it.
Result<QByteArray> contentHash(TarReader &reader, qint64 size)
{
    Sha256 hash;
    qint64 position = 0;
    static const std::vector<char> zeros(1 << 16);
    const auto fill = [&](qint64 until) {
        while (position < until) {
            const auto count = std::min<qint64>(until - position, qint64(zeros.size()));
            hash.update(std::span(zeros).first(size_t(count)));
            position += count;
        }
    };
    const bool small = size <= (64 << 20);
    ENGINE_TRY(reader.readData([&](qint64 offset, std::span<const char> bytes) -> Result<void> {
        if (small) {
            fill(offset);
            hash.update(bytes);
            position = offset + qint64(bytes.size());
        }
        return {};
    }));
    if (small)
        fill(size);
    return small ? hash.finish().hex().toLatin1() : QByteArray();
}

//! Reads one archive of the set. \return why it is not what Go gives, empty when it is
QString compareArchive(const json &expected, const QByteArray &bytes)
{
    MemorySource source(bytes);
    TarReader reader(source);
    const auto entries = expected.contains("entries") && expected["entries"].is_array() ? expected["entries"] : json::array();
    const bool mustFail = !expected.value("error", std::string()).empty();
    for (size_t i = 0;; ++i) {
        auto entry = reader.next();
        if (!entry)
            return mustFail ? QString() : QStringLiteral("error: ") + entry.error().detail;
        if (!*entry) {
            if (mustFail)
                return QStringLiteral("no error");
            return i < entries.size() ? QStringLiteral("only %1 entries").arg(i) : QString();
        }
        if (i >= entries.size()) {
            if (mustFail)
                continue;
            return QStringLiteral("an entry too many: ") + QString::fromUtf8((*entry)->path);
        }
        QByteArray sha256;
        if ((*entry)->type == TarEntry::Type::File && entries[i].contains("sha256")) {
            const auto hash = contentHash(reader, (*entry)->size);
            if (!hash)
                return mustFail ? QString() : QStringLiteral("error: ") + hash.error().detail;
            sha256 = *hash;
        }
        if (const QString what = difference(entries[i], **entry, sha256); !what.isEmpty())
            return QStringLiteral("%1: %2").arg(QString::fromUtf8(text(entries[i], "name")), what);
    }
}

//! Where libarchive reads an archive otherwise than Go, and why that is no harm.
const QHash<QString, QString> &tolerated()
{
    static const QHash<QString, QString> reasons{
#include "tarformats-tolerated.inc"
    };
    return reasons;
}

} // namespace

void TestHostileLayers::breakouts_stayInside()
{
    const QList<json> attacks = linesOf("tar-attacks/breakout.jsonl");
    int passed = 0;
    for (const json &attack : attacks) {
        QTemporaryDir home;
        const QString dest = home.path() + QStringLiteral("/dest");
        const QString victim = home.path() + QStringLiteral("/victim");
        VERIFY_RESULT(makePath(dest));
        VERIFY_RESULT(makePath(victim));
        const QByteArray secret = "the victim's own words";
        VERIFY_RESULT(writeFileAtomically(victim + QStringLiteral("/hello"), secret));
        (void)unpackInto(dest, QByteArray::fromBase64(text(attack, "tar_b64"))); // an error is as good
        QCOMPARE(QDir(victim).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot), QStringList{QStringLiteral("hello")});
        QFile hello(victim + QStringLiteral("/hello"));
        QVERIFY(hello.open(QIODevice::ReadOnly));
        QCOMPARE(hello.readAll(), secret);
        QDirIterator files(dest, QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile made(files.next());
            QVERIFY2(!made.open(QIODevice::ReadOnly) || made.readAll() != secret, qPrintable(made.fileName()));
        }
        ++passed;
    }
    qInfo("tar-attacks: %d/%lld", passed, attacks.size());
    QCOMPARE(passed, 29);
}

void TestHostileLayers::tarFormats_readAsGoReadsThem()
{
    const QList<json> archives = linesOf("tar-formats/expected.jsonl");
    int passed = 0;
    QStringList failures;
    for (const json &expected : archives) {
        const QString name = QString::fromUtf8(text(expected, "file"));
        QFile file(QStringLiteral(SLIPWAY_TEST_DATA "/tar-formats/files/") + name);
        QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(name));
        const QString what = compareArchive(expected, file.readAll());
        if (what.isEmpty())
            ++passed;
        if (what.isEmpty() == tolerated().contains(name))
            failures.append(name + QStringLiteral(": ") + (what.isEmpty() ? QStringLiteral("passes now; take it off the list") : what));
    }
    qInfo("tar-formats: %d/%lld, %lld listed exceptions", passed, archives.size(), tolerated().size());
    QVERIFY2(failures.isEmpty(), qPrintable(failures.join(u'\n')));
}

void TestHostileLayers::limits_areKept()
{
    const auto code = [](const QByteArray &tar, const LayerLimits &limits) {
        QTemporaryDir home;
        const auto result = unpackInto(home.path(), tar, limits);
        return result ? -1 : int(result.error().code);
    };
    QCOMPARE(code(tarOf({file("a", QByteArray(100, 'x')), file("b", QByteArray(100, 'x'))}), {.bytes = 150}), int(ErrorCode::NoSpace));
    QCOMPARE(code(tarOf({file("a"), file("b"), file("c")}), {.entries = 2}), int(ErrorCode::NoSpace));
    QCOMPARE(code(tarOf({file("a/b/c/d")}), {.depth = 3}), int(ErrorCode::InvalidInput));
    QCOMPARE(code(tarOf({file(QByteArray(256, 'n'))}), {}), int(ErrorCode::InvalidInput));
    QCOMPARE(code(tarOf({file("a/b/c/d")}), {}), -1);
}

void TestHostileLayers::odd_data()
{
    QTest::addColumn<QByteArray>("tar");
    QTest::addColumn<bool>("accepted");
    QTest::newRow("empty archive") << QByteArray(1024, '\0') << true;
    QTest::newRow("no bytes at all") << QByteArray() << true;
    QTest::newRow("no archive") << QByteArray("hello world").repeated(200) << false;
    QTest::newRow("cut in a file") << tarOf({file("a", QByteArray(5000, 'x'))}).first(2000) << false;
    QTest::newRow("file below a file") << tarOf({file("a"), file("a/b")}) << false;
    QTest::newRow("same file twice") << tarOf({file("a", "1"), file("a", "2")}) << true;
    QTest::newRow("folder becomes a file") << tarOf({folder("a"), file("a/b"), file("a")}) << true;
    QTest::newRow("link replaced by a folder") << tarOf({symbolicLink("a", "/etc"), folder("a"), file("a/passwd")}) << true;
    QTest::newRow("through a link inside") << tarOf({folder("d"), symbolicLink("l", "d"), file("l/x")}) << true;
    QTest::newRow("through an absolute link") << tarOf({symbolicLink("l", "/tmp"), file("l/x")}) << false;
    QTest::newRow("link loop") << tarOf({symbolicLink("a", "b"), symbolicLink("b", "a"), file("a/x")}) << false;
    QTest::newRow("whiteout of ..") << tarOf({file(".wh...", "")}) << false;
    QTest::newRow("hard link to itself") << tarOf({file("a"), hardLink("a", "a")}) << true;
    QTest::newRow("hard link to a folder") << tarOf({folder("a"), hardLink("b", "a")}) << false;
    QTest::newRow("root is a file") << tarOf({file("./")}) << false;
}

void TestHostileLayers::odd()
{
    QFETCH(QByteArray, tar);
    QFETCH(bool, accepted);
    QTemporaryDir home;
    const auto result = unpackInto(home.path(), tar);
    QVERIFY2(result.has_value() == accepted, result ? "accepted" : qPrintable(result.error().detail));
    QVERIFY(!QFile::exists(QStringLiteral("/tmp/x")));
}

int main(int argc, char **argv)
{
    return runInNamespaces<TestHostileLayers>(argc, argv);
}

#include "tst_hostilelayers.moc"
