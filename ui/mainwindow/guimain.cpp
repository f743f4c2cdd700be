// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow/guimain.h"

#include "controllers/enginesession.h"
#include "controllers/starter.h"
#include "mainwindow/mainwindow.h"
#include "mainwindow/translations.h"
#include "models/taskmodel.h"
#include "widgets/systemappearance.h"
#include "widgets/uisettings.h"

#include <QtWidgets/QApplication>

namespace Gui {

using namespace Qt::StringLiterals;

namespace {

//! Keeps the application's look in step with the setting and the desktop. SLIPWAY_THEME (light, dark) wins, for pictures.
class LookKeeper final : public QObject
{
public:
    LookKeeper(QApplication &app, UiSettings &settings)
        : m_app(app), m_settings(settings)
    {
        connect(&m_settings, &UiSettings::appearanceChanged, this, [this] { apply(); });
        connect(&m_system, &SystemAppearance::changed, this, [this] { apply(); });
        apply();
    }

private:
    Look wanted() const
    {
        const QString forced = qEnvironmentVariable("SLIPWAY_THEME");
        if (!forced.isEmpty())
            return forced == "dark"_L1 ? Look::Dark : Look::Light;
        switch (m_settings.appearance()) {
        case UiSettings::Appearance::Light: return Look::Light;
        case UiSettings::Appearance::Dark: return Look::Dark;
        case UiSettings::Appearance::System: break;
        }
        return m_system.look();
    }

    void apply() { applyTheme(m_app, wanted()); }

    QApplication &m_app;
    UiSettings &m_settings;
    SystemAppearance m_system;
};

int run(QApplication &app, GuiStart &start)
{
    installTranslations(app, QLocale());
    UiSettings settings;
    const LookKeeper look(app, settings);
    TaskModel tasks;
    EngineSession session(start.settings);
    const Starter starter(session, tasks, settings, start.starterImageFolder, nullptr);
    MainWindow window({.session = session, .tasks = tasks, .settings = settings, .launcher = start.launcher.get(),
                       .samplesFolder = start.samplesFolder, .arguments = start.arguments});
    window.show();
    if (start.namespaceError)
        session.giveUp(*start.namespaceError);
    else
        session.open();
    return QApplication::exec();
}

} // namespace
} // namespace Gui

int slipwayGuiMain(int &argc, char **argv, Gui::GuiStart *start)
{
    using namespace Qt::StringLiterals;
    QApplication app(argc, argv);
    QApplication::setApplicationName(u"slipway"_s);
    QApplication::setApplicationDisplayName(u"Slipway"_s);
    QApplication::setApplicationVersion(QLatin1StringView(SLIPWAY_VERSION));
    QGuiApplication::setDesktopFileName(u"slipway"_s);
    return Gui::run(app, *start);
}
