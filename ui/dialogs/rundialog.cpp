// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/rundialog.h"

#include "controllers/containerscontroller.h"
#include "widgets/commandbox.h"
#include "widgets/theme.h"

#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QCompleter>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QStyledItemDelegate>

namespace Gui {

using namespace Qt::StringLiterals;

std::optional<QStringList> splitWords(const QString &line)
{
    QStringList words;
    QString word;
    bool inWord = false;
    QChar quote;
    for (qsizetype i = 0; i < line.size(); ++i) {
        const QChar c = line[i];
        const bool escapes = c == u'\\' && quote != u'\'' && i + 1 < line.size();
        if (escapes) {
            word += line[++i];
            inWord = true;
        } else if (!quote.isNull()) {
            if (c == quote)
                quote = QChar();
            else
                word += c;
        } else if (c == u'\'' || c == u'"') {
            quote = c;
            inWord = true;
        } else if (c.isSpace()) {
            if (inWord)
                words += std::exchange(word, {});
            inWord = false;
        } else {
            word += c;
            inWord = true;
        }
    }
    if (!quote.isNull())
        return {};
    if (inWord)
        words += word;
    return words;
}

namespace {

QStringList linesOf(const QPlainTextEdit *field)
{
    QStringList lines;
    const QStringList typed = field->toPlainText().split(u'\n');
    for (const QString &line : typed) {
        if (!line.trimmed().isEmpty())
            lines += line.trimmed();
    }
    return lines;
}

QPlainTextEdit *smallEdit(const QString &example)
{
    auto *edit = new QPlainTextEdit;
    edit->setObjectName(u"field"_s);
    edit->setFont(monospaceFont());
    edit->setPlaceholderText(example);
    edit->setTabChangesFocus(true);
    edit->setFixedHeight(56);
    return edit;
}

} // namespace

RunDialog::RunDialog(const QStringList &images, const QString &image, QWidget *parent)
    : QDialog(parent), m_image(new QComboBox), m_network(new QComboBox), m_name(new QLineEdit), m_command(new QLineEdit),
      m_user(new QLineEdit), m_workingDir(new QLineEdit), m_env(smallEdit(u"NAME=value"_s)), m_binds(smallEdit(u"/home/me/site:/www:ro"_s)),
      m_terminal(new QCheckBox(tr("&Interactive, with a terminal"))), m_autoRemove(new QCheckBox(tr("Remove the container when it e&xits"))),
      m_problem(new QLabel), m_equivalent(new CommandBox), m_run(new QPushButton(tr("Run")))
{
    setWindowTitle(tr("Run a container"));
    setAttribute(Qt::WA_DeleteOnClose);
    setMinimumWidth(560);
    m_problem->setObjectName(u"errorText"_s);
    m_problem->setWordWrap(true);
    m_run->setProperty("primary", true);
    m_run->setDefault(true);
    setupFields(images, image);
    auto *cancel = new QPushButton(tr("Cancel"));

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(24, 24, 24, 16);
    column->setSpacing(12);
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(16);
    form->setVerticalSpacing(8);
    addField(form, tr("I&mage"), m_image);
    addField(form, tr("&Name"), m_name);
    addField(form, tr("&Command"), m_command);
    form->addRow(QString(), m_terminal);
    setupMore(form);
    column->addLayout(form);
    column->addWidget(m_problem);
    column->addWidget(m_equivalent);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(m_run);
    column->addLayout(buttons);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_run, &QPushButton::clicked, this, [this] {
        Q_EMIT runRequested(options());
        accept();
    });
    onChanged();
}

void RunDialog::setupFields(const QStringList &images, const QString &image)
{
    m_image->setEditable(true);
    m_image->addItems(images);
    m_image->setCurrentText(image.isEmpty() && !images.isEmpty() ? images.first() : image);
    m_name->setPlaceholderText(tr("made up when left empty"));
    m_command->setPlaceholderText(tr("the image's own when left empty"));
    m_command->setFont(monospaceFont());
    m_network->addItem(tr("The computer's own (host)"), int(Engine::NetworkMode::Host));
    m_network->addItem(tr("None"), int(Engine::NetworkMode::None));
    for (QComboBox *field : {m_image, m_network})
        field->setItemDelegate(new QStyledItemDelegate(field)); // the one that knows style sheets
    m_terminal->setChecked(true);
    connect(m_image, &QComboBox::currentTextChanged, this, &RunDialog::onChanged);
    connect(m_network, &QComboBox::currentIndexChanged, this, &RunDialog::onChanged);
    for (QLineEdit *field : {m_name, m_command, m_user, m_workingDir})
        connect(field, &QLineEdit::textChanged, this, &RunDialog::onChanged);
    for (QPlainTextEdit *field : {m_env, m_binds})
        connect(field, &QPlainTextEdit::textChanged, this, &RunDialog::onChanged);
    for (QCheckBox *field : {m_terminal, m_autoRemove})
        connect(field, &QCheckBox::toggled, this, &RunDialog::onChanged);
}

void RunDialog::addField(QFormLayout *form, const QString &label, QWidget *field)
{
    auto *name = new QLabel(label);
    name->setBuddy(field);
    m_name->ensurePolished();
    name->setFixedHeight(m_name->sizeHint().height()); // stands beside the first line of a field with several
    field->setAccessibleName(QString(label).remove(u'&'));
    form->addRow(name, field);
}

void RunDialog::setupMore(QFormLayout *form)
{
    m_user->setPlaceholderText(tr("the image's own when left empty"));
    m_workingDir->setPlaceholderText(tr("the image's own when left empty"));
    addField(form, tr("&Environment"), m_env);
    addField(form, tr("&Folders"), m_binds);
    m_binds->setToolTip(tr("One a line: folder here, colon, folder in the container; :ro at the end makes it read-only."));
    m_env->setToolTip(tr("One variable a line."));
    addField(form, tr("Net&work"), m_network);
    addField(form, tr("&User"), m_user);
    addField(form, tr("Working fol&der"), m_workingDir);
    form->addRow(QString(), m_autoRemove);
}

QString RunDialog::problem() const
{
    if (m_image->currentText().trimmed().isEmpty())
        return tr("Name an image.");
    if (!splitWords(m_command->text()))
        return tr("A quotation mark in the command is not closed.");
    for (const QString &line : linesOf(m_env)) {
        if (line.indexOf(u'=') < 1)
            return tr("“%1” is no variable: it should read NAME=value.").arg(line);
    }
    for (const QString &line : linesOf(m_binds)) {
        const QStringList parts = line.split(u':');
        const bool modeIsKnown = parts.size() == 2 || (parts.size() == 3 && (parts[2] == "ro"_L1 || parts[2] == "rw"_L1));
        if (!modeIsKnown || !parts[0].startsWith(u'/') || !parts[1].startsWith(u'/'))
            return tr("“%1” is no folder pair: it should read /folder/here:/folder/there, with full paths.").arg(line);
    }
    return {};
}

Engine::CreateOptions RunDialog::options() const
{
    Engine::CreateOptions options;
    options.image = m_image->currentText().trimmed();
    options.name = m_name->text().trimmed();
    options.command = splitWords(m_command->text()).value_or(QStringList());
    options.env = linesOf(m_env);
    for (const QString &line : linesOf(m_binds)) {
        const QStringList parts = line.split(u':');
        if (parts.size() >= 2)
            options.binds += {.source = parts[0], .target = parts[1],
                              .access = parts.value(2) == "ro"_L1 ? Engine::BindMount::Access::ReadOnly : Engine::BindMount::Access::ReadWrite};
    }
    options.network = Engine::NetworkMode(m_network->currentData().toInt());
    options.user = m_user->text().trimmed();
    options.workingDir = m_workingDir->text().trimmed();
    options.tty = options.openStdin = m_terminal->isChecked();
    options.autoRemove = m_autoRemove->isChecked();
    return options;
}

void RunDialog::onChanged()
{
    const QString wrong = problem();
    m_problem->setText(wrong);
    m_problem->setVisible(!wrong.isEmpty());
    m_run->setEnabled(wrong.isEmpty());
    m_equivalent->setCommand(ContainersController::commandLine(options()));
}

} // namespace Gui
