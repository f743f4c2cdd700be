// SPDX-License-Identifier: GPL-3.0-or-later
#include "pullimage.h"

#include "await.h"
#include "format/humanize.h"
#include "livelines.h"
#include "output.h"
#include "terminal.h"

#include <engine/engine.h>

#include <algorithm>

#include <unistd.h>

namespace Cli {

using namespace Qt::StringLiterals;

namespace {

//! "[=====>     ]  1.2MB/4.5MB"
QString progressBar(qint64 done, qint64 total)
{
    constexpr int width = 50;
    const int filled = total > 0 ? static_cast<int>(std::min<qint64>(width, width * done / total)) : 0;
    const QString bar = QString(filled, u'=') + (filled < width ? u">"_s : QString());
    return u"[%1] %2/%3"_s.arg(bar.leftJustified(width), humanSize(done).rightJustified(8), humanSize(total));
}

QString phaseText(const Engine::LayerProgress &layer)
{
    switch (layer.phase) {
    case Engine::LayerProgress::Phase::Waiting:
        return u"Pulling fs layer"_s;
    case Engine::LayerProgress::Phase::Downloading:
        return "Downloading "_L1 + progressBar(layer.doneBytes, layer.totalBytes);
    case Engine::LayerProgress::Phase::AlreadyHere:
        return u"Already exists"_s;
    case Engine::LayerProgress::Phase::Complete:
        return u"Pull complete"_s;
    }
    return {};
}

//! Prints what happens to the layers of one pull.
class LayerView final
{
public:
    explicit LayerView(int fd) : m_fd(fd), m_live(fd), m_isLive(isTerminal(fd)) {}

    void resolved(const QList<Engine::LayerProgress> &layers)
    {
        m_layers = layers;
        m_isLive = m_isLive && m_live.fits(layers.size());
        if (m_isLive)
            redraw();
        else
            for (const Engine::LayerProgress &layer : layers)
                printPhase(layer);
    }

    void progressed(const Engine::LayerProgress &layer)
    {
        for (Engine::LayerProgress &known : m_layers) {
            if (known.blob != layer.blob)
                continue;
            const bool isNews = known.phase != layer.phase && layer.phase != Engine::LayerProgress::Phase::Downloading;
            known = layer;
            if (!m_isLive && isNews) {
                printPhase(layer);
                return; // the same blob twice in an image is told once
            }
        }
        if (m_isLive)
            redraw();
    }

private:
    static QString lineOf(const Engine::LayerProgress &layer) { return layer.blob.shortHex() + ": "_L1 + phaseText(layer); }
    void printPhase(const Engine::LayerProgress &layer) const { writeAll(m_fd, (lineOf(layer) + u'\n').toUtf8()); }

    void redraw()
    {
        QStringList lines;
        for (const Engine::LayerProgress &layer : m_layers)
            lines += lineOf(layer);
        m_live.show(lines);
    }

    int m_fd;
    LiveLines m_live;
    bool m_isLive;
    QList<Engine::LayerProgress> m_layers;
};

} // namespace

Engine::Result<void> ensureStarterImage(Engine::Engine &engine, const QString &folder)
{
    const QString name = QLatin1StringView(starterImage) + ":latest"_L1;
    if (folder.isEmpty() || await(engine.images().find(name)))
        return {};
    const Engine::Result<Engine::ImageInfo> imported = await(engine.images().importLayout(folder, name));
    return imported ? Engine::Result<void>() : std::unexpected(imported.error());
}

Engine::Result<Engine::ImageInfo> pullImage(Engine::Engine &engine, const QString &reference, PullOutput output)
{
    const Engine::Result<Engine::ImageReference> parsed = Engine::ImageReference::parse(reference);
    if (!parsed)
        return std::unexpected(parsed.error());
    const Engine::ImageReference wanted = parsed->withDefaultTag();
    const Engine::Result<Engine::ImageInfo> before = await(engine.images().find(wanted.familiarString()));

    const std::unique_ptr<Engine::PullOperation> pull = engine.images().pull(reference, {});
    const bool isQuiet = output == PullOutput::Quiet;
    const int fd = output == PullOutput::ToStandardError ? STDERR_FILENO : STDOUT_FILENO;
    const auto say = [fd, isQuiet](const QString &line) {
        if (!isQuiet)
            writeAll(fd, (line + u'\n').toUtf8());
    };
    LayerView view(fd);
    Engine::Digest manifest;
    QObject::connect(pull.get(), &Engine::PullOperation::resolved, pull.get(),
                     [&](const Engine::Digest &digest, const QList<Engine::LayerProgress> &layers) {
                         manifest = digest;
                         say(u"%1: Pulling from %2"_s.arg(wanted.tag.isEmpty() ? wanted.toString() : wanted.tag, wanted.path));
                         const bool isNews = !before || !std::ranges::all_of(layers, [](const Engine::LayerProgress &layer) {
                             return layer.phase == Engine::LayerProgress::Phase::AlreadyHere;
                         });
                         if (!isQuiet && isNews)
                             view.resolved(layers);
                     });
    QObject::connect(pull.get(), &Engine::PullOperation::layerProgressed, pull.get(), [&](const Engine::LayerProgress &layer) {
        if (!isQuiet)
            view.progressed(layer);
    });
    Engine::Result<Engine::ImageInfo> pulled = awaitFinished(pull.get(), &Engine::PullOperation::finished);
    if (!pulled)
        return pulled;
    const bool isSame = before && before->id == pulled->id;
    say("Digest: "_L1 + (manifest.isNull() ? pulled->manifest : manifest).toString());
    say(u"Status: %1 for %2"_s.arg(isSame ? u"Image is up to date"_s : u"Downloaded newer image"_s, wanted.familiarString()));
    return pulled;
}

} // namespace Cli
