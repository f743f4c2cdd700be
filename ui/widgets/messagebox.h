// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QMessageBox>

namespace Gui {

//! A question or a message as the window words them: plain text only (names come from outside), the way out is the default,
//! and what destroys is red. Deletes itself when it closes; show it with open().
class MessageBox final : public QMessageBox
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MessageBox)

public:
    struct Text {
        QString title;      //!< of its window
        QString sentence;
        QString more = {};  //!< what follows from it
    };

    //! \p wayOut: Cancel for a question, Close for a message, NoButton where addButton() adds one.
    MessageBox(const Text &text, StandardButton wayOut, QWidget *parent);

    //! A button that takes something away.
    QPushButton *addDangerButton(const QString &text);
};

} // namespace Gui
