// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/messagebox.h"

#include "widgets/theme.h"

#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QStyle>

namespace Gui {

using namespace Qt::StringLiterals;

namespace {
constexpr int narrowestText = 340; // QMessageBox takes the narrowest there is, and cuts its own title
constexpr int pictureSide = 28;
}

MessageBox::MessageBox(const Text &text, StandardButton wayOut, QWidget *parent)
    : QMessageBox(NoIcon, text.title, text.sentence, wayOut, parent)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setIconPixmap(Gui::icon(u"triangle-alert"_s, IconRole::Warn).pixmap(QSize(pictureSide, pictureSide), devicePixelRatioF()));
    if (!text.more.isEmpty())
        setInformativeText(text.more);
    // Qt has no setter for the second one
    for (auto *label : {findChild<QLabel *>(u"qt_msgbox_label"_s), findChild<QLabel *>(u"qt_msgbox_informativelabel"_s)}) {
        if (!label)
            continue;
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setMinimumWidth(narrowestText);
    }
    if (wayOut != NoButton) {
        setDefaultButton(wayOut);
        setEscapeButton(wayOut);
    }
}

QPushButton *MessageBox::addDangerButton(const QString &text)
{
    QPushButton *danger = addButton(text, DestructiveRole);
    danger->setProperty("danger", true);
    danger->style()->unpolish(danger); // style sheets look at properties only then
    danger->style()->polish(danger);
    return danger;
}

} // namespace Gui
