// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/containers/overviewpane.h"

#include "errors/errortext.h"
#include "widgets/format.h"

#include <QtCore/QLocale>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QLabel>

namespace Gui {

using namespace Qt::StringLiterals;
using Engine::ContainerState;

OverviewPane::OverviewPane(QWidget *parent)
    : QScrollArea(parent), m_form(nullptr)
{
    auto *inner = new QWidget;
    m_form = new QFormLayout(inner);
    m_form->setContentsMargins(16, 12, 16, 12);
    m_form->setHorizontalSpacing(24);
    m_form->setVerticalSpacing(8);
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setWidget(inner);
    viewport()->setAutoFillBackground(false);
    inner->setAutoFillBackground(false);
}

void OverviewPane::addRow(const QString &name, const QString &value, const QString &link)
{
    if (value.isEmpty())
        return;
    auto *key = new QLabel(name);
    key->setObjectName(u"hint"_s);
    auto *text = new QLabel(link.isEmpty() ? value : u"<a href=\"%1\">%2</a>"_s.arg(link.toHtmlEscaped(), value.toHtmlEscaped()));
    text->setTextFormat(link.isEmpty() ? Qt::PlainText : Qt::RichText);
    text->setTextInteractionFlags(Qt::TextSelectableByMouse | (link.isEmpty() ? Qt::NoTextInteraction : Qt::LinksAccessibleByKeyboard | Qt::LinksAccessibleByMouse));
    text->setWordWrap(true);
    text->setAlignment(Qt::AlignLeading | Qt::AlignTop); // a name stands beside the first of several lines
    key->setAlignment(Qt::AlignLeading | Qt::AlignTop);
    connect(text, &QLabel::linkActivated, this, &OverviewPane::imageRequested);
    m_form->addRow(key, text);
}

void OverviewPane::showContainer(const Engine::ContainerInfo &info)
{
    while (m_form->rowCount() > 0)
        m_form->removeRow(0);
    QStringList ports;
    for (const quint32 port : info.exposedPorts)
        ports += QString::number(port) + u"/tcp"_s;
    if (info.state == ContainerState::Exited && !info.exitUnknown)
        addRow(tr("Ended"), tr("%1, with exit code %2. %3").arg(fullTimeText(info.finished)).arg(info.exitCode).arg(exitCodeText(info.exitCode)));
    addRow(tr("Error"), info.error);
    addRow(tr("Image"), info.image, info.image);
    addRow(tr("Command"), shellCommand(info.command));
    addRow(tr("Started"), info.started.isValid() ? fullTimeText(info.started) : QString());
    addRow(tr("Created"), fullTimeText(info.created));
    addRow(tr("Network"), info.network == Engine::NetworkMode::Host ? tr("the computer's own (host)") : tr("none"));
    addRow(tr("Ports of the image"), ports.join(u", "_s));
    addRow(tr("Process"), info.pid > 0 ? QLocale::c().toString(info.pid) : QString());
    addRow(tr("Terminal"), info.tty ? tr("yes") : tr("no"));
    addRow(tr("At its end"), info.autoRemove ? tr("it is removed") : QString());
    QStringList labels;
    for (auto it = info.labels.cbegin(); it != info.labels.cend(); ++it)
        labels += it.key() + u'=' + it.value();
    addRow(tr("Labels"), labels.join(u'\n'));
    addRow(tr("Id"), info.id.toString());
}

} // namespace Gui
