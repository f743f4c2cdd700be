// SPDX-License-Identifier: GPL-3.0-or-later
#include "controllers/editordocument.h"

#include "controllers/whendone.h"

#include <QtConcurrent/QtConcurrentRun>
#include <QtCore/QFileInfo>

namespace Gui {

using Engine::Error;
using Engine::ErrorCode;
using Engine::Result;

EditorDocument::EditorDocument(QObject *parent) : QObject(parent)
{
    // the folder as well: most editors replace the file, and a watch dies with the file it was set on
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, &EditorDocument::checkDisk);
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, &EditorDocument::checkDisk);
}

void EditorDocument::open(const QString &path)
{
    const quint64 number = ++m_openNumber;
    whenDone(QtConcurrent::run(loadTextFile, QFileInfo(path).absoluteFilePath()), this, [this, number](const Result<TextFile> &file) {
        if (number != m_openNumber)
            return;
        if (!file) {
            Q_EMIT openFailed(file.error());
            return;
        }
        m_file = *file;
        m_toldStamp = m_file.stamp;
        watch();
        Q_EMIT opened(m_file);
    });
}

void EditorDocument::saveAs(const QString &path, const QString &text)
{
    if (m_saving)
        return;
    m_saving = true;
    TextFile file = m_file;
    file.path = QFileInfo(path).absoluteFilePath();
    file.text = text;
    whenDone(QtConcurrent::run(saveTextFile, file), this, [this](const Result<TextFile> &saved) {
        m_saving = false;
        if (!saved) {
            Q_EMIT saveFailed(saved.error());
            return;
        }
        m_file = *saved;
        m_toldStamp = m_file.stamp;
        watch();
        Q_EMIT this->saved(m_file);
    });
}

void EditorDocument::keepMine()
{
    m_toldStamp = fileStamp(m_file.path);
}

void EditorDocument::watch()
{
    if (const QStringList old = m_watcher.files() + m_watcher.directories(); !old.isEmpty())
        m_watcher.removePaths(old);
    m_watcher.addPath(m_file.path);
    m_watcher.addPath(QFileInfo(m_file.path).absolutePath());
}

void EditorDocument::checkDisk()
{
    if (m_saving || m_file.path.isEmpty())
        return;
    const FileStamp now = fileStamp(m_file.path);
    if (now == m_toldStamp || now == m_file.stamp)
        return;
    if (now.exists() && !m_watcher.files().contains(m_file.path))
        m_watcher.addPath(m_file.path); // it was replaced
    m_toldStamp = now;
    if (!now.exists())
        Q_EMIT vanished();
    else
        compareContent(now);
}

void EditorDocument::compareContent(const FileStamp &seen)
{
    // a new time alone (touch, git checkout of the same text) is no change worth a question
    whenDone(QtConcurrent::run(loadTextFile, m_file.path), this, [this, seen](const Result<TextFile> &file) {
        if (seen != m_toldStamp)
            return;
        if (file && file->path == m_file.path && file->text == m_file.text) {
            m_file.stamp = seen;
            return;
        }
        Q_EMIT changedOnDisk();
    });
}

} // namespace Gui
