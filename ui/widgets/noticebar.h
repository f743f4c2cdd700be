// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QFrame>

#include <functional>

class QHBoxLayout;
class QLabel;

namespace Gui {

//! One sentence above what it is about, with what can be done: never in the way, never gone by itself.
class NoticeBar final : public QFrame
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(NoticeBar)

public:
    enum class Kind { Info, Warning, Error };
    struct Choice {
        QString text;
        std::function<void()> action;   //!< the bar is closed before it is called
    };

    explicit NoticeBar(QWidget *parent = nullptr);

    //! Replaces what the bar shows. Without choices it has a Close button.
    void showNotice(Kind kind, const QString &text, const QList<Choice> &choices = {});
    QString text() const;

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void showPicture();

    Kind m_kind = Kind::Info;
    QLabel *m_picture;
    QLabel *m_text;
    QHBoxLayout *m_buttons;
};

} // namespace Gui
