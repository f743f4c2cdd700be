// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/engine.h>

#include <QtCore/QObject>

#include <memory>
#include <optional>

namespace Gui {

//! The engine as the window sees it: opened in a worker thread while the window is already there, or the reason why
//! there is none. GUI thread.
class EngineSession final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(EngineSession)

public:
    enum class State { Opening, Ready, Unavailable };

    explicit EngineSession(const Engine::EngineSettings &settings, QObject *parent = nullptr);
    ~EngineSession() override;

    //! Starts opening; again after a failure. stateChanged() tells how it went.
    void open();
    //! There is no engine and opening it again in this process is of no use: the namespaces could not be entered.
    void giveUp(const Engine::Error &reason);

    State state() const { return m_state; }
    bool canRetry() const { return m_canRetry; }
    bool isReady() const { return m_state == State::Ready; }
    //! Only when Ready.
    Engine::Engine &engine() const { return *m_engine; }
    //! Why there is none; only when Unavailable.
    const Engine::Error &error() const { return m_error; }
    const Engine::EngineSettings &settings() const { return m_settings; }

Q_SIGNALS:
    void stateChanged();
    //! Something changed in the store, through this window or any other process.
    void happened(const Engine::Event &event);

private:
    void setUnavailable(const Engine::Error &reason);

    Engine::EngineSettings m_settings;
    State m_state = State::Opening;
    bool m_canRetry = true;
    std::unique_ptr<Engine::Engine> m_engine;
    Engine::Error m_error;
};

} // namespace Gui
