// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/findbar.h"

#include "widgets/codeeditor.h"
#include "widgets/theme.h"

#include <QtGui/QKeyEvent>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QToolButton>

namespace Gui {

using namespace Qt::StringLiterals;

FindBar::FindBar(CodeEditor *editor, QWidget *parent)
    : QFrame(parent), m_editor(editor), m_text(new QLineEdit(this)), m_count(new QLabel(this))
{
    setObjectName(u"findBar"_s);
    m_count->setObjectName(u"hint"_s);
    m_text->setPlaceholderText(tr("Find"));
    m_text->setAccessibleName(tr("Find"));
    m_text->addAction(icon(u"search"_s), QLineEdit::LeadingPosition);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(8, 6, 8, 6);
    row->setSpacing(6);
    row->addWidget(m_text, 1);
    row->addWidget(m_count);
    m_case = addButton(u"whole-word"_s, tr("Match case"));
    m_case->setCheckable(true);
    connect(addButton(u"chevron-up"_s, tr("Previous place")), &QToolButton::clicked, this, &FindBar::findPrevious);
    connect(addButton(u"chevron-down"_s, tr("Next place")), &QToolButton::clicked, this, &FindBar::findNext);
    connect(addButton(u"x"_s, tr("Close")), &QToolButton::clicked, this, &FindBar::closeBar);
    connect(m_case, &QToolButton::toggled, this, &FindBar::showAll);
    connect(m_text, &QLineEdit::textChanged, this, [this] {
        showAll();
        QTextCursor cursor = m_editor->textCursor();
        cursor.setPosition(cursor.selectionStart());
        m_editor->setTextCursor(cursor); // what is typed extends the place found, it does not jump to the next
        search(Direction::Forward);
    });
    hide();
}

QToolButton *FindBar::addButton(const QString &iconName, const QString &text)
{
    auto *button = new QToolButton(this);
    button->setIcon(icon(iconName));
    button->setToolTip(text);
    button->setAccessibleName(text);
    layout()->addWidget(button);
    return button;
}

void FindBar::open()
{
    const QString selected = m_editor->textCursor().selectedText();
    if (!selected.isEmpty() && !selected.contains(QChar::ParagraphSeparator))
        m_text->setText(selected);
    show();
    m_text->setFocus();
    m_text->selectAll();
    showAll();
}

void FindBar::closeBar()
{
    hide();
    m_editor->setFoundText({}, {});
    m_editor->setFocus();
}

void FindBar::findNext()
{
    search(Direction::Forward);
}

void FindBar::findPrevious()
{
    search(Direction::Backward);
}

void FindBar::showAll()
{
    const int count = m_editor->setFoundText(m_text->text(), m_case->isChecked() ? QTextDocument::FindCaseSensitively : QTextDocument::FindFlags());
    if (m_text->text().isEmpty())
        m_count->clear();
    else
        m_count->setText(count ? tr("%n place(s)", nullptr, count) : tr("Not found"));
}

void FindBar::search(Direction direction)
{
    if (m_text->text().isEmpty())
        return;
    QTextDocument::FindFlags flags = m_case->isChecked() ? QTextDocument::FindCaseSensitively : QTextDocument::FindFlags();
    if (direction == Direction::Backward)
        flags |= QTextDocument::FindBackward;
    if (m_editor->find(m_text->text(), flags))
        return;
    QTextCursor around = m_editor->textCursor(); // past the end: go on at the other one
    const QTextCursor before = around;
    around.movePosition(direction == Direction::Forward ? QTextCursor::Start : QTextCursor::End);
    m_editor->setTextCursor(around);
    if (!m_editor->find(m_text->text(), flags))
        m_editor->setTextCursor(before);
}

void FindBar::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape)
        closeBar();
    else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        search(event->modifiers() & Qt::ShiftModifier ? Direction::Backward : Direction::Forward);
    else
        QFrame::keyPressEvent(event);
}

} // namespace Gui
