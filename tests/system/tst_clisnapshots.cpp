// SPDX-License-Identifier: GPL-3.0-or-later
#include "slipwayprogram.h"

#include <QtTest/QtTest>

#include <map>

using namespace Qt::StringLiterals;

//! diff, commit, save, load, export and import as the course uses them: the program, the starter image, as root and as an ordinary user.
class CliSnapshots : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void diff_data() { users(); }
    void diff();
    void commit_data() { users(); }
    void commit();
    void commitOfARunningContainer_data() { users(); }
    void commitOfARunningContainer();
    void killedCommit_data() { users(); }
    void killedCommit();
    void commitMistakes_data() { users(); }
    void commitMistakes();
    void saveAndLoad_data() { users(); }
    void saveAndLoad();
    void loadHostile_data();
    void loadHostile();
    void exportAndImport_data() { users(); }
    void exportAndImport();
    void buildShell_data() { users(); }
    void buildShell();

private:
    static void users()
    {
        QTest::addColumn<QString>("who");
        QTest::newRow("root") << u"root"_s;
        QTest::newRow("user") << u"user"_s;
    }
    void choose();
    //! Runs a command that must go well. \return its output without the last line break
    QByteArray ok(const QStringList &arguments, const QByteArray &input = {}) const;
    //! `run` to its end, with a shell script.
    void runScript(const QString &name, const QString &script) const;
    bool shell(const QString &script) const;

    QTemporaryDir m_base{u"/dev/shm/snapshots-XXXXXX"_s};
    std::map<QString, SlipwayProgram> m_programs;
    const SlipwayProgram *m_slipway = nullptr;
};

void CliSnapshots::initTestCase()
{
    QVERIFY(QFile::setPermissions(m_base.path(), QFile::Permissions(0x7755)));
    std::map<QString, std::optional<TestUser>> users{{u"root"_s, TestUser::root()}, {u"user"_s, TestUser::ordinary()}};
    for (const auto &[who, user] : users) {
        if (!user)
            continue;
        const QString home = m_base.path() + u'/' + who;
        QVERIFY(QDir().mkpath(home + u"/run"_s) && user->own(home) && user->own(home + u"/run"_s));
        m_programs.try_emplace(who, *user, home);
    }
}

void CliSnapshots::cleanupTestCase()
{
    for (const auto &[who, program] : m_programs)
        program.removeAllContainers();
}

void CliSnapshots::choose()
{
    QFETCH(const QString, who);
    const auto found = m_programs.find(who);
    if (found == m_programs.end())
        QSKIP(TestUser::missing());
    m_slipway = &found->second;
    if (!(*m_slipway)({u"images"_s, u"-q"_s, u"slipway-starter"_s}).out.isEmpty())
        return;
    ok({u"load"_s, u"-i"_s, SlipwayProgram::starterImage()});
}

QByteArray CliSnapshots::ok(const QStringList &arguments, const QByteArray &input) const
{
    const auto answer = (*m_slipway)(arguments, input);
    if (answer.code != 0)
        QTest::qFail(qPrintable(arguments.join(u' ') + u": "_s + QString::fromUtf8(answer.err)), __FILE__, __LINE__);
    return answer.out.endsWith('\n') ? answer.out.chopped(1) : answer.out;
}

void CliSnapshots::runScript(const QString &name, const QString &script) const
{
    (*m_slipway)({u"rm"_s, u"-f"_s, name});
    ok({u"run"_s, u"--name"_s, name, u"-v"_s, u"%1:/data/shared"_s.arg(m_slipway->home()), u"-e"_s, u"MINE=1"_s, u"slipway-starter"_s, u"sh"_s, u"-ec"_s, script});
}

bool CliSnapshots::shell(const QString &script) const
{
    QProcess process;
    process.setWorkingDirectory(m_slipway->home());
    process.start(u"sh"_s, {u"-ec"_s, script});
    return process.waitForFinished(30'000) && process.exitCode() == 0;
}

void CliSnapshots::diff()
{
    choose();
    runScript(u"changed"_s, u"mkdir -p /opt/app; echo 1 > /opt/app/f; rm /etc/group; echo x >> /etc/profile; : >> /etc/passwd; echo t > /data/shared/through; chmod 700 /root"_s);
    const QByteArray lines = "C /etc\nD /etc/group\nC /etc/profile\nA /opt\nA /opt/app\nA /opt/app/f";
    // What is mounted (/data/shared), what the engine makes (/etc/hosts, /dev) and what was only opened (/etc/passwd) is no change; /root had that mode.
    QCOMPARE(ok({u"diff"_s, u"changed"_s}), lines);
    QCOMPARE(ok({u"container"_s, u"diff"_s, u"changed"_s}), lines);
    ok({u"create"_s, u"--name"_s, u"fresh"_s, u"slipway-starter"_s, u"true"_s});
    QCOMPARE(ok({u"diff"_s, u"fresh"_s}), QByteArray());
    ok({u"rm"_s, u"fresh"_s, u"changed"_s});
    const auto missing = (*m_slipway)({u"diff"_s, u"nosuch"_s});
    QCOMPARE(missing.code, 1);
    QVERIFY(missing.err.startsWith("Error: No such container: nosuch"));
}

void CliSnapshots::commit()
{
    choose();
    runScript(u"work"_s, u"echo hello > /greeting; rm -r /etc/profile; ln /greeting /again; mkdir -m 2750 /srv2"_s);
    const QByteArray id = ok({u"commit"_s, u"-a"_s, u"Me <me@x>"_s, u"-m"_s, u"by hand"_s, u"-c"_s, u"CMD [\"cat\", \"/greeting\"]"_s, u"-c"_s, u"ENV WHERE=$PATH/x"_s, u"-c"_s,
                              u"EXPOSE 80"_s, u"--change=LABEL a=b"_s, u"-c"_s, u"WORKDIR /srv2"_s, u"work"_s, u"made:1"_s});
    QVERIFY2(id.startsWith("sha256:") && id.size() == 71, id.constData());
    QCOMPARE(ok({u"images"_s, u"-q"_s, u"--no-trunc"_s, u"made:1"_s}), id);
    QCOMPARE(ok({u"run"_s, u"--rm"_s, u"made:1"_s}), QByteArray("hello"));
    QCOMPARE(ok({u"run"_s, u"--rm"_s, u"made:1"_s, u"sh"_s, u"-c"_s, u"stat -c '%a %h' /srv2 /greeting; ls /etc; pwd; echo $MINE $WHERE"_s}),
             QByteArray("2750 2\n644 2\ngroup\nhostname\nhosts\nos-release\npasswd\nresolv.conf\n/srv2\n1 /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin/x"));
    QCOMPARE(ok({u"inspect"_s, u"-f"_s, u"{{.Author}}|{{.Comment}}|{{json .Config.ExposedPorts}}|{{.Config.Labels.a}}"_s, u"made:1"_s}),
             QByteArray("Me <me@x>|by hand|{\"80/tcp\":{}}|b"));
    const QByteArray history = ok({u"history"_s, u"--no-trunc"_s, u"--format"_s, u"{{.CreatedBy}}|{{.Comment}}"_s, u"made:1"_s}).split('\n').first();
    QVERIFY2(history.startsWith("sh -ec echo hello") && history.endsWith("|by hand"), history.constData());
    QCOMPARE(ok({u"history"_s, u"-q"_s, u"made:1"_s}).split('\n').size(), 2);
    // Nothing changed: no layer, but an image with the container's configuration.
    ok({u"create"_s, u"--name"_s, u"idle"_s, u"slipway-starter"_s, u"echo"_s, u"idle"_s});
    ok({u"commit"_s, u"idle"_s, u"idle:1"_s});
    QCOMPARE(ok({u"run"_s, u"--rm"_s, u"idle:1"_s}), QByteArray("idle"));
    QCOMPARE(ok({u"inspect"_s, u"-f"_s, u"{{len .RootFS.Layers}}"_s, u"idle:1"_s}), QByteArray("1"));
    ok({u"rm"_s, u"work"_s, u"idle"_s});
    ok({u"rmi"_s, u"made:1"_s, u"idle:1"_s});
    QCOMPARE(ok({u"system"_s, u"check"_s}).contains("fault"), false);
}

void CliSnapshots::commitOfARunningContainer()
{
    choose();
    (*m_slipway)({u"rm"_s, u"-f"_s, u"busy"_s});
    // It makes, grows and removes files all the time.
    ok({u"run"_s, u"-d"_s, u"--name"_s, u"busy"_s, u"slipway-starter"_s, u"sh"_s, u"-c"_s,
        u"while :; do echo $((n+=1)) > /f$((n % 50)); rm -f /f$(((n + 25) % 50)); echo $n > /next; mv /next /count; done"_s});
    QTRY_VERIFY((*m_slipway)({u"exec"_s, u"busy"_s, u"cat"_s, u"/count"_s}).code == 0);
    for (const QString &pause : {u"--pause"_s, u"--pause=false"_s}) {
        ok({u"commit"_s, pause, u"busy"_s, u"snap"_s});
        QVERIFY(ok({u"run"_s, u"--rm"_s, u"snap"_s, u"cat"_s, u"/count"_s}).toInt() > 0);
    }
    QCOMPARE(ok({u"inspect"_s, u"-f"_s, u"{{.State.Status}}"_s, u"busy"_s}), QByteArray("running"));
    const QByteArray before = ok({u"exec"_s, u"busy"_s, u"cat"_s, u"/count"_s}); // it goes on
    QTRY_VERIFY((*m_slipway)({u"exec"_s, u"busy"_s, u"cat"_s, u"/count"_s}).out.trimmed() != before);
    QVERIFY(QDir(m_slipway->store() + u"/containers"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot).size() >= 1);
    for (const QString &container : QDir(m_slipway->store() + u"/containers"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot))
        QVERIFY(!QFile::exists(m_slipway->store() + u"/containers/"_s + container + u"/frozen"_s));
    ok({u"rm"_s, u"-f"_s, u"busy"_s});
}

// kill -9 while the container is held still: whoever comes next lets it go on, and nothing of the commit stays.
void CliSnapshots::killedCommit()
{
    choose();
    const QString id = QString::fromLatin1(ok({u"run"_s, u"-d"_s, u"slipway-starter"_s, u"sh"_s, u"-c"_s,
                                               u"dd if=/dev/urandom of=/big bs=1M count=64 2>/dev/null; while :; do echo $((n+=1)) > /next; mv /next /count; done"_s}));
    QTRY_VERIFY((*m_slipway)({u"exec"_s, id, u"cat"_s, u"/count"_s}).code == 0);
    const QString marker = m_slipway->store() + u"/containers/"_s + id + u"/frozen"_s;
    QStringList words = m_slipway->command({u"commit"_s, id, u"never"_s});
    QProcess commit;
    commit.start(words.takeFirst(), words);
    QTRY_VERIFY(QFile::exists(marker) || commit.state() == QProcess::NotRunning);
    const bool wasFrozen = QFile::exists(marker);
    commit.kill();
    QVERIFY(commit.state() == QProcess::NotRunning || commit.waitForFinished());
    if (!wasFrozen) {
        ok({u"rm"_s, u"-f"_s, id});
        QSKIP("a container has no cgroup to be frozen by here");
    }
    QTRY_VERIFY((ok({u"ps"_s, u"-q"_s}), !QFile::exists(marker)));
    const QByteArray before = ok({u"exec"_s, id, u"cat"_s, u"/count"_s});
    QTRY_VERIFY((*m_slipway)({u"exec"_s, id, u"cat"_s, u"/count"_s}).out.trimmed() != before);
    ok({u"rm"_s, u"-f"_s, id});
    QCOMPARE(ok({u"images"_s, u"-q"_s, u"never"_s}), QByteArray());
    QCOMPARE((*m_slipway)({u"system"_s, u"check"_s}).code, 0);
}

void CliSnapshots::commitMistakes()
{
    choose();
    ok({u"create"_s, u"--name"_s, u"plain"_s, u"slipway-starter"_s, u"true"_s});
    const std::vector<std::pair<QStringList, QByteArray>> mistakes{
        {{u"commit"_s, u"nosuch"_s}, "Error: No such container: nosuch"},
        {{u"commit"_s, u"-c"_s, u"RUN true"_s, u"plain"_s}, "Error: run is not a valid change command"},
        {{u"commit"_s, u"-c"_s, u"COPY a b"_s, u"plain"_s}, "Error: copy is not a valid change command"},
        {{u"commit"_s, u"-c"_s, u"EXPOSE a"_s, u"plain"_s}, "Error: EXPOSE a: invalid containerPort: a"},
        {{u"commit"_s, u"plain"_s, u"x@sha256:%1"_s.arg(QString(64, u'a'))}, "Error: x@sha256:"},
        {{u"commit"_s, u"plain"_s, u"UPPER"_s}, "Error: "},
    };
    const QByteArray images = ok({u"images"_s, u"-aq"_s});
    for (const auto &[arguments, message] : mistakes) {
        const auto answer = (*m_slipway)(arguments);
        QCOMPARE(answer.code, 1);
        QVERIFY2(answer.err.startsWith(message), answer.err.constData());
    }
    QCOMPARE(ok({u"images"_s, u"-aq"_s}), images);
    ok({u"rm"_s, u"plain"_s});
}

void CliSnapshots::saveAndLoad()
{
    choose();
    runScript(u"layered"_s, u"echo 1 > /one"_s);
    const QByteArray id = ok({u"commit"_s, u"layered"_s, u"two:a"_s});
    ok({u"tag"_s, u"two:a"_s, u"two:b"_s});
    ok({u"save"_s, u"-o"_s, u"all.tar"_s, u"two"_s, u"slipway-starter"_s});
    ok({u"save"_s, u"-o"_s, u"again.tar"_s, u"two"_s, u"slipway-starter"_s});
    QVERIFY2(shell(u"cmp all.tar again.tar"_s), "the bytes depend on the images and names alone");
    ok({u"rm"_s, u"layered"_s});
    const auto forget = [this] { ok({u"rmi"_s, u"-f"_s, u"two:a"_s, u"two:b"_s}); };
    const QByteArray told = "Loaded image: two:a\nLoaded image: two:b\nLoaded image: slipway-starter:latest";
    const auto sorted = [](const QByteArray &lines) {
        QByteArrayList list = lines.split('\n');
        std::ranges::sort(list);
        return list;
    };
    forget();
    QCOMPARE(sorted(ok({u"load"_s, u"-i"_s, u"all.tar"_s})), sorted(told));
    QCOMPARE(ok({u"images"_s, u"-q"_s, u"--no-trunc"_s, u"two:b"_s}), id);
    forget();
    // As older Docker wrote it: folders, layer.tar uncompressed, links between them.
    QVERIFY(shell(u"rm -rf old; mkdir old; cd old; tar xf ../all.tar; rm index.json oci-layout; tar cf ../docker.tar manifest.json blobs; gzip -kf ../docker.tar"_s));
    QFile archive(m_slipway->home() + u"/docker.tar.gz"_s);
    QVERIFY(archive.open(QIODevice::ReadOnly));
    QCOMPARE(sorted(ok({u"load"_s}, archive.readAll())), sorted(told));
    QCOMPARE(ok({u"images"_s, u"-q"_s, u"--no-trunc"_s, u"two:a"_s}), id);
    QCOMPARE(ok({u"run"_s, u"--rm"_s, u"two:a"_s, u"cat"_s, u"/one"_s}), QByteArray("1"));
    forget();
    QVERIFY(shell(u"cd old; sed -i 's/blobs.sha256/layers/g' manifest.json; mv blobs/sha256 layers; for f in layers/*; do gzip -dc $f > t 2>/dev/null && mv t $f; done; rm -f t; "
                  "mkdir alias; for f in layers/*; do mv $f alias; ln -s ../alias/${f#layers/} $f; done; tar cf ../oldest.tar manifest.json layers alias"_s));
    QCOMPARE(sorted(ok({u"load"_s, u"-i"_s, u"oldest.tar"_s})), sorted(told));
    QCOMPARE(ok({u"images"_s, u"-q"_s, u"--no-trunc"_s, u"two:a"_s}), id);
    // A name that another image had.
    ok({u"tag"_s, u"slipway-starter"_s, u"two:a"_s});
    QVERIFY(ok({u"load"_s, u"-i"_s, u"all.tar"_s}).contains("The image two:a already exists, renaming the old one with ID sha256:"));
    const auto missing = (*m_slipway)({u"save"_s, u"nosuch"_s});
    QCOMPARE(missing.code, 1);
    QVERIFY2(missing.err.contains("No such image: nosuch:latest"), missing.err.constData());
    forget();
}

void CliSnapshots::loadHostile_data()
{
    QTest::addColumn<QString>("who");
    QTest::addColumn<QString>("make");
    QTest::addColumn<QByteArray>("message");
    const auto row = [](const char *what, const QString &make, const QByteArray &message) {
        QTest::newRow(what) << (::geteuid() == 0 ? u"root"_s : u"user"_s) << make << message;
    };
    row("no archive", u"head -c 4096 /dev/urandom > bad.tar"_s, "no tar archive");
    row("empty", u": > bad.tar"_s, "no ");
    row("only files", u"echo x > f; tar cf bad.tar f"_s, "neither an index.json nor a manifest.json");
    row("a way out", u"mkdir -p w; cp good/manifest.json w; cd w; tar cPf ../bad.tar manifest.json ../good/manifest.json"_s, "..");
    row("manifest that is none", u"mkdir m; echo '{\"a\":1}' > m/manifest.json; tar cf bad.tar -C m manifest.json"_s, "does not list images");
    row("config elsewhere", u"mkdir c; echo '[{\"Config\":\"../../../etc/passwd\",\"RepoTags\":null,\"Layers\":[]}]' > c/manifest.json; tar cf bad.tar -C c manifest.json"_s, "..");
    row("config by a link", u"mkdir l; ln -s /etc/passwd l/config; echo '[{\"Config\":\"config\",\"RepoTags\":null,\"Layers\":[]}]' > l/manifest.json; tar cf bad.tar -C l manifest.json config"_s,
        "no file");
    row("missing layer", u"cp -r good miss; sed -i 's/\"Layers\":\\[\"[^\"]*/&0/' miss/manifest.json; rm miss/index.json; tar cf bad.tar -C miss ."_s, "lacks the layer");
    row("another layer", u"cp -r good other; rm other/index.json; echo x > y; tar cf y.tar y; for f in other/blobs/sha256/*; do gzip -t $f 2>/dev/null && cp y.tar $f; done; tar cf bad.tar -C other ."_s,
        "");
    row("damaged blob in a layout", u"cp -r good flip; for f in flip/blobs/sha256/*; do gzip -t $f 2>/dev/null && echo garbage >> $f; done; tar cf bad.tar -C flip ."_s, "");
    row("links in a ring", u"mkdir r; ln -s b r/a; ln -s a r/b; echo '[{\"Config\":\"a\",\"RepoTags\":null,\"Layers\":[]}]' > r/manifest.json; tar cf bad.tar -C r ."_s, "no file");
    row("bad name", u"cp -r good name; rm name/index.json; sed -i 's/hostile:1/Bad Name:1/' name/manifest.json; tar cf bad.tar -C name ."_s, "invalid reference format");
}

// Nothing of it may stay: no image, no layer, no file in staging.
void CliSnapshots::loadHostile()
{
    QFETCH(const QString, make);
    QFETCH(const QByteArray, message);
    choose();
    QVERIFY(shell(u"rm -rf hostile; mkdir -p hostile/good"_s));
    ok({u"create"_s, u"--name"_s, u"donor"_s, u"-e"_s, u"UNIQUE=%1"_s.arg(QLatin1StringView(QTest::currentDataTag())), u"slipway-starter"_s, u"true"_s});
    ok({u"commit"_s, u"donor"_s, u"hostile:1"_s});
    ok({u"save"_s, u"-o"_s, u"hostile/good.tar"_s, u"hostile:1"_s});
    ok({u"rm"_s, u"donor"_s});
    ok({u"rmi"_s, u"hostile:1"_s});
    QVERIFY(shell(u"cd hostile; tar xf good.tar -C good; "_s + make));
    QVERIFY(shell(u"rm -rf empty; mkdir -p empty/run"_s)); // a store without any of its layers
    const SlipwayProgram empty(m_slipway->user(), m_slipway->home() + u"/empty"_s);
    QVERIFY(m_slipway->user().own(empty.home()) && m_slipway->user().own(empty.home() + u"/run"_s));
    const auto answer = empty({u"load"_s, u"-i"_s, u"../hostile/bad.tar"_s});
    QCOMPARE(answer.code, 1);
    QVERIFY2(answer.err.startsWith("Error: ") && answer.err.contains(message), answer.err.constData());
    QCOMPARE(empty({u"images"_s, u"-aq"_s}).out, QByteArray());
    QCOMPARE(QDir(empty.store() + u"/staging"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot), QStringList());
    QCOMPARE(QDir(empty.store() + u"/images/blobs/sha256"_s).entryList(QDir::Files), QStringList());
    const auto check = empty({u"system"_s, u"check"_s});
    QVERIFY2(check.code == 0, (check.out + check.err).constData());
}

void CliSnapshots::exportAndImport()
{
    choose();
    runScript(u"source"_s, u"echo kept > /kept; ln -s kept /link; chmod 4755 /kept; rm /etc/group"_s);
    ok({u"export"_s, u"-o"_s, u"files.tar"_s, u"source"_s});
    QVERIFY(shell(u"tar tf files.tar | grep -qx kept && ! tar tf files.tar | grep -q etc/group && gzip -kf files.tar"_s));
    const QByteArray id = ok({u"import"_s, u"-m"_s, u"flat"_s, u"-c"_s, u"CMD [\"cat\", \"/link\"]"_s, u"files.tar.gz"_s, u"flat:1"_s});
    QVERIFY(id.startsWith("sha256:"));
    QCOMPARE(ok({u"run"_s, u"--rm"_s, u"flat:1"_s}), QByteArray("kept"));
    QCOMPARE(ok({u"run"_s, u"--rm"_s, u"flat:1"_s, u"stat"_s, u"-c"_s, u"%a"_s, u"/kept"_s}), QByteArray("4755"));
    QCOMPARE(ok({u"history"_s, u"--format"_s, u"{{.Comment}}"_s, u"flat:1"_s}), QByteArray("flat"));
    QFile files(m_slipway->home() + u"/files.tar"_s);
    QVERIFY(files.open(QIODevice::ReadOnly));
    QCOMPARE(ok({u"import"_s, u"-"_s}, files.readAll()).left(7), QByteArray("sha256:"));
    const auto missing = (*m_slipway)({u"import"_s, u"nosuch.tar"_s});
    QCOMPARE(missing.code, 1);
    QCOMPARE(missing.err, QByteArray("slipway: open nosuch.tar: no such file or directory\n"));
    ok({u"rm"_s, u"source"_s});
}

void CliSnapshots::buildShell()
{
    choose();
    QVERIFY(!m_slipway->folder(u"project"_s).isEmpty());
    QVERIFY(m_slipway->write(u"project/Dockerfile"_s, "FROM slipway-starter\nARG WHO=world\nWORKDIR /w\nRUN echo hello > f\nRUN echo half > g; rm f; exit 7\nRUN true\n"));
    const auto shell = [this](QStringList place, const QString &script) {
        return (*m_slipway)(QStringList{u"builder"_s, u"shell"_s} + place + QStringList{u"project"_s, u"sh"_s, u"-c"_s, script});
    };
    const auto before = shell({u"--after"_s, u"4"_s}, u"pwd; cat f; echo $WHO; echo gone > f"_s);
    QVERIFY2(before.code == 0, before.err.constData());
    QCOMPARE(before.out, QByteArray("/w\r\nhello\r\nworld\r\n"));
    QCOMPARE(shell({u"--before"_s, u"5"_s}, u"cat f"_s).out, QByteArray("hello\r\n")); // what a console writes is forgotten
    QCOMPARE(shell({u"--failed"_s}, u"true"_s).code, 1);
    QCOMPARE((*m_slipway)({u"build"_s, u"-t"_s, u"shelled"_s, u"project"_s}).code, 7);
    QCOMPARE(shell({u"--failed"_s}, u"ls; cat g; exit 9"_s).out, QByteArray("g\r\nhalf\r\n"));
    QCOMPARE(shell({u"--failed"_s}, u"exit 9"_s).code, 9);
    QCOMPARE(ok({u"builder"_s, u"diff"_s, u"--after"_s, u"4"_s, u"project"_s}), QByteArray("C /w\nA /w/f"));
    QVERIFY((*m_slipway)({u"builder"_s, u"diff"_s, u"--after"_s, u"5"_s, u"project"_s}).err.startsWith("Error: the step at line 5 has not been built"));
    QCOMPARE(shell({u"--after"_s, u"40"_s}, u"true"_s).err.split('\n').first(), QByteArray("Error: Dockerfile: there is no instruction at line 40"));
    QCOMPARE(shell({}, u"true"_s).code, 125);
    QTRY_COMPARE(ok({u"ps"_s, u"-a"_s, u"--format"_s, u"{{.Image}}"_s}).count("Dockerfile:"), 0); // nothing stays
    QCOMPARE((*m_slipway)({u"system"_s, u"check"_s}).code, 0);
    ok({u"builder"_s, u"prune"_s, u"-f"_s});
    QCOMPARE(shell({u"--failed"_s}, u"true"_s).code, 1);
}

QTEST_GUILESS_MAIN(CliSnapshots)
#include "tst_clisnapshots.moc"
