// SPDX-License-Identifier: GPL-3.0-or-later
// Makes the pictures of docs/screenshots from the real window on a real engine: screenshots FOLDER [LOCALE].
#include "windowfixture.h"

#include "controllers/containerscontroller.h"
#include "mainwindow/translations.h"
#include "pages/build/buildpage.h"
#include "pages/containers/consolehost.h"
#include "pages/containers/consoleview.h"
#include "pages/containers/containerspage.h"
#include "pages/containers/logpane.h"
#include "pages/images/imagespage.h"
#include "widgets/terminal/terminalview.h"
#include "widgets/theme.h"

#include <QtCore/QDir>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QDialog>

#include <cstdio>

using namespace Qt::StringLiterals;
using namespace Gui;
using Engine::ContainerInfo;

namespace {

constexpr int patienceMs = 60'000;
constexpr QSize fullSize(1280, 860);

class Photographer final
{
public:
    Photographer(WindowFixture &fixture, const QString &folder, const QString &suffix)
        : m_fixture(fixture), m_folder(folder), m_suffix(suffix)
    {
    }

    bool prepare();
    void takeAll();

private:
    using Place = MainWindow::Place;

    ContainersPage &containers() { return *static_cast<ContainersPage *>(m_fixture.window().page(Place::Containers)); }
    bool run(const QString &name, const QStringList &command, bool tty);
    bool type(const QString &text, const QString &answer);
    bool waitForLog();
    bool build();
    void take(const QString &name);
    void takeLook(Look look);
    void takeDialog(const QString &name);

    WindowFixture &m_fixture;
    QString m_folder, m_suffix;
};

// four containers in the states a user meets
bool Photographer::prepare()
{
    m_fixture.window().resize(fullSize);
    ImageModel &images = static_cast<ImagesPage *>(m_fixture.window().page(Place::Images))->controller().model();
    if (!m_fixture.waitUntilReady(patienceMs) || !QTest::qWaitFor([&] { return !images.references().isEmpty(); }, patienceMs))
        return false;
    m_fixture.window().goTo(Place::Containers);
    // a pause per line, since a monitor reads the two streams one after the other
    const QString logLines = u"echo listening on :8080; for i in 3 1 4 1 5 9 2 6 5 3 5 8 9 7 9 3 2 3 8 4; do "
                             "printf '\\033[32mINFO\\033[0m GET /healthz 200 in %d ms\\n' $i; sleep 0.02; "
                             "[ $i -gt 7 ] && printf '\\033[33mWARN\\033[0m slow query, 312 ms: select * from orders\\n' >&2; sleep 0.02; done; "
                             "echo ready; sleep 10000"_s;
    return run(u"migrate"_s, {u"sh"_s, u"-c"_s, u"echo done"_s}, false)
           && run(u"mailer"_s, {u"sh"_s, u"-c"_s, u"echo no route to smtp.example.org >&2; exit 1"_s}, false)
           && run(u"web"_s, {u"sh"_s, u"-c"_s, logLines}, false)
           && run(u"workshop"_s, {u"sh"_s}, true)
           && type(u"uname -sm; ls --color=always /; cat /etc/hosts\r"_s, u"localhost"_s) && waitForLog() && build();
}

bool Photographer::run(const QString &name, const QStringList &command, bool tty)
{
    ContainersController &controller = containers().controller();
    const QString image = static_cast<ImagesPage *>(m_fixture.window().page(Place::Images))->controller().model().references().value(0);
    Engine::CreateOptions options;
    options.image = image;
    options.name = name;
    options.command = command;
    options.tty = options.openStdin = tty;
    options.network = Engine::NetworkMode::None;
    controller.create(options, tty ? ContainersController::StartIt::No : ContainersController::StartIt::Yes);
    return QTest::qWaitFor([&] {
        const ContainerInfo *info = controller.find(name);
        return info && info->state != Engine::ContainerState::Created && !controller.model().isBusy(info->id.toString());
    }, patienceMs);
}

bool Photographer::type(const QString &text, const QString &answer)
{
    containers().openConsoleOf(u"workshop"_s);
    return QTest::qWaitFor([&] { return containers().consoles().currentConsole() && containers().consoles().currentConsole()->session().isLive(); },
                           patienceMs)
           && (containers().consoles().currentConsole()->session().write(text.toUtf8()),
               QTest::qWaitFor([&] { return containers().consoles().currentConsole()->terminal().screen().text().contains(answer); }, patienceMs));
}

bool Photographer::waitForLog()
{
    containers().select(u"web"_s, ContainersPage::Tab::Logs);
    return QTest::qWaitFor([&] { return containers().logs().store().toText(0, 60, LogStore::Times::No).contains(u"ready"_s); }, patienceMs);
}

// the sample, built, and then changed in the middle: cached steps above, steps that will run below
bool Photographer::build()
{
    auto *page = static_cast<BuildPage *>(m_fixture.window().page(Place::Build));
    BuildController &controller = page->controller();
    m_fixture.window().goTo(Place::Build);
    if (!QTest::qWaitFor([&] { return controller.canBuild(); }, patienceMs))
        return false;
    controller.build();
    return QTest::qWaitFor([&] { return controller.state() == BuildController::State::Idle; }, patienceMs) && controller.lastImage();
}

void Photographer::take(const QString &name)
{
    QTest::qWait(400); // layouts settle, the caret comes to rest
    m_fixture.window().grab().save(m_folder + u'/' + name + m_suffix + u".png"_s);
}

void Photographer::takeDialog(const QString &name)
{
    QTest::qWait(200);
    const auto dialogs = m_fixture.window().findChildren<QDialog *>();
    for (QDialog *dialog : dialogs) {
        if (!dialog->isVisible())
            continue;
        dialog->grab().save(m_folder + u'/' + name + m_suffix + u".png"_s);
        dialog->reject();
    }
    QTest::qWait(50);
}

void Photographer::takeLook(Look look)
{
    applyTheme(*qApp, look);
    const QString tail = look == Look::Dark ? u"-dark"_s : u"-light"_s;
    MainWindow &window = m_fixture.window();
    window.resize(fullSize);
    window.goTo(Place::Build);
    take(u"build"_s + tail);
    window.goTo(Place::Containers);
    containers().select(u"web"_s, ContainersPage::Tab::Logs);
    take(u"containers"_s + tail);
    containers().openConsoleOf(u"workshop"_s);
    take(u"console"_s + tail);
    containers().select(u"mailer"_s, ContainersPage::Tab::Overview);
    take(u"overview"_s + tail);
    containers().select(u"web"_s, ContainersPage::Tab::Inspect);
    take(u"inspect"_s + tail);
    containers().openRunDialog({});
    takeDialog(u"dialog-run"_s + tail);
    window.goTo(Place::Images);
    take(u"images"_s + tail);
    static_cast<ImagesPage *>(window.page(Place::Images))->openPullDialog();
    takeDialog(u"dialog-pull"_s + tail);
    window.goTo(Place::Activity);
    take(u"activity"_s + tail);
    window.goTo(Place::Settings);
    take(u"settings"_s + tail);
    window.resize(900, 600);
    window.goTo(Place::Containers);
    containers().select(u"web"_s, ContainersPage::Tab::Logs);
    take(u"small-containers"_s + tail);
    window.goTo(Place::Build);
    take(u"small-build"_s + tail);
}

void Photographer::takeAll()
{
    takeLook(Look::Dark);
    takeLook(Look::Light);
    QStringList ids;
    for (const ContainerInfo &info : containers().controller().model().rows())
        ids += info.id.toString();
    for (const QString &id : ids)
        containers().controller().removeRunning(id);
    if (!QTest::qWaitFor([&] { return containers().controller().model().rowCount() == 0; }, patienceMs))
        std::fputs("screenshots: the containers could not all be removed\n", stderr);
    m_fixture.window().resize(fullSize);
    m_fixture.window().goTo(Place::Containers);
    take(u"empty-light"_s);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc < 2) {
        std::fputs("usage: screenshots FOLDER [LOCALE]\n", stderr);
        return 2;
    }
    const QTemporaryDir store;
    const auto paths = Engine::StorePaths::forCurrentUser(store.path() + u"/store"_s);
    if (const auto error = WindowFixture::enter(paths)) {
        std::fprintf(stderr, "screenshots: %s\n", qPrintable(error->detail));
        return 1;
    }
    qputenv("HOME", QFile::encodeName(store.path())); // the sample project and the settings go there
    QApplication app(argc, argv);
    QString suffix;
    if (argc > 2) {
        QLocale::setDefault(QLocale(QString::fromLocal8Bit(argv[2])));
        suffix = u'-' + QLocale().name().left(2);
    }
    installTranslations(app, QLocale());
    applyTheme(app, Look::Dark);
    QDir().mkpath(QString::fromLocal8Bit(argv[1]));
    WindowFixture fixture(paths, store.path() + u"/settings.ini"_s);
    Photographer photographer(fixture, QString::fromLocal8Bit(argv[1]), suffix);
    if (!photographer.prepare()) {
        std::fputs("screenshots: the containers could not be prepared\n", stderr);
        for (int row = 0; Task *task = fixture.tasks().task(row); ++row)
            std::fprintf(stderr, "  %s: %s\n", qPrintable(task->title()), qPrintable(task->error().detail));
        return 1;
    }
    photographer.takeAll();
    return 0;
}
