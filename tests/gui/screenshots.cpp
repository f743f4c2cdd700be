// SPDX-License-Identifier: GPL-3.0-or-later
// Makes the pictures of docs/screenshots from the real window on a real engine: screenshots FOLDER [LOCALE].
#include "windowfixture.h"

#include "controllers/containerscontroller.h"
#include "pages/build/buildpage.h"
#include "pages/containers/consolehost.h"
#include "pages/containers/consoleview.h"
#include "pages/containers/containerspage.h"
#include "pages/images/imagespage.h"
#include "widgets/terminal/terminalview.h"
#include "widgets/theme.h"

#include <QtCore/QDir>
#include <QtCore/QTranslator>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QDialog>

#include <cstdio>

using namespace Qt::StringLiterals;
using namespace Gui;
using Engine::ContainerInfo;

namespace {

constexpr int patienceMs = 60'000;

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
    void take(const QString &name);
    void takeLook(Look look);
    void takeDialog(const QString &name);

    WindowFixture &m_fixture;
    QString m_folder, m_suffix;
};

// four containers in the states a user meets
bool Photographer::prepare()
{
    m_fixture.window().resize(1180, 760);
    ImageModel &images = static_cast<ImagesPage *>(m_fixture.window().page(Place::Images))->controller().model();
    if (!m_fixture.waitUntilReady(patienceMs) || !QTest::qWaitFor([&] { return !images.references().isEmpty(); }, patienceMs))
        return false;
    m_fixture.window().goTo(Place::Containers);
    const QString logLines = u"echo listening on :8080; i=0; while true; do i=$((i+1)); printf '\\033[32mINFO\\033[0m GET /healthz 200 in %d ms\\n' $((i%7+1)); "
                             "[ $((i%5)) -eq 0 ] && printf '\\033[33mWARN\\033[0m slow query, 312 ms: select * from orders\\n' >&2; [ $i -gt 40 ] && sleep 1000; done"_s;
    return run(u"web"_s, {u"sh"_s, u"-c"_s, logLines}, false) && run(u"migrate"_s, {u"sh"_s, u"-c"_s, u"echo done"_s}, false)
           && run(u"mailer"_s, {u"sh"_s, u"-c"_s, u"echo no route to smtp.example.org >&2; exit 1"_s}, false)
           && run(u"workshop"_s, {u"sh"_s}, true)
           && type(u"ls --color=always / && busybox | head -1\r"_s, u"BusyBox"_s);
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
    window.resize(1180, 760);
    window.goTo(Place::Containers);
    containers().select(u"web"_s, ContainersPage::Tab::Logs);
    take(u"containers-logs"_s + tail);
    containers().openConsoleOf(u"workshop"_s);
    take(u"containers-console"_s + tail);
    containers().select(u"mailer"_s, ContainersPage::Tab::Overview);
    take(u"containers-overview"_s + tail);
    containers().select(u"web"_s, ContainersPage::Tab::Inspect);
    take(u"containers-inspect"_s + tail);
    containers().openRunDialog({});
    takeDialog(u"dialog-run"_s + tail);
    window.goTo(Place::Images);
    take(u"images"_s + tail);
    static_cast<ImagesPage *>(window.page(Place::Images))->openPullDialog();
    takeDialog(u"dialog-pull"_s + tail);
    window.goTo(Place::Build);
    take(u"build"_s + tail);
    window.goTo(Place::Activity);
    take(u"activity"_s + tail);
    window.goTo(Place::Settings);
    take(u"settings"_s + tail);
    window.resize(800, 560);
    window.goTo(Place::Containers);
    containers().select(u"web"_s, ContainersPage::Tab::Logs);
    take(u"small"_s + tail);
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
    m_fixture.window().resize(1180, 760);
    take(u"containers-empty"_s);
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
    QTranslator translator;
    QString suffix;
    if (argc > 2) {
        const QLocale locale(QString::fromLocal8Bit(argv[2]));
        QLocale::setDefault(locale);
        if (translator.load(locale, u"slipway"_s, u"_"_s, u":/i18n"_s))
            QApplication::installTranslator(&translator);
        suffix = u'-' + locale.name().left(2);
    }
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
