// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QElapsedTimer>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>
#include <QtTest/QtTest>

using namespace Qt::StringLiterals;

//! The slipway program where it needs neither namespace nor store: help, versions, mistakes. The store is a folder that must
//! stay empty.
class CliProgram : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void answers_data();
    void answers();
    void help_ofEveryCommand();

private:
    struct Answer {
        int code = -1;
        QString out;
        QString err;
    };
    Answer slipway(const QStringList &arguments);

    QString m_program;
    QTemporaryDir m_root;
};

void CliProgram::initTestCase()
{
    m_program = qEnvironmentVariable("SLIPWAY_PROGRAM");
    QVERIFY2(QFileInfo(m_program).isExecutable(), qPrintable(m_program));
}

CliProgram::Answer CliProgram::slipway(const QStringList &arguments)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"SLIPWAY_ROOT"_s, m_root.path());
    process.setProcessEnvironment(environment);
    process.start(m_program, arguments);
    process.closeWriteChannel();
    if (!process.waitForFinished(20'000))
        return {};
    return {process.exitCode(), QString::fromUtf8(process.readAllStandardOutput()), QString::fromUtf8(process.readAllStandardError())};
}

void CliProgram::answers_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("out");
    QTest::addColumn<QString>("err");
    const auto row = [](const char *line, int code, const char *out, const char *err) {
        QTest::newRow(line) << QString::fromUtf8(line) << code << QString::fromUtf8(out) << QString::fromUtf8(err);
    };
    row("--help", 0, "Usage:  slipway [OPTIONS] COMMAND", "");
    row("help", 0, "Usage:  slipway [OPTIONS] COMMAND", "");
    row("--version", 0, "Slipway version ", "");
    row("run --help", 0, "Usage:  slipway run [OPTIONS] IMAGE", "");
    row("help run", 0, "Usage:  slipway run [OPTIONS] IMAGE", "");
    row("ps -h", 0, "Usage:  slipway ps [OPTIONS]", "");
    row("container", 0, "Usage:  slipway container COMMAND", "");
    row("container ls --help", 0, "Usage:  slipway container ls [OPTIONS]", "");
    row("run --foo", 125, "", "unknown flag: --foo\nSee 'slipway run --help'.");
    row("ps -z", 125, "", "unknown shorthand flag: 'z' in -z\nSee 'slipway ps --help'.");
    row("run", 1, "", "\"slipway run\" requires at least 1 argument.\nSee 'slipway run --help'.");
    row("ps x", 1, "", "\"slipway ps\" accepts no arguments.");
    row("tag a", 1, "", "\"slipway tag\" requires exactly 2 arguments.");
    row("imges", 1, "", "slipway: 'imges' is not a slipway command.\n\nDid you mean this?\n\timages");
    row("container foo", 1, "", "slipway: 'container foo' is not a slipway command.");
    row("--nope", 125, "", "unknown flag: --nope\nSee 'slipway --help'.");
    row("run -p 8080:80 nginx", 125, "", "publishing ports needs networks, which Slipway does not have yet");
    row("run --memory 64m nginx", 125, "", "Slipway does not have resource limits yet");
    row("network create x", 1, "", "slipway: network create is not available yet: Slipway does not have networks");
    row("push x", 1, "", "slipway: push is not available yet");
}

void CliProgram::answers()
{
    QFETCH(const QString, line);
    QFETCH(const QString, out);
    QFETCH(const QString, err);
    const Answer answer = slipway(line.split(u' '));
    QTEST(answer.code, "code");
    QVERIFY2(answer.out.left(out.size()) == out, qPrintable(answer.out));
    QVERIFY2(answer.err.contains(err), qPrintable(answer.err));
    QCOMPARE(answer.out.isEmpty(), out.isEmpty());
    QCOMPARE(answer.err.isEmpty(), err.isEmpty());
    QVERIFY(QDir(m_root.path()).isEmpty());
}

void CliProgram::help_ofEveryCommand()
{
    const Answer program = slipway({u"--help"_s});
    const qsizetype begin = program.out.indexOf("Common Commands:"_L1);
    int count = 0;
    for (const QString &line : program.out.mid(begin).split(u'\n')) {
        const QStringList words = line.simplified().split(u' ');
        if (!line.startsWith("  "_L1) || line.startsWith("   "_L1) || words[0].startsWith(u'-'))
            continue;
        const Answer answer = slipway({words[0], u"--help"_s});
        QCOMPARE(answer.code, 0);
        QVERIFY2(answer.out.startsWith(u"Usage:  slipway "_s + words[0]), qPrintable(answer.out));
        ++count;
    }
    QVERIFY(count > 20);
}

QTEST_GUILESS_MAIN(CliProgram)
#include "tst_cliprogram.moc"
