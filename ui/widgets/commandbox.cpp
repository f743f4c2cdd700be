// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/commandbox.h"

#include "widgets/theme.h"

#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QToolButton>

namespace Gui {

using namespace Qt::StringLiterals;

CommandBox::CommandBox(QWidget *parent)
    : QFrame(parent), m_text(new QLabel(this)), m_copy(new QToolButton(this))
{
    setObjectName(u"commandBox"_s);
    m_text->setFont(monospaceFont());
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_copy->setIcon(icon(u"copy"_s));
    m_copy->setToolTip(tr("Copy the command"));
    m_copy->setAccessibleName(tr("Copy the command"));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(12, 4, 4, 4);
    row->setSpacing(8);
    row->addWidget(m_text, 1);
    row->addWidget(m_copy, 0, Qt::AlignTop);
    connect(m_copy, &QToolButton::clicked, this, &CommandBox::copy);
}

QString CommandBox::command() const
{
    return m_text->text();
}

void CommandBox::setCommand(const QString &command)
{
    m_text->setText(command);
    m_text->setAccessibleName(tr("Command: %1").arg(command));
}

void CommandBox::copy()
{
    QGuiApplication::clipboard()->setText(command());
    m_copy->setIcon(icon(u"check"_s, IconRole::Ok));
    m_copy->setToolTip(tr("Copied"));
}

} // namespace Gui
