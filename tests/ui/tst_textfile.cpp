// SPDX-License-Identifier: GPL-3.0-or-later
#include "controllers/editordocument.h"
#include "controllers/sampleproject.h"
#include "models/textfile.h"

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <QtCore/QDir>
#include <QtCore/QTemporaryDir>

#include <csignal>
#include <sys/resource.h>
#include <unistd.h>

using namespace Gui;
using namespace Qt::StringLiterals;
using Engine::ErrorCode;

//! Files as the editor reads and writes them, and what it notices of others' changes.
class TestTextFile final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }
    void loadAndSave_keepsEveryByte_data();
    void loadAndSave_keepsEveryByte();
    void load_failures_data();
    void load_failures();
    void save_fullDisk_leavesTheOldFile();
    void save_readOnlyFile_isRefused();
    void save_folderGone_isNotFound();
    void save_keepsPermissionsAndLinks();
    void document_tellsOthersChangesOnly();
    void document_deletedFile_isTold();
    void sample_isCopiedOnceAndWritable();
    void sample_missingSource_isNotFound();

private:
    QString path(const QString &name = u"Dockerfile"_s) const { return m_dir->filePath(name); }
    void write(const QByteArray &bytes, const QString &name = u"Dockerfile"_s) const
    {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }
    QByteArray read(const QString &name = u"Dockerfile"_s) const
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    std::unique_ptr<QTemporaryDir> m_dir;
};

void TestTextFile::loadAndSave_keepsEveryByte_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("text");
    QTest::newRow("LF") << QByteArray("FROM a\nRUN b\n") << u"FROM a\nRUN b\n"_s;
    QTest::newRow("no last line end") << QByteArray("FROM a") << u"FROM a"_s;
    QTest::newRow("CRLF") << QByteArray("FROM a\r\nRUN b\r\n") << u"FROM a\nRUN b\n"_s;
    QTest::newRow("byte order mark") << QByteArray("\xEF\xBB\xBF" "FROM a\n") << u"FROM a\n"_s;
    QTest::newRow("byte order mark and CRLF") << QByteArray("\xEF\xBB\xBF" "FROM a\r\n") << u"FROM a\n"_s;
    QTest::newRow("empty") << QByteArray("") << QString();
    QTest::newRow("accents") << QByteArray("# caf\xC3\xA9\n") << u"# café\n"_s;
    QTest::newRow("5,000 lines") << QByteArray("RUN echo a line like many others\n").repeated(5000)
                                 << u"RUN echo a line like many others\n"_s.repeated(5000);
}

void TestTextFile::loadAndSave_keepsEveryByte()
{
    QFETCH(QByteArray, bytes);
    write(bytes);
    auto file = loadTextFile(path());
    QVERIFY(file);
    QTEST(file->text, "text");
    const auto saved = saveTextFile(*file);
    QVERIFY(saved);
    QCOMPARE(read(), bytes);
    QCOMPARE(saved->stamp, fileStamp(path()));
}

void TestTextFile::load_failures_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("name");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("says");
    QTest::newRow("missing") << QByteArray() << u"nothing"_s << ErrorCode::NotFound << u"cannot read"_s;
    QTest::newRow("folder") << QByteArray() << u"."_s << ErrorCode::InvalidInput << u"it is a folder"_s;
    QTest::newRow("binary") << QByteArray("\x7f" "ELF\0\0", 6) << u"Dockerfile"_s << ErrorCode::InvalidInput << u"it is a binary file"_s;
    QTest::newRow("not UTF-8") << QByteArray("# caf\xE9\n") << u"Dockerfile"_s << ErrorCode::InvalidInput << u"it is not UTF-8 text"_s;
    QTest::newRow("too large") << QByteArray(5 * 1024 * 1024, 'x') << u"Dockerfile"_s << ErrorCode::InvalidInput << u"larger than 4 MiB"_s;
}

void TestTextFile::load_failures()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, name);
    if (!bytes.isEmpty())
        write(bytes);
    const auto file = loadTextFile(path(name));
    QVERIFY(!file);
    QTEST(file.error().code, "code");
    QFETCH(QString, says);
    QVERIFY2(file.error().detail.contains(says), qPrintable(file.error().detail));
    QVERIFY(file.error().detail.contains(path(name)));
}

void TestTextFile::save_fullDisk_leavesTheOldFile()
{
    write("FROM old\n");
    TextFile file = *loadTextFile(path());
    file.text = QString(100'000, u'x');
    // a limit on file size stands in for a full disk: the same write fails, half way
    rlimit old = {};
    QCOMPARE(getrlimit(RLIMIT_FSIZE, &old), 0);
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit tight{4096, old.rlim_max};
    QCOMPARE(setrlimit(RLIMIT_FSIZE, &tight), 0);
    const auto saved = saveTextFile(file);
    setrlimit(RLIMIT_FSIZE, &old);
    QVERIFY(!saved);
    QCOMPARE(saved.error().code, ErrorCode::NoSpace);
    QCOMPARE(read(), QByteArray("FROM old\n"));
    QCOMPARE(QDir(m_dir->path()).entryList(QDir::Files | QDir::Hidden), QStringList{u"Dockerfile"_s});
}

void TestTextFile::save_readOnlyFile_isRefused()
{
    if (geteuid() == 0)
        QSKIP("root may write everything");
    write("FROM old\n");
    QFile::setPermissions(path(), QFileDevice::ReadOwner);
    const TextFile file = *loadTextFile(path());
    QVERIFY(file.readOnly);
    const auto saved = saveTextFile(file);
    QVERIFY(!saved);
    QCOMPARE(saved.error().code, ErrorCode::PermissionDenied);
}

void TestTextFile::save_folderGone_isNotFound()
{
    const auto saved = saveTextFile({.path = path(u"gone/Dockerfile"_s), .text = u"x"_s, .lineEnd = TextFile::LineEnd::Lf, .byteOrderMark = false, .readOnly = false, .stamp = {}});
    QVERIFY(!saved);
    QCOMPARE(saved.error().code, ErrorCode::NotFound);
}

void TestTextFile::save_keepsPermissionsAndLinks()
{
    write("FROM a\n", u"real"_s);
    const auto wanted = QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ExeOwner;
    QVERIFY(QFile::setPermissions(path(u"real"_s), wanted));
    QVERIFY(QFile::link(u"real"_s, path()));
    TextFile file = *loadTextFile(path());
    file.text = u"FROM b\n"_s;
    QVERIFY(saveTextFile(file));
    QVERIFY(QFileInfo(path()).isSymLink());
    QCOMPARE(read(u"real"_s), QByteArray("FROM b\n"));
    QCOMPARE(QFile::permissions(path(u"real"_s)) & wanted, wanted);
}

void TestTextFile::document_tellsOthersChangesOnly()
{
    write("FROM a\n");
    EditorDocument document;
    QSignalSpy opened(&document, &EditorDocument::opened);
    QSignalSpy saved(&document, &EditorDocument::saved);
    QSignalSpy changed(&document, &EditorDocument::changedOnDisk);
    document.open(path());
    QTRY_COMPARE(opened.size(), 1);
    document.save(u"FROM b\n"_s);
    QTRY_COMPARE(saved.size(), 1);
    QCOMPARE(read(), QByteArray("FROM b\n"));
    write("FROM c\n"); // in place
    QTRY_COMPARE(changed.size(), 1);
    write("FROM d\n", u"new"_s); // replaced, as most editors do
    QVERIFY(::rename(qPrintable(path(u"new"_s)), qPrintable(path())) == 0);
    QTRY_COMPARE(changed.size(), 2);
}

void TestTextFile::document_deletedFile_isTold()
{
    write("FROM a\n");
    EditorDocument document;
    QSignalSpy opened(&document, &EditorDocument::opened);
    QSignalSpy vanished(&document, &EditorDocument::vanished);
    document.open(path());
    QTRY_COMPARE(opened.size(), 1);
    QVERIFY(QFile::remove(path()));
    QTRY_COMPARE(vanished.size(), 1);
}

void TestTextFile::sample_isCopiedOnceAndWritable()
{
    const QString source = QStringLiteral(SLIPWAY_SOURCE_DIR "/resources/samples/hello-web");
    const QString target = path(u"Documents/Slipway/hello-web"_s);
    const auto made = ensureSampleProject(source, target);
    QVERIFY(made);
    QCOMPARE(*made, target);
    for (const auto *name : {"Dockerfile", ".dockerignore", "site/index.html"})
        QVERIFY2(QFileInfo(target + u'/' + QLatin1StringView(name)).isWritable(), name);
    QVERIFY(QFileInfo(target + u"/site/cgi-bin/facts"_s).isExecutable());
    QVERIFY(QFile::remove(target + u"/README.md"_s));
    QVERIFY(ensureSampleProject(source, target));
    QVERIFY(!QFile::exists(target + u"/README.md"_s)); // what the user deleted stays deleted
    QCOMPARE(QDir(path(u"Documents/Slipway"_s)).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot), QStringList{u"hello-web"_s});
}

void TestTextFile::sample_missingSource_isNotFound()
{
    const auto made = ensureSampleProject(path(u"no"_s), path(u"target"_s));
    QVERIFY(!made);
    QCOMPARE(made.error().code, ErrorCode::NotFound);
    QVERIFY(!QFile::exists(path(u"target"_s)));
}

QTEST_GUILESS_MAIN(TestTextFile)
#include "tst_textfile.moc"
