// SPDX-License-Identifier: GPL-3.0-or-later
#include "../support/testuser.h"

#include <engine/result.h>

#include <QtCore/QDir>
#include <QtCore/QElapsedTimer>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QProcess>
#include <QtTest/QtTest>

#include <sys/stat.h>

#include <csignal>
#include <memory>

using Engine::ErrorCode;
using namespace Qt::StringLiterals;

namespace {

//! One process of Slipway's (namespacehelper), driven by lines.
class Helper final
{
public:
    explicit Helper(const QStringList &command)
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(command.first(), command.mid(1));
        m_entered = answer();
    }
    ~Helper() { end(); }

    const QJsonObject &entered() const { return m_entered; }
    QString detail() const { return QString::fromUtf8(QJsonDocument(m_entered).toJson()); }
    bool isIn() const { return m_entered["ok"_L1].toBool(); }
    QString text(const QString &key) const { return m_entered[key].toString(); }
    pid_t pid() const { return pid_t(m_process.processId()); }

    QJsonObject ask(const QStringList &words)
    {
        m_process.write(words.join(u'\t').toUtf8() + '\n');
        return answer();
    }
    QString read(const QString &file) { return ask({u"read"_s, file})["content"_L1].toString(); }

    void end()
    {
        m_process.closeWriteChannel();
        m_process.waitForFinished();
    }
    void kill()
    {
        m_process.kill();
        m_process.waitForFinished();
    }

private:
    QJsonObject answer()
    {
        while (!m_process.canReadLine() && m_process.waitForReadyRead(20'000)) { }
        return QJsonDocument::fromJson(m_process.readLine()).object();
    }

    QProcess m_process;
    QJsonObject m_entered;
};

} // namespace

class TestNamespaces : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void enter_isInOwnNamespacesWithFullRights_data() { who(); }
    void enter_isInOwnNamespacesWithFullRights();
    void enter_twoProcesses_shareMounts_data() { who(); }
    void enter_twoProcesses_shareMounts();
    void enter_manyAtOnce_areInOneNamespace_data() { who(); }
    void enter_manyAtOnce_areInOneNamespace();
    void enter_otherStore_isApart_data() { who(); }
    void enter_otherStore_isApart();
    void enter_afterKill_startsAfresh_data() { who(); }
    void enter_afterKill_startsAfresh();
    void enter_throughAMonitor_findsItsMounts_data() { who(); }
    void enter_throughAMonitor_findsItsMounts();
    void enter_wrongStartTime_isIgnored_data() { who(); }
    void enter_wrongStartTime_isIgnored();
    void enter_fromInside_takesBackTheOwnersUid_data() { who(); }
    void enter_fromInside_takesBackTheOwnersUid();
    void mount_ofTheHost_staysTheHosts_data() { who(); }
    void mount_ofTheHost_staysTheHosts();
    void overlay_whiteoutsAndOwners_data() { who(); }
    void overlay_whiteoutsAndOwners();
    void spawn_identities_data() { who(); }
    void spawn_identities();
    void launcher_startsOutside_data() { who(); }
    void launcher_startsOutside();
    void launcher_endsWithItsParent_data() { who(); }
    void launcher_endsWithItsParent();

    void user_withoutRanges_isToldHowToGetThem();
    void user_withoutNewuidmap_isToldWhatToInstall();
    void user_withoutUserNamespaces_isToldTheSwitch();
    void user_runFolderOfSomebodyElse_isRefused();
    void user_filesBelongToTheUserAndTheirRanges();

private:
    void who()
    {
        QTest::addColumn<bool>("asRoot");
        QTest::newRow("root") << true;
        QTest::newRow("user") << false;
    }
    //! Chooses the user and gives them the test's folder. \return why not, or nullptr
    const char *become(bool asRoot);
    QStringList helperCommand(const QStringList &arguments) const
    {
        return m_user->command(QStringList{m_helper} + arguments, m_folder->filePath(u"run"_s));
    }
    std::unique_ptr<Helper> start(const QStringList &more = {}) const
    {
        return std::make_unique<Helper>(helperCommand(QStringList{path(u"store"_s)} + more));
    }
    std::unique_ptr<Helper> startIn(const QString &script) const;
    QString path(const QString &name) const { return m_folder->filePath(name); }
    void make(const QString &name) const
    {
        QVERIFY(QDir().mkpath(path(name)));
        m_user->own(path(name));
    }
    void write(const QString &name, const QByteArray &content) const
    {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
        file.close();
        m_user->own(path(name));
    }
    //! Layers and folders for an overlay, and the helper's command that mounts it at "merged".
    QStringList overlayCommand() const;

    QString m_helper;
    std::optional<TestUser> m_user;
    std::unique_ptr<QTemporaryDir> m_folder;
    QStringList m_runFolders;
};

void TestNamespaces::initTestCase()
{
    m_helper = qEnvironmentVariable("SLIPWAY_NAMESPACE_HELPER");
    QVERIFY2(QFileInfo(m_helper).isExecutable(), "SLIPWAY_NAMESPACE_HELPER names no program");
    qunsetenv("SLIPWAY_ROOT");
}

void TestNamespaces::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
    QVERIFY(QFile::setPermissions(m_folder->path(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner | QFile::ReadOther | QFile::ExeOther));
}

void TestNamespaces::cleanup()
{
    m_runFolders.clear();
}

const char *TestNamespaces::become(bool asRoot)
{
    m_user = asRoot ? TestUser::root() : TestUser::ordinary();
    if (!m_user)
        return asRoot ? "needs root" : TestUser::missing();
    QDir().mkpath(path(u"run"_s));
    QFile::setPermissions(path(u"run"_s), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    m_user->own(path(u"run"_s));
    m_user->own(m_folder->path());
    QProcess probe;
    const auto command = m_user->command({u"test"_s, u"-x"_s, m_helper}, path(u"run"_s));
    probe.start(command.first(), command.mid(1));
    probe.waitForFinished();
    if (probe.exitCode() != 0)
        return "the build folder cannot be read by the ordinary account";
    if (const auto first = start(); first->isIn())
        m_runFolders.append(first->text(u"run"_s));
    return nullptr;
}

#define AS(root)                                                                                                       \
    do {                                                                                                               \
        if (const char *reason = become(root))                                                                         \
            QSKIP(reason);                                                                                             \
    } while (false)

QStringList TestNamespaces::overlayCommand() const
{
    for (const auto &name : {u"layers"_s, u"layers/1"_s, u"layers/2"_s, u"layers/1/folder"_s, u"upper"_s, u"work"_s, u"merged"_s})
        make(name);
    write(u"layers/1/file"_s, "lower");
    write(u"layers/1/folder/inner"_s, "inner");
    return {u"mount"_s, path(u"layers"_s), u"2,1"_s, path(u"upper"_s), path(u"work"_s), path(u"merged"_s)};
}

// A mount namespace in which a script has changed the machine first; the helper then runs as the user.
std::unique_ptr<Helper> TestNamespaces::startIn(const QString &script) const
{
    const auto quoted = [](QStringList words) {
        for (auto &word : words)
            word = u'\'' + word + u'\'';
        return words.join(u' ');
    };
    return std::make_unique<Helper>(QStringList{u"unshare"_s, u"--mount"_s, u"--propagation"_s, u"private"_s, u"sh"_s, u"-ec"_s,
                                                script + u"; exec "_s + quoted(helperCommand({path(u"store"_s)}))});
}

void TestNamespaces::enter_isInOwnNamespacesWithFullRights()
{
    QFETCH(bool, asRoot);
    AS(asRoot);
    const auto helper = start();
    QVERIFY2(helper->isIn(), qPrintable(helper->detail()));
    QVERIFY(helper->text(u"mnt"_s) != helper->text(u"before"_s));
    QCOMPARE(helper->entered()["uid"_L1].toInt(), int(m_user->uid())); // keep-id: D-Bus and X know the user by it
    QCOMPARE(helper->entered()["gid"_L1].toInt(), int(m_user->gid()));
    QCOMPARE(helper->entered()["nested"_L1].toBool(), !asRoot);
    QCOMPARE(helper->entered()["dumpable"_L1].toInt(), 1);
    const auto capabilities = helper->text(u"capabilities"_s).toULongLong(nullptr, 16);
    QVERIFY((capabilities & (1ULL << 21)) != 0); // CAP_SYS_ADMIN
    qInfo("entered in %d microseconds", helper->entered()["microseconds"_L1].toInt());
}

void TestNamespaces::enter_twoProcesses_shareMounts()
{
    QFETCH(bool, asRoot);
    AS(asRoot);
    auto first = start();
    QVERIFY2(first->isIn(), qPrintable(first->detail()));
    const auto mounted = first->ask(overlayCommand());
    QVERIFY2(mounted["ok"_L1].toBool(), qPrintable(mounted["detail"_L1].toString()));
    auto second = start();
    QVERIFY2(second->isIn(), qPrintable(second->detail()));
    QCOMPARE(second->text(u"mnt"_s), first->text(u"mnt"_s));
    QCOMPARE(second->text(u"user"_s), first->text(u"user"_s));
    QCOMPARE(second->read(path(u"merged/file"_s)), u"lower"_s);
    // What the second mounts the first sees, and all of it stays when the first goes.
    first->end();
    QCOMPARE(second->read(path(u"merged/file"_s)), u"lower"_s);
    QVERIFY(!QFile::exists(path(u"merged/file"_s))); // the host does not see it
    const auto third = start();
    QCOMPARE(third->text(u"mnt"_s), second->text(u"mnt"_s));
    qInfo("joined in %d microseconds", third->entered()["microseconds"_L1].toInt());
}

void TestNamespaces::enter_manyAtOnce_areInOneNamespace()
{
    QFETCH(bool, asRoot);
    AS(asRoot);
    std::vector<std::unique_ptr<QProcess>> processes;
    for (int i = 0; i < 8; ++i) {
        const auto command = helperCommand({path(u"store"_s)});
        processes.push_back(std::make_unique<QProcess>());
        processes.back()->start(command.first(), command.mid(1));
    }
    QSet<QString> namespaces;
    for (const auto &process : processes) {
        while (!process->canReadLine() && process->waitForReadyRead(20'000)) { }
        const auto entered = QJsonDocument::fromJson(process->readLine()).object();
        QVERIFY2(entered["ok"_L1].toBool(), qPrintable(entered["detail"_L1].toString()));
        namespaces.insert(entered["mnt"_L1].toString());
    }
    for (const auto &process : processes) {
        process->closeWriteChannel();
        QVERIFY(process->waitForFinished());
    }
    QCOMPARE(namespaces.size(), 1);
    QCOMPARE(QDir(m_runFolders.first() + "/namespace"_L1).entryList(QDir::Files), QStringList{u"lock"_s}); // all forgotten
}

void TestNamespaces::enter_otherStore_isApart()
{
    QFETCH(bool, asRoot);
    AS(asRoot);
    const auto first = start();
    const Helper other(helperCommand({path(u"another"_s)}));
    QVERIFY(first->isIn() && other.isIn());
    m_runFolders.append(other.text(u"run"_s));
    QVERIFY(first->text(u"run"_s) != other.text(u"run"_s));
    QVERIFY(first->text(u"mnt"_s) != other.text(u"mnt"_s));
}

void TestNamespaces::enter_afterKill_startsAfresh()
{
    QFETCH(bool, asRoot);
    AS(asRoot);
    auto killed = start();
    const auto survivor = start();
    QVERIFY(killed->isIn() && survivor->isIn());
    const auto members = [this] { return QDir(m_runFolders.first() + "/namespace"_L1).entryList({u"[0-9]*"_s}, QDir::Files); };
    QCOMPARE(members().size(), 2);
    const auto stale = QString::number(killed->pid());
    killed->kill();
    QVERIFY(members().contains(stale)); // it had no time to take its entry back
    const auto joined = start();
    QVERIFY2(joined->isIn(), qPrintable(joined->detail()));
    QCOMPARE(joined->text(u"mnt"_s), survivor->text(u"mnt"_s));
    survivor->kill();
    joined->kill();
    const auto fresh = start();
    QVERIFY2(fresh->isIn(), qPrintable(fresh->detail()));
    QCOMPARE(members(), QStringList{QString::number(fresh->pid())}); // the stale ones were removed on the way
}

void TestNamespaces::enter_throughAMonitor_findsItsMounts()
{
    QFETCH(bool, asRoot);
    AS(asRoot);
    auto first = start();
    QVERIFY(first->ask(overlayCommand())["ok"_L1].toBool());
    // Stands for a container's monitor: it runs as namespace root and outlives who started it.
    const auto started = first->ask({u"run-as-namespace-root"_s, u"sh"_s, u"-c"_s, u"sleep 1000 >/dev/null 2>&1 & echo $!"_s});
    const auto monitor = pid_t(started["output"_L1].toString().trimmed().toInt());
    QVERIFY(monitor > 0);
    QVERIFY(first->ask({u"register"_s, QString::number(monitor)})["ok"_L1].toBool());
    const auto expected = first->text(u"mnt"_s);
    first->end();
    auto second = start();
    const auto content = second->read(path(u"merged/file"_s));
    const auto unknown = second->ask({u"register"_s, u"4190000"_s});
    ::kill(monitor, SIGKILL);
    QVERIFY2(second->isIn(), qPrintable(second->detail()));
    QCOMPARE(second->text(u"mnt"_s), expected);
    QCOMPARE(content, u"lower"_s);
    QCOMPARE(unknown["code"_L1].toInt(), int(ErrorCode::NotFound));
}

// A process id that was given out again must never be joined.
void TestNamespaces::enter_wrongStartTime_isIgnored()
{
    QFETCH(bool, asRoot);
    AS(asRoot);
    const auto first = start();
    QVERIFY(first->isIn());
    const auto entry = m_runFolders.first() + u"/namespace/%1"_s.arg(first->pid());
    QVERIFY(QFile::exists(entry));
    QFile file(entry);
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    file.write("12345\n");
    file.close();
    const auto second = start();
    QVERIFY2(second->isIn(), qPrintable(second->detail()));
    QVERIFY(second->text(u"mnt"_s) != first->text(u"mnt"_s));
    QVERIFY(!QFile::exists(entry));
}

// What a monitor calls at a container's end: inside already, as namespace root.
void TestNamespaces::enter_fromInside_takesBackTheOwnersUid()
{
    QFETCH(bool, asRoot);
    AS(asRoot);
    auto outer = start();
    QVERIFY(outer->isIn());
    for (const auto &as : {u"run"_s, u"run-as-namespace-root"_s}) {
        const auto ran = outer->ask({as, m_helper, path(u"store"_s)});
        QVERIFY2(ran["ok"_L1].toBool(), qPrintable(ran["detail"_L1].toString()));
        const auto inner = QJsonDocument::fromJson(ran["output"_L1].toString().toUtf8()).object();
        QVERIFY2(inner["ok"_L1].toBool(), qPrintable(inner["detail"_L1].toString()));
        QCOMPARE(inner["uid"_L1].toInt(), int(m_user->uid()));
        QCOMPARE(inner["gid"_L1].toInt(), int(m_user->gid()));
        QCOMPARE(inner["owner"_L1].toInt(), int(m_user->uid()));
        QCOMPARE(inner["dumpable"_L1].toInt(), 1);
        QCOMPARE(inner["mnt"_L1].toString(), outer->text(u"mnt"_s));
        QCOMPARE(inner["run"_L1].toString(), outer->text(u"run"_s));
        QVERIFY((inner["capabilities"_L1].toString().toULongLong(nullptr, 16) & (1ULL << 21)) != 0);
    }
}

void TestNamespaces::mount_ofTheHost_staysTheHosts()
{
    QFETCH(bool, asRoot);
    AS(asRoot);
    auto helper = start();
    QVERIFY(helper->isIn());
    QFile before(u"/proc/self/mountinfo"_s);
    QVERIFY(before.open(QIODevice::ReadOnly));
    const auto mounts = before.readAll();
    QVERIFY(helper->ask(overlayCommand())["ok"_L1].toBool());
    // crun refuses the v2 side of a hybrid hierarchy; inside it is gone or covered, outside it stays.
    const auto inside = helper->ask({u"run"_s, u"stat"_s, u"-f"_s, u"-c"_s, u"%T"_s, u"/sys/fs/cgroup/unified"_s});
    QVERIFY(!inside["output"_L1].toString().contains(u"cgroup2"_s));
    QFile after(u"/proc/self/mountinfo"_s);
    QVERIFY(after.open(QIODevice::ReadOnly));
    QCOMPARE(after.readAll(), mounts);
}

void TestNamespaces::overlay_whiteoutsAndOwners()
{
    QFETCH(bool, asRoot);
    AS(asRoot);
    auto helper = start();
    QVERIFY(helper->ask(overlayCommand())["ok"_L1].toBool());
    const auto shell = [&](const QString &script) {
        const auto ran = helper->ask({u"run"_s, u"sh"_s, u"-ec"_s, script.arg(path(u"merged"_s), path(u"upper"_s))});
        return ran["output"_L1].toString() + ran["errors"_L1].toString();
    };
    // Without userxattr removing a folder of a lower layer fails with EIO in a user namespace.
    QCOMPARE(shell(u"rm -r %1/folder %1/file; mkdir %1/folder; ls %1/folder; stat -c %F %2/file"_s).simplified(),
             u"character special file"_s);
    QCOMPARE(helper->ask({u"chown"_s, path(u"merged/folder"_s), u"33"_s, u"33"_s})["ok"_L1].toBool(), true);
    QCOMPARE(shell(u"stat -c %u:%g %2/folder; touch %1/mine; stat -c %u %2/mine"_s).simplified(),
             u"33:33 %1"_s.arg(m_user->uid()));
    QVERIFY(helper->ask({u"unmount"_s, path(u"merged"_s)})["ok"_L1].toBool());
    QVERIFY(helper->ask({u"remove"_s, path(u"upper"_s)})["ok"_L1].toBool()); // what belongs to other ids goes as well
    QVERIFY(!QFile::exists(path(u"upper"_s)));
}

void TestNamespaces::spawn_identities()
{
    QFETCH(bool, asRoot);
    AS(asRoot);
    auto helper = start();
    const auto script = u"id -u; id -g; grep CapEff /proc/self/status"_s;
    const auto root = helper->ask({u"run-as-namespace-root"_s, u"sh"_s, u"-c"_s, script})["output"_L1].toString().split(u'\n');
    const auto caller = helper->ask({u"run"_s, u"sh"_s, u"-c"_s, script})["output"_L1].toString().split(u'\n');
    QCOMPARE(root.value(0), u"0"_s);
    QCOMPARE(root.value(1), u"0"_s);
    QCOMPARE(caller.value(0), QString::number(m_user->uid()));
    QCOMPARE(caller.value(1), QString::number(m_user->gid()));
    QCOMPARE(caller.value(2), root.value(2)); // the caller's own come along through exec
    QCOMPARE(helper->ask({u"state"_s})["dumpable"_L1].toInt(), 1); // and the parent stays joinable
}

void TestNamespaces::launcher_startsOutside()
{
    QFETCH(bool, asRoot);
    AS(asRoot);
    auto helper = start({u"launcher"_s});
    QVERIFY2(helper->isIn(), qPrintable(helper->detail()));
    make(u"out"_s);
    const auto file = path(u"out/seen"_s);
    const auto script = u"readlink /proc/self/ns/mnt >%1.part; id -u >>%1.part; ls /proc/$$/fd | tr '\\n' ' ' >>%1.part; mv %1.part %1"_s;
    const auto launched = helper->ask({u"launch"_s, u"sh"_s, u"-c"_s, script.arg(file)});
    QVERIFY2(launched["ok"_L1].toBool(), qPrintable(launched["detail"_L1].toString()));
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(file), 10'000);
    QFile seen(file);
    QVERIFY(seen.open(QIODevice::ReadOnly));
    const auto lines = QString::fromUtf8(seen.readAll()).split(u'\n');
    QCOMPARE(lines.value(0), helper->text(u"before"_s));
    QCOMPARE(lines.value(1), QString::number(m_user->uid()));
    QVERIFY2(lines.value(2).startsWith(u"0 1 2 "_s) && lines.value(2).size() <= 9, qPrintable(lines.value(2))); // and ls's own
    const auto missing = helper->ask({u"launch"_s, u"/no/such/program"_s});
    QCOMPARE(missing["code"_L1].toInt(), int(ErrorCode::NotFound));
    QVERIFY(helper->ask({u"launch"_s, u"true"_s})["ok"_L1].toBool()); // it goes on after a failure
}

void TestNamespaces::launcher_endsWithItsParent()
{
    QFETCH(bool, asRoot);
    AS(asRoot);
    const auto launcherOf = [](pid_t parent) {
        QFile children(u"/proc/%1/task/%1/children"_s.arg(parent));
        return children.open(QIODevice::ReadOnly) ? children.readAll().trimmed().toInt() : 0;
    };
    for (const bool killed : {false, true}) {
        auto helper = start({u"launcher"_s});
        QVERIFY(helper->isIn());
        const int launcher = launcherOf(helper->pid());
        QVERIFY(launcher > 0);
        for (int i = 0; i < 3; ++i)
            QVERIFY(helper->ask({u"launch"_s, u"true"_s})["ok"_L1].toBool());
        QTRY_COMPARE(launcherOf(launcher), 0); // no zombies
        killed ? helper->kill() : helper->end();
        // Gone, or a zombie where nobody reaps orphans.
        QTRY_VERIFY(::kill(launcher, 0) != 0 || QFile::symLinkTarget(u"/proc/%1/exe"_s.arg(launcher)).isEmpty());
    }
}

void TestNamespaces::user_withoutRanges_isToldHowToGetThem()
{
    if (::geteuid() != 0)
        QSKIP("needs root to hide /etc/subuid");
    AS(false);
    const auto helper = startIn(u"mount --bind /dev/null /etc/subuid"_s);
    QVERIFY(!helper->isIn());
    QCOMPARE(helper->entered()["code"_L1].toInt(), int(ErrorCode::MissingPart));
    QVERIFY2(helper->text(u"detail"_s).contains(m_user->name()), qPrintable(helper->detail()));
    QVERIFY(helper->text(u"detail"_s).contains(u"/etc/subuid"_s));
    QVERIFY2(helper->text(u"remedy"_s).startsWith(u"sudo usermod --add-subuids "_s), qPrintable(helper->detail()));
    QVERIFY(helper->text(u"remedy"_s).endsWith(u' ' + m_user->name()));
    QCOMPARE(helper->text(u"mntAfter"_s), helper->text(u"before"_s)); // it is where it was

    const auto groups = startIn(u"mount --bind /dev/null /etc/subgid"_s);
    QVERIFY(!groups->isIn());
    QVERIFY(groups->text(u"detail"_s).contains(u"/etc/subgid"_s));
}

void TestNamespaces::user_withoutNewuidmap_isToldWhatToInstall()
{
    if (::geteuid() != 0)
        QSKIP("needs root to hide newuidmap");
    AS(false);
    const auto missing = startIn(u"mount -t tmpfs -o mode=755 none /mnt; cp -a /usr/bin/. /mnt; rm /mnt/newuidmap; mount --bind /mnt /usr/bin"_s);
    QVERIFY(!missing->isIn());
    QCOMPARE(missing->entered()["code"_L1].toInt(), int(ErrorCode::MissingPart));
    QVERIFY2(missing->text(u"detail"_s).contains(u"newuidmap"_s), qPrintable(missing->detail()));
    QCOMPARE(missing->text(u"remedy"_s), u"sudo apt install uidmap"_s);

    // Installed without its rights, as a careless image build leaves it.
    const auto powerless = startIn(u"cp /usr/bin/newuidmap /mnt 2>/dev/null || mount -t tmpfs none /mnt; cp /usr/bin/newuidmap /mnt/n; "
                                   u"chmod 755 /mnt/n; mount --bind /mnt/n /usr/bin/newuidmap"_s);
    QVERIFY(!powerless->isIn());
    QCOMPARE(powerless->entered()["code"_L1].toInt(), int(ErrorCode::PermissionDenied));
    QVERIFY2(powerless->text(u"detail"_s).contains(u"newuidmap could not set up the user namespace: "_s), qPrintable(powerless->detail()));
    QCOMPARE(powerless->text(u"mntAfter"_s), powerless->text(u"before"_s));
}

void TestNamespaces::user_withoutUserNamespaces_isToldTheSwitch()
{
    if (::geteuid() != 0)
        QSKIP("needs root to start from a chroot");
    AS(false);
    // The kernel refuses user namespaces to a process in a chroot; the switch is read from what lies at its path.
    write(u"zero"_s, "0\n");
    const auto inChroot = [&](const QString &before) {
        return startIn(u"mount --rbind / /mnt; %1; chroot /mnt true; exec chroot /mnt "_s.arg(before) + [&] {
            auto words = helperCommand({path(u"store"_s)});
            for (auto &word : words)
                word = u'\'' + word + u'\'';
            return words.join(u' ');
        }());
    };
    const auto plain = inChroot(u"true"_s);
    QVERIFY(!plain->isIn());
    QCOMPARE(plain->entered()["code"_L1].toInt(), int(ErrorCode::PermissionDenied));
    QVERIFY2(plain->text(u"remedy"_s).contains(u"chroot"_s), qPrintable(plain->detail()));

    const auto switchedOff = inChroot(u"mount --bind %1 /mnt/proc/sys/user/max_user_namespaces"_s.arg(path(u"zero"_s)));
    QVERIFY(!switchedOff->isIn());
    QVERIFY2(switchedOff->text(u"detail"_s).contains(u"/proc/sys/user/max_user_namespaces is 0"_s), qPrintable(switchedOff->detail()));
    QCOMPARE(switchedOff->text(u"remedy"_s), u"sudo sysctl -w user.max_user_namespaces=15000"_s);
}

void TestNamespaces::user_runFolderOfSomebodyElse_isRefused()
{
    if (::geteuid() != 0)
        QSKIP("needs root to make a folder of somebody else's");
    AS(false);
    const auto run = m_runFolders.first();
    QVERIFY(QDir(run).removeRecursively());
    QVERIFY(QDir().mkpath(run));
    const auto foreign = start();
    QVERIFY(!foreign->isIn());
    QCOMPARE(foreign->entered()["code"_L1].toInt(), int(ErrorCode::PermissionDenied));
    QVERIFY2(foreign->text(u"detail"_s).contains(run), qPrintable(foreign->detail()));
    QVERIFY(m_user->own(run));
    QCOMPARE(::chmod(QFile::encodeName(run).constData(), 0777), 0);
    QVERIFY(!start()->isIn());
    QCOMPARE(::chmod(QFile::encodeName(run).constData(), 0700), 0);
    QVERIFY(start()->isIn());
}

void TestNamespaces::user_filesBelongToTheUserAndTheirRanges()
{
    AS(false);
    auto helper = start();
    QVERIFY(helper->isIn());
    make(u"files"_s);
    QVERIFY(helper->ask({u"write"_s, path(u"files/own"_s), u"x"_s})["ok"_L1].toBool());
    QVERIFY(helper->ask({u"write"_s, path(u"files/www-data"_s), u"x"_s})["ok"_L1].toBool());
    const auto id = QString::number(helper->entered()["container33"_L1].toInt());
    QVERIFY(helper->ask({u"chown"_s, path(u"files/www-data"_s), id, id})["ok"_L1].toBool());
    QCOMPARE(QFileInfo(path(u"files/own"_s)).ownerId(), m_user->uid());
    QFile subuid(u"/etc/subuid"_s);
    QVERIFY(subuid.open(QIODevice::ReadOnly));
    for (const auto &line : subuid.readAll().split('\n')) {
        if (line.startsWith(m_user->name().toUtf8() + ':')) // container id 33 is the range's 32nd, as with other engines
            QCOMPARE(QFileInfo(path(u"files/www-data"_s)).ownerId(), line.split(':').value(1).toUInt() + 32);
    }
    QVERIFY(helper->ask({u"remove"_s, path(u"files"_s)})["ok"_L1].toBool());
}

QTEST_GUILESS_MAIN(TestNamespaces)
#include "tst_namespaces.moc"
