// SPDX-License-Identifier: GPL-3.0-or-later
#include "linux/mounts_p.h"

#include "base/try_p.h"
#include "linux/syscalls_p.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

//! mountinfo writes blanks, tabs, line breaks and backslashes as a backslash and three octal digits (proc_pid_mountinfo(5)).
QByteArray withoutEscapes(const QByteArray &field)
{
    QByteArray path;
    for (qsizetype i = 0; i < field.size(); ++i) {
        bool isOctal = false;
        const int code = field[i] == '\\' ? field.mid(i + 1, 3).toInt(&isOctal, 8) : 0;
        path += isOctal ? char(code) : field[i];
        i += isOctal ? 3 : 0;
    }
    return path;
}

} // namespace

Result<QStringList> mountPointsBelow(const QString &folder)
{
    const QString real = QFileInfo(folder).canonicalFilePath(); // what the kernel shows
    if (real.isEmpty())
        return QStringList();
    const QByteArray prefix = QFile::encodeName(real) + '/';
    QStringList points;
    const QByteArray table = ENGINE_TRY(readFile(u"/proc/self/mountinfo"_s));
    for (const QByteArray &line : table.split('\n')) {
        const QByteArray point = withoutEscapes(line.split(' ').value(4));
        if (point.startsWith(prefix))
            points += QFile::decodeName(point);
    }
    return points;
}

Result<void> unmountAllBelow(const QString &folder)
{
    QStringList points = ENGINE_TRY(mountPointsBelow(folder));
    while (!points.isEmpty())
        ENGINE_TRY(unmountTree(points.takeLast()));
    return {};
}

} // namespace Engine::Internal
