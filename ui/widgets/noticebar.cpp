// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/noticebar.h"

#include "widgets/theme.h"

#include <QtCore/QEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>

namespace Gui {

using namespace Qt::StringLiterals;

NoticeBar::NoticeBar(QWidget *parent)
    : QFrame(parent), m_picture(new QLabel(this)), m_text(new QLabel(this)), m_buttons(new QHBoxLayout)
{
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText); // file names are not ours
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(14, 8, 10, 8);
    row->setSpacing(10);
    row->addWidget(m_picture, 0, Qt::AlignTop);
    row->addWidget(m_text, 1);
    row->addLayout(m_buttons);
    hide();
}

QString NoticeBar::text() const
{
    return m_text->text();
}

void NoticeBar::showNotice(Kind kind, const QString &text, const QList<Choice> &choices)
{
    m_kind = kind;
    showPicture();
    m_text->setText(text);
    while (QLayoutItem *item = m_buttons->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater(); // one of them may be what was clicked
        delete item;
    }
    for (const Choice &choice : choices.isEmpty() ? QList<Choice>{{tr("Close"), {}}} : choices) {
        auto *button = new QPushButton(choice.text, this);
        connect(button, &QPushButton::clicked, this, [this, action = choice.action] {
            hide();
            if (action)
                action();
        });
        m_buttons->addWidget(button);
    }
    show();
    update();
}

void NoticeBar::showPicture()
{
    const auto picture = m_kind == Kind::Error ? icon(u"circle-alert"_s, IconRole::Bad)
        : m_kind == Kind::Warning              ? icon(u"triangle-alert"_s, IconRole::Warn)
                                               : icon(u"info"_s, IconRole::Accent);
    m_picture->setPixmap(picture.pixmap(QSize(18, 18), devicePixelRatioF()));
}

void NoticeBar::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        showPicture();
    QFrame::changeEvent(event);
}

void NoticeBar::paintEvent(QPaintEvent *)
{
    const ThemeColors &c = themeColors();
    QPainter painter(this);
    painter.fillRect(rect(), m_kind == Kind::Error ? c.badFill : m_kind == Kind::Warning ? c.warnFill : c.selection);
}

} // namespace Gui
