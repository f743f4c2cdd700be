// SPDX-License-Identifier: GPL-3.0-or-later
#include "slipwayprogram.h"
#include "terminalprocess.h"
#include "testregistry.h"

#include <QtCore/QRegularExpression>
#include <QtTest/QtTest>

#include <map>

using namespace Qt::StringLiterals;
using TestSupport::TestRegistry;

//! Pulls of a real Debian image from a real registry, as the command line tells of them.
class CliPull : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup();
    void pull_data() { users(); }
    void pull();
    void pull_quiet_data() { users(); }
    void pull_quiet();
    void pull_onATerminal_data() { users(); }
    void pull_onATerminal();
    void run_pullsWhatIsMissing_data() { users(); }
    void run_pullsWhatIsMissing();
    void build_pullsItsImages_data() { users(); }
    void build_pullsItsImages();
    void sharedLayersAreTold_data() { users(); }
    void sharedLayersAreTold();

private:
    static void users()
    {
        QTest::addColumn<QString>("who");
        QTest::newRow("root") << u"root"_s;
        QTest::newRow("user") << u"user"_s;
    }
    void choose();
    QString name(const char *reference) const { return m_registry.address() + u'/' + QLatin1StringView(reference); }

    TestRegistry m_registry;
    QString m_missing;  //!< why there is no registry or image
    QTemporaryDir m_base;
    std::map<QString, SlipwayProgram> m_programs;
    const SlipwayProgram *m_slipway = nullptr;
};

void CliPull::initTestCase()
{
    QVERIFY2(QFileInfo(SlipwayProgram::program()).isExecutable(), qPrintable(SlipwayProgram::program()));
    QVERIFY(m_base.isValid());
    QVERIFY(QFile::setPermissions(m_base.path(), QFile::permissions(m_base.path()) | QFile::ReadOther | QFile::ExeOther));
    const QString layout = TestRegistry::debianLayout(&m_missing);
    if (m_missing.isEmpty())
        m_missing = m_registry.start();
    if (!m_missing.isEmpty())
        QSKIP(qPrintable(m_missing));
    QCOMPARE(m_registry.push(layout, u"latest"_s, u"debian:latest"_s), QString());
    QCOMPARE(m_registry.push(layout, u"layers"_s, u"debian:layers"_s), QString());
}

//! Every test starts without images.
void CliPull::cleanup()
{
    if (!m_slipway)
        return;
    m_slipway->removeAllContainers();
    QCOMPARE((*m_slipway)({u"system"_s, u"prune"_s, u"-af"_s}).code, 0);
    const SlipwayProgram::Answer usage = (*m_slipway)({u"system"_s, u"df"_s, u"--bytes"_s, u"--format"_s, u"{{.TotalCount}} {{.Size}}"_s});
    QCOMPARE(usage.out, QByteArray("0 0\n0 0\n0 0\n"));
}

void CliPull::choose()
{
    QFETCH(const QString, who);
    const std::optional<TestUser> user = who == u"root"_s ? TestUser::root() : TestUser::ordinary();
    if (!user)
        QSKIP(who == u"root"_s ? "needs root" : TestUser::missing());
    const bool isNew = !m_programs.contains(who);
    m_slipway = &m_programs.try_emplace(who, *user, m_base.filePath(who)).first->second;
    if (isNew)
        QVERIFY(!m_slipway->folder(u"."_s).isEmpty() && !m_slipway->folder(u"run"_s).isEmpty());
}

void CliPull::pull()
{
    choose();
    const SlipwayProgram::Answer first = (*m_slipway)({u"pull"_s, name("debian")});
    QVERIFY2(first.code == 0, first.err.constData());
    const QString reference = name("debian:latest");
    const QRegularExpression expected(u"^Using default tag: latest\nlatest: Pulling from debian\n([0-9a-f]{12}): Pulling fs layer\n\\1: Pull complete\n"
                                      "Digest: (sha256:[0-9a-f]{64})\nStatus: Downloaded newer image for %1\n%1\n$"_s
                                          .arg(QRegularExpression::escape(reference)));
    const QRegularExpressionMatch match = expected.match(QString::fromUtf8(first.out));
    QVERIFY2(match.hasMatch(), first.out.constData());

    const SlipwayProgram::Answer second = (*m_slipway)({u"pull"_s, name("debian")});
    QCOMPARE(QString::fromUtf8(second.out), u"Using default tag: latest\nlatest: Pulling from debian\nDigest: %1\n"
                                            "Status: Image is up to date for %2\n%2\n"_s.arg(match.captured(2), reference));
    QCOMPARE((*m_slipway)({u"images"_s, u"--format"_s, u"{{.Repository}}:{{.Tag}}"_s}).out, reference.toUtf8() + '\n');
    QVERIFY((*m_slipway)({u"run"_s, u"--rm"_s, name("debian"), u"cat"_s, u"/etc/debian_version"_s}).out.startsWith("12."));
    QCOMPARE((*m_slipway)({u"system"_s, u"check"_s}).code, 0);
}

void CliPull::pull_quiet()
{
    choose();
    const SlipwayProgram::Answer answer = (*m_slipway)({u"pull"_s, u"-q"_s, name("debian:layers")});
    QCOMPARE(answer.err, QByteArray());
    QCOMPARE(answer.out, name("debian:layers").toUtf8() + '\n');
}

void CliPull::pull_onATerminal()
{
    choose();
    TerminalProcess pull(m_slipway->command({u"pull"_s, name("debian:layers")}), 30, 120);
    QCOMPARE(pull.wait(60'000), 0);
    const QByteArray seen = pull.seen();
    QVERIFY2(QRegularExpression(u"[0-9a-f]{12}: Downloading \\[=*>? *\\] +[0-9.]+[kM]?B/[0-9.]+MB"_s).match(QString::fromUtf8(seen)).hasMatch(), seen.constData());
    QVERIFY(seen.contains("\x1b[5A"));  // five layers, drawn over
    QCOMPARE(seen.mid(seen.lastIndexOf("\x1b[5A")).count(": Pull complete"), 5);
    QVERIFY(pull.isRestored());
}

void CliPull::run_pullsWhatIsMissing()
{
    choose();
    const SlipwayProgram::Answer answer = (*m_slipway)({u"run"_s, u"--rm"_s, name("debian"), u"echo"_s, u"Salut"_s});
    QCOMPARE(answer.out, QByteArray("Salut\n")); // nothing of the pull
    const QString said = QString::fromUtf8(answer.err);
    QVERIFY2(said.startsWith(u"Unable to find image '%1' locally\nlatest: Pulling from debian\n"_s.arg(name("debian:latest"))), answer.err.constData());
    QVERIFY2(said.endsWith(u"\nStatus: Downloaded newer image for %1\n"_s.arg(name("debian:latest"))), answer.err.constData());
    QCOMPARE((*m_slipway)({u"run"_s, u"--rm"_s, u"--pull"_s, u"never"_s, name("debian:layers")}).code, 125);
}

void CliPull::build_pullsItsImages()
{
    choose();
    const QString layout = TestRegistry::debianLayout(&m_missing);
    QCOMPARE(m_registry.push(layout, u"latest"_s, u"moving:1"_s), QString());
    const QByteArray base = name("moving:1").toUtf8();
    QVERIFY(m_slipway->write(u"Dockerfile"_s, "FROM " + base + "\nCOPY --from=" + name("debian:layers").toUtf8() + " /etc/slipway-test /copied\n"
                                              "RUN cat /copied; cat /etc/slipway-test || echo none yet\n"));
    const QStringList build{u"build"_s, u"-t"_s, u"built"_s, u"."_s};
    const SlipwayProgram::Answer first = (*m_slipway)(build); // neither image is here
    QVERIFY2(first.code == 0, first.err.constData());
    QVERIFY2(first.out.contains("made of layers\nnone yet\n"), first.out.constData());

    QCOMPARE(m_registry.push(layout, u"layers"_s, u"moving:1"_s), QString()); // the tag moves on
    const SlipwayProgram::Answer again = (*m_slipway)(build);
    QCOMPARE(again.out.count("Using cache"), 2); // what is here is good enough …
    const SlipwayProgram::Answer pulled = (*m_slipway)(QStringList{u"build"_s, u"--pull"_s} + build.mid(1)); // … unless asked
    QVERIFY2(pulled.code == 0, pulled.err.constData());
    QVERIFY2(pulled.out.contains("made of layers\nmade of layers\n"), pulled.out.constData());

    QVERIFY(m_slipway->write(u"Dockerfile"_s, "FROM " + base + "\nRUN true\nCOPY --from=" + name("nosuch:1").toUtf8() + " /x /y\n"));
    const SlipwayProgram::Answer missing = (*m_slipway)(build);
    QVERIFY(missing.code != 0);
    QVERIFY2(missing.err.contains("Dockerfile:3:13: error: "), missing.err.constData());
}

void CliPull::sharedLayersAreTold()
{
    choose();
    QCOMPARE((*m_slipway)({u"pull"_s, u"-q"_s, name("debian")}).code, 0);
    QVERIFY(m_slipway->write(u"Dockerfile"_s, "FROM " + name("debian").toUtf8() + "\nENV A=b\n"));
    QCOMPARE((*m_slipway)({u"build"_s, u"-q"_s, u"-t"_s, u"shared"_s, u"."_s}).code, 0);
    QCOMPARE((*m_slipway)({u"rmi"_s, name("debian")}).code, 0);
    const SlipwayProgram::Answer again = (*m_slipway)({u"pull"_s, name("debian")});
    QVERIFY2(again.out.contains(": Already exists\nDigest: ") && again.out.contains("Status: Downloaded newer image"), again.out.constData());
}

QTEST_GUILESS_MAIN(CliPull)
#include "tst_clipull.moc"
