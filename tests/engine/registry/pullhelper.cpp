// SPDX-License-Identifier: GPL-3.0-or-later
// pullhelper ROOT REFERENCE: pulls into the store at ROOT, as a process that a test can kill.
// pullhelper ROOT --list: prints "REFERENCE CONFIG-DIGEST LAYERS" of each image.
#include "services/imagepuller_p.h"

#include <engine/namespaces.h>

#include <QtCore/QCoreApplication>
#include <QtCore/QElapsedTimer>
#include <QtCore/QTextStream>

#include <cstdlib>

using namespace Qt::StringLiterals;
using namespace Engine;
using namespace Engine::Internal;

namespace {

int fail(const Error &error)
{
    QTextStream(stderr) << error.detail << '\n';
    return 1;
}

int list(const Store &store)
{
    const auto images = store.listImages();
    if (!images)
        return fail(images.error());
    for (const ImageRecord &image : *images) {
        QTextStream(stdout) << image.references.join(u',') << ' ' << image.id.toString() << ' ' << image.chainIds.size() << '\n';
        for (const Digest &chain : image.chainIds) {
            if (!store.findLayer(chain).value_or(std::nullopt))
                return fail({.detail = u"layer %1 is missing"_s.arg(chain.toString())});
        }
    }
    return 0;
}

int pull(Store &store, const QString &text)
{
    const auto reference = ImageReference::parse(text);
    if (!reference)
        return fail(reference.error());
    auto settings = RegistrySettings::ofThisMachine();
    if (!settings)
        return fail(settings.error());
    PullObserver observer;
    observer.resolved = [](const Digest &, const QList<LayerProgress> &) {};
    observer.progressed = [](const LayerProgress &) {};
    QElapsedTimer timer;
    timer.start();
    const auto image = pullImage(store, reference->withDefaultTag(), *settings, Platform::host(), observer, {});
    if (!image)
        return fail(image.error());
    QTextStream(stdout) << image->id.toString() << ' ' << timer.elapsed() << " ms\n";
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    const StorePaths paths = StorePaths::forCurrentUser(QString::fromLocal8Bit(argv[1]));
    if (const auto entered = enterNamespaces(paths, KeepLauncher::No); !entered)
        return fail(entered.error());
    QCoreApplication app(argc, argv);
    const auto store = Store::open(paths, IdMap::ofThisProcess());
    if (!store)
        return fail(store.error());
    const QString what = QString::fromLocal8Bit(argv[2]);
    return what == "--list"_L1 ? list(**store) : pull(**store, what);
}
