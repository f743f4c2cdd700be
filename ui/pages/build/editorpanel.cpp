// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/build/editorpanel.h"

#include "errors/errortext.h"
#include "widgets/codeeditor.h"
#include "widgets/findbar.h"
#include "widgets/hairline.h"
#include "widgets/layercolumn.h"
#include "widgets/messagebox.h"
#include "widgets/noticebar.h"
#include "widgets/theme.h"

#include <QtCore/QFileInfo>
#include <QtCore/QLocale>
#include <QtGui/QAction>
#include <QtGui/QTextBlock>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QMenu>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QToolButton>

namespace Gui {

using namespace Qt::StringLiterals;

namespace {

constexpr int kNarrowestColumn = 190;
constexpr int kWidestColumn = 440;

//! The words of \p error in one line for a notice.
QString noticeText(const Engine::Error &error)
{
    const ErrorText text = errorText(error);
    return text.remedy.isEmpty() ? text.sentence : text.sentence + u' ' + text.remedy;
}

} // namespace

EditorPanel::EditorPanel(BuildStepsModel *steps, QWidget *parent)
    : QFrame(parent), m_editor(new CodeEditor(this)), m_layers(new LayerColumn(m_editor, steps)), m_notice(new NoticeBar(this)),
      m_find(new FindBar(m_editor, this)), m_title(new QLabel(this)), m_columnTitle(new QLabel(tr("Layers"), this)),
      m_leftSummary(new QLabel(this)), m_rightSummary(new QLabel(this)), m_recent(new QMenu(tr("Recent files"), this))
{
    setObjectName(u"panel"_s);
    m_editor->setAccessibleName(tr("Dockerfile"));
    m_editor->setRightArea(m_layers, kNarrowestColumn);
    addActions();
    buildLayout();
    connectDocument();
    connect(m_editor, &QPlainTextEdit::cursorPositionChanged, this, &EditorPanel::showPosition);
    connect(m_editor, &QPlainTextEdit::textChanged, this, [this] { Q_EMIT textEdited(m_editor->toPlainText()); });
    connect(m_editor->document(), &QTextDocument::modificationChanged, this, [this](bool modified) {
        showTitle();
        Q_EMIT modifiedChanged(modified);
    });
}

void EditorPanel::addActions()
{
    const auto add = [this](const QString &iconName, const QString &text, const QKeySequence &keys, auto slot) {
        auto *action = new QAction(icon(iconName), text, this);
        action->setShortcut(keys);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(action, &QAction::triggered, this, slot);
        addAction(action);
        return action;
    };
    m_openAction = add(u"folder-open"_s, tr("Open…"), QKeySequence::Open, &EditorPanel::chooseFile);
    m_saveAction = add(u"save"_s, tr("Save"), QKeySequence::Save, &EditorPanel::save);
    m_saveAsAction = add(u"file-plus"_s, tr("Save as…"), QKeySequence(u"Ctrl+Shift+S"_s), &EditorPanel::chooseSaveAs);
    m_findAction = add(u"search"_s, tr("Find…"), QKeySequence::Find, [this] { m_find->open(); });
    m_commentAction = add(u"pencil"_s, tr("Comment or uncomment"), QKeySequence(u"Ctrl+/"_s), [this] { m_editor->toggleComment(); });
}

QToolButton *EditorPanel::addHeaderButton(QWidget *header, const QString &iconName, QAction *action)
{
    auto *button = new QToolButton(header);
    button->setIcon(icon(iconName));
    button->setAccessibleName(action->text());
    button->setToolTip(u"%1 (%2)"_s.arg(action->text(), action->shortcut().toString(QKeySequence::NativeText)));
    connect(button, &QToolButton::clicked, action, &QAction::trigger);
    header->layout()->addWidget(button);
    return button;
}

QWidget *EditorPanel::makeHeader()
{
    auto *header = new QWidget(this);
    auto *row = new QHBoxLayout(header);
    row->setContentsMargins(16, 6, 8, 6);
    row->setSpacing(2);
    m_title->setTextFormat(Qt::PlainText);
    QFont bold = m_title->font();
    bold.setWeight(QFont::DemiBold);
    m_title->setFont(bold);
    m_title->setMinimumWidth(40);
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    row->addWidget(m_title, 1);
    addHeaderButton(header, u"folder-open"_s, m_openAction);
    addHeaderButton(header, u"save"_s, m_saveAction);
    addHeaderButton(header, u"search"_s, m_findAction);
    auto *more = new QToolButton(header);
    more->setIcon(icon(u"ellipsis"_s));
    more->setToolTip(tr("More"));
    more->setAccessibleName(tr("More"));
    more->setPopupMode(QToolButton::InstantPopup);
    auto *menu = new QMenu(more);
    menu->addActions({m_openAction, m_saveAction, m_saveAsAction});
    menu->addMenu(m_recent);
    menu->addSeparator();
    menu->addActions({m_findAction, m_commentAction});
    more->setMenu(menu);
    row->addWidget(more);
    m_columnTitle->setObjectName(u"hint"_s);
    m_columnTitle->setContentsMargins(20, 0, 0, 0);
    row->addWidget(m_columnTitle);
    return header;
}

void EditorPanel::buildLayout()
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    column->addWidget(makeHeader());
    column->addWidget(new Hairline(this));
    column->addWidget(m_notice);
    column->addWidget(m_editor, 1);
    column->addWidget(m_find);
    column->addWidget(new Hairline(this));
    auto *footer = new QHBoxLayout;
    footer->setContentsMargins(16, 6, 16, 6);
    m_leftSummary->setObjectName(u"hint"_s);
    m_rightSummary->setObjectName(u"hint"_s);
    m_leftSummary->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    footer->addWidget(m_leftSummary, 1);
    footer->addWidget(m_rightSummary);
    column->addLayout(footer);
}

void EditorPanel::resizeEvent(QResizeEvent *event)
{
    QFrame::resizeEvent(event);
    const int columnWidth = std::clamp(width() * 38 / 100, kNarrowestColumn, kWidestColumn);
    m_editor->setRightArea(m_layers, columnWidth);
    m_columnTitle->setFixedWidth(columnWidth);
}

void EditorPanel::showPosition()
{
    const QTextCursor cursor = m_editor->textCursor();
    QString text = tr("Line %1, column %2").arg(QLocale().toString(cursor.blockNumber() + 1), QLocale().toString(cursor.positionInBlock() + 1));
    if (m_document.file().lineEnd == TextFile::LineEnd::CrLf)
        text += u"  ·  CRLF"_s;
    m_leftSummary->setText(text);
}

void EditorPanel::setSummary(const QString &right, const QString &rightToolTip)
{
    m_rightSummary->setText(right);
    m_rightSummary->setToolTip(rightToolTip);
}

// --- The file

void EditorPanel::connectDocument()
{
    connect(&m_document, &EditorDocument::opened, this, &EditorPanel::takeFile);
    connect(&m_document, &EditorDocument::openFailed, this,
            [this](const Engine::Error &error) { m_notice->showNotice(NoticeBar::Kind::Error, noticeText(error)); });
    connect(&m_document, &EditorDocument::saved, this, [this](const TextFile &file) {
        m_editor->document()->setModified(m_editor->toPlainText() != file.text); // typed while it was being written
        m_editor->setFileName(file.path);
        showTitle();
        Q_EMIT fileSavedAs(file.path);
        if (const auto then = std::exchange(m_afterSave, nullptr))
            then();
    });
    connect(&m_document, &EditorDocument::saveFailed, this, &EditorPanel::saveFailed);
    connect(&m_document, &EditorDocument::changedOnDisk, this, &EditorPanel::onChangedOnDisk);
    connect(&m_document, &EditorDocument::vanished, this, [this] {
        m_editor->document()->setModified(true); // what is on screen is now the only copy
        m_notice->showNotice(NoticeBar::Kind::Warning,
                             tr("%1 was deleted or moved. Save to write it again.").arg(QFileInfo(m_document.file().path).fileName()),
                             {{tr("Save"), [this] { save(); }}, {tr("Close"), {}}});
    });
}

void EditorPanel::takeFile(const TextFile &file)
{
    const bool same = file.path == m_document.file().path && !m_editor->document()->isEmpty();
    const int line = m_editor->textCursor().blockNumber() + 1;
    m_notice->hide();
    {
        const QSignalBlocker blocker(m_editor); // one fileOpened instead of an edit
        m_editor->setMarks({});
        m_editor->setFileName(file.path);
        m_editor->setPlainText(file.text);
        m_editor->document()->setModified(false);
        if (same)
            m_editor->goTo(line, 1);
    }
    m_editor->setReadOnly(file.readOnly);
    if (file.readOnly)
        m_notice->showNotice(NoticeBar::Kind::Info, tr("This file is read-only: it can be built, not changed."),
                             {{tr("Save as…"), [this] { chooseSaveAs(); }}, {tr("Close"), {}}});
    else if (!m_reloadedNotice.isEmpty())
        m_notice->showNotice(NoticeBar::Kind::Info, m_reloadedNotice);
    m_reloadedNotice.clear();
    showTitle();
    showPosition();
    Q_EMIT fileOpened(file.path, file.text);
}

bool EditorPanel::isModified() const
{
    return m_editor->document()->isModified();
}

void EditorPanel::showTitle()
{
    const QFileInfo info(m_document.file().path);
    const QString name = m_document.file().path.isEmpty() ? tr("No file") : info.fileName();
    m_title->setText(isModified() ? tr("%1 – not saved").arg(name) : name);
    m_title->setToolTip(m_document.file().path);
    m_saveAction->setEnabled(!m_document.file().path.isEmpty());
}

void EditorPanel::openFile(const QString &path)
{
    whenUnsavedSettled([this, path] { m_document.open(path); });
}

void EditorPanel::chooseFile()
{
    auto *dialog = new QFileDialog(this, tr("Open a Dockerfile"), QFileInfo(m_document.file().path).absolutePath());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("Dockerfiles (Dockerfile* Containerfile* *.dockerfile *.containerfile)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, &EditorPanel::openFile);
    dialog->open();
}

void EditorPanel::save()
{
    if (!m_document.file().path.isEmpty())
        m_document.save(m_editor->toPlainText());
}

void EditorPanel::chooseSaveAs()
{
    auto *dialog = new QFileDialog(this, tr("Save the Dockerfile as"), QFileInfo(m_document.file().path).absolutePath());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->selectFile(QFileInfo(m_document.file().path).fileName());
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        m_editor->setReadOnly(false);
        m_notice->hide();
        m_document.saveAs(path, m_editor->toPlainText());
    });
    dialog->open();
}

void EditorPanel::saveFailed(const Engine::Error &error)
{
    m_afterSave = nullptr;
    m_notice->showNotice(NoticeBar::Kind::Error, noticeText(error),
                         {{tr("Try again"), [this] { save(); }}, {tr("Save as…"), [this] { chooseSaveAs(); }}, {tr("Close"), {}}});
}

void EditorPanel::onChangedOnDisk()
{
    const QString name = QFileInfo(m_document.file().path).fileName();
    if (!isModified()) { // nothing of the user's can be lost
        m_reloadedNotice = tr("Another program changed %1: its new content is shown.").arg(name);
        m_document.reload();
        return;
    }
    m_notice->showNotice(NoticeBar::Kind::Warning,
                         tr("Another program changed %1, and you have changes that are not saved.").arg(name),
                         {{tr("Reload"), [this] { m_document.reload(); }}, {tr("Keep mine"), [this] { m_document.keepMine(); }}});
}

void EditorPanel::whenUnsavedSettled(const std::function<void()> &then)
{
    if (!isModified()) {
        then();
        return;
    }
    const QString name = QFileInfo(m_document.file().path).fileName();
    auto *box = new MessageBox({.title = tr("Unsaved changes"), .sentence = tr("%1 has changes that are not saved.").arg(name)},
                               QMessageBox::NoButton, window());
    auto *saveButton = box->addButton(tr("Save"), QMessageBox::AcceptRole);
    auto *discardButton = box->addDangerButton(tr("Discard"));
    box->addButton(tr("Cancel"), QMessageBox::RejectRole);
    box->setDefaultButton(saveButton);
    connect(box, &QMessageBox::finished, this, [this, box, saveButton, discardButton, then] {
        if (box->clickedButton() == saveButton) {
            m_afterSave = then;
            save();
        } else if (box->clickedButton() == discardButton) {
            m_editor->document()->setModified(false);
            then();
        }
    });
    box->open();
}

} // namespace Gui
