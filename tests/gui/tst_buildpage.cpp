// SPDX-License-Identifier: GPL-3.0-or-later
#include "controllers/enginesession.h"
#include "errors/errortext.h"
#include "models/taskmodel.h"
#include "pages/build/buildpage.h"
#include "pages/build/editorpanel.h"
#include "pages/build/outputpanel.h"
#include "../support/fakebuildbackend.h"
#include "widgets/buildoutputview.h"
#include "widgets/codeeditor.h"
#include "widgets/layercolumn.h"
#include "widgets/noticebar.h"
#include "widgets/uisettings.h"

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <QtCore/QDir>
#include <QtCore/QTemporaryDir>
#include <QtGui/QTextBlock>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>

using namespace Gui;
using namespace Qt::StringLiterals;
using Engine::BuildStep;

namespace {

const QString kDockerfile = uR"(FROM slipway-starter:latest

ENV SITE=/srv/www \
    PORT=8080
WORKDIR /srv/www
RUN busybox | head -n 1 > version.txt && \
    date > built.txt
COPY site/ ./
EXPOSE 8080
CMD ["httpd", "-f"]
)"_s;

} // namespace

//! The page over a scripted engine: what a user sees and does.
class TestBuildPage final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void open_showsEveryInstructionBesideItsLine();
    void edit_lowerRowsWillRun();
    void mistake_isMarkedAtItsLine();
    void build_failure_goesToTheLine();
    void build_thenRun_asksForItsStart();
    void noEngine_editorWorksAndColumnSaysWhy();
    void invalidName_cannotBuild();
    void taskIsListedAndEnds();
    void changedOnDisk_asksWhenThereAreUnsavedChanges();

private:
    struct World;
    QStringList words() const;
    void write(const QString &text);
    void openPage();
    FakeBuildBackend *startEngine();

    std::unique_ptr<World> w;
};

struct TestBuildPage::World {
    QTemporaryDir dir;
    EngineSession session{Engine::EngineSettings{}};
    TaskModel tasks;
    UiSettings settings{dir.filePath(u"settings.ini"_s)};
    std::unique_ptr<BuildPage> page;
    FakeBuildBackend *backend = nullptr;
    QString file;
};

void TestBuildPage::init()
{
    w = std::make_unique<World>();
    QVERIFY(QDir(w->dir.path()).mkpath(u"Hello Web"_s));
    w->file = w->dir.filePath(u"Hello Web/Dockerfile"_s);
    write(kDockerfile);
}

void TestBuildPage::cleanup()
{
    w.reset();
}

void TestBuildPage::write(const QString &text)
{
    QFile file(w->file);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text.toUtf8());
}

void TestBuildPage::openPage()
{
    PageContext context{.session = w->session, .tasks = w->tasks, .settings = w->settings, .launcher = nullptr, .samplesFolder = {}, .arguments = {w->file}};
    w->page = std::make_unique<BuildPage>(context);
    w->page->resize(1100, 720);
    w->page->show();
    QTRY_COMPARE(w->page->editorPanel()->editor()->toPlainText(), kDockerfile);
}

FakeBuildBackend *TestBuildPage::startEngine()
{
    auto backend = std::make_unique<FakeBuildBackend>();
    w->backend = backend.get();
    w->backend->markBuilt(kDockerfile);
    w->page->controller().setBackend(std::move(backend));
    return w->backend;
}

QStringList TestBuildPage::words() const
{
    QStringList out;
    for (const BuildStep &step : w->page->controller().steps().steps())
        out << (step.state == BuildStep::State::Cached ? u"cached"_s : step.state == BuildStep::State::WillRun ? u"runs"_s : u"other"_s);
    return out;
}

void TestBuildPage::open_showsEveryInstructionBesideItsLine()
{
    openPage();
    startEngine();
    QTRY_COMPARE(words(), QStringList(7, u"cached"_s));
    const CodeEditor *editor = w->page->editorPanel()->editor();
    const LayerColumn *layers = w->page->editorPanel()->layers();
    for (const BuildStep &step : w->page->controller().steps().steps()) {
        const QRectF row = layers->rowRect(step.index);
        const QRectF lines = editor->linesRect(step.firstLine, step.lastLine);
        QCOMPARE(row.top(), lines.top());
        QCOMPARE(row.height(), lines.height());
    }
}

void TestBuildPage::edit_lowerRowsWillRun()
{
    openPage();
    startEngine();
    QTRY_COMPARE(words(), QStringList(7, u"cached"_s));
    CodeEditor *editor = w->page->editorPanel()->editor();
    editor->goTo(8, 14); // the end of COPY site/ ./
    QTest::keyClicks(editor, u"x"_s);
    QTRY_COMPARE(words(), (QStringList{u"cached"_s, u"cached"_s, u"cached"_s, u"cached"_s, u"runs"_s, u"runs"_s, u"runs"_s}));
}

void TestBuildPage::mistake_isMarkedAtItsLine()
{
    openPage();
    startEngine();
    CodeEditor *editor = w->page->editorPanel()->editor();
    editor->goTo(9, 1);
    QTest::keyClicks(editor, u"FOO "_s);
    QTRY_COMPARE(editor->marks().size(), 1);
    QCOMPARE(editor->marks().first().line, 9);
    QVERIFY(editor->marks().first().message.contains(u"FOO"_s));
}

void TestBuildPage::build_failure_goesToTheLine()
{
    openPage();
    FakeBuildBackend *backend = startEngine();
    QTRY_VERIFY(w->page->controller().canBuild());
    w->page->controller().build();
    QVERIFY(backend->running);
    Engine::BuildPlan plan = backend->planOf(kDockerfile);
    Q_EMIT backend->running->planned(plan);
    BuildStep step = plan.steps[3];
    step.state = BuildStep::State::Running;
    Q_EMIT backend->running->stepChanged(step);
    Q_EMIT backend->running->output(3, "sh: nope: \x1b[31mnot found\x1b[0m\n", Engine::OutputStream::Stderr);
    step.state = BuildStep::State::Failed;
    Q_EMIT backend->running->stepChanged(step);
    Q_EMIT backend->running->finished(Engine::Failure(Engine::Error{.code = Engine::ErrorCode::CommandFailed, .object = u"RUN nope"_s,
        .detail = u"the command returned exit code 127"_s, .remedy = {}, .where = {}, .exitCode = 127, .position = Engine::SourcePosition{6, 1}}));
    const CodeEditor *editor = w->page->editorPanel()->editor();
    QCOMPARE(editor->textCursor().blockNumber() + 1, 6);
    QCOMPARE(editor->marks().size(), 1);
    QCOMPARE(editor->marks().first().line, 6);
    QVERIFY(w->page->outputPanel()->view()->isOpen(3));
    QCOMPARE(w->page->controller().log().text(3), u"sh: nope: not found"_s);
}

void TestBuildPage::build_thenRun_asksForItsStart()
{
    openPage();
    FakeBuildBackend *backend = startEngine();
    QTRY_VERIFY(w->page->controller().canBuild());
    QVERIFY(!w->page->controller().canRun());
    w->page->controller().build();
    Engine::ImageInfo image;
    image.id = Engine::Digest::ofBytes("image");
    image.references = {u"hello-web:latest"_s};
    Q_EMIT backend->running->finished(image);
    QVERIFY(w->page->controller().canRun());
    QSignalSpy console(w->page.get(), &Page::startRequested);
    w->page->controller().run();
    QTRY_COMPARE(console.size(), 1);
    QCOMPARE(backend->created.size(), 1);
    QVERIFY(backend->created.first().tty);
    QVERIFY(backend->created.first().openStdin);
    QCOMPARE(backend->created.first().image, u"hello-web"_s);
}

void TestBuildPage::noEngine_editorWorksAndColumnSaysWhy()
{
    openPage();
    const Engine::Error reason{.code = Engine::ErrorCode::MissingPart, .object = u"newuidmap"_s, .detail = u"newuidmap is not installed"_s,
                               .remedy = u"apt install uidmap"_s, .where = {}, .position = {}};
    w->session.giveUp(reason);
    QTRY_VERIFY(w->page->editorPanel()->layers()->accessibleDescription().contains(errorText(reason).sentence));
    QVERIFY(!w->page->controller().canBuild());
    QTest::keyClicks(w->page->editorPanel()->editor(), u"# "_s);
    QVERIFY(w->page->editorPanel()->isModified());
}

void TestBuildPage::invalidName_cannotBuild()
{
    openPage();
    startEngine();
    QTRY_VERIFY(w->page->controller().canBuild());
    QCOMPARE(w->page->controller().request().tags, QStringList{u"hello-web"_s}); // from the folder's name
    auto *name = w->page->findChild<QLineEdit *>();
    name->setText(u"Not A Name"_s);
    QVERIFY(!w->page->controller().canBuild());
    QCOMPARE(name->property("invalid").toBool(), true);
    name->setText(u"registry.local:5000/team/web:1.2"_s);
    QVERIFY(w->page->controller().canBuild());
}

void TestBuildPage::taskIsListedAndEnds()
{
    openPage();
    FakeBuildBackend *backend = startEngine();
    QTRY_VERIFY(w->page->controller().canBuild());
    w->page->controller().build();
    QCOMPARE(w->tasks.runningCount(), 1);
    w->tasks.task(0)->cancel();
    QTRY_COMPARE(w->tasks.runningCount(), 0);
    QCOMPARE(w->tasks.task(0)->state(), Task::State::Cancelled);
    QVERIFY(!backend->running);
}

void TestBuildPage::changedOnDisk_asksWhenThereAreUnsavedChanges()
{
    openPage();
    EditorPanel *panel = w->page->editorPanel();
    const QString other = u"FROM scratch\n"_s;
    write(other);
    QTRY_COMPARE(panel->editor()->toPlainText(), other); // nothing unsaved: taken over
    QTest::keyClicks(panel->editor(), u"#"_s);
    write(u"FROM another\n"_s);
    QTRY_VERIFY(panel->notice()->isVisible() && panel->notice()->findChildren<QPushButton *>().size() >= 2);
    QCOMPARE(panel->editor()->toPlainText(), u"#"_s + other);
}

QTEST_MAIN(TestBuildPage)
#include "tst_buildpage.moc"
