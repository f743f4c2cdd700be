// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>

namespace Gui {

class EngineSession;
class TaskModel;
class UiSettings;

//! The first start: brings the embedded starter image into an empty store, once per store, so that everything works
//! without a registry.
class Starter final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Starter)

public:
    Starter(EngineSession &session, TaskModel &tasks, UiSettings &settings, const QString &imageFolder, QObject *parent);

Q_SIGNALS:
    //! The starter image is there (or was given up, with the reason in the task list): the first start is over.
    void finished();

private:
    void importOnce();

    EngineSession &m_session;
    TaskModel &m_tasks;
    UiSettings &m_settings;
    QString m_imageFolder;
};

} // namespace Gui
