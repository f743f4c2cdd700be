// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/textdialog.h"

#include "widgets/commandbox.h"

#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>

namespace Gui {

using namespace Qt::StringLiterals;

TextDialog::TextDialog(const Question &question, QWidget *parent)
    : QDialog(parent), m_question(question), m_edit(new QLineEdit(question.text)), m_problem(new QLabel), m_command(new CommandBox),
      m_ok(new QPushButton(question.button))
{
    setWindowTitle(question.title);
    setAttribute(Qt::WA_DeleteOnClose);
    setMinimumWidth(480);
    auto *sentence = new QLabel(question.sentence);
    sentence->setWordWrap(true);
    auto *label = new QLabel(question.label);
    label->setBuddy(m_edit);
    m_edit->setPlaceholderText(question.example);
    m_edit->setAccessibleName(QString(question.label).remove(u'&'));
    m_problem->setObjectName(u"errorText"_s);
    m_problem->setWordWrap(true);
    m_ok->setProperty("primary", true);
    m_ok->setDefault(true);
    auto *cancel = new QPushButton(tr("Cancel"));

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(24, 24, 24, 16);
    column->setSpacing(12);
    column->addWidget(sentence);
    column->addWidget(label);
    column->addWidget(m_edit);
    column->addWidget(m_problem);
    column->addWidget(m_command);
    column->addStretch(1);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(m_ok);
    column->addLayout(buttons);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_edit, &QLineEdit::textChanged, this, &TextDialog::onChanged);
    connect(m_ok, &QPushButton::clicked, this, [this] {
        Q_EMIT answered(m_edit->text().trimmed());
        accept();
    });
    onChanged();
}

void TextDialog::onChanged()
{
    const QString text = m_edit->text().trimmed();
    const QString problem = text.isEmpty() ? QString() : m_question.problem(text);
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
    m_ok->setEnabled(!text.isEmpty() && problem.isEmpty());
    m_command->setCommand(m_question.command(text));
}

} // namespace Gui
