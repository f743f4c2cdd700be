// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QFrame>

class QLabel;
class QLineEdit;
class QToolButton;

namespace Gui {

class CodeEditor;

//! Finds text in a code editor: all places are shown, Return goes to the next, Shift+Return to the one before, Esc closes.
class FindBar final : public QFrame
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(FindBar)

public:
    explicit FindBar(CodeEditor *editor, QWidget *parent = nullptr);

    //! Shows itself with the selected word.
    void open();
    void closeBar();
    void findNext();
    void findPrevious();

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    enum class Direction { Forward, Backward };

    void search(Direction direction);
    void showAll();
    QToolButton *addButton(const QString &iconName, const QString &text);

    CodeEditor *m_editor;
    QLineEdit *m_text;
    QLabel *m_count;
    QToolButton *m_case;
};

} // namespace Gui
