// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/logstore.h"

#include <engine/containers.h>

#include <QtWidgets/QWidget>

class QHBoxLayout;
class QLabel;
class QLineEdit;
class QStackedWidget;
class QToolButton;

namespace Gui {

class EngineSession;
class LogView;
class MessagePane;
class UiSettings;

//! The log of the container looked at: follow, search, wrap, times, save.
class LogPane final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(LogPane)

public:
    LogPane(EngineSession &session, UiSettings &settings, QWidget *parent = nullptr);
    ~LogPane() override;

    //! Reads the log of \p container; once more when it has been started again since. Null: shows nothing.
    void showContainer(const Engine::ContainerInfo *container);
    //! Not read while no one looks.
    void setActive(bool active);
    void openSearch();
    LogStore &store() { return m_store; }

private:
    void setupBar(QHBoxLayout *bar);
    QToolButton *addToggle(QHBoxLayout *bar, const QString &iconName, const QString &text, const QString &key, bool otherwise);
    void read();
    void find(LogStore::Direction direction);
    void save();
    void showCount();
    void keyPressEvent(QKeyEvent *event) override;

    EngineSession &m_session;
    UiSettings &m_settings;
    LogStore m_store;
    LogView *m_view;
    QStackedWidget *m_stack;
    MessagePane *m_message;
    QLineEdit *m_search;
    QLabel *m_count;
    QToolButton *m_follow = nullptr, *m_wrap = nullptr, *m_times = nullptr;
    QString m_containerId, m_containerName;
    QDateTime m_started;
    bool m_active = false, m_wanted = false;
    std::unique_ptr<Engine::LogOperation> m_reading;
};

} // namespace Gui
