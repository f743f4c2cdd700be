// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QFrame>

class QLabel;
class QToolButton;

namespace Gui {

//! A command line to read and to copy.
class CommandBox final : public QFrame
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(CommandBox)

public:
    explicit CommandBox(QWidget *parent = nullptr);

    QString command() const;
    void setCommand(const QString &command);
    void copy();

private:
    QLabel *m_text;
    QToolButton *m_copy;
};

} // namespace Gui
