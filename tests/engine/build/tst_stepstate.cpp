// SPDX-License-Identifier: GPL-3.0-or-later
#include "buildfixture.h"

#include "build/stepstate_p.h"
#include "storage/layerchanges_p.h"

using namespace BuildFixture;

//! The files and surroundings at any line of a Dockerfile, before, after, and where it failed.
class TestStepState : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyLine_beforeAndAfter();
    void surroundings_areTheSteps();
    void missingSteps_runFirst();
    void failedStep_isKeptUntilTheNextBuild();
    void goingOnAfterAnEdit_isACleanBuild();
    void mistakes();

private:
    using Side = StepPlace::Side;
    static Result<StepState> at(BuildFixture::Builder &b, const QByteArray &dockerfile, int line, Side side)
    {
        return stepState(*b.store, b.settings, b.digests, b.request(dockerfile), {line, side}, {}, [&b](const QByteArray &bytes, OutputStream) { b.output += bytes; }, {});
    }
    //! Content of a file at a point; "(missing)".
    static QByteArray file(BuildFixture::Builder &b, const Result<StepState> &state, const QByteArray &name)
    {
        if (!state)
            return "(" + state.error().detail.toUtf8() + ")";
        const auto stack = LayerStack::ofLayers(*b.store, state->base.layer);
        const auto fd = stack ? stack->root()->openFile(name) : Result<UniqueFd>(Failure(stack.error()));
        if (!fd)
            return "(missing)";
        QByteArray bytes(100, '\0');
        bytes.truncate(std::max<ssize_t>(0, ::read(fd->get(), bytes.data(), size_t(bytes.size()))));
        return bytes;
    }
};

void TestStepState::everyLine_beforeAndAfter()
{
    BuildFixture::Builder b;
    b.write(u"c"_s, "copied");
    const QByteArray dockerfile = "FROM busybox AS one\nRUN echo 1 > /f\nRUN echo 2 > /f && \\\n    true\nFROM one\nCOPY c /f\nENV A=b\nRUN rm /f\n";
    VERIFY_RESULT(b.build(dockerfile));
    const QMap<int, std::pair<QByteArray, QByteArray>> expected{{2, {"(missing)", "1\n"}}, {3, {"1\n", "2\n"}}, {4, {"1\n", "2\n"}},
                                                                {6, {"2\n", "copied"}},    {7, {"copied", "copied"}}, {8, {"copied", "(missing)"}}};
    for (auto line = expected.begin(); line != expected.end(); ++line) {
        QCOMPARE(QByteArray::number(line.key()) + ": " + file(b, at(b, dockerfile, line.key(), Side::Before), "f"), QByteArray::number(line.key()) + ": " + line->first);
        QCOMPARE(QByteArray::number(line.key()) + ": " + file(b, at(b, dockerfile, line.key(), Side::After), "f"), QByteArray::number(line.key()) + ": " + line->second);
    }
    QCOMPARE(file(b, at(b, dockerfile, 5, Side::After), "f"), QByteArray("2\n"));
    const auto images = b.store->listImages();
    QCOMPARE(images->size(), 2); // busybox and the build: nothing was made for looking
}

void TestStepState::surroundings_areTheSteps()
{
    BuildFixture::Builder b;
    BuildRequest request = b.request("FROM busybox\nARG V=1\nENV A=b\nWORKDIR /w\nUSER web\nSHELL [\"/bin/busybox\", \"sh\", \"-c\"]\nRUN true\nENV A=later\n");
    request.buildArgs.insert(u"V"_s, u"2"_s);
    request.network = NetworkMode::None;
    const auto state = stepState(*b.store, b.settings, b.digests, request, {7, Side::Before}, {}, [](const QByteArray &, OutputStream) {}, {});
    VERIFY_RESULT(state);
    QVERIFY2(state->options.env.contains(u"A=b"_s) && state->options.env.contains(u"V=2"_s), qPrintable(state->options.env.join(u' ')));
    QCOMPARE(state->options.workingDir, u"/w"_s);
    QCOMPARE(state->options.user, u"web"_s);
    QCOMPARE(state->options.command, QStringList{u"/bin/busybox"_s});
    QCOMPARE(state->options.network, NetworkMode::None);
    QVERIFY(state->options.tty && state->options.autoRemove);
}

void TestStepState::missingSteps_runFirst()
{
    BuildFixture::Builder b;
    const QByteArray dockerfile = "FROM busybox\nRUN echo working; echo 1 > /f\nRUN false\n";
    QCOMPARE(file(b, at(b, dockerfile, 3, Side::Before), "f"), QByteArray("1\n"));
    QVERIFY2(b.output.contains("working"), b.output.constData());
    QCOMPARE(b.store->listImages()->size(), 1);
    b.output.clear();
    QCOMPARE(file(b, at(b, dockerfile, 2, Side::After), "f"), QByteArray("1\n")); // cached now
    QCOMPARE(b.output, QByteArray());
    const auto failing = at(b, dockerfile, 3, Side::After);
    QCOMPARE(failing.error().code, ErrorCode::CommandFailed);
}

void TestStepState::failedStep_isKeptUntilTheNextBuild()
{
    BuildFixture::Builder b;
    const QByteArray dockerfile = "FROM busybox\nRUN echo before > /f\nRUN echo half > /half; rm /f; exit 3\nRUN true\n";
    QCOMPARE(at(b, dockerfile, 0, Side::Failed).error().code, ErrorCode::NotFound);
    const auto failed = b.build(dockerfile);
    QCOMPARE(failed.error().exitCode, 3);
    QCOMPARE(b.last[2].state, BuildStep::State::Failed);
    const Digest layer = b.last[2].layer;
    QVERIFY(!layer.isNull());
    b.store.open(); // as another process would find it
    const auto state = at(b, dockerfile, 0, Side::Failed);
    VERIFY_RESULT(state);
    QCOMPARE(state->base.layer, layer);
    QCOMPARE(file(b, state, "half"), QByteArray("half\n"));
    QCOMPARE(file(b, state, "f"), QByteArray("(missing)"));
    QCOMPARE(file(b, at(b, dockerfile, 3, Side::Before), "f"), QByteArray("before\n"));
    // Its changes, as any layer's.
    const auto record = b.store->findLayer(layer);
    const auto root = openFile(StoreFixture::layerFolder(*b.store, layer), O_RDONLY | O_DIRECTORY);
    const auto changes = compareLayer(root->get(), LayerStack::ofLayers(*b.store, (*record)->parent).value(), {}, b.store.ids, {});
    VERIFY_RESULT(changes);
    QCOMPARE(changes->changes.size(), 2);
    QCOMPARE(changes->changes[0].kind, FileChange::Kind::Deleted);
    QCOMPARE(changes->changes[1].file.path, QByteArray("/half"));
    // The instruction is another one now: this is not its state.
    QCOMPARE(at(b, "FROM busybox\nRUN echo before > /f\nRUN other\n", 0, Side::Failed).error().code, ErrorCode::NotFound);
    VERIFY_RESULT(b.build("FROM busybox\nRUN echo before > /f\nRUN true\n"));
    QCOMPARE(at(b, dockerfile, 0, Side::Failed).error().code, ErrorCode::NotFound);
    VERIFY_RESULT(b.store->collectGarbage());
    QVERIFY(!*b.store->findLayer(layer));
}

// Fail, look, edit, go on: the image is that of a build that never failed.
void TestStepState::goingOnAfterAnEdit_isACleanBuild()
{
    const QByteArray failing = "FROM busybox\nWORKDIR /w\nRUN echo 1 > a\nRUN echo 2 > b; false\nRUN cat a b > c\n";
    const QByteArray mended = "FROM busybox\nWORKDIR /w\nRUN echo 1 > a\nRUN echo 2 > b\nRUN cat a b > c\n";
    const auto withDate = [](BuildFixture::Builder &b, const QByteArray &dockerfile) {
        BuildRequest request = b.request(dockerfile);
        request.buildArgs.insert(u"SOURCE_DATE_EPOCH"_s, u"1700000000"_s);
        return request;
    };
    BuildFixture::Builder edited;
    QVERIFY(!edited.build(withDate(edited, failing)));
    VERIFY_RESULT(stepState(*edited.store, edited.settings, edited.digests, withDate(edited, failing), {0, Side::Failed}, {}, [](const QByteArray &, OutputStream) {}, {}));
    VERIFY_RESULT(stepState(*edited.store, edited.settings, edited.digests, withDate(edited, mended), {4, Side::After}, {}, [](const QByteArray &, OutputStream) {}, {}));
    const auto wentOn = edited.build(withDate(edited, mended));
    VERIFY_RESULT(wentOn);
    QCOMPARE(edited.executed, QSet<int>{4}); // the rest was there
    BuildFixture::Builder clean;
    const auto once = clean.build(withDate(clean, mended));
    VERIFY_RESULT(once);
    QCOMPARE(wentOn->id, once->id);
    QCOMPARE(wentOn->manifest, once->manifest);
}

void TestStepState::mistakes()
{
    BuildFixture::Builder b;
    const QByteArray dockerfile = "ARG A=1\n\nFROM busybox\nRUN true\n";
    QCOMPARE(at(b, dockerfile, 2, Side::After).error().detail, u"there is no instruction at line 2"_s);
    QCOMPARE(at(b, dockerfile, 99, Side::After).error().code, ErrorCode::NotFound);
    QCOMPARE(at(b, dockerfile, 1, Side::After).error().detail, u"before the first instruction of a stage there are no files"_s);
    QCOMPARE(at(b, dockerfile, 3, Side::Before).error().code, ErrorCode::NotFound);
    QCOMPARE(at(b, "FROM busybox\nRNU x\nRUN true\n", 3, Side::Before).error().code, ErrorCode::InvalidInput);
}

int main(int argc, char **argv)
{
    return StoreFixture::runInNamespaces<TestStepState>(argc, argv);
}
#include "tst_stepstate.moc"
