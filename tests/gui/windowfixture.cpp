// SPDX-License-Identifier: GPL-3.0-or-later
#include "windowfixture.h"

#include <engine/namespaces.h>

#include <QtTest/QTest>

using namespace Qt::StringLiterals;
using namespace Gui;

std::optional<Engine::Error> WindowFixture::enter(const Engine::StorePaths &paths)
{
    auto entered = Engine::enterNamespaces(paths, Engine::KeepLauncher::No);
    if (!entered)
        return entered.error();
    return {};
}

WindowFixture::WindowFixture(const Engine::StorePaths &paths, const QString &settingsFile)
    : m_engineSettings{.paths = paths, .program = qEnvironmentVariable("SLIPWAY_BUILD") + u"/bin/slipway"_s},
      m_settingsFile(settingsFile), m_settings(settingsFile)
{
    open();
}

void WindowFixture::open()
{
    m_ready = false;
    m_session = std::make_unique<EngineSession>(m_engineSettings);
    m_starter = std::make_unique<Starter>(*m_session, m_tasks, m_settings,
                                          qEnvironmentVariable("SLIPWAY_BUILD") + u"/resources/starter-image"_s, nullptr);
    QObject::connect(m_starter.get(), &Starter::finished, m_starter.get(), [this] { m_ready = true; });
    m_window = std::make_unique<MainWindow>(PageContext{.session = *m_session, .tasks = m_tasks, .settings = m_settings, .launcher = nullptr,
                                                        .samplesFolder = u"" SLIPWAY_SOURCE_DIR "/resources/samples"_s, .arguments = {}});
    m_window->show();
    m_session->open();
}

bool WindowFixture::waitUntilReady(int timeoutMs)
{
    return QTest::qWaitFor([this] { return m_ready || m_session->state() == EngineSession::State::Unavailable; }, timeoutMs)
           && m_session->isReady();
}

void WindowFixture::restartWindow()
{
    m_window->close();
    m_window.reset();
    m_starter.reset();
    m_session.reset();
    open();
}
