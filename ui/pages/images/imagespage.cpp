// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/images/imagespage.h"

#include "controllers/enginesession.h"
#include "controllers/whendone.h"
#include "dialogs/textdialog.h"
#include "errors/errortext.h"
#include "models/historymodel.h"
#include "models/listfilter.h"
#include "widgets/format.h"
#include "widgets/jsonview.h"
#include "widgets/listtable.h"
#include "widgets/messagebox.h"
#include "widgets/minuteclock.h"
#include "widgets/rowactionsdelegate.h"
#include "widgets/sizebardelegate.h"
#include "widgets/theme.h"
#include "widgets/uisettings.h"

#include <QtGui/QAction>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtGui/QShortcut>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMenu>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QTabBar>
#include <QtWidgets/QTabWidget>

namespace Gui {

using namespace Qt::StringLiterals;
using Engine::ImageInfo;

namespace {

constexpr int imageFilterWidth = 220;

QString referenceProblem(const QString &text)
{
    const auto reference = Engine::ImageReference::parse(text);
    return reference ? QString() : errorText(reference.error()).sentence;
}

} // namespace

ImagesPage::ImagesPage(const PageContext &pageContext, QWidget *parent)
    : Page(pageContext, EngineNeed::Required, parent), m_controller(new ImagesController(context().session, context().tasks, this)),
      m_filter(new ListFilter(this)), m_history(new HistoryModel(this)), m_filterEdit(new QLineEdit),
      m_pull(new QPushButton(icon(u"download"_s, IconRole::OnAccent), tr("Pull…"))), m_split(new QSplitter(Qt::Vertical)),
      m_table(new ListTable(tr("Images"))), m_tabs(new QTabWidget), m_historyTable(new ListTable(tr("History of the image"))),
      m_inspect(new JsonView)
{
    setTitle(tr("Images"));
    setupTable();
    setupDetails();
    setupActions();
    m_split->addWidget(m_table);
    m_split->addWidget(m_tabs);
    m_split->setChildrenCollapsible(false);
    m_split->setHandleWidth(12);
    m_split->setStretchFactor(0, 1);
    m_split->setStretchFactor(1, 1);
    context().settings.keep(m_split, u"images"_s);
    connect(m_controller, &ImagesController::listed, this, &ImagesPage::onListed);
    connect(m_controller, &ImagesController::removeFailed, this, &ImagesPage::onRemoveFailed);
    connect(m_controller, &ImagesController::pulled, this, [this](const ImageInfo &image) {
        Q_EMIT noticed(tr("%1 is here").arg(imageTitle(image)));
        m_wanted = imageKey(image);
    });
    connect(m_controller, &ImagesController::listFailed, this, [this](const Engine::Error &error) {
        const ErrorText text = errorText(error);
        showMessage({.kind = MessagePane::Kind::Error, .title = tr("The images cannot be listed"),
                     .sentence = u"%1 %2"_s.arg(text.sentence, text.remedy), .command = text.command, .button = tr("Try again")});
    });
    setBody(m_split);
}

void ImagesPage::setupTable()
{
    m_filter->setSourceModel(&m_controller->model());
    m_table->setModel(m_filter);
    auto *buttons = new RowActionsDelegate(
        [this](const QModelIndex &index) -> QList<RowActionsDelegate::Button> {
            const ImageInfo *info = m_controller->find(index.data(IdRole).toString());
            if (!info)
                return {};
            return {{0, u"play"_s, tr("Run %1").arg(imageTitle(*info))}};
        },
        m_table);
    m_table->setItemDelegateForColumn(ImageModel::Actions, buttons);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setWidths({280, 130, 150, 110, 110, 56}, ImageModel::Name);
    m_table->hideWhenNarrow({ImageModel::Id});
    m_table->sortByColumn(ImageModel::Created, Qt::DescendingOrder);
    m_table->setMinimumHeight(120);
    context().settings.keep(m_table->horizontalHeader(), u"images"_s);
    connect(buttons, &RowActionsDelegate::triggered, this, [this](int, const QModelIndex &index) {
        m_table->selectId(index.data(IdRole).toString());
        run();
    });
    connect(m_table, &ListTable::selectionMoved, this, &ImagesPage::onSelectionChanged);
    connect(m_table, &ListTable::opened, this, &ImagesPage::run);
    connect(m_table, &ListTable::menuRequested, this, &ImagesPage::showMenu);
    new MinuteClock(m_table, [this] { m_controller->model().refreshTimes(); });
}

void ImagesPage::setupDetails()
{
    m_historyTable->setModel(m_history);
    m_historyTable->setItemDelegateForColumn(HistoryModel::Size, new SizeBarDelegate(m_historyTable));
    m_historyTable->setSortingEnabled(false); // its order is its meaning
    m_historyTable->setWidths({400, 220, 140, 130}, HistoryModel::Step);
    m_historyTable->hideWhenNarrow({HistoryModel::Layer, HistoryModel::Created});
    m_historyTable->verticalHeader()->setDefaultSectionSize(32);
    m_historyTable->setFrameShape(QFrame::NoFrame);
    context().settings.keep(m_historyTable->horizontalHeader(), u"images/history"_s);
    m_tabs->addTab(m_historyTable, icon(u"history"_s), tr("History"));
    m_tabs->addTab(m_inspect, icon(u"braces"_s), tr("Inspect"));
    m_tabs->tabBar()->setAccessibleName(tr("Details of the image"));
    m_tabs->setMinimumHeight(140);
    connect(m_tabs, &QTabWidget::currentChanged, this, &ImagesPage::showDetails);
}

void ImagesPage::setupActions()
{
    m_run = addAction(u"play"_s, tr("Run…"), QKeySequence(Qt::Key_R), &ImagesPage::run);
    m_tag = addAction(u"tag"_s, tr("Add a name…"), QKeySequence(Qt::Key_T), &ImagesPage::askTag);
    m_remove = addAction(u"trash-2"_s, tr("Remove…"), QKeySequence(Qt::Key_Delete), &ImagesPage::removeCurrent);

    m_filterEdit->setPlaceholderText(tr("Filter…"));
    m_filterEdit->setAccessibleName(tr("Filter the images"));
    m_filterEdit->addAction(icon(u"search"_s), QLineEdit::LeadingPosition);
    m_filterEdit->setClearButtonEnabled(true);
    m_filterEdit->setFixedWidth(imageFilterWidth);
    m_pull->setProperty("primary", true);
    m_pull->setToolTip(tr("Fetch an image from a registry (Ctrl+N)"));
    tools()->addWidget(m_filterEdit);
    tools()->addWidget(m_pull);
    connect(m_filterEdit, &QLineEdit::textChanged, m_filter, &ListFilter::setWords);
    connect(m_filterEdit, &QLineEdit::textChanged, this, &ImagesPage::onListed);
    connect(m_pull, &QPushButton::clicked, this, &ImagesPage::openPullDialog);
    const auto shortcut = [this](const QKeySequence &keys, auto what) {
        auto *s = new QShortcut(keys, this);
        s->setContext(Qt::WidgetWithChildrenShortcut);
        connect(s, &QShortcut::activated, this, what);
    };
    shortcut(QKeySequence::New, [this] { openPullDialog(); });
    shortcut(QKeySequence::Refresh, [this] { m_controller->refresh(); });
    shortcut(QKeySequence::Find, [this] { m_filterEdit->setFocus(); });
}

QAction *ImagesPage::addAction(const QString &iconName, const QString &text, const QKeySequence &shortcut, void (ImagesPage::*what)())
{
    auto *action = new QAction(icon(iconName), text, this);
    action->setShortcut(shortcut);
    action->setShortcutContext(Qt::WidgetShortcut);
    m_table->addAction(action);
    connect(action, &QAction::triggered, this, what);
    return action;
}

void ImagesPage::engineReady()
{
    showMessage({.kind = MessagePane::Kind::Loading, .title = tr("Looking for images…")});
}

void ImagesPage::messageButtonClicked()
{
    if (!m_filterEdit->text().isEmpty())
        return m_filterEdit->clear();
    if (m_controller->hasLoaded() && m_controller->model().rowCount() == 0)
        return openPullDialog();
    m_controller->refresh();
}

void ImagesPage::activate()
{
    m_table->setFocus();
}

void ImagesPage::finish()
{
    if (const ImageInfo *info = current())
        context().settings.setText(u"images/selected"_s, imageKey(*info));
}

void ImagesPage::onListed()
{
    if (!m_controller->hasLoaded())
        return;
    const int count = m_controller->model().rowCount();
    setSubtitle(count == 0 ? QString() : tr("%n image(s)", nullptr, count));
    if (count == 0)
        return showMessage({.icon = u"layers"_s, .title = tr("No images yet"),
                            .sentence = tr("An image is what containers start from: files in layers, and how to run them."),
                            .button = tr("Pull an image…")});
    if (m_filter->rowCount() == 0)
        return showMessage({.icon = u"search"_s, .title = tr("Nothing matches “%1”").arg(m_filterEdit->text()), .button = tr("Show all")});
    showBody();
    if (m_wanted.isEmpty() && m_table->selectedIds().isEmpty())
        m_wanted = context().settings.text(u"images/selected"_s);
    const ImageInfo *wanted = m_controller->find(m_wanted);
    if (wanted && m_table->selectId(imageKey(*wanted)))
        m_wanted.clear();
    else if (m_table->selectedIds().isEmpty())
        m_table->selectRow(0);
    onSelectionChanged();
}

const ImageInfo *ImagesPage::current() const
{
    const QStringList ids = m_table->selectedIds();
    return ids.isEmpty() ? nullptr : m_controller->find(ids.first());
}

void ImagesPage::select(const QString &idOrReference)
{
    m_filterEdit->clear();
    m_wanted = idOrReference;
    onListed();
}

void ImagesPage::onSelectionChanged()
{
    const ImageInfo *info = current();
    for (QAction *action : {m_run, m_tag, m_remove})
        action->setEnabled(info);
    m_tabs->setEnabled(info);
    if (info && imageKey(*info) != m_shownId)
        showDetails();
}

void ImagesPage::showDetails()
{
    const ImageInfo *info = current();
    if (!info)
        return;
    const QString id = imageKey(*info);
    m_shownId = id;
    Engine::Images &images = context().session.engine().images();
    whenDone(images.history(id), this, [this, id](const Engine::Result<QList<Engine::HistoryEntry>> &history) {
        if (history && m_shownId == id)
            m_history->setHistory(*history);
        else if (!history)
            Q_EMIT noticed(errorText(history.error()).sentence);
    });
    if (m_tabs->currentWidget() != m_inspect)
        return;
    whenDone(images.inspect(id), this, [this, id](const Engine::Result<QByteArray> &json) {
        if (m_shownId == id)
            m_inspect->setJson(json ? *json : errorText(json.error()).sentence.toUtf8());
    });
}

void ImagesPage::showMenu(const QPoint &where)
{
    const ImageInfo *info = current();
    if (!info)
        return;
    auto *menu = new QMenu(m_table);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addActions({m_run, m_tag});
    QMenu *copy = menu->addMenu(icon(u"copy"_s), tr("Copy"));
    const QStringList texts = info->references + QStringList{imageKey(*info), shellCommand({u"slipway"_s, u"run"_s, u"-it"_s, imageTitle(*info)})};
    for (const QString &text : texts)
        copy->addAction(text, copy, [text] { QGuiApplication::clipboard()->setText(text); });
    menu->addSeparator();
    menu->addAction(m_remove);
    menu->popup(where);
}

void ImagesPage::run()
{
    if (const ImageInfo *info = current())
        Q_EMIT runRequested(imageTitle(*info));
}

void ImagesPage::openPullDialog()
{
    auto *dialog = new TextDialog({.title = tr("Pull an image"),
                                   .sentence = tr("Fetches an image from a registry. A name without a registry means Docker Hub."),
                                   .label = tr("&Image"), .example = u"localhost:5000/debian:12"_s, .button = tr("Pull"),
                                   .problem = &referenceProblem,
                                   .command = [](const QString &text) { return shellCommand({u"slipway"_s, u"pull"_s, text.isEmpty() ? tr("IMAGE") : text}); }},
                                  this);
    connect(dialog, &TextDialog::answered, m_controller, &ImagesController::pull);
    dialog->open();
}

void ImagesPage::askTag()
{
    const ImageInfo *info = current();
    if (!info)
        return;
    const QString from = imageTitle(*info);
    auto *dialog = new TextDialog({.title = tr("Add a name"), .sentence = tr("Gives %1 one more name. The old ones stay.").arg(from),
                                   .label = tr("&New name"), .text = info->references.value(0), .example = u"shop/web:1.0"_s, .button = tr("Add"),
                                   .problem = &referenceProblem,
                                   .command = [from](const QString &text) { return shellCommand({u"slipway"_s, u"tag"_s, from, text}); }},
                                  this);
    connect(dialog, &TextDialog::answered, this, [this, id = imageKey(*info)](const QString &name) { m_controller->tag(id, name); });
    dialog->open();
}

void ImagesPage::removeCurrent()
{
    const ImageInfo *info = current();
    if (!info)
        return;
    const bool isLast = info->references.size() <= 1;
    const QString sentence = isLast ? tr("Remove %1?").arg(imageTitle(*info)) : tr("Remove a name of this image, or all of them?");
    const QString more = isLast ? tr("Its layers go with it, %1, but for those that other images share.").arg(sizeText(info->sizeBytes - info->sharedBytes))
                                : tr("The image itself stays as long as it has a name.");
    auto *question = new MessageBox({.title = tr("Remove an image"), .sentence = sentence, .more = more}, QMessageBox::Cancel, this);
    const QStringList names = info->references.isEmpty() ? QStringList{imageKey(*info)} : info->references;
    for (const QString &name : names) {
        connect(question->addDangerButton(isLast ? tr("Remove") : name), &QPushButton::clicked, this, [this, name] { removeName(name); });
    }
    if (!isLast) {
        connect(question->addDangerButton(tr("All")), &QPushButton::clicked, this, [this, names] {
            for (const QString &name : names)
                removeName(name);
        });
    }
    question->open();
}

void ImagesPage::removeName(const QString &name)
{
    m_controller->remove(name, Engine::Images::Force::No);
}

void ImagesPage::onRemoveFailed(const QString &nameOrId, const Engine::Error &error)
{
    if (error.code != Engine::ErrorCode::InUse)
        return; // the window tells of failed tasks
    const ErrorText text = errorText(error);
    auto *question = new MessageBox({.title = tr("Remove an image"), .sentence = text.sentence,
                                     .more = tr("Stopped containers keep working without the name.")},
                                    QMessageBox::Cancel, this);
    connect(question->addDangerButton(tr("Remove the name all the same")), &QPushButton::clicked, this, [this, nameOrId] { m_controller->remove(nameOrId, Engine::Images::Force::Yes); });
    question->open();
}

} // namespace Gui
