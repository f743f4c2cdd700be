// SPDX-License-Identifier: GPL-3.0-or-later
#include "storefixture.h"

#include "storage/layerblob_p.h"
#include "storage/layerchanges_p.h"
#include "storage/layerpacker_p.h"
#include "storage/treepacker_p.h"

#include <QtCore/QDirIterator>
#include <QtCore/QProcess>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/xattr.h>

using namespace StoreFixture;

namespace {

//! Two layers under a writable overlay, as a container has them.
class Workplace final
{
public:
    Workplace()
    {
        const auto base = unpack(*store, {}, tarOf({folder("etc"), file("etc/passwd", "root"), file("etc/shadow", "secret", 0600), folder("usr"), folder("usr/lib"),
                                                    file("usr/lib/a", "a"), file("usr/lib/b", "b"), folder("old"), file("old/x"), folder("old/deep"),
                                                    file("old/deep/y"), symbolicLink("link", "etc/passwd"), folder("swap"), file("swap/in"), file("plain")}));
        const auto top = unpack(*store, base.value_or(LayerRecord()).chainId,
                                tarOf({folder("etc"), file("etc/.wh.shadow", {}), file("etc/group", "g"), folder("old"), file("old/.wh..wh..opq", {}), file("old/new", "n")}));
        if (!base || !top)
            qFatal("%s", qPrintable(base ? top.error().detail : base.error().detail));
        layer = top->chainId;
        for (const QString &path : {upper(), work(), root()})
            QDir().mkpath(path);
        ::chmod(QFile::encodeName(upper()).constData(), 0755);
        if (const auto mounted = store->mountLayers(layer, upper(), work(), root()); !mounted)
            qFatal("%s", qPrintable(mounted.error().detail));
    }
    ~Workplace()
    {
        (void)unmountTree(root());
        (void)removeTree(place.path()); // overlay's work folder has no permissions, which QTemporaryDir gives up on
    }
    Q_DISABLE_COPY_MOVE(Workplace)

    QString upper() const { return place.path() + QStringLiteral("/upper"); }
    QString work() const { return place.path() + QStringLiteral("/work"); }
    QString root() const { return place.path() + QStringLiteral("/root"); }

    //! Commands of a shell in the merged root.
    bool run(const char *script) const { return QProcess::execute(QStringLiteral("sh"), {QStringLiteral("-ec"), QStringLiteral("cd '%1'; ").arg(root()) + QLatin1StringView(script)}) == 0; }

    Result<LayerChanges> changes(const QSet<QByteArray> &mountPoints = {})
    {
        const UniqueFd fd = ENGINE_TRY(openFile(upper(), O_RDONLY | O_DIRECTORY));
        return compareLayer(fd.get(), ENGINE_TRY(LayerStack::ofLayers(*store, layer)), mountPoints, store.ids, {});
    }

    QByteArrayList lines(const QSet<QByteArray> &mountPoints = {})
    {
        const auto found = changes(mountPoints);
        if (!found)
            return {found.error().detail.toUtf8()};
        QByteArrayList result;
        for (const FileChange &change : found->changes)
            result += QByteArray(change.kind == FileChange::Kind::Added ? "A" : change.kind == FileChange::Kind::Deleted ? "D" : "C") + ' ' + change.file.path;
        return result;
    }

    TestStore store;
    QTemporaryDir place{QStringLiteral("/dev/shm/layerchanges-XXXXXX")};
    Digest layer;
};

QByteArray describeFile(const QString &path)
{
    struct stat status;
    const QByteArray name = QFile::encodeName(path);
    if (::lstat(name.constData(), &status) != 0)
        return "gone";
    QByteArray text = QByteArray::number(status.st_mode, 8) + ' ' + QByteArray::number(status.st_uid) + ':' + QByteArray::number(status.st_gid);
    if (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode))
        text += " dev " + QByteArray::number(quint64(status.st_rdev));
    if (S_ISLNK(status.st_mode))
        text += " -> " + QFile::encodeName(QFile::symLinkTarget(path)).replace(QFile::encodeName(QFileInfo(path).path()), {});
    if (S_ISREG(status.st_mode)) {
        QFile file(path);
        (void)file.open(QIODevice::ReadOnly);
        char value[64] = {};
        const ssize_t size = ::lgetxattr(name.constData(), "user.note", value, sizeof value);
        text += ' ' + QByteArray::number(qint64(status.st_mtim.tv_sec)) + ' ' + QByteArray::number(quint64(status.st_nlink)) + ' ' + file.readAll() + ' '
            + QByteArray(value, std::max<ssize_t>(size, 0));
    }
    return text;
}

//! Every file below a folder as the kernel shows it, sockets left out: no archive holds them.
QMap<QString, QByteArray> picture(const QString &root)
{
    QMap<QString, QByteArray> files;
    QDirIterator walk(root, QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot, QDirIterator::Subdirectories);
    while (walk.hasNext()) {
        const QString path = walk.next();
        struct stat status;
        if (::lstat(QFile::encodeName(path).constData(), &status) == 0 && !S_ISSOCK(status.st_mode))
            files.insert(path.mid(root.size()), describeFile(path));
    }
    return files;
}

QByteArrayList pathsOf(const StackFolder &folder, const QByteArray &prefix)
{
    QByteArrayList paths;
    const auto children = folder.children();
    for (const StackEntry &entry : children.value_or(QList<StackEntry>())) {
        paths += prefix + entry.name;
        if (const auto inner = folder.enter(entry.name); inner && *inner)
            paths += pathsOf(**inner, prefix + entry.name + '/');
    }
    return paths;
}

// Everything a container may do to its files.
constexpr const char *edits = R"(
    echo more >> etc/passwd; rm etc/group; mkdir -p new/deep; echo 1 > new/deep/f; ln new/deep/f new/g; ln usr/lib/a usr/lib/hard
    rm -r old; mkdir old; echo z > old/z; mkdir old/deep; chmod 4755 usr/lib/b; rm -r swap; echo file > swap; rm plain; mkdir plain; echo i > plain/i
    ln -s nowhere dangling; mkfifo pipe; chmod 1777 usr; rm link; : > link; mkdir -m 700 private; echo s > private/s)";

} // namespace

//! Layers looked through without a mount, against what the kernel makes of the same layers.
class TestLayerChanges : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void changes_areDockers();
    void changes_whatOnlyWasOpenedIsNone();
    void changes_sameTimesOtherBytes();
    void changes_mountPointsAreNone();
    void stack_isWhatTheKernelShows();
    void stack_linksStayInside();
    void commit_isWhatTheContainerHad();
    void export_isWhatTheContainerHas();
};

void TestLayerChanges::changes_areDockers()
{
    Workplace w;
    QVERIFY(w.run(edits));
    QCOMPARE(w.lines(), (QByteArrayList{"A /dangling", "C /etc", "D /etc/group", "C /etc/passwd", "C /link", "A /new", "A /new/deep", "A /new/deep/f", "A /new/g",
                                        "C /old", "A /old/deep", "D /old/new", "A /old/z", "A /pipe", "C /plain", "A /plain/i", "A /private", "A /private/s",
                                        "C /swap", "C /usr", "C /usr/lib", "C /usr/lib/b", "A /usr/lib/hard"}));
}

void TestLayerChanges::changes_whatOnlyWasOpenedIsNone()
{
    Workplace w;
    QVERIFY(w.run(": >> etc/passwd; touch -r usr/lib/a usr/lib/a; chmod 644 usr/lib/b; echo x > tmpfile; rm tmpfile"));
    const auto found = w.changes();
    VERIFY_RESULT(found);
    QCOMPARE(w.lines(), QByteArrayList());
    QVERIFY(found->unchanged.contains("etc"));
}

// A build that sets its times back: moby's comparison would lose it.
void TestLayerChanges::changes_sameTimesOtherBytes()
{
    Workplace w;
    QVERIFY(w.run("touch -r etc/passwd ref; printf ROOT > etc/passwd; touch -r ref etc/passwd; rm ref"));
    QCOMPARE(w.lines(), (QByteArrayList{"C /etc", "C /etc/passwd"}));
}

void TestLayerChanges::changes_mountPointsAreNone()
{
    Workplace w;
    QVERIFY(w.run("mkdir -p proc dev data/vol srv/full; : > etc/hosts; echo mine > srv/full/f"));
    QCOMPARE(w.lines({"proc", "dev", "data/vol", "etc/hosts", "srv/full"}), (QByteArrayList{"A /srv", "A /srv/full", "A /srv/full/f"}));
}

void TestLayerChanges::stack_isWhatTheKernelShows()
{
    Workplace w;
    QVERIFY(w.run(edits));
    const auto stack = LayerStack::ofLayers(*w.store, w.layer, {w.upper()});
    VERIFY_RESULT(stack);
    QByteArrayList paths = pathsOf(stack->root().value(), "/");
    QByteArrayList seen;
    const auto kernel = picture(w.root());
    for (auto file = kernel.begin(); file != kernel.end(); ++file)
        seen += QFile::encodeName(file.key());
    std::ranges::sort(paths);
    std::ranges::sort(seen);
    QVERIFY(seen.size() > 20);
    QCOMPARE(paths, seen);
    for (const QByteArray &path : std::as_const(paths)) {
        const auto entry = stack->find(path);
        VERIFY_RESULT(entry);
        struct stat status;
        QCOMPARE(::lstat((QFile::encodeName(w.root()) + path).constData(), &status), 0);
        QVERIFY2(*entry && (*entry)->status.st_mode == status.st_mode && (*entry)->status.st_mtim.tv_sec == status.st_mtim.tv_sec, path.constData());
    }
}

void TestLayerChanges::stack_linksStayInside()
{
    Workplace w;
    QVERIFY(w.run("ln -s /../../../etc/passwd out; ln -s loop loop; ln -s /usr/lib lib; ln -s ../../old up"));
    const auto stack = LayerStack::ofLayers(*w.store, w.layer, {w.upper()});
    VERIFY_RESULT(stack);
    QCOMPARE(stack->resolve("out").value_or("error"), QByteArray("etc/passwd"));
    QCOMPARE(stack->resolve("/lib/../lib/./a").value_or("error"), QByteArray("usr/lib/a"));
    QCOMPARE(stack->resolve("up/new").value_or("error"), QByteArray("old/new"));
    QCOMPARE(stack->resolve("loop").error().code, ErrorCode::InvalidInput);
    QVERIFY(!stack->folder("lib").value()); // a link is no folder until it is resolved
    const auto etc = stack->folder("etc").value();
    QCOMPARE(etc->openFile("shadow").error().code, ErrorCode::NotFound); // a whiteout
    QCOMPARE(stack->root()->openFile("out").error().code, ErrorCode::InvalidInput);
}

void TestLayerChanges::commit_isWhatTheContainerHad()
{
    Workplace w;
    QVERIFY(w.run(edits));
    ::setxattr(QFile::encodeName(w.root() + QStringLiteral("/new/g")).constData(), "user.note", "kept", 4, 0);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    qstrncpy(address.sun_path, QFile::encodeName(w.root() + QStringLiteral("/sock")).constData(), sizeof address.sun_path);
    QCOMPARE(::bind(socket, reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
    const auto changes = w.changes();
    VERIFY_RESULT(changes);
    QList<Digest> diffIds;
    Digest made;
    for (const char *name : {"/blob1", "/blob2"}) { // twice: the same bytes
        const auto blob = LayerBlobWriter::create(w.place.path() + QLatin1StringView(name));
        VERIFY_RESULT(blob);
        TarWriter tar([&](std::span<const char> bytes) { return (*blob)->write(bytes); });
        LayerPacker::Options options;
        options.leftOut = &changes->unchanged;
        options.rootUid = options.rootGid = w.store.ids.userToContainer(::getuid());
        const auto upper = openFile(w.upper(), O_RDONLY | O_DIRECTORY);
        VERIFY_RESULT(LayerPacker(w.store.ids, options, tar).pack(upper->get(), {}));
        const auto record = (*blob)->finish();
        VERIFY_RESULT(record);
        diffIds += record->diffId;
        if (diffIds.size() == 1) {
            const QString inStore = w.store.paths().root + QStringLiteral("/blob");
            QVERIFY(QFile::copy(w.place.path() + QLatin1StringView(name), inStore));
            const auto layer = addLayerBlob(*w.store, w.layer, inStore, *record, {});
            VERIFY_RESULT(layer);
            made = layer->chainId;
        }
    }
    ::close(socket);
    QCOMPARE(diffIds[0], diffIds[1]);
    const QString mountPoint = w.place.path() + QStringLiteral("/made");
    QDir().mkpath(mountPoint);
    VERIFY_RESULT(w.store->mountLayers(made, {}, {}, mountPoint));
    const auto had = picture(w.root());
    const auto has = picture(mountPoint);
    VERIFY_RESULT(unmountTree(mountPoint));
    VERIFY_RESULT(removeTree(mountPoint));
    QCOMPARE(has.keys(), had.keys());
    for (auto file = had.begin(); file != had.end(); ++file) {
        // A link to an untouched file below becomes a file of its own, as in Docker's layers.
        if (file.key() != QStringLiteral("/usr/lib/a") && file.key() != QStringLiteral("/usr/lib/hard"))
            QCOMPARE(file.key().toUtf8() + ": " + has.value(file.key()), file.key().toUtf8() + ": " + *file);
    }
}

void TestLayerChanges::export_isWhatTheContainerHas()
{
    Workplace w;
    QVERIFY(w.run(edits));
    const auto stack = LayerStack::ofLayers(*w.store, w.layer, {w.upper()});
    VERIFY_RESULT(stack);
    QByteArray bytes;
    TarWriter tar([&bytes](std::span<const char> piece) -> Result<void> {
        bytes.append(piece.data(), qsizetype(piece.size()));
        return {};
    });
    VERIFY_RESULT(packTree(*stack, w.store.ids, tar, {}));
    const auto layer = unpack(*w.store, {}, bytes);
    VERIFY_RESULT(layer);
    const auto had = picture(w.root());
    const auto has = picture(layerFolder(*w.store, layer->chainId));
    QCOMPARE(has.keys(), had.keys());
    for (auto file = had.begin(); file != had.end(); ++file) {
        QCOMPARE(file.key().toUtf8() + ": " + has.value(file.key()), file.key().toUtf8() + ": " + *file);
    }
}

int main(int argc, char **argv)
{
    return runInNamespaces<TestLayerChanges>(argc, argv);
}
#include "tst_layerchanges.moc"
