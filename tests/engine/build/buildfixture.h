// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "../../support/busyboximage.h"
#include "../storage/storefixture.h"
#include "build/builder_p.h"

#include <fcntl.h>

namespace BuildFixture {

using namespace Engine;
using namespace Engine::Internal;
using namespace Qt::StringLiterals;

//! A store with a busybox image, a build context, and builds of it whose course is written down.
class Builder final
{
public:
    Builder()
    {
        const auto image = TestSupport::addBusyboxImage(*store, u"busybox"_s);
        if (!image)
            qFatal("%s: %s", qPrintable(image.error().where), qPrintable(image.error().detail));
        settings.paths = store.paths();
    }

    void write(const QString &name, const QByteArray &content, mode_t mode = 0644) const
    {
        const QString path = context.path() + u'/' + name;
        QDir().mkpath(QFileInfo(path).path());
        const auto written = writeFileAtomically(path, content, mode);
        if (!written)
            qFatal("%s", qPrintable(written.error().detail));
    }

    BuildRequest request(const QByteArray &dockerfile) const
    {
        BuildRequest r;
        r.contextDir = context.path();
        r.dockerfileText = QString::fromUtf8(dockerfile);
        return r;
    }

    Result<PlannedBuild> plan(const BuildRequest &r) { return planBuild(*store, digests, r, {}); }
    Result<PlannedBuild> plan(const QByteArray &dockerfile) { return plan(request(dockerfile)); }

    Result<ImageRecord> build(const BuildRequest &r, std::stop_token stop = {})
    {
        executed.clear();
        output.clear();
        BuildObserver observer;
        observer.planned = [this](const BuildPlan &p) { planned = p; };
        observer.stepChanged = [this](const BuildStep &step) {
            if (step.state == BuildStep::State::Running)
                executed.insert(step.index);
            last[step.index] = step;
        };
        observer.output = [this](int, const QByteArray &bytes, OutputStream) {
            output += bytes;
            if (onOutput)
                onOutput();
        };
        pulled.clear();
        const ImagePuller puller = [this](const QString &reference, std::stop_token) -> Result<void> {
            pulled += reference;
            if (registry)
                return registry(reference);
            return Failure(Error{.code = ErrorCode::NotFound, .object = reference, .detail = u"no registry in this test"_s});
        };
        return executeBuild(*store, settings, digests, r, puller, observer, std::move(stop));
    }
    Result<ImageRecord> build(const QByteArray &dockerfile) { return build(request(dockerfile)); }

    //! Content of a file of the image, or "(missing)".
    QByteArray file(const ImageRecord &image, const QByteArray &path)
    {
        return inRoot(image, [&](int root) -> QByteArray {
            const auto fd = openInRoot(root, path, O_RDONLY);
            QByteArray bytes(65536, '\0');
            if (!fd)
                return "(missing)";
            bytes.truncate(::read(fd->get(), bytes.data(), size_t(bytes.size())));
            return bytes;
        });
    }

    //! "644 0:0", ids as inside the image; "(missing)".
    QByteArray attributes(const ImageRecord &image, const QByteArray &path)
    {
        return inRoot(image, [&](int root) -> QByteArray {
            const auto fd = openInRoot(root, path, O_PATH);
            struct stat status;
            if (!fd || ::fstat(fd->get(), &status) != 0)
                return "(missing)";
            return QByteArray::number(status.st_mode & 07777, 8) + ' ' + QByteArray::number(store.ids.userToContainer(status.st_uid)) + ':'
                + QByteArray::number(store.ids.groupToContainer(status.st_gid));
        });
    }

    //! The steps the plan says will run.
    static QSet<int> predicted(const BuildPlan &p)
    {
        QSet<int> steps;
        for (const BuildStep &step : p.steps) {
            if (step.state == BuildStep::State::WillRun)
                steps.insert(step.index);
        }
        return steps;
    }

    StoreFixture::TestStore store;
    QTemporaryDir context;
    EngineSettings settings;
    FileDigests digests;
    BuildPlan planned;
    QSet<int> executed;
    QMap<int, BuildStep> last;
    QByteArray output;
    std::function<void()> onOutput;
    std::function<Result<void>(const QString &reference)> registry; //!< brings an image; none: no image is found
    QStringList pulled;                                             //!< what the last build asked the registry for

private:
    QByteArray inRoot(const ImageRecord &image, const std::function<QByteArray(int)> &look)
    {
        QTemporaryDir mountPoint;
        const auto mounted = store->mountLayers(image.topLayer(), {}, {}, mountPoint.path());
        if (!mounted)
            return "(not mounted: " + mounted.error().detail.toUtf8() + ')';
        QByteArray answer;
        if (const auto root = openFile(mountPoint.path(), O_RDONLY | O_DIRECTORY))
            answer = look(root->get());
        (void)unmountTree(mountPoint.path());
        return answer;
    }
};

} // namespace BuildFixture
