// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QDialog>

#include <functional>

class QLabel;
class QLineEdit;
class QPushButton;

namespace Gui {

class CommandBox;

//! Asks for one line, checks it while it is typed and shows the command line that does the same.
class TextDialog final : public QDialog
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TextDialog)

public:
    struct Question {
        QString title;
        QString sentence;
        QString label;
        QString text;
        QString example;                                        //!< shown in the empty field
        QString button;
        std::function<QString(const QString &)> problem;        //!< one sentence, empty when the text will do
        std::function<QString(const QString &)> command;
    };

    TextDialog(const Question &question, QWidget *parent);

Q_SIGNALS:
    void answered(const QString &text);

private:
    void onChanged();

    Question m_question;
    QLineEdit *m_edit;
    QLabel *m_problem;
    CommandBox *m_command;
    QPushButton *m_ok;
};

} // namespace Gui
