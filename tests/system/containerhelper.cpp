// SPDX-License-Identifier: GPL-3.0-or-later
// What tst_containers runs in processes of their own: in the namespaces, as root or as an ordinary user.
//   containerhelper [--root ROOT] cleanup ID          as a monitor calls `slipway cleanup`
//   containerhelper --root ROOT run [--tty] [--rm] [--keep] NAME COMMAND…   prints the output, ends with its exit code
//   containerhelper --root ROOT <verb> NAME [ARGUMENT…]
#include "storage/store_p.h"
#include "support/busyboximage.h"

#include <engine/engine.h>

#include <QtCore/QCoreApplication>
#include <QtCore/QFile>

#include <cstdio>

using namespace Qt::StringLiterals;

namespace {

constexpr int helperFailed = 125;

int report(const Engine::Error &error)
{
    std::fprintf(stderr, "error %d: %s\n", int(error.code), qPrintable(error.detail));
    return error.exitCode != 0 ? error.exitCode : helperFailed;
}

template<typename T>
int reportOr(const Engine::Result<T> &result)
{
    return result ? 0 : report(result.error());
}

//! Shows a console on stdout and stderr until it closes.
int show(std::unique_ptr<Engine::Console> console, const QByteArray &input, int columns)
{
    int code = 0;
    QObject::connect(console.get(), &Engine::Console::received, qApp, [](const QByteArray &bytes, Engine::OutputStream stream) {
        std::FILE *file = stream == Engine::OutputStream::Stderr ? stderr : stdout;
        std::fwrite(bytes.constData(), 1, size_t(bytes.size()), file);
        std::fflush(file);
    });
    QObject::connect(console.get(), &Engine::Console::closed, qApp, [&code](const Engine::Result<int> &result) {
        code = result ? *result : report(result.error());
        QCoreApplication::quit();
    });
    if (columns > 0)
        console->resize(columns, 33);
    if (!input.isEmpty()) {
        console->write(input);
        console->closeInput();
    }
    QCoreApplication::exec();
    return code;
}

Engine::CreateOptions optionsOf(QStringList &arguments)
{
    Engine::CreateOptions options;
    options.image = u"busybox"_s;
    options.network = Engine::NetworkMode::None;
    while (!arguments.isEmpty() && arguments.first().startsWith("--"_L1)) {
        const QString option = arguments.takeFirst();
        options.tty = options.tty || option == "--tty"_L1;
        options.openStdin = options.openStdin || option == "--stdin"_L1;
        options.autoRemove = options.autoRemove || option == "--rm"_L1;
        if (option == "--host"_L1)
            options.network = Engine::NetworkMode::Host;
        if (option.startsWith("--user="_L1))
            options.user = option.mid(7);
    }
    options.name = arguments.takeFirst();
    options.command = arguments;
    return options;
}

int printLogs(Engine::Engine &engine, const QString &name, bool follow, int tail)
{
    Engine::LogOptions options;
    options.follow = follow ? Engine::LogOptions::Follow::Yes : Engine::LogOptions::Follow::No;
    if (tail >= 0)
        options.tail = tail;
    const auto logs = engine.containers().logs(name, options);
    int code = 0;
    QObject::connect(logs.get(), &Engine::LogOperation::read, qApp, [](const QList<Engine::LogLine> &lines) {
        for (const Engine::LogLine &line : lines)
            std::fwrite(line.bytes.constData(), 1, size_t(line.bytes.size()), stdout);
        std::fflush(stdout);
    });
    QObject::connect(logs.get(), &Engine::LogOperation::finished, qApp, [&code](const Engine::Result<void> &result) {
        code = reportOr(result);
        QCoreApplication::quit();
    });
    QCoreApplication::exec();
    return code;
}

int execute(Engine::Engine &engine, QStringList arguments)
{
    Engine::ExecOptions options;
    int columns = 0;
    while (arguments.first().startsWith("--"_L1)) {
        const QString option = arguments.takeFirst();
        options.tty = options.tty || option == "--tty"_L1;
        options.openStdin = options.openStdin || option == "--stdin"_L1;
        if (options.tty)
            columns = options.columns = 101;
    }
    options.rows = 33;
    const QString name = arguments.takeFirst();
    options.command = arguments;
    return show(engine.containers().exec(name, options), options.openStdin ? "typed\n"_ba : QByteArray(), columns);
}

void printLine(const Engine::ContainerInfo &c)
{
    std::printf("%s %d %d %d %s\n", qPrintable(c.name), int(c.state), c.exitCode, int(c.exitUnknown), qPrintable(c.error));
}

int perform(Engine::Engine &engine, QStringList arguments)
{
    using Engine::Containers;
    Containers &containers = engine.containers();
    const QString verb = arguments.takeFirst();
    if (verb == "run"_L1) {
        const Engine::CreateOptions options = optionsOf(arguments);
        const auto created = containers.create(options).result();
        if (!created)
            return report(created.error());
        return show(containers.attach(created->id.toString(), Containers::Start::Yes), options.openStdin ? "typed\n"_ba : QByteArray(),
                    options.tty ? 101 : 0);
    }
    if (verb == "create"_L1)
        return reportOr(containers.create(optionsOf(arguments)).result());
    if (verb == "list"_L1) {
        const auto all = containers.list().result();
        if (!all)
            return report(all.error());
        for (const auto &c : *all)
            printLine(c);
        return 0;
    }
    if (verb == "exec"_L1)
        return execute(engine, arguments);
    const QString name = arguments.value(0);
    if (verb == "start"_L1)
        return reportOr(containers.start(name).result());
    if (verb == "attach"_L1)
        return show(containers.attach(name, Containers::Start::No), arguments.value(1).toUtf8(), 0);
    if (verb == "logs"_L1)
        return printLogs(engine, name, arguments.contains(u"--follow"_s), arguments.value(1).isEmpty() ? -1 : arguments.value(1).toInt());
    if (verb == "stop"_L1)
        return reportOr(containers.stop(name, std::chrono::seconds(arguments.value(1).toInt())).result());
    if (verb == "kill"_L1)
        return reportOr(containers.kill(name, arguments.value(1)).result());
    if (verb == "rename"_L1)
        return reportOr(containers.rename(name, arguments.value(1)).result());
    if (verb == "rm"_L1)
        return reportOr(containers.remove(name, arguments.value(1) == "--force"_L1 ? Containers::Force::Yes : Containers::Force::No).result());
    if (verb == "inspect"_L1) {
        const auto document = containers.inspect(name).result();
        if (document)
            std::puts(document->constData());
        return reportOr(document);
    }
    if (verb == "wait"_L1) {
        const auto code = containers.wait(name).result();
        if (code)
            std::printf("%d\n", *code);
        return reportOr(code);
    }
    return helperFailed;
}

int addImage(const Engine::StorePaths &paths)
{
    auto store = Engine::Internal::Store::open(paths, Engine::Internal::IdMap::ofThisProcess());
    if (!store)
        return report(store.error());
    return reportOr(TestSupport::addBusyboxImage(**store, u"docker.io/library/busybox:latest"_s));
}

} // namespace

int main(int argc, char **argv)
{
    QStringList arguments;
    for (int i = 1; i < argc; ++i)
        arguments.append(QString::fromLocal8Bit(argv[i]));
    QString root;
    if (arguments.value(0) == "--root"_L1) {
        root = arguments.value(1);
        arguments.remove(0, 2);
    }
    if (arguments.isEmpty())
        return helperFailed;
    Engine::EngineSettings settings;
    settings.paths = Engine::StorePaths::forCurrentUser(root);
    settings.program = QFile::symLinkTarget(u"/proc/self/exe"_s);
    settings.runtimePath = qEnvironmentVariable("HELPER_RUNTIME");
    if (arguments.first() == "cleanup"_L1)
        return reportOr(Engine::cleanUpContainer(settings, Engine::ContainerId(arguments.value(1))));
    if (const auto entered = Engine::enterNamespaces(settings.paths, Engine::KeepLauncher::No); !entered)
        return report(entered.error());
    if (arguments.first() == "add-image"_L1)
        return addImage(settings.paths);
    QCoreApplication application(argc, argv);
    const auto engine = Engine::Engine::create(settings);
    return engine ? perform(**engine, arguments) : report(engine.error());
}
