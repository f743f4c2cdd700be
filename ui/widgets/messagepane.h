// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QWidget>

class QLabel;
class QProgressBar;
class QPushButton;
class QToolButton;

namespace Gui {

class CommandBox;

//! What stands where there is nothing to show: a picture, one sentence and one thing to do.
//! Empty, loading, unavailable and error are four different pictures.
class MessagePane final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MessagePane)

public:
    enum class Kind { Empty, Loading, Unavailable, Error };

    struct Message {
        Kind kind = Kind::Empty;
        QString icon;       //!< for Empty; the others have their own
        QString title;
        QString sentence;
        QString command;    //!< shown to be copied; may be empty
        QString button;     //!< the one thing to do; may be empty
    };

    explicit MessagePane(QWidget *parent = nullptr);

    void setMessage(const Message &message);

Q_SIGNALS:
    void buttonClicked();

private:
    void changeEvent(QEvent *event) override;
    void showPicture();

    Message m_message;
    QLabel *m_picture, *m_title, *m_sentence;
    QProgressBar *m_busy;
    CommandBox *m_command;
    QPushButton *m_button;
};

} // namespace Gui
