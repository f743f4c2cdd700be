// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "controllers/editordocument.h"

#include <QtWidgets/QFrame>

#include <functional>

class QLabel;
class QMenu;
class QToolButton;

namespace Gui {

class BuildStepsModel;
class CodeEditor;
class FindBar;
class LayerColumn;
class NoticeBar;

//! The Dockerfile with its layers beside it: the file's name and actions above, notices, the editor, what it adds up to below.
class EditorPanel final : public QFrame
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(EditorPanel)

public:
    explicit EditorPanel(BuildStepsModel *steps, QWidget *parent = nullptr);

    CodeEditor *editor() const { return m_editor; }
    LayerColumn *layers() const { return m_layers; }
    NoticeBar *notice() const { return m_notice; }
    EditorDocument *document() { return &m_document; }
    QMenu *recentMenu() const { return m_recent; }
    bool isModified() const;

    //! Opens \p path, after asking what to do with unsaved changes.
    void openFile(const QString &path);
    void chooseFile();
    void save();
    void chooseSaveAs();
    //! Calls \p then once no unsaved change is left, by saving or by the user's leave; never when the user stays.
    void whenUnsavedSettled(const std::function<void()> &then);
    //! What stands below the layers.
    void setSummary(const QString &right, const QString &rightToolTip);

Q_SIGNALS:
    void fileOpened(const QString &path, const QString &text);
    void fileSavedAs(const QString &path);
    void textEdited(const QString &text);
    void modifiedChanged(bool modified);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void buildLayout();
    QWidget *makeHeader();
    void addActions();
    void connectDocument();
    void takeFile(const TextFile &file);
    void showTitle();
    void showPosition();
    void onChangedOnDisk();
    void saveFailed(const Engine::Error &error);
    QToolButton *addHeaderButton(QWidget *header, const QString &iconName, QAction *action);

    EditorDocument m_document;
    CodeEditor *m_editor;
    LayerColumn *m_layers;
    NoticeBar *m_notice;
    FindBar *m_find;
    QLabel *m_title;
    QLabel *m_columnTitle;
    QLabel *m_leftSummary;
    QLabel *m_rightSummary;
    QMenu *m_recent;
    QAction *m_saveAction = nullptr;
    QAction *m_saveAsAction = nullptr;
    QAction *m_openAction = nullptr;
    QAction *m_findAction = nullptr;
    QAction *m_commentAction = nullptr;
    std::function<void()> m_afterSave;
    QString m_reloadedNotice;
};

} // namespace Gui
