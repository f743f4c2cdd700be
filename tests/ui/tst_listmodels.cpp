// SPDX-License-Identifier: GPL-3.0-or-later
#include "controllers/containerscontroller.h"
#include "models/containermodel.h"
#include "models/historymodel.h"
#include "models/imagemodel.h"
#include "models/listfilter.h"

#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;
using namespace Gui;
using Engine::ContainerInfo;
using Engine::ContainerState;
using Engine::ImageInfo;

namespace {

// "name state image", one container a line: "web running nginx"
QList<ContainerInfo> containers(const QString &text)
{
    QList<ContainerInfo> list;
    const QStringList lines = text.split(u'\n', Qt::SkipEmptyParts);
    for (const QString &line : lines) {
        const QStringList words = line.simplified().split(u' ');
        if (words.size() < 3)
            continue;
        ContainerInfo info;
        info.name = words[0];
        info.id = Engine::ContainerId(QString(words[0]).leftJustified(64, u'0', true));
        info.state = words[1] == "running"_L1 ? ContainerState::Running : words[1] == "created"_L1 ? ContainerState::Created : ContainerState::Exited;
        info.exitCode = words[1].startsWith("exited"_L1) ? words[1].mid(6).toInt() : 0;
        info.image = words[2];
        info.created = QDateTime::fromSecsSinceEpoch(1'700'000'000 - list.size());
        list += info;
    }
    return list;
}

QStringList column(const QAbstractItemModel &model, int number)
{
    QStringList texts;
    for (int row = 0; row < model.rowCount(); ++row)
        texts += model.index(row, number).data().toString();
    return texts;
}

} // namespace

class TestListModels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void containers_keepTheirRows_whenTheListChanges()
    {
        ContainerModel model;
        const QAbstractItemModelTester tester(&model);
        model.setContainers(containers(u"web running nginx\ndb exited0 postgres\nold exited1 x"_s));
        const QPersistentModelIndex db = model.index(1, 0);
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        model.setContainers(containers(u"new created busybox\nweb exited0 nginx\ndb exited0 postgres"_s));
        QCOMPARE(reset.count(), 0);
        QVERIFY(db.isValid());
        QCOMPARE(db.data().toString(), u"db"_s);
        QCOMPARE(column(model, ContainerModel::Name), (QStringList{u"web"_s, u"db"_s, u"new"_s}));
        QCOMPARE(column(model, ContainerModel::State).first(), u"Exited (0)"_s);
        QVERIFY(changed.count() >= 1);
    }

    void containers_sameList_changesNothing()
    {
        ContainerModel model;
        model.setContainers(containers(u"web running nginx"_s));
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        model.setContainers(containers(u"web running nginx"_s));
        QCOMPARE(changed.count(), 0);
    }

    void containers_statesHaveWordsAndTones_data()
    {
        QTest::addColumn<QString>("state");
        QTest::addColumn<QString>("word");
        QTest::addColumn<Tone>("tone");
        QTest::newRow("running") << u"running"_s << u"Running"_s << Tone::Ok;
        QTest::newRow("created") << u"created"_s << u"Created"_s << Tone::Idle;
        QTest::newRow("ended well") << u"exited0"_s << u"Exited (0)"_s << Tone::Idle;
        QTest::newRow("failed") << u"exited1"_s << u"Exited (1)"_s << Tone::Bad;
        QTest::newRow("no such command") << u"exited127"_s << u"Exited (127)"_s << Tone::Bad;
        QTest::newRow("stopped by us") << u"exited143"_s << u"Exited (143)"_s << Tone::Idle;
    }

    void containers_statesHaveWordsAndTones()
    {
        QFETCH(QString, state);
        QFETCH(QString, word);
        QFETCH(Tone, tone);
        ContainerModel model;
        model.setContainers(containers(u"a %1 x"_s.arg(state)));
        const QModelIndex cell = model.index(0, ContainerModel::State);
        QCOMPARE(cell.data().toString(), word);
        QCOMPARE(cell.data(ToneRole).value<Tone>(), tone);
    }

    void busy_isShownUntilDone()
    {
        ContainerModel model;
        model.setContainers(containers(u"web running nginx"_s));
        const QString id = model.index(0, 0).data(IdRole).toString();
        model.setBusy(id, u"Stopping…"_s);
        QCOMPARE(model.index(0, ContainerModel::State).data().toString(), u"Stopping…"_s);
        QCOMPARE(model.index(0, ContainerModel::State).data(ToneRole).value<Tone>(), Tone::Busy);
        model.setBusy(id, {});
        QCOMPARE(model.index(0, ContainerModel::State).data().toString(), u"Running"_s);
    }

    void hidden_comesBackWhereUndone()
    {
        ContainerModel model;
        const QAbstractItemModelTester tester(&model);
        model.setContainers(containers(u"web exited0 nginx\ndb running x"_s));
        const QString id = model.index(0, 0).data(IdRole).toString();
        model.setHidden(id, true);
        QCOMPARE(column(model, 0), QStringList{u"db"_s});
        model.setContainers(containers(u"web exited0 nginx\ndb running x"_s)); // still in the store: stays hidden
        QCOMPARE(model.rowCount(), 1);
        model.setHidden(id, false);
        QCOMPARE(model.rowCount(), 2);
    }

    void filter_needsEveryWord()
    {
        ContainerModel model;
        ListFilter filter;
        const QAbstractItemModelTester tester(&filter);
        filter.setSourceModel(&model);
        model.setContainers(containers(u"web running nginx\nweb2 exited0 nginx\ndb running postgres"_s));
        filter.setWords(u"NGINX running"_s);
        QCOMPARE(column(filter, 0), QStringList{u"web"_s});
        filter.setWords({});
        QCOMPARE(filter.rowCount(), 3);
    }

    void images_sortSizesAsNumbers()
    {
        ImageModel model;
        const QAbstractItemModelTester tester(&model);
        ListFilter sorted;
        sorted.setSourceModel(&model);
        QList<ImageInfo> images;
        for (const qint64 size : {9'000'000LL, 10'000'000LL, 800LL}) {
            ImageInfo info;
            info.id = Engine::Digest::ofBytes(QByteArray::number(size));
            info.references = {u"image%1:latest"_s.arg(size)};
            info.sizeBytes = size;
            images += info;
        }
        model.setImages(images);
        sorted.sort(ImageModel::Size);
        QCOMPARE(sorted.index(0, 0).data().toString(), u"image800:latest"_s);
        QCOMPARE(sorted.index(2, 0).data().toString(), u"image10000000:latest"_s);
    }

    void images_withoutAName_saySo()
    {
        ImageModel model;
        ImageInfo info;
        info.id = Engine::Digest::ofBytes("x");
        model.setImages({info});
        QCOMPARE(model.index(0, ImageModel::Name).data().toString(), u"(no name)"_s);
        QCOMPARE(imageTitle(info), info.id.shortHex());
    }

    void history_showsInstructionsAsWritten_data()
    {
        QTest::addColumn<QString>("createdBy");
        QTest::addColumn<QString>("text");
        QTest::newRow("metadata") << u"/bin/sh -c #(nop)  CMD [\"sh\"]"_s << u"CMD [\"sh\"]"_s;
        QTest::newRow("classic RUN") << u"/bin/sh -c apt-get update"_s << u"RUN apt-get update"_s;
        QTest::newRow("BuildKit RUN") << u"RUN /bin/sh -c apt-get update # buildkit"_s << u"RUN apt-get update"_s;
        QTest::newRow("COPY") << u"COPY a b # buildkit"_s << u"COPY a b"_s;
    }

    void history_showsInstructionsAsWritten()
    {
        QFETCH(QString, createdBy);
        QFETCH(QString, text);
        QCOMPARE(instructionText(createdBy), text);
    }

    void history_sharesAreOfTheLargest()
    {
        HistoryModel model;
        const QAbstractItemModelTester tester(&model);
        Engine::HistoryEntry small, large;
        small.sizeBytes = 25;
        large.sizeBytes = 100;
        model.setHistory({small, large});
        QCOMPARE(model.index(0, HistoryModel::Size).data(ShareRole).toDouble(), 0.25);
        QCOMPARE(model.index(1, HistoryModel::Size).data(ShareRole).toDouble(), 1.0);
    }

    void commandLine_saysWhatTheDialogAsks()
    {
        Engine::CreateOptions options;
        options.image = u"busybox"_s;
        options.name = u"web"_s;
        options.tty = options.openStdin = true;
        options.autoRemove = true;
        options.network = Engine::NetworkMode::None;
        options.env = {u"GREETING=hello world"_s};
        options.binds = {{.source = u"/a b"_s, .target = u"/www"_s, .access = Engine::BindMount::Access::ReadOnly}};
        options.command = {u"sh"_s, u"-c"_s, u"echo it's"_s};
        QCOMPARE(ContainersController::commandLine(options),
                 u"slipway run -it --rm --name web --network none -e 'GREETING=hello world' -v '/a b:/www:ro' busybox sh -c 'echo it'\\''s'"_s);
    }
};

QTEST_GUILESS_MAIN(TestListModels)
#include "tst_listmodels.moc"
