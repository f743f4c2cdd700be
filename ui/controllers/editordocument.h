// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/textfile.h"

#include <QtCore/QFileSystemWatcher>
#include <QtCore/QObject>

#include <optional>

namespace Gui {

//! The file behind an editor: opens and saves it in a worker, and notices when somebody else changes it. GUI thread.
class EditorDocument final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(EditorDocument)

public:
    explicit EditorDocument(QObject *parent = nullptr);

    //! The file as last read or written; empty path before the first.
    const TextFile &file() const { return m_file; }
    bool isSaving() const { return m_saving; }

    void open(const QString &path);
    //! Reads the file again; opened() follows.
    void reload() { open(m_file.path); }
    void save(const QString &text) { saveAs(m_file.path, text); }
    void saveAs(const QString &path, const QString &text);
    //! The text in the editor wins: changes seen so far are not told again.
    void keepMine();

Q_SIGNALS:
    void opened(const Gui::TextFile &file);
    void openFailed(const Engine::Error &error);
    void saved(const Gui::TextFile &file);
    void saveFailed(const Engine::Error &error);
    //! Another program wrote other content into the file.
    void changedOnDisk();
    void vanished();

private:
    void watch();
    void checkDisk();
    void compareContent(const FileStamp &seen);

    TextFile m_file;
    FileStamp m_toldStamp;      //!< the last difference that was told
    QFileSystemWatcher m_watcher;
    quint64 m_openNumber = 0;
    bool m_saving = false;
};

} // namespace Gui
