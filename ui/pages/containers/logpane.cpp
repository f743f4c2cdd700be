// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/containers/logpane.h"

#include "controllers/enginesession.h"
#include "errors/errortext.h"
#include "models/containermodel.h"
#include "widgets/logview.h"
#include "widgets/messagebox.h"
#include "widgets/messagepane.h"
#include "widgets/theme.h"
#include "widgets/uisettings.h"

#include <QtCore/QLocale>
#include <QtCore/QSaveFile>
#include <QtGui/QKeyEvent>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QStyle>
#include <QtWidgets/QToolButton>

namespace Gui {

using namespace Qt::StringLiterals;

LogPane::LogPane(EngineSession &session, UiSettings &settings, QWidget *parent)
    : QWidget(parent), m_session(session), m_settings(settings), m_view(new LogView(m_store, this)), m_stack(new QStackedWidget(this)),
      m_message(new MessagePane(this)), m_search(new QLineEdit(this)), m_count(new QLabel(this))
{
    auto *bar = new QHBoxLayout;
    setupBar(bar);
    m_stack->addWidget(m_message);
    m_stack->addWidget(m_view);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 1, 1);
    column->setSpacing(4);
    column->addLayout(bar);
    column->addWidget(m_stack, 1);
    connect(&m_store, &LogStore::appended, this, [this] { m_stack->setCurrentWidget(m_view); });
}

LogPane::~LogPane() = default;

void LogPane::setupBar(QHBoxLayout *bar)
{
    bar->setContentsMargins(4, 0, 8, 0);
    bar->setSpacing(4);
    m_search->setPlaceholderText(tr("Search in the log"));
    m_search->setAccessibleName(tr("Search in the log"));
    m_search->addAction(icon(u"search"_s), QLineEdit::LeadingPosition);
    m_search->setClearButtonEnabled(true);
    m_search->setMaximumWidth(280);
    m_search->setToolTip(tr("Ctrl+F. Enter goes to the next place, Shift+Enter to the one before."));
    m_count->setObjectName(u"hint"_s);
    bar->addWidget(m_search, 1);
    bar->addWidget(m_count);
    bar->addStretch(1);
    m_follow = addToggle(bar, u"arrow-down-to-line"_s, tr("Follow the end"), {}, true);
    m_wrap = addToggle(bar, u"text-wrap"_s, tr("Wrap long lines"), u"logs/wrap"_s, false);
    m_times = addToggle(bar, u"clock"_s, tr("Show times"), u"logs/times"_s, false);
    auto *keep = new QToolButton(this);
    keep->setIcon(icon(u"save"_s));
    keep->setToolTip(tr("Save the log to a file…"));
    keep->setAccessibleName(tr("Save the log to a file"));
    bar->addWidget(keep);
    m_view->setWrap(m_wrap->isChecked());
    m_view->setShowTimes(m_times->isChecked());
    connect(m_follow, &QToolButton::clicked, m_view, &LogView::setFollow);
    connect(m_view, &LogView::followChanged, m_follow, &QToolButton::setChecked);
    connect(m_wrap, &QToolButton::toggled, m_view, &LogView::setWrap);
    connect(m_times, &QToolButton::toggled, m_view, &LogView::setShowTimes);
    connect(keep, &QToolButton::clicked, this, &LogPane::save);
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_view->setSearch(text);
        find(LogStore::Direction::Forward);
    });
}

QToolButton *LogPane::addToggle(QHBoxLayout *bar, const QString &iconName, const QString &text, const QString &key, bool otherwise)
{
    auto *button = new QToolButton(this);
    button->setIcon(icon(iconName));
    button->setToolTip(text);
    button->setAccessibleName(text);
    button->setCheckable(true);
    button->setChecked(key.isEmpty() ? otherwise : m_settings.flag(key, otherwise));
    if (!key.isEmpty())
        connect(button, &QToolButton::toggled, this, [this, key](bool on) { m_settings.setFlag(key, on); });
    bar->addWidget(button);
    return button;
}

void LogPane::showContainer(const Engine::ContainerInfo *container)
{
    const QString id = container ? containerKey(*container) : QString();
    const QDateTime started = container ? container->started : QDateTime();
    if (id == m_containerId && started == m_started)
        return;
    m_containerId = id;
    m_containerName = container ? container->name : QString();
    m_started = started;
    m_wanted = true;
    if (m_active)
        read();
}

void LogPane::setActive(bool active)
{
    m_active = active;
    if (active && m_wanted)
        read();
}

void LogPane::read()
{
    m_wanted = false;
    m_reading.reset();
    m_store.clear();
    m_count->clear();
    m_message->setMessage({.icon = u"scroll-text"_s, .title = tr("Nothing written yet"),
                           .sentence = tr("What the container writes to its output appears here.")});
    m_stack->setCurrentWidget(m_message);
    if (m_containerId.isEmpty() || !m_session.isReady())
        return;
    m_reading = m_session.engine().containers().logs(m_containerId, {.follow = Engine::LogOptions::Follow::Yes, .tail = LogStore::maxLines});
    connect(m_reading.get(), &Engine::LogOperation::read, &m_store, &LogStore::append);
    connect(m_reading.get(), &Engine::LogOperation::finished, this, [this](const Engine::Result<void> &result) {
        if (result || result.error().code == Engine::ErrorCode::Cancelled || m_store.count() > 0)
            return;
        m_message->setMessage({.kind = MessagePane::Kind::Error, .title = tr("The log cannot be read"), .sentence = errorText(result.error()).sentence});
    });
}

void LogPane::openSearch()
{
    m_search->setFocus();
    m_search->selectAll();
}

void LogPane::find(LogStore::Direction direction)
{
    const bool found = m_view->find(m_search->text(), direction);
    m_search->setProperty("invalid", !m_search->text().isEmpty() && !found);
    m_search->style()->unpolish(m_search); // style sheets look at properties only then
    m_search->style()->polish(m_search);
    showCount();
}

void LogPane::showCount()
{
    if (m_search->text().isEmpty())
        return m_count->clear();
    const int lines = m_store.countMatches(m_search->text());
    m_count->setText(lines == 0 ? tr("not found") : tr("in %n line(s)", nullptr, lines));
}

void LogPane::keyPressEvent(QKeyEvent *event)
{
    if (m_search->hasFocus() && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter))
        return find(event->modifiers() & Qt::ShiftModifier ? LogStore::Direction::Backward : LogStore::Direction::Forward);
    if (m_search->hasFocus() && event->key() == Qt::Key_Escape) {
        m_search->clear();
        return m_view->setFocus();
    }
    QWidget::keyPressEvent(event);
}

void LogPane::save()
{
    auto *dialog = new QFileDialog(this, tr("Save the log"), QString(), tr("Text files (*.log *.txt)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->selectFile(m_containerName + u".log"_s);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        QSaveFile file(path);
        const auto times = m_times->isChecked() ? LogStore::Times::Yes : LogStore::Times::No;
        const QByteArray text = m_store.toText(0, m_store.count() - 1, times).toUtf8();
        if (file.open(QIODevice::WriteOnly) && file.write(text) == text.size() && file.commit())
            return;
        auto *box = new MessageBox({.title = tr("Save the log"), .sentence = tr("%1 cannot be written: %2.").arg(path, file.errorString())},
                                   QMessageBox::Close, this);
        box->open();
    });
    dialog->open();
}

} // namespace Gui
