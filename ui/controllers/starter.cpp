// SPDX-License-Identifier: GPL-3.0-or-later
#include "controllers/starter.h"

#include "controllers/enginesession.h"
#include "controllers/whendone.h"
#include "models/taskmodel.h"
#include "widgets/uisettings.h"

namespace Gui {

Starter::Starter(EngineSession &session, TaskModel &tasks, UiSettings &settings, const QString &imageFolder, QObject *parent)
    : QObject(parent), m_session(session), m_tasks(tasks), m_settings(settings), m_imageFolder(imageFolder)
{
    connect(&m_session, &EngineSession::stateChanged, this, [this] {
        if (m_session.isReady())
            importOnce();
    });
}

void Starter::importOnce()
{
    const QString store = m_session.settings().paths.root;
    if (m_imageFolder.isEmpty() || m_settings.hasStarter(store))
        return Q_EMIT finished();
    Task *task = m_tasks.start(tr("Adding the starter image"), {});
    whenDone(m_session.engine().images().importLayout(m_imageFolder, {}), this,
             [this, task, store](const Engine::Result<Engine::ImageInfo> &image) {
                 task->finish(image);
                 if (image)
                     m_settings.setHasStarter(store);
                 Q_EMIT finished();
             });
}

} // namespace Gui
