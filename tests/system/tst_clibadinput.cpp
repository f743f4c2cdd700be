// SPDX-License-Identifier: GPL-3.0-or-later
#include "faultserver.h"
#include "slipwayprogram.h"
#include "testimage.h"
#include "testregistry.h"

#include <QtCore/QRegularExpression>
#include <QtCore/QScopeGuard>
#include <QtCore/QStandardPaths>
#include <QtTest/QtTest>

#include <map>

#include <sched.h>
#include <sys/mount.h>

using namespace Qt::StringLiterals;
using TestSupport::FaultServer;
using TestSupport::TestImage;
using TestSupport::TestRegistry;

//! What goes wrong at a user's: each time one clear sentence, what to do about it, and nothing half made.
class CliBadInput : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void missingFiles_data() { users(); }
    void missingFiles();
    void dockerfiles_data();
    void dockerfiles();
    void commandsThatCannotRun_data();
    void commandsThatCannotRun();
    void registryThatIsDown_data() { users(); }
    void registryThatIsDown();
    void manifestThatIsNotThere_data() { users(); }
    void manifestThatIsNotThere();
    void wrongDigest_data() { users(); }
    void wrongDigest();
    void fullDisk_data() { users(); }
    void fullDisk();
    void noSubordinateIds();
    void noRuntime_data();
    void noRuntime();
    void damagedBlob_data() { users(); }
    void damagedBlob();

private:
    static void users()
    {
        QTest::addColumn<QString>("who");
        QTest::newRow("root") << u"root"_s;
        QTest::newRow("user") << u"user"_s;
    }
    std::optional<TestUser> userCalled(const QString &who) const;
    void choose();
    void load();
    bool hide(const QString &file) const;

    //! One error and nothing else: \p lines on standard error, the code, and a store as before.
    void checkRefused(const QStringList &arguments, int code, const QStringList &lines, const QByteArray &input = {});
    QByteArrayList picture() const;

    QTemporaryDir m_base;
    std::map<QString, SlipwayProgram> m_programs;
    const SlipwayProgram *m_slipway = nullptr;
    bool m_hasOwnMounts = false;
    TestRegistry m_registry;
    QString m_noRegistry;   //!< why there is none
};

void CliBadInput::initTestCase()
{
    QVERIFY2(QFileInfo(SlipwayProgram::program()).isExecutable(), qPrintable(SlipwayProgram::program()));
    QVERIFY(m_base.isValid());
    QVERIFY(QFile::setPermissions(m_base.path(), QFile::permissions(m_base.path()) | QFile::ReadOther | QFile::ExeOther));
    // Mounts of our own, which our children see and nobody else does: full disks and files that are not there.
    m_hasOwnMounts = ::geteuid() == 0 && ::unshare(CLONE_NEWNS) == 0
        && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    m_noRegistry = m_registry.start();
    if (m_noRegistry.isEmpty())
        m_noRegistry = m_registry.push(SlipwayProgram::starterImage(), u"slipway-starter:latest"_s, u"team/app:1"_s);
}

void CliBadInput::cleanupTestCase()
{
    for (const auto &[who, slipway] : m_programs)
        slipway.removeAllContainers();
}

std::optional<TestUser> CliBadInput::userCalled(const QString &who) const
{
    return who == u"root"_s ? TestUser::root() : TestUser::ordinary();
}

//! The user of the test's row; skips where there is none.
void CliBadInput::choose()
{
    QFETCH(const QString, who);
    const std::optional<TestUser> user = userCalled(who);
    if (!user)
        QSKIP(who == u"root"_s ? "needs root" : TestUser::missing());
    const bool isNew = !m_programs.contains(who);
    m_slipway = &m_programs.try_emplace(who, *user, m_base.filePath(who)).first->second;
    if (!isNew)
        return;
    QVERIFY(!m_slipway->folder(u"."_s).isEmpty() && !m_slipway->folder(u"run"_s).isEmpty() && !m_slipway->folder(u"context"_s).isEmpty());
    load();
}

void CliBadInput::load()
{
    const SlipwayProgram::Answer loaded = (*m_slipway)({u"load"_s, u"-i"_s, SlipwayProgram::starterImage()});
    QVERIFY2(loaded.code == 0, loaded.err.constData());
}

//! Images and containers, as their commands show them, and the folders that must not grow.
QByteArrayList CliBadInput::picture() const
{
    QByteArrayList all{(*m_slipway)({u"images"_s, u"--no-trunc"_s, u"--format"_s, u"{{.ID}} {{.Repository}}:{{.Tag}}"_s}).out,
                       (*m_slipway)({u"ps"_s, u"-a"_s, u"--format"_s, u"{{.ID}} {{.Status}}"_s}).out};
    for (const QString &folder : {u"staging"_s, u"layers"_s, u"containers"_s, u"images/blobs/sha256"_s}) {
        const QStringList names = QDir(m_slipway->store() + u'/' + folder).entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
        all += names.join(u' ').toUtf8();
    }
    return all;
}

void CliBadInput::checkRefused(const QStringList &arguments, int code, const QStringList &lines, const QByteArray &input)
{
    const QByteArrayList before = picture();
    const SlipwayProgram::Answer answer = (*m_slipway)(arguments, input);
    const QByteArrayList after = picture();
    // of a layer: its blob or the file being unpacked, whichever meets the end of the disk
    static const QRegularExpression part(u"HOME/store/staging/[0-9a-f]{32}/layer-\\d|(?<=write )file-\\d"_s);
    const QString said = QString::fromUtf8(answer.err).replace(m_slipway->home(), u"HOME"_s).replace(part, u"PART"_s);
    QCOMPARE(said, lines.join(u'\n') + u'\n');
    QCOMPARE(answer.code, code);
    QCOMPARE(after, before);
    const SlipwayProgram::Answer check = (*m_slipway)({u"system"_s, u"check"_s});
    QVERIFY2(check.code == 0, check.out.constData());
    QCOMPARE(check.out, "The store " + m_slipway->store().toUtf8() + " is whole\n");
}

//! Until the end of the test's own mounts, or umount.
bool CliBadInput::hide(const QString &file) const
{
    return ::mount("/dev/null", QFile::encodeName(file).constData(), nullptr, MS_BIND, nullptr) == 0;
}

void CliBadInput::missingFiles()
{
    choose();
    QFile::remove(m_slipway->home() + "/context/Dockerfile"_L1);
    checkRefused({u"build"_s, u"context"_s}, 1,
                 {u"Error: failed to read dockerfile: HOME/context/Dockerfile: no such file or directory"_s,
                  u"name the Dockerfile with -f, or build in its folder"_s});
    checkRefused({u"build"_s, u"-f"_s, u"nosuch"_s, u"context"_s}, 1,
                 {u"Error: failed to read dockerfile: HOME/nosuch: no such file or directory"_s,
                  u"name the Dockerfile with -f, or build in its folder"_s});
    checkRefused({u"build"_s, u"nosuch"_s}, 1, {u"slipway: path \"nosuch\" not found"_s});
    checkRefused({u"load"_s, u"-i"_s, u"nosuch"_s}, 1, {u"slipway: open nosuch: no such file or directory"_s});
    checkRefused({u"run"_s, u"--env-file"_s, u"nosuch"_s, u"slipway-starter"_s}, 125,
                 {u"slipway: open nosuch: No such file or directory"_s, u"See 'slipway run --help'."_s});
    checkRefused({u"rmi"_s, u"nosuch"_s}, 1, {u"Error: No such image: nosuch:latest"_s, u"slipway pull nosuch"_s});
}

void CliBadInput::dockerfiles_data()
{
    QTest::addColumn<QString>("who");
    QTest::addColumn<QByteArray>("dockerfile");
    QTest::addColumn<QStringList>("lines");
    for (const QString &who : {u"root"_s, u"user"_s}) {
        const auto row = [&who](const char *name, const QByteArray &dockerfile, const QStringList &lines) {
            QTest::newRow(qPrintable(who + ", "_L1 + QLatin1StringView(name))) << who << dockerfile << lines;
        };
        const QString instructions = u"every line starts with one of ADD, ARG, CMD, COPY, ENTRYPOINT, ENV, EXPOSE, FROM, HEALTHCHECK, "
                                     "LABEL, MAINTAINER, ONBUILD, RUN, SHELL, STOPSIGNAL, USER, VOLUME, WORKDIR"_s;
        row("empty", "", {u"context/Dockerfile:1:1: error: file with no instructions"_s, u"  1 | "_s, u"    | ^"_s,
                          u"start with a line like: FROM busybox"_s});
        row("unknown instruction", "FROM slipway-starter\n\n\tRNU ls\n",
            {u"context/Dockerfile:3:2: error: unknown instruction: RNU (did you mean RUN?)"_s, u"  3 | \tRNU ls"_s, u"    | \t^^^"_s, instructions});
        row("unknown instruction, CRLF", "FROM slipway-starter\r\nRNU ls\r\n",
            {u"context/Dockerfile:2:1: error: unknown instruction: RNU (did you mean RUN?)"_s, u"  2 | RNU ls"_s, u"    | ^^^"_s, instructions});
        row("unknown instruction, BOM", "\xEF\xBB\xBFRNU ls\n",
            {u"context/Dockerfile:1:1: error: unknown instruction: RNU (did you mean RUN?)"_s, u"  1 | RNU ls"_s, u"    | ^^^"_s, instructions});
        row("file that is not there", "FROM slipway-starter\nCOPY nothing /\n",
            {u"context/Dockerfile:2:6: error: \"/nothing\" not found in the build context HOME/context"_s, u"  2 | COPY nothing /"_s,
             u"    |      ^^^^^^^"_s, u"paths are relative to the build context; check the spelling"_s});
    }
}

void CliBadInput::dockerfiles()
{
    QFETCH(const QByteArray, dockerfile);
    QFETCH(const QStringList, lines);
    choose();
    QVERIFY(m_slipway->write(u"context/Dockerfile"_s, dockerfile));
    checkRefused({u"build"_s, u"-f"_s, u"context/Dockerfile"_s, u"context"_s}, 1, lines);
}

void CliBadInput::commandsThatCannotRun_data()
{
    QTest::addColumn<QString>("who");
    QTest::addColumn<QStringList>("command");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("sentence");
    QTest::addColumn<QString>("remedy");
    const QString spelling = u"Check the command's spelling and that the image contains it"_s;
    const QString program = u"Name a file that is a program and has its executable bit set"_s;
    for (const QString &who : {u"root"_s, u"user"_s}) {
        const auto row = [&who](const char *name, const QStringList &command, int code, const QString &sentence, const QString &remedy) {
            QTest::newRow(qPrintable(who + ", "_L1 + QLatin1StringView(name))) << who << command << code << sentence << remedy;
        };
        row("not found", {u"nosuch"_s}, 127, u"exec: \"nosuch\": executable file not found in $PATH"_s, spelling);
        row("path not found", {u"/no/such"_s}, 127, u"exec: \"/no/such\": no such file or directory"_s, spelling);
        row("folder", {u"/etc"_s}, 126, u"exec: \"/etc\": is a directory or another special file, not a program"_s, program);
        row("not executable", {u"/etc/passwd"_s}, 126, u"exec: \"/etc/passwd\": permission denied"_s, program);
    }
}

void CliBadInput::commandsThatCannotRun()
{
    QFETCH(const QStringList, command);
    QFETCH(const int, code);
    QFETCH(const QString, sentence);
    QFETCH(const QString, remedy);
    choose();
    const QStringList lines{"Error: "_L1 + sentence, remedy};
    checkRefused(QStringList{u"run"_s, u"--rm"_s, u"slipway-starter"_s} + command, code, lines);
    QCOMPARE((*m_slipway)({u"run"_s, u"-d"_s, u"--rm"_s, u"--name"_s, u"host"_s, u"slipway-starter"_s, u"sleep"_s, u"1000"_s}).code, 0);
    const SlipwayProgram::Answer executed = (*m_slipway)(QStringList{u"exec"_s, u"host"_s} + command);
    m_slipway->removeAllContainers();
    QCOMPARE(QString::fromUtf8(executed.err), lines.join(u'\n') + u'\n');
    QCOMPARE(executed.code, code);
}

void CliBadInput::registryThatIsDown()
{
    choose();
    const QStringList lines{u"Error: http://localhost:1/v2/x/manifests/latest: connection refused"_s,
                            u"Check that a server runs at localhost:1 and that the address is right."_s};
    checkRefused({u"pull"_s, u"-q"_s, u"localhost:1/x"_s}, 1, lines);
    checkRefused({u"run"_s, u"--rm"_s, u"localhost:1/x"_s}, 125, QStringList{u"Unable to find image 'localhost:1/x:latest' locally"_s} + lines);
    QVERIFY(m_slipway->write(u"context/Dockerfile"_s, "FROM localhost:1/x\n"));
    checkRefused({u"build"_s, u"-f"_s, u"context/Dockerfile"_s, u"context"_s}, 1,
                 {u"context/Dockerfile:1:6: error: http://localhost:1/v2/x/manifests/latest: connection refused"_s, u"  1 | FROM localhost:1/x"_s,
                  u"    |      ^"_s, lines[1]});
}

void CliBadInput::manifestThatIsNotThere()
{
    if (!m_noRegistry.isEmpty())
        QSKIP(qPrintable(m_noRegistry));
    choose();
    const QString address = m_registry.address();
    checkRefused({u"pull"_s, u"-q"_s, address + "/nosuch:1"_L1}, 1,
                 {u"Error: manifest for %1/nosuch:1 not found: manifest unknown"_s.arg(address), u"Check the name and the tag."_s});
    checkRefused({u"pull"_s, u"-q"_s, address + "/team/app:2"_L1}, 1,
                 {u"Error: manifest for %1/team/app:2 not found: manifest unknown"_s.arg(address), u"Check the name and the tag."_s});
}

void CliBadInput::wrongDigest()
{
    choose();
    TestImage image(2);
    image.layers[1].blob += "more"; // under the digest that the manifest names
    image.layers[1].sizeBytes = image.layers[1].blob.size();
    const FaultServer server([&image](const FaultServer::Request &request) { return image.answer(request); });
    checkRefused({u"pull"_s, u"-q"_s, server.address() + "/team/app:1"_L1}, 1,
                 {u"Error: filesystem layer verification failed for digest %1: the registry sent %2"_s
                      .arg(QString::fromLatin1(image.layers[1].digest), QString::fromLatin1(TestImage::digestOf(image.layers[1].blob))),
                  u"Try again; if it stays so, the registry's data is damaged."_s});
}

void CliBadInput::fullDisk()
{
    if (!m_hasOwnMounts)
        QSKIP("needs root, to mount a small disk");
    if (!m_noRegistry.isEmpty())
        QSKIP(qPrintable(m_noRegistry));
    choose();
    QFETCH(const QString, who);
    const SlipwayProgram small(*userCalled(who), m_base.filePath(who + "-small"_L1));
    QVERIFY(!small.folder(u"."_s).isEmpty() && !small.folder(u"run"_s).isEmpty() && !small.folder(u"context"_s).isEmpty());
    const QByteArray store = QFile::encodeName(small.folder(u"store"_s));
    QVERIFY(::mount("small", store.constData(), "tmpfs", 0, "size=12m") == 0 && small.user().own(small.store()));
    const SlipwayProgram *usual = std::exchange(m_slipway, &small);
    const auto back = qScopeGuard([&] {
        m_slipway = usual;
        ::umount2(store.constData(), MNT_DETACH);
    });
    load();

    TestImage image(2, 16'000'000);
    const FaultServer server([&image](const FaultServer::Request &request) { return image.answer(request); });
    const QString remedy = u"Free some space on the disk, for example with: slipway system prune"_s;
    checkRefused({u"pull"_s, u"-q"_s, server.address() + "/team/app:1"_L1}, 1, {u"Error: write PART: No space left on device"_s, remedy});
    QVERIFY(small.write(u"context/big"_s, QByteArray(16'000'000, 'x')));
    QVERIFY(small.write(u"context/Dockerfile"_s, "FROM slipway-starter\nCOPY big /\n"));
    checkRefused({u"build"_s, u"-q"_s, u"-f"_s, u"context/Dockerfile"_s, u"context"_s}, 1,
                 {u"context/Dockerfile:2:6: error: write big: No space left on device"_s, u"  2 | COPY big /"_s, u"    |      ^"_s, remedy});
    QCOMPARE(small({u"run"_s, u"--rm"_s, u"slipway-starter"_s, u"echo"_s, u"still works"_s}).out, QByteArray("still works\n"));
}

void CliBadInput::noSubordinateIds()
{
    const std::optional<TestUser> user = TestUser::ordinary();
    if (!m_hasOwnMounts || !user)
        QSKIP("needs root and an ordinary account");
    const SlipwayProgram slipway(*user, m_base.filePath(u"noids"_s));
    QVERIFY(!slipway.folder(u"."_s).isEmpty() && !slipway.folder(u"run"_s).isEmpty());
    QVERIFY(hide(u"/etc/subuid"_s));
    const auto back = qScopeGuard([] { ::umount("/etc/subuid"); });
    for (const QStringList &arguments : {QStringList{u"ps"_s}, QStringList{u"run"_s, u"slipway-starter"_s}, QStringList{u"build"_s, u"."_s}}) {
        const SlipwayProgram::Answer answer = slipway(arguments);
        QVERIFY2(QRegularExpression(u"^Error: the account %1 has no range of subordinate ids in /etc/subuid, so containers cannot have users of their own\n"
                                    "sudo usermod --add-subuids \\d+-\\d+ --add-subgids \\d+-\\d+ %1\n$"_s.arg(user->name()))
                     .match(QString::fromUtf8(answer.err)).hasMatch(), answer.err.constData());
        QCOMPARE(answer.code, arguments.first() == u"run"_s ? 125 : 1);
        QCOMPARE(answer.out, QByteArray());
    }
    QVERIFY(!QFileInfo::exists(slipway.store()));
}

void CliBadInput::noRuntime_data()
{
    QTest::addColumn<QString>("who");
    QTest::addColumn<QString>("program");
    for (const QString &who : {u"root"_s, u"user"_s}) {
        for (const QString &program : {u"crun"_s, u"conmon"_s})
            QTest::newRow(qPrintable(who + ", "_L1 + program)) << who << program;
    }
}

void CliBadInput::noRuntime()
{
    QFETCH(const QString, program);
    if (!m_hasOwnMounts)
        QSKIP("needs root, to hide a program");
    choose();
    QFile::remove(m_slipway->home() + "/context/Dockerfile"_L1);
    const QString path = QFileInfo(QStandardPaths::findExecutable(program)).canonicalFilePath();
    QVERIFY(hide(path));
    const auto back = qScopeGuard([&path] { ::umount(QFile::encodeName(path).constData()); });
    const QString sentence = u"the program %1 is not installed"_s.arg(program);
    const QString remedy = "sudo apt install "_L1 + program;
    checkRefused({u"run"_s, u"--rm"_s, u"slipway-starter"_s, u"true"_s}, 125, {"Error: "_L1 + sentence, remedy});
    if (program == u"crun"_s) {
        QVERIFY(m_slipway->write(u"context/Dockerfile"_s, "FROM slipway-starter\nRUN true\n"));
        checkRefused({u"build"_s, u"-q"_s, u"-f"_s, u"context/Dockerfile"_s, u"context"_s}, 1,
                     {"context/Dockerfile:2:1: error: "_L1 + sentence, u"  2 | RUN true"_s, u"    | ^"_s, remedy});
    }
    QCOMPARE((*m_slipway)({u"images"_s}).code, 0); // what needs none works
}

void CliBadInput::damagedBlob()
{
    choose();
    const QString folder = m_slipway->store() + "/images/blobs/sha256"_L1;
    const QFileInfo smallest = QDir(folder).entryInfoList(QDir::Files, QDir::Size | QDir::Reversed).constFirst();
    QFile blob(smallest.filePath());
    QVERIFY(blob.open(QIODevice::ReadWrite));
    const QByteArray whole = blob.readAll();
    QVERIFY(blob.seek(0) && blob.write(QByteArray(1, whole[0] ^ 1)) == 1 && blob.flush());
    const SlipwayProgram::Answer check = (*m_slipway)({u"system"_s, u"check"_s});
    QVERIFY(blob.seek(0) && blob.write(whole.left(1)) == 1 && blob.flush());
    QCOMPARE(check.code, 1);
    QVERIFY2(check.out.startsWith("Fault: the blob " + smallest.fileName().toUtf8() + " is damaged: "), check.out.constData());
    QVERIFY2(check.err.startsWith("Error: the store " + m_slipway->store().toUtf8() + " has 1 fault\n"), check.err.constData());
    QCOMPARE((*m_slipway)({u"system"_s, u"check"_s}).code, 0);
}

QTEST_GUILESS_MAIN(CliBadInput)
#include "tst_clibadinput.moc"
