// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/imagemodel.h"

#include <QtCore/QObject>

namespace Gui {

class EngineSession;
class Task;
class TaskModel;

//! Turns what the user wants of images into engine calls and keeps the list in step with the store's events.
class ImagesController final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ImagesController)

public:
    ImagesController(EngineSession &session, TaskModel &tasks, QObject *parent = nullptr);

    ImageModel &model() { return m_model; }
    const ImageModel &model() const { return m_model; }
    //! Null when there is none; by id or by any of its names.
    const Engine::ImageInfo *find(const QString &idOrReference) const;
    bool hasLoaded() const { return m_loaded; }

    void refresh();
    //! A task with the bytes of all layers together; the pull goes on whatever the window shows.
    Task *pull(const QString &reference);
    void tag(const QString &id, const QString &newReference);
    //! Takes one name away; the image goes with its last one.
    void remove(const QString &nameOrId, Engine::Images::Force force);

Q_SIGNALS:
    void listed();
    void listFailed(const Engine::Error &error);
    void pulled(const Engine::ImageInfo &image);
    void removeFailed(const QString &nameOrId, const Engine::Error &error);

private:
    EngineSession &m_session;
    TaskModel &m_tasks;
    ImageModel m_model;
    bool m_loaded = false;
    bool m_listing = false, m_listAgain = false;
};

} // namespace Gui
