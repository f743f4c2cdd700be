// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/containers.h>

#include <QtWidgets/QDialog>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;

namespace Gui {

class CommandBox;

//! Splits a line into words as a POSIX shell does, without expanding anything.
//! \return nothing when a quote is not closed
std::optional<QStringList> splitWords(const QString &line);

//! Asks how to run an image and shows the command line that does the same.
class RunDialog final : public QDialog
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(RunDialog)

public:
    RunDialog(const QStringList &images, const QString &image, QWidget *parent);

    //! What was asked for; only when problem() is empty.
    Engine::CreateOptions options() const;
    //! What is wrong with the input, one sentence; empty when nothing is.
    QString problem() const;

Q_SIGNALS:
    void runRequested(const Engine::CreateOptions &options);

private:
    void setupFields(const QStringList &images, const QString &image);
    void addField(QFormLayout *form, const QString &label, QWidget *field);
    void setupMore(QFormLayout *form);
    void onChanged();

    QComboBox *m_image, *m_network;
    QLineEdit *m_name, *m_command, *m_user, *m_workingDir;
    QPlainTextEdit *m_env, *m_binds;
    QCheckBox *m_terminal, *m_autoRemove;
    QLabel *m_problem;
    CommandBox *m_equivalent;
    QPushButton *m_run;
};

} // namespace Gui
