// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/evaluator_p.h"

#include "../../support/conformance.h"

using namespace Engine;
using namespace Engine::Internal;
using namespace TestSupport;
using namespace Qt::StringLiterals;

namespace {

//! The base image that the recorded configs of the corpus start from, whatever FROM names.
BaseResolver recordedBase()
{
    return [](const QString &reference) -> Result<std::optional<BaseImage>> {
        BaseImage base{.reference = reference, .id = Digest::ofBytes("base"), .topLayer = Digest::ofBytes("layer"), .config = {}};
        base.config = nlohmann::json::parse(R"({"architecture":"amd64","os":"linux","history":[{"created_by":"ADD base"}],
            "config":{"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],"Cmd":["/bin/sh"]}})");
        return base;
    };
}

EvaluationRequest amd64()
{
    return {.buildArgs = {}, .labels = {}, .target = {}, .platform = {u"linux"_s, u"amd64"_s, {}}};
}

//! The whole of what a build would say about it first; empty when nothing.
QString firstError(const Dockerfile &dockerfile, const EvaluatedDockerfile &evaluated)
{
    for (const auto &list : {dockerfile.diagnostics, evaluated.diagnostics}) {
        for (const Diagnostic &diagnostic : list) {
            if (diagnostic.severity == Diagnostic::Severity::Error)
                return diagnostic.message;
        }
    }
    return {};
}

} // namespace

class TestEvaluator : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void conformance_corpus()
    {
        Tally tally("image config, corpus");
        Tally errors("build errors, corpus");
        for (const auto &record : conformanceRecords("dockerfile-corpus/corpus.jsonl")) {
            if (!record["expected"].contains("image"))
                continue;
            const auto &expected = record["expected"]["image"];
            const QString id = text(record["id"]);
            const Dockerfile dockerfile = readDockerfile(QByteArray::fromStdString(record["dockerfile"].get<std::string>()));
            const EvaluatedDockerfile evaluated = evaluateDockerfile(dockerfile, amd64(), recordedBase());
            const QString error = firstError(dockerfile, evaluated);
            if (expected.contains("error")) {
                const QString wanted = text(expected["error"]);
                if (wanted.contains(u"unknown flag: --exclude"_s) || wanted.contains(u"unknown flag: --parents"_s))
                    errors.except(id, "--exclude and --parents are accepted, as by the frontend's later releases");
                else
                    errors.count(!error.isEmpty() && wanted.contains(error), id + u": "_s + wanted + u" | got "_s + error);
                continue;
            }
            if (error.startsWith(u"unknown instruction"_s) && record["dockerfile"].get<std::string>().find("onbuild") != std::string::npos) {
                tally.except(id, "an unknown ONBUILD trigger is a mistake here already, not in the image that uses it");
                continue;
            }
            if (!error.isEmpty() || evaluated.stages.isEmpty()) {
                tally.count(false, id + u": "_s + error);
                continue;
            }
            const auto difference = nlohmann::json::diff(expected["config"], evaluated.stages.last().config);
            tally.count(difference.empty(), id + u": "_s + QString::fromStdString(difference.dump()));
        }
        const bool configs = tally.finish();
        QVERIFY(errors.finish());
        QVERIFY(configs);
    }

    void args_haveTheirScopes()
    {
        const Dockerfile dockerfile = readDockerfile("ARG V=1\nFROM a:$V AS one\nRUN echo $V\nARG V\nRUN x\nFROM one\nARG W=${V}2\nARG TARGETARCH\nENV W=${W}-$TARGETARCH\n");
        EvaluationRequest request = amd64();
        request.buildArgs.insert(u"V"_s, u"7"_s);
        const EvaluatedDockerfile evaluated = evaluateDockerfile(dockerfile, request, recordedBase());
        QVERIFY(evaluated.diagnostics.isEmpty());
        QCOMPARE(evaluated.stages.size(), 2);
        QCOMPARE(evaluated.stages[0].baseReference, u"a:7"_s);
        QVERIFY(!evaluated.stages[0].steps[1].environment.contains(u"V=7"_s));
        QVERIFY(evaluated.stages[0].steps[3].environment.contains(u"V=7"_s));
        QCOMPARE(evaluated.stages[1].steps.last().createdBy, u"ENV W=72-amd64"_s);
    }

    void unusedStages_areLeftOut()
    {
        const Dockerfile dockerfile = readDockerfile("FROM a AS x\nFROM b AS y\nFROM c AS z\nCOPY --from=x / /\nFROM z\n");
        const EvaluatedDockerfile evaluated = evaluateDockerfile(dockerfile, amd64(), recordedBase());
        QList<int> numbers;
        for (const EvaluatedStage &stage : evaluated.stages)
            numbers += stage.number;
        QCOMPARE(numbers, (QList<int>{0, 2, 3}));
        QCOMPARE(evaluated.stage(2)->stageSources, QList<int>{0});
    }

    void target_unknown_saysSo()
    {
        EvaluationRequest request = amd64();
        request.target = u"biuld"_s;
        const EvaluatedDockerfile evaluated = evaluateDockerfile(readDockerfile("FROM a AS build\n"), request, recordedBase());
        QCOMPARE(evaluated.diagnostics.size(), 1);
        QCOMPARE(evaluated.diagnostics[0].message, u"target stage \"biuld\" could not be found (did you mean build?)"_s);
    }

    void triggers_runInFrom()
    {
        const BaseResolver resolver = [](const QString &reference) -> Result<std::optional<BaseImage>> {
            BaseImage base{.reference = reference, .id = {}, .topLayer = {}, .config = {}};
            base.config = nlohmann::json::parse(R"({"config":{"OnBuild":["RUN echo hi","ENV A=b"]}})");
            return base;
        };
        const EvaluatedDockerfile evaluated = evaluateDockerfile(readDockerfile("FROM a\nRUN x\n"), amd64(), resolver);
        QCOMPARE(evaluated.stages[0].steps.size(), 4);
        QVERIFY(evaluated.stages[0].steps[1].isTrigger);
        QCOMPARE(evaluated.stages[0].steps[2].index, 0);
        QVERIFY(evaluated.stages[0].steps[3].environment.contains(u"A=b"_s));
        QVERIFY(!evaluated.stages[0].config["config"].contains("OnBuild"));
    }
};

QTEST_GUILESS_MAIN(TestEvaluator)
#include "tst_evaluator.moc"
