// SPDX-License-Identifier: GPL-3.0-or-later
#include "oci/dockerfileinstructions_p.h"

#include "../../support/conformance.h"

using namespace Engine;
using namespace Engine::Internal;
using namespace TestSupport;
using namespace Qt::StringLiterals;

namespace {

// These three became stable in a later release of the frontend than the recorded one.
bool isNewerSyntax(const QString &error)
{
    return error.contains(u"unknown flag: --exclude"_s) || error.contains(u"unknown flag: --parents"_s);
}

bool stagesAgree(const nlohmann::json &expected, const Dockerfile &dockerfile)
{
    if (expected.size() != size_t(dockerfile.stages.size()))
        return false;
    for (qsizetype i = 0; i < dockerfile.stages.size(); ++i) {
        const auto &e = expected[size_t(i)];
        const DockerfileStage &stage = dockerfile.stages[i];
        const auto &from = std::get<Instructions::From>(*dockerfile.instructions[stage.from]);
        if (text(e["base"]) != from.base || QString::fromStdString(e.value("name", "")) != stage.name
            || QString::fromStdString(e.value("platform", "")) != from.platform || e["commands"].size() != size_t(stage.commands.size()))
            return false;
        for (qsizetype c = 0; c < stage.commands.size(); ++c) {
            const auto &data = e["commands"][size_t(c)]["data"];
            const auto &instruction = dockerfile.instructions[stage.commands[c]];
            if (const auto *copy = std::get_if<Instructions::Copy>(&*instruction)) {
                if (text(data["DestPath"]) != copy->destination || text(data["Chown"]) != copy->chown || text(data["Chmod"]) != copy->chmod
                    || data["Link"] != copy->link)
                    return false;
            } else if (const auto *onbuild = std::get_if<Instructions::Onbuild>(&*instruction)) {
                if (text(data["Expression"]) != onbuild->expression)
                    return false;
            } else if (const auto *health = std::get_if<Instructions::Healthcheck>(&*instruction)) {
                if (data["Health"].value("Interval", 0LL) != health->interval.count() || data["Health"].value("Retries", 0) != health->retries)
                    return false;
            }
        }
    }
    return true;
}

} // namespace

class TestDockerfileInstructions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void conformance_corpus()
    {
        Tally tally("Dockerfile instructions, corpus");
        for (const auto &record : conformanceRecords("dockerfile-corpus/corpus.jsonl")) {
            if (!record["expected"].contains("instructions"))
                continue;
            const auto &expected = record["expected"]["instructions"];
            const Dockerfile dockerfile = readDockerfile(QByteArray::fromStdString(record["dockerfile"].get<std::string>()));
            const Diagnostic *first = nullptr;
            for (const Diagnostic &diagnostic : dockerfile.diagnostics) {
                if (!first && diagnostic.severity == Diagnostic::Severity::Error)
                    first = &diagnostic;
            }
            const QString id = text(record["id"]);
            const QString later = QString::fromStdString(record["expected"].value("image", nlohmann::json::object()).value("error", ""));
            if (!expected.contains("error") && first && !later.isEmpty() && later.endsWith(first->message)) {
                tally.count(true, id); // the recorded frontend finds it one step later
                continue;
            }
            if (!expected.contains("error") && first && first->message.startsWith(u"unknown instruction"_s)
                && record["dockerfile"].get<std::string>().find("onbuild") != std::string::npos) {
                tally.except(id, "an unknown ONBUILD trigger is a mistake here already, not in the image that uses it");
                continue;
            }
            if (!expected.contains("error")) {
                tally.count(!first && stagesAgree(expected["stages"], dockerfile), id + (first ? u": "_s + first->message : QString()));
                continue;
            }
            const QString error = text(expected["error"]);
            if (isNewerSyntax(error)) {
                tally.except(id, "--exclude and --parents are accepted, as by the frontend's later releases");
                continue;
            }
            tally.count(first && error.endsWith(first->message), id + u": "_s + error + u" | got "_s + (first ? first->message : u"nothing"_s));
        }
        QVERIFY(tally.finish());
    }

    void mistake_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QString>("message");
        QTest::addColumn<int>("column");
        QTest::newRow("misspelt") << QByteArray("FRM busybox") << u"unknown instruction: FRM (did you mean FROM?)"_s << 1;
        QTest::newRow("unknown flag") << QByteArray("COPY --form=x a b") << u"unknown flag: --form (did you mean from?)"_s << 6;
        QTest::newRow("flag of another") << QByteArray("ENV --x a=b") << u"unknown flag: --x"_s << 5;
        QTest::newRow("flag twice") << QByteArray("COPY --chmod=1 --chmod=2 a b") << u"Duplicate flag specified: chmod"_s << 16;
        QTest::newRow("one argument") << QByteArray("COPY a")
                                      << u"COPY requires at least two arguments, but only one was provided. Destination could not be determined"_s << 1;
        QTest::newRow("mount without target") << QByteArray("RUN --mount=type=cache true") << u"mount needs a target"_s << 13;
        QTest::newRow("mount type") << QByteArray("RUN --mount=type=cahe,target=/x true")
                                    << u"unsupported mount type \"cahe\" (did you mean cache?)"_s << 13;
        QTest::newRow("duration") << QByteArray("HEALTHCHECK --interval=5x CMD true") << u"time: invalid duration \"5x\""_s << 24;
        QTest::newRow("trigger") << QByteArray("ONBUILD RNU x") << u"unknown instruction: RNU (did you mean RUN?)"_s << 1;
    }
    void mistake()
    {
        QFETCH(QByteArray, line);
        QFETCH(QString, message);
        QFETCH(int, column);
        const Dockerfile dockerfile = readDockerfile("FROM busybox\n" + line + "\n");
        QCOMPARE(dockerfile.diagnostics.size(), 1);
        QCOMPARE(dockerfile.diagnostics[0].message, message);
        QCOMPARE(dockerfile.diagnostics[0].begin, (SourcePosition{2, column}));
    }

    void severalMistakes_areAllReported()
    {
        const Dockerfile dockerfile = readDockerfile("FROM a b\nRNU x\nCOPY y\n");
        QCOMPARE(dockerfile.diagnostics.size(), 3);
        QCOMPARE(dockerfile.stages.size(), 1);
    }

    void mount_readsEveryField()
    {
        const Dockerfile dockerfile = readDockerfile("FROM a\nRUN --mount=type=tmpfs,dst=/t,size=64m --mount=type=cache,target=/c,sharing=locked,mode=0700,uid=3,id=k true\n");
        QVERIFY(dockerfile.diagnostics.isEmpty());
        const auto &run = std::get<Instructions::Run>(*dockerfile.instructions[1]);
        QCOMPARE(run.mounts.size(), 2);
        QCOMPARE(run.mounts[0].sizeBytes, std::optional<qint64>(64 << 20));
        QCOMPARE(run.mounts[1].mode, std::optional<uint>(0700));
        QVERIFY(run.mounts[1].sharing == RunMount::Sharing::Locked);
        QCOMPARE(run.mounts[1].id, u"k"_s);
    }
};

QTEST_GUILESS_MAIN(TestDockerfileInstructions)
#include "tst_dockerfileinstructions.moc"
