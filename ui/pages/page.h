// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/messagepane.h"

#include <engine/containers.h>
#include <engine/namespaces.h>

#include <QtWidgets/QWidget>

class QHBoxLayout;
class QLabel;
class QStackedWidget;

namespace Gui {

class EngineSession;
class Task;
class TaskModel;
class UiSettings;

//! What every page is given. All of it outlives the pages.
struct PageContext {
    EngineSession &session;
    TaskModel &tasks;
    UiSettings &settings;
    const Engine::OutsideLauncher *launcher;    //!< null: nothing can be opened outside
    QString samplesFolder;
    QStringList arguments;                      //!< a Dockerfile or a folder to open
};

//! A place of the rail: a title, its tools on the right, and a body. Shows by itself that the engine is being opened
//! or cannot be; the other three pictures are showMessage()'s.
class Page : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Page)

public:
    enum class EngineNeed { Required, Optional };

    Page(const PageContext &context, EngineNeed need, QWidget *parent);
    ~Page() override = default;

    QString title() const;
    //! Called when the page comes to the front: put the focus where work begins.
    virtual void activate() {}
    //! Pixels at the lower edge that nothing in passing may cover.
    virtual int lowerBarHeight() const { return 0; }
    //! Whether the page itself tells of the failure of \p task, so that nobody else has to.
    virtual bool tellsOf(const Task *task) const;

Q_SIGNALS:
    //! For the window: go there.
    void containerRequested(const QString &idOrName);
    void consoleRequested(const QString &idOrName);
    //! A container with a terminal was made: attach to it, start it and show its console.
    void startRequested(const Engine::ContainerInfo &container);
    void imageRequested(const QString &reference);
    //! Open the Run dialog for an image.
    void runRequested(const QString &imageReference);
    void projectRequested(const QString &dockerfileOrFolder);
    //! Something to say in passing: "Stopped web".
    void noticed(const QString &text);

protected:
    const PageContext &context() const { return m_context; }
    void setTitle(const QString &title);
    void setSubtitle(const QString &subtitle);
    QHBoxLayout *tools() const { return m_tools; }      //!< right of the title
    void setBody(QWidget *body);
    //! Shows the body again.
    void showBody();
    //! Shows a picture in place of the body.
    void showMessage(const MessagePane::Message &message);
    //! The button of showMessage()'s picture.
    virtual void messageButtonClicked() {}
    //! The engine is there; once. The body is shown after it.
    virtual void engineReady() {}

private:
    void onSessionChanged();
    void showUnavailable();

    PageContext m_context;
    EngineNeed m_need;
    QLabel *m_title, *m_subtitle;
    QWidget *m_toolBar;
    QHBoxLayout *m_tools;
    QStackedWidget *m_stack;
    MessagePane *m_message, *m_sessionMessage;
    bool m_engineSeen = false;
    QWidget *m_shown = nullptr; // what the page wants shown once the engine is there
};

} // namespace Gui
