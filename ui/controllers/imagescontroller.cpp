// SPDX-License-Identifier: GPL-3.0-or-later
#include "controllers/imagescontroller.h"

#include "controllers/enginesession.h"
#include "controllers/whendone.h"
#include "models/taskmodel.h"
#include "widgets/format.h"

#include <QtCore/QHash>

#include <utility>

namespace Gui {

using namespace Qt::StringLiterals;
using Engine::ImageInfo;
using Engine::LayerProgress;
using Engine::PullOperation;
using Engine::Result;

namespace {

//! Adds the layers of a pull up into one task.
class PullMeter final : public QObject
{
    Q_OBJECT

public:
    PullMeter(PullOperation *pull, Task *task)
        : QObject(pull), m_task(task)
    {
        connect(pull, &PullOperation::resolved, this, [this](const Engine::Digest &, const QList<LayerProgress> &layers) {
            for (const LayerProgress &layer : layers)
                m_layers.insert(layer.blob, layer);
            show();
        });
        connect(pull, &PullOperation::layerProgressed, this, [this](const LayerProgress &layer) {
            m_layers.insert(layer.blob, layer);
            show();
        });
    }

private:
    void show()
    {
        qint64 done = 0, total = 0;
        int complete = 0;
        for (const LayerProgress &layer : std::as_const(m_layers)) {
            const bool isThere = layer.phase == LayerProgress::Phase::AlreadyHere || layer.phase == LayerProgress::Phase::Complete;
            complete += isThere ? 1 : 0;
            total += layer.totalBytes;
            done += isThere ? layer.totalBytes : layer.doneBytes;
        }
        m_task->setProgress(done, total, Task::Unit::Bytes);
        m_task->setDetail(tr("%1 of %n layer(s) complete", nullptr, int(m_layers.size())).arg(complete));
    }

    Task *m_task;
    QHash<Engine::Digest, LayerProgress> m_layers;
};

} // namespace

ImagesController::ImagesController(EngineSession &session, TaskModel &tasks, QObject *parent)
    : QObject(parent), m_session(session), m_tasks(tasks)
{
    connect(&m_session, &EngineSession::stateChanged, this, &ImagesController::refresh);
    connect(&m_session, &EngineSession::happened, this, [this](const Engine::Event &event) {
        // containers count in a column
        if (event.kind == Engine::Event::Kind::Image || event.action == "create"_L1 || event.action == "destroy"_L1)
            refresh();
    });
}

const ImageInfo *ImagesController::find(const QString &idOrReference) const
{
    for (const ImageInfo &info : m_model.rows()) {
        if (imageKey(info) == idOrReference || info.references.contains(idOrReference))
            return &info;
    }
    return nullptr;
}

void ImagesController::refresh()
{
    if (!m_session.isReady())
        return;
    if (m_listing) {
        m_listAgain = true;
        return;
    }
    m_listing = true;
    whenDone(m_session.engine().images().list(), this, [this](const Result<QList<ImageInfo>> &list) {
        m_listing = false;
        if (list) {
            m_loaded = true;
            m_model.setImages(*list);
            Q_EMIT listed();
        } else {
            Q_EMIT listFailed(list.error());
        }
        if (std::exchange(m_listAgain, false))
            refresh();
    });
}

Task *ImagesController::pull(const QString &reference)
{
    Task *task = m_tasks.start(tr("Pulling %1").arg(reference), shellCommand({u"slipway"_s, u"pull"_s, reference}), Task::Cancel::Yes);
    task->setDetail(tr("Asking the registry"));
    PullOperation *pull = m_session.engine().images().pull(reference, {}).release();
    pull->setParent(this);
    new PullMeter(pull, task);
    connect(task, &Task::cancelRequested, pull, &PullOperation::cancel);
    connect(pull, &PullOperation::finished, this, [this, pull, task](const Result<ImageInfo> &image) {
        pull->deleteLater();
        task->finish(image);
        refresh();
        if (image)
            Q_EMIT pulled(*image);
    });
    return task;
}

void ImagesController::tag(const QString &id, const QString &newReference)
{
    const ImageInfo *info = find(id);
    if (!info)
        return;
    Task *task = m_tasks.start(tr("Naming %1 %2").arg(imageTitle(*info), newReference),
                               shellCommand({u"slipway"_s, u"tag"_s, imageTitle(*info), newReference}));
    whenDone(m_session.engine().images().tag(id, newReference), this, [this, task](const Result<void> &tagged) {
        task->finish(tagged);
        refresh();
    });
}

void ImagesController::remove(const QString &nameOrId, Engine::Images::Force force)
{
    QStringList words = {u"slipway"_s, u"rmi"_s};
    if (force == Engine::Images::Force::Yes)
        words += u"-f"_s;
    Task *task = m_tasks.start(tr("Removing %1").arg(nameOrId), shellCommand(words << nameOrId));
    whenDone(m_session.engine().images().remove(nameOrId, force), this,
             [this, task, nameOrId](const Result<Engine::Images::Removed> &removed) {
                 task->finish(removed);
                 refresh();
                 if (!removed)
                     Q_EMIT removeFailed(nameOrId, removed.error());
             });
}

} // namespace Gui

#include "imagescontroller.moc"
