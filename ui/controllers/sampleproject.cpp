// SPDX-License-Identifier: GPL-3.0-or-later
#include "controllers/sampleproject.h"

#include <QtCore/QDir>
#include <QtCore/QDirIterator>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>

namespace Gui {

using namespace Qt::StringLiterals;
using Engine::Error;
using Engine::ErrorCode;
using Engine::Failure;

namespace {

Failure sampleFailure(ErrorCode code, const QString &path, const QString &detail)
{
    return Failure(Error{.code = code, .object = path, .detail = detail, .remedy = u"Open a Dockerfile of your own"_s,
                         .where = u"ensureSampleProject"_s, .position = {}});
}

bool copyTree(const QDir &from, const QDir &to, QString *failed)
{
    QDirIterator it(from.path(), QDir::Files | QDir::Hidden | QDir::NoSymLinks, QDirIterator::Subdirectories);
    while (it.hasNext()) {
        const QString source = it.next();
        const QString target = to.filePath(from.relativeFilePath(source));
        *failed = target;
        if (!QDir().mkpath(QFileInfo(target).path()) || !QFile::copy(source, target))
            return false;
        // what is installed is read-only; the copy is the user's
        if (!QFile::setPermissions(target, QFile::permissions(target) | QFileDevice::WriteOwner | QFileDevice::WriteUser))
            return false;
    }
    return true;
}

} // namespace

QString sampleProjectTarget(const QString &name)
{
    return QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation) + u"/Slipway/"_s + name;
}

Engine::Result<QString> ensureSampleProject(const QString &source, const QString &target)
{
    if (QFileInfo::exists(target))
        return target; // the user's, whatever became of it
    if (!QFileInfo(source).isDir())
        return sampleFailure(ErrorCode::NotFound, source, u"the example project %1 is not installed"_s.arg(source));
    const QString parent = QFileInfo(target).path();
    if (!QDir().mkpath(parent))
        return sampleFailure(ErrorCode::PermissionDenied, parent, u"cannot make the folder %1"_s.arg(parent));
    QTemporaryDir work(parent + u"/.new-XXXXXX"_s);
    const QDir copy(work.path() + u"/copy"_s);
    QString failed = copy.path();
    if (!work.isValid() || !copyTree(QDir(source), copy, &failed))
        return sampleFailure(ErrorCode::Io, failed, u"cannot write %1"_s.arg(failed));
    if (!QDir().rename(copy.path(), target) && !QFileInfo::exists(target)) // another window may have been first
        return sampleFailure(ErrorCode::Io, target, u"cannot make the folder %1"_s.arg(target));
    return target;
}

} // namespace Gui
