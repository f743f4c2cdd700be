// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/messagepane.h"

#include "widgets/commandbox.h"
#include "widgets/theme.h"

#include <QtCore/QEvent>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QProgressBar>
#include <QtWidgets/QPushButton>

namespace Gui {

using namespace Qt::StringLiterals;

namespace {
constexpr int textWidth = 600; // longer lines are hard to read
}

MessagePane::MessagePane(QWidget *parent)
    : QWidget(parent), m_picture(new QLabel(this)), m_title(new QLabel(this)), m_sentence(new QLabel(this)),
      m_busy(new QProgressBar(this)), m_command(new CommandBox(this)), m_button(new QPushButton(this))
{
    m_title->setObjectName(u"messageTitle"_s);
    m_title->setTextFormat(Qt::PlainText);
    m_title->setWordWrap(true);
    m_sentence->setObjectName(u"hint"_s);
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setWordWrap(true);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_busy->setRange(0, 0);
    m_busy->setTextVisible(false);
    m_busy->setFixedWidth(200);
    m_button->setProperty("primary", true);
    for (QLabel *label : {m_picture, m_title, m_sentence})
        label->setAlignment(Qt::AlignCenter);
    auto *column = new QVBoxLayout;
    column->setContentsMargins(24, 24, 24, 24);
    column->setSpacing(12);
    column->addStretch(2);
    for (QWidget *part : std::initializer_list<QWidget *>{m_picture, m_title, m_sentence})
        column->addWidget(part); // not centred by the layout: wrapped text would get too little room
    column->addWidget(m_busy, 0, Qt::AlignHCenter);
    column->addWidget(m_command);
    column->addWidget(m_button, 0, Qt::AlignHCenter);
    column->addStretch(3);
    auto *middle = new QWidget(this);
    middle->setLayout(column);
    middle->setMaximumWidth(textWidth);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addStretch(1);
    row->addWidget(middle, 100);
    row->addStretch(1);
    connect(m_button, &QPushButton::clicked, this, &MessagePane::buttonClicked);
    setMessage({});
}

void MessagePane::setMessage(const Message &message)
{
    m_message = message;
    m_title->setText(message.title);
    m_sentence->setText(message.sentence);
    m_sentence->setVisible(!message.sentence.isEmpty());
    m_busy->setVisible(message.kind == Kind::Loading);
    m_command->setCommand(message.command);
    m_command->setVisible(!message.command.isEmpty());
    m_button->setText(message.button);
    m_button->setVisible(!message.button.isEmpty());
    setAccessibleName(message.title);
    setAccessibleDescription(message.sentence);
    showPicture();
}

void MessagePane::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        showPicture();
    QWidget::changeEvent(event);
}

void MessagePane::showPicture()
{
    constexpr QSize size(48, 48);
    QIcon picture;
    switch (m_message.kind) {
    case Kind::Empty: picture = icon(m_message.icon.isEmpty() ? u"box"_s : m_message.icon); break;
    case Kind::Loading: break;
    case Kind::Unavailable: picture = icon(u"unplug"_s, IconRole::Warn); break;
    case Kind::Error: picture = icon(u"octagon-x"_s, IconRole::Bad); break;
    }
    m_picture->setVisible(!picture.isNull());
    if (!picture.isNull())
        m_picture->setPixmap(picture.pixmap(size, devicePixelRatioF()));
}

} // namespace Gui
