// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/build/buildpage.h"

#include "controllers/enginesession.h"
#include "controllers/sampleproject.h"
#include "controllers/whendone.h"
#include "errors/errortext.h"
#include "models/instructionhelp.h"
#include "models/taskmodel.h"
#include "pages/build/editorpanel.h"
#include "pages/build/outputpanel.h"
#include "widgets/codeeditor.h"
#include "widgets/commandbox.h"
#include "widgets/format.h"
#include "widgets/layercolumn.h"
#include "widgets/noticebar.h"
#include "widgets/theme.h"
#include "widgets/uisettings.h"

#include <QtConcurrent/QtConcurrentRun>
#include <QtCore/QCryptographicHash>
#include <QtCore/QDir>
#include <QtCore/QLocale>
#include <QtCore/QRegularExpression>
#include <QtGui/QAction>
#include <QtGui/QTextBlock>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMenu>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QStyle>

namespace Gui {

using namespace Qt::StringLiterals;
using Engine::BuildStep;
using Engine::ErrorCode;

namespace {

constexpr int kRecentFiles = 10;
constexpr QLatin1StringView kSampleName = "hello-web"_L1;

//! A valid image name made from a folder's: lower case, letters, digits and single separators.
QString tagFromFolder(const QString &dir)
{
    static const QRegularExpression odd(u"[^a-z0-9]+"_s);
    QString name = QDir(dir).dirName().toLower().normalized(QString::NormalizationForm_D);
    name.replace(odd, u"-"_s);
    while (name.startsWith(u'-'))
        name.remove(0, 1);
    while (name.endsWith(u'-'))
        name.chop(1);
    return name.isEmpty() ? u"image"_s : name;
}

QString homeShortened(const QString &path)
{
    const QString home = QDir::homePath();
    return path == home || path.startsWith(home + u'/') ? u'~' + path.mid(home.size()) : path;
}

} // namespace

BuildPage::BuildPage(const PageContext &context, QWidget *parent)
    : Page(context, EngineNeed::Optional, parent), m_editor(new EditorPanel(&m_controller.steps(), this)),
      m_output(new OutputPanel(&m_controller, this)), m_tag(new QLineEdit(this)), m_contextButton(new QPushButton(this)),
      m_buildButton(new QPushButton(this)), m_runButton(new QPushButton(this)), m_stopButton(new QPushButton(this)),
      m_optionsButton(new QPushButton(tr("Options"), this)), m_command(new CommandBox(this)), m_buildAction(new QAction(this)),
      m_runAction(new QAction(this)), m_stopAction(new QAction(this))
{
    setTitle(tr("Build"));
    setupActions();
    connectController();
    connectEditor();
    setBody(makeBody());
    connect(&context.session, &EngineSession::stateChanged, this, [this] {
        if (this->context().session.state() == EngineSession::State::Unavailable)
            m_controller.setUnavailable(this->context().session.error());
    });
    connect(&context.session, &EngineSession::happened, &m_controller, &BuildController::takeEvent);
    if (context.session.state() == EngineSession::State::Unavailable)
        m_controller.setUnavailable(context.session.error());
    showState();
    showPlan();
    openFirst();
}

BuildPage::~BuildPage() = default;

void BuildPage::activate()
{
    m_editor->editor()->setFocus();
}

int BuildPage::lowerBarHeight() const
{
    return m_command->height();
}

bool BuildPage::tellsOf(const Task *task) const
{
    return task == m_task; // the line, the layer and the output say it
}

void BuildPage::engineReady()
{
    m_controller.setBackend(std::make_unique<EngineBuildBackend>(context().session.engine()));
}

// --- Layout

void BuildPage::setupActions()
{
    const auto setup = [this](QAction *action, QPushButton *button, const QString &iconName, IconRole role, const QString &text,
                              const QString &keys) {
        action->setText(text);
        action->setShortcut(QKeySequence(keys));
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        addAction(action);
        button->setIcon(icon(iconName, role));
        button->setText(text);
        const QString shown = action->shortcut().toString(QKeySequence::NativeText);
        button->setToolTip(shown.isEmpty() ? text : u"%1 (%2)"_s.arg(text, shown));
        connect(button, &QPushButton::clicked, action, &QAction::trigger);
        connect(action, &QAction::enabledChanged, button, &QPushButton::setEnabled);
        tools()->addWidget(button);
    };
    //: verb: stop the build
    setup(m_stopAction, m_stopButton, u"square"_s, IconRole::Strong, tr("Stop"), {});
    //: verb: run a container of the built image
    setup(m_runAction, m_runButton, u"play"_s, IconRole::Strong, tr("Run"), u"Ctrl+R"_s);
    //: verb: build the image
    setup(m_buildAction, m_buildButton, u"hammer"_s, IconRole::OnAccent, tr("Build"), u"Ctrl+B"_s);
    m_buildButton->setProperty("primary", true);
    connect(m_buildAction, &QAction::triggered, &m_controller, &BuildController::build);
    connect(m_runAction, &QAction::triggered, &m_controller, &BuildController::run);
    connect(m_stopAction, &QAction::triggered, &m_controller, &BuildController::stop);
}

QWidget *BuildPage::makeForm()
{
    auto *form = new QWidget(this);
    auto *row = new QHBoxLayout(form);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    auto *tagLabel = new QLabel(tr("Image &name"), form);
    tagLabel->setBuddy(m_tag);
    m_tag->setPlaceholderText(tr("name or name:tag"));
    auto *contextLabel = new QLabel(tr("Build &context"), form);
    contextLabel->setBuddy(m_contextButton);
    m_contextButton->setIcon(icon(u"folder-open"_s));
    m_contextButton->setStyleSheet(u"text-align: left"_s);
    m_contextButton->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_optionsButton->setIcon(icon(u"settings"_s));
    m_optionsButton->setCheckable(true);
    row->addWidget(tagLabel);
    row->addWidget(m_tag, 2);
    row->addSpacing(8);
    row->addWidget(contextLabel);
    row->addWidget(m_contextButton, 3);
    row->addWidget(m_optionsButton);
    connect(m_tag, &QLineEdit::textChanged, this, &BuildPage::takeTag);
    connect(m_contextButton, &QPushButton::clicked, this, &BuildPage::chooseContext);
    return form;
}

QWidget *BuildPage::makeOptions()
{
    m_options = new QFrame(this);
    m_options->setObjectName(u"panel"_s);
    auto *row = new QHBoxLayout(m_options);
    row->setContentsMargins(16, 12, 16, 12);
    row->setSpacing(24);
    m_noCache = new QCheckBox(tr("Build &without cache"), m_options);
    m_noCache->setToolTip(tr("Every step runs again, even when nothing it depends on has changed."));
    auto *argsLabel = new QLabel(tr("Build &arguments"), m_options);
    m_args = new QPlainTextEdit(m_options);
    m_args->setObjectName(u"field"_s);
    m_args->setPlaceholderText(tr("NAME=value, one on each line"));
    m_args->setToolTip(tr("Values for the ARG instructions of the Dockerfile."));
    m_args->setFont(monospaceFont());
    m_args->setFixedHeight(64);
    m_args->setTabChangesFocus(true);
    argsLabel->setBuddy(m_args);
    row->addWidget(m_noCache, 0, Qt::AlignTop);
    row->addWidget(argsLabel, 0, Qt::AlignTop);
    row->addWidget(m_args, 1);
    m_options->hide();
    connect(m_optionsButton, &QPushButton::toggled, m_options, &QWidget::setVisible);
    connect(m_noCache, &QCheckBox::toggled, this, [this](bool on) {
        m_controller.setNoCache(on);
        m_command->setCommand(m_controller.command());
    });
    connect(m_args, &QPlainTextEdit::textChanged, this, &BuildPage::takeBuildArgs);
    return m_options;
}

QWidget *BuildPage::makeBody()
{
    auto *body = new QWidget(this);
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(10);
    column->addWidget(makeForm());
    column->addWidget(makeOptions());
    m_splitter = new QSplitter(Qt::Vertical, body);
    m_splitter->addWidget(m_editor);
    m_splitter->addWidget(m_output);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setHandleWidth(10);
    m_splitter->setStretchFactor(0, 3);
    m_splitter->setStretchFactor(1, 2);
    m_editor->setMinimumHeight(140);
    m_output->setMinimumHeight(80);
    m_output->hide(); // nothing was built yet
    context().settings.keep(m_splitter, u"build/splitter"_s);
    column->addWidget(m_splitter, 1);
    column->addWidget(m_command);
    return body;
}

// --- Wiring

void BuildPage::connectController()
{
    connect(&m_controller, &BuildController::stateChanged, this, &BuildPage::showState);
    connect(&m_controller, &BuildController::planChanged, this, &BuildPage::showPlan);
    connect(&m_controller, &BuildController::buildStarted, this, &BuildPage::startTask);
    connect(&m_controller, &BuildController::buildFinished, this, &BuildPage::finishTask);
    connect(&m_controller.steps(), &QAbstractItemModel::dataChanged, this, &BuildPage::showSummary);
    connect(&m_controller, &BuildController::containerCreated, this,
            [this](const Engine::ContainerInfo &container) { Q_EMIT startRequested(container); });
    connect(&m_controller, &BuildController::runFailed, this, [this](const Engine::Error &error) {
        m_editor->notice()->showNotice(NoticeBar::Kind::Error, errorText(error).sentence);
    });
    connect(m_output, &OutputPanel::stepActivated, this, &BuildPage::goToStep);
}

void BuildPage::connectEditor()
{
    connect(m_editor, &EditorPanel::fileOpened, this, &BuildPage::takeFile);
    connect(m_editor, &EditorPanel::fileSavedAs, this, [this](const QString &path) {
        if (path != m_controller.request().dockerfilePath)
            takeFile(path, m_editor->editor()->toPlainText());
    });
    connect(m_editor, &EditorPanel::textEdited, &m_controller, &BuildController::setText);
    m_editor->editor()->setHoverText([this](int line, int) { return hoverText(line); });
}

// --- Files

void BuildPage::openFirst()
{
    const QString asked = context().arguments.value(0);
    const QString last = context().settings.text(u"build/file"_s);
    if (!asked.isEmpty() || (!last.isEmpty() && QFileInfo::exists(last))) {
        openProject(asked.isEmpty() ? last : asked);
        return;
    }
    const QString source = QDir(context().samplesFolder).filePath(kSampleName);
    whenDone(QtConcurrent::run(ensureSampleProject, source, sampleProjectTarget(kSampleName)), this,
             [this](const Engine::Result<QString> &folder) {
                 if (folder)
                     openProject(*folder);
                 else
                     m_editor->notice()->showNotice(NoticeBar::Kind::Warning, errorText(folder.error()).sentence,
                                                    {{tr("Open…"), [this] { m_editor->chooseFile(); }}});
             });
}

void BuildPage::openProject(const QString &dockerfileOrFolder)
{
    QString path = QFileInfo(dockerfileOrFolder).absoluteFilePath();
    if (QFileInfo(path).isDir()) {
        const QDir dir(path);
        path = dir.filePath(!dir.exists(u"Dockerfile"_s) && dir.exists(u"Containerfile"_s) ? u"Containerfile"_s : u"Dockerfile"_s);
    }
    m_editor->openFile(path);
}

bool BuildPage::hasUnsavedChanges() const
{
    return m_editor->isModified();
}

void BuildPage::whenUnsavedSettled(const std::function<void()> &then)
{
    m_editor->whenUnsavedSettled(then);
}

void BuildPage::takeFile(const QString &path, const QString &text)
{
    const bool another = path != m_controller.request().dockerfilePath;
    if (!another) { // the same one, read again
        m_controller.setText(text);
        return;
    }
    const QString dir = QFileInfo(path).absolutePath();
    m_controller.setDockerfile(path, text);
    m_output->hide();
    rememberFile(path);
    setContext(dir);
    m_tag->setText(context().settings.text(tagKey(), tagFromFolder(dir)));
}

void BuildPage::rememberFile(const QString &path)
{
    UiSettings &settings = context().settings;
    settings.setText(u"build/file"_s, path);
    QStringList recent = settings.text(u"build/recent"_s).split(u'\n', Qt::SkipEmptyParts);
    recent.removeAll(path);
    recent.prepend(path);
    settings.setText(u"build/recent"_s, recent.first(std::min<qsizetype>(recent.size(), kRecentFiles)).join(u'\n'));
    fillRecentMenu();
}

void BuildPage::fillRecentMenu()
{
    QMenu *menu = m_editor->recentMenu();
    menu->clear();
    const QStringList recent = context().settings.text(u"build/recent"_s).split(u'\n', Qt::SkipEmptyParts);
    for (const QString &path : recent)
        connect(menu->addAction(homeShortened(path)), &QAction::triggered, this, [this, path] { openProject(path); });
    menu->setEnabled(!recent.isEmpty());
}

void BuildPage::chooseContext()
{
    auto *dialog = new QFileDialog(this, tr("Choose the build context"), m_controller.request().contextDir);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, &BuildPage::setContext);
    dialog->open();
}

void BuildPage::setContext(const QString &dir)
{
    m_controller.setContextDir(dir);
    const QString shown = homeShortened(dir);
    m_contextButton->setText(QString(shown).replace(u'&', u"&&"_s));
    m_contextButton->setToolTip(tr("The folder whose files COPY and ADD can take: %1").arg(dir));
    m_command->setCommand(m_controller.command());
}

// --- Options

QString BuildPage::tagKey() const
{
    // a path may hold what a settings key may not
    const QByteArray digest = QCryptographicHash::hash(m_controller.request().dockerfilePath.toUtf8(), QCryptographicHash::Sha1);
    return u"build/tag/"_s + QString::fromLatin1(digest.toHex().left(16));
}

void BuildPage::takeTag(const QString &tag)
{
    const bool valid = m_controller.setTag(tag);
    m_tag->setProperty("invalid", !valid);
    m_tag->style()->unpolish(m_tag);
    m_tag->style()->polish(m_tag);
    m_tag->setToolTip(valid ? tr("The name the built image gets")
                            : tr("An image name has small letters, digits and . _ - /, and may end with :tag"));
    m_command->setCommand(m_controller.command());
    if (valid && !m_controller.request().dockerfilePath.isEmpty())
        context().settings.setText(tagKey(), tag);
}

void BuildPage::takeBuildArgs()
{
    QMap<QString, QString> args;
    const QStringList lines = m_args->toPlainText().split(u'\n', Qt::SkipEmptyParts);
    for (const QString &line : lines) {
        const qsizetype equals = line.indexOf(u'=');
        if (equals > 0)
            args.insert(line.left(equals).trimmed(), line.mid(equals + 1));
    }
    m_controller.setBuildArgs(args);
    m_command->setCommand(m_controller.command());
}

// --- Showing

void BuildPage::showState()
{
    const auto state = m_controller.state();
    const bool building = state != BuildController::State::Idle;
    m_buildAction->setEnabled(m_controller.canBuild());
    m_runAction->setEnabled(m_controller.canRun());
    m_stopAction->setEnabled(state == BuildController::State::Building);
    m_stopButton->setVisible(building);
    showSummary();
    for (auto [action, button] : {std::pair(m_buildAction, m_buildButton), std::pair(m_runAction, m_runButton), std::pair(m_stopAction, m_stopButton)})
        button->setEnabled(action->isEnabled());
}

void BuildPage::showPlan()
{
    QString message;
    if (const auto &error = m_controller.unavailable())
        message = tr("Layers need the local engine. %1").arg(errorText(*error).sentence);
    else if (const auto &failed = m_controller.planError())
        message = errorText(*failed).sentence;
    else if (!m_controller.hasBackend())
        message = tr("Opening the store…");
    m_editor->layers()->setMessage(message);
    showMarks();
    showSummary();
}

void BuildPage::showMarks()
{
    QList<CodeMark> marks;
    for (const Engine::Diagnostic &diagnostic : m_controller.plan().diagnostics) {
        const bool error = diagnostic.severity == Engine::Diagnostic::Severity::Error;
        marks.append({error ? CodeMark::Severity::Error : CodeMark::Severity::Warning, diagnostic.begin.line, diagnostic.begin.column,
                      diagnostic.end.line, diagnostic.end.column, diagnostic.message, diagnostic.remedy});
    }
    const auto &error = m_controller.buildError();
    if (error && error->position && error->code != ErrorCode::Cancelled) {
        const ErrorText text = errorText(*error);
        marks.append({CodeMark::Severity::Error, error->position->line, error->position->column, error->position->line, 0, text.sentence, text.remedy});
    }
    m_editor->editor()->setMarks(marks);
}

void BuildPage::showSummary()
{
    const Engine::BuildPlan &plan = m_controller.plan();
    const auto total = m_controller.steps().totalBytes();
    QStringList right;
    if (total)
        right << tr("Image %1").arg(sizeText(*total));
    if (m_controller.hasBackend() && !m_controller.planError())
        right << tr("Context %1, %n file(s)", nullptr, plan.contextFiles).arg(sizeText(plan.contextBytes));
    const QString exact = total ? tr("Image: %1\nContext: %2").arg(exactSizeText(*total), exactSizeText(plan.contextBytes)) : QString();

    int willRun = 0;
    int cached = 0;
    for (const BuildStep &step : m_controller.steps().steps()) {
        willRun += step.state == BuildStep::State::WillRun;
        cached += step.state == BuildStep::State::Cached || step.state == BuildStep::State::Done;
    }
    const auto &error = m_controller.buildError();
    QString sentence = tr("Each instruction of the Dockerfile with the layer it makes");
    if (m_controller.state() != BuildController::State::Idle)
        sentence = tr("Building…");
    else if (!plan.diagnostics.isEmpty())
        sentence = tr("%n problem(s)", nullptr, int(plan.diagnostics.size()));
    else if (error && error->position && error->code != ErrorCode::Cancelled)
        sentence = tr("The build failed at line %1").arg(error->position->line);
    else if (willRun > 0)
        sentence = tr("%n step(s) will run", nullptr, willRun) + (cached > 0 ? u", "_s + tr("%n cached", "steps", cached) : QString());
    else if (cached > 0)
        sentence = tr("Nothing to run: every step is cached");
    setSubtitle(sentence);
    m_editor->setSummary(right.join(u"  ·  "_s), exact);
}

// --- Building

void BuildPage::startTask()
{
    m_output->show();
    showMarks();
    const QString name = m_controller.request().tags.value(0);
    m_task = context().tasks.start(tr("Build %1").arg(name), m_controller.command(), Task::Cancel::Yes);
    connect(m_task, &Task::cancelRequested, &m_controller, &BuildController::stop);
    connect(&m_controller.steps(), &QAbstractItemModel::dataChanged, m_task, [this] {
        if (!m_task)
            return;
        int done = 0;
        int all = 0;
        for (const BuildStep &step : m_controller.steps().steps()) {
            all += step.state != BuildStep::State::Unused;
            done += step.state == BuildStep::State::Done || step.state == BuildStep::State::Cached;
            if (step.state == BuildStep::State::Running)
                m_task->setDetail(step.text);
        }
        m_task->setProgress(done, all, Task::Unit::Steps);
    });
}

void BuildPage::finishTask()
{
    showMarks();
    showSummary();
    if (!m_task)
        return;
    disconnect(&m_controller.steps(), nullptr, m_task, nullptr);
    if (const auto &error = m_controller.buildError())
        m_task->fail(*error);
    else
        m_task->finish(Engine::Result<int>(0));
    m_task = nullptr; // only now: who hears of the failure asks tellsOf()
    if (const auto &error = m_controller.buildError(); error && error->position)
        m_editor->editor()->goTo(error->position->line, 1);
}

void BuildPage::goToStep(int step)
{
    const auto &steps = m_controller.buildSteps().steps();
    if (step >= 0 && step < steps.size())
        m_editor->editor()->goTo(steps[step].firstLine, 1);
}

QString BuildPage::hoverText(int line) const
{
    const QTextBlock block = m_editor->editor()->document()->findBlockByNumber(line - 1);
    QString instruction = instructionOfLine(block.text());
    for (const BuildStep &step : m_controller.steps().steps()) {
        if (line >= step.firstLine && line <= step.lastLine)
            instruction = step.instruction;
    }
    const QString help = instructionHelp(instruction);
    return help.isEmpty() ? QString() : u"<b>%1</b> %2"_s.arg(instruction, help.toHtmlEscaped());
}

} // namespace Gui
