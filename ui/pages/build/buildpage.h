// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "controllers/buildcontroller.h"
#include "pages/page.h"

class QCheckBox;
class QFrame;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QSplitter;

namespace Gui {

class CommandBox;
class EditorPanel;
class OutputPanel;
class Task;

//! The Dockerfile with its layers beside it; Build builds it, Run runs it.
class BuildPage final : public Page
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(BuildPage)

public:
    explicit BuildPage(const PageContext &context, QWidget *parent = nullptr);
    ~BuildPage() override;

    void activate() override;
    int lowerBarHeight() const override;
    bool tellsOf(const Task *task) const override;
    //! A Dockerfile, or a folder with one.
    void openProject(const QString &dockerfileOrFolder);
    bool hasUnsavedChanges() const;
    //! Calls \p then when nothing unsaved would be lost any more; never when the user chooses to stay.
    void whenUnsavedSettled(const std::function<void()> &then);

    BuildController &controller() { return m_controller; }
    EditorPanel *editorPanel() const { return m_editor; }
    OutputPanel *outputPanel() const { return m_output; }

protected:
    void engineReady() override;

private:
    void setupActions();
    QWidget *makeForm();
    QWidget *makeOptions();
    QWidget *makeBody();
    void connectController();
    void connectEditor();
    void openFirst();
    void takeFile(const QString &path, const QString &text);
    void rememberFile(const QString &path);
    void fillRecentMenu();
    void chooseContext();
    void setContext(const QString &dir);
    void takeTag(const QString &tag);
    void takeBuildArgs();
    void showPlan();
    void showMarks();
    void showSummary();
    void showState();
    void startTask();
    void finishTask();
    void goToStep(int step);
    QString hoverText(int line) const;
    QString tagKey() const;

    BuildController m_controller;
    EditorPanel *m_editor;
    OutputPanel *m_output;
    QLineEdit *m_tag;
    QPushButton *m_contextButton;
    QPushButton *m_buildButton;
    QPushButton *m_runButton;
    QPushButton *m_stopButton;
    QPushButton *m_optionsButton;
    QFrame *m_options = nullptr;
    QCheckBox *m_noCache = nullptr;
    QPlainTextEdit *m_args = nullptr;
    QSplitter *m_splitter = nullptr;
    CommandBox *m_command;
    QAction *m_buildAction;
    QAction *m_runAction;
    QAction *m_stopAction;
    Task *m_task = nullptr;     //!< of the build under way
};

} // namespace Gui
