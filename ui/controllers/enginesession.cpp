// SPDX-License-Identifier: GPL-3.0-or-later
#include "controllers/enginesession.h"

#include "controllers/whendone.h"

#include <QtConcurrent/QtConcurrentRun>

namespace Gui {

using OpenedEngine = std::shared_ptr<std::unique_ptr<Engine::Engine>>; // QFuture::result() copies

EngineSession::EngineSession(const Engine::EngineSettings &settings, QObject *parent)
    : QObject(parent), m_settings(settings)
{
}

EngineSession::~EngineSession() = default;

void EngineSession::open()
{
    m_state = State::Opening;
    Q_EMIT stateChanged();
    const auto future = QtConcurrent::run([settings = m_settings]() -> Engine::Result<OpenedEngine> {
        auto engine = Engine::Engine::create(settings);
        if (!engine)
            return Engine::Failure(engine.error());
        return std::make_shared<std::unique_ptr<Engine::Engine>>(std::move(*engine));
    });
    whenDone(future, this, [this](const Engine::Result<OpenedEngine> &opened) {
        if (!opened)
            return setUnavailable(opened.error());
        m_engine = std::move(**opened);
        connect(&m_engine->events(), &Engine::Events::happened, this, &EngineSession::happened);
        m_state = State::Ready;
        Q_EMIT stateChanged();
    });
}

void EngineSession::giveUp(const Engine::Error &reason)
{
    m_canRetry = false;
    setUnavailable(reason);
}

void EngineSession::setUnavailable(const Engine::Error &reason)
{
    m_error = reason;
    m_state = State::Unavailable;
    Q_EMIT stateChanged();
}

} // namespace Gui
