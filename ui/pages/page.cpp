// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/page.h"

#include "controllers/enginesession.h"
#include "errors/errortext.h"
#include "widgets/theme.h"

#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QStackedWidget>

#include <utility>

namespace Gui {

using namespace Qt::StringLiterals;

Page::Page(const PageContext &context, EngineNeed need, QWidget *parent)
    : QWidget(parent), m_context(context), m_need(need), m_title(new QLabel(this)), m_subtitle(new QLabel(this)),
      m_toolBar(new QWidget(this)), m_tools(new QHBoxLayout(m_toolBar)), m_stack(new QStackedWidget(this)), m_message(new MessagePane(this)),
      m_sessionMessage(new MessagePane(this))
{
    m_title->setFont(headingFont());
    m_subtitle->setObjectName(u"pageSubtitle"_s);
    auto *titles = new QVBoxLayout;
    titles->setSpacing(0);
    titles->addWidget(m_title);
    titles->addWidget(m_subtitle);
    auto *top = new QHBoxLayout;
    top->setSpacing(16);
    top->addLayout(titles);
    top->addStretch(1);
    m_tools->setContentsMargins(0, 0, 0, 0);
    m_tools->setSpacing(8);
    top->addWidget(m_toolBar);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(24, 16, 24, 16);
    column->setSpacing(12);
    column->addLayout(top);
    column->addWidget(m_stack, 1);
    m_stack->addWidget(m_message);
    m_stack->addWidget(m_sessionMessage);
    connect(m_message, &MessagePane::buttonClicked, this, &Page::messageButtonClicked);
    connect(m_sessionMessage, &MessagePane::buttonClicked, this, [this] { m_context.session.open(); });
    connect(&m_context.session, &EngineSession::stateChanged, this, &Page::onSessionChanged);
}

QString Page::title() const
{
    return m_title->text();
}

void Page::setTitle(const QString &title)
{
    m_title->setText(title);
    setAccessibleName(title);
}

void Page::setSubtitle(const QString &subtitle)
{
    m_subtitle->setText(subtitle);
}

void Page::setBody(QWidget *body)
{
    m_stack->addWidget(body);
    m_shown = body;
    body->setProperty("pageBody", true);
    onSessionChanged();
}

void Page::showBody()
{
    for (int i = 0; i < m_stack->count(); ++i) {
        if (m_stack->widget(i)->property("pageBody").toBool())
            m_shown = m_stack->widget(i);
    }
    if (m_need == EngineNeed::Optional || m_context.session.isReady())
        m_stack->setCurrentWidget(m_shown);
}

void Page::showMessage(const MessagePane::Message &message)
{
    m_message->setMessage(message);
    m_shown = m_message;
    if (m_need == EngineNeed::Optional || m_context.session.isReady())
        m_stack->setCurrentWidget(m_message);
}

bool Page::tellsOf(const Task *) const
{
    return false;
}

void Page::onSessionChanged()
{
    const EngineSession &session = m_context.session;
    m_toolBar->setEnabled(m_need == EngineNeed::Optional || session.isReady());
    if (session.isReady() && !std::exchange(m_engineSeen, true))
        engineReady();
    if (m_need == EngineNeed::Optional || session.isReady())
        return m_stack->setCurrentWidget(m_shown);
    if (session.state() == EngineSession::State::Unavailable)
        showUnavailable();
    else
        m_sessionMessage->setMessage({.kind = MessagePane::Kind::Loading, .title = tr("Opening the store…")});
    m_stack->setCurrentWidget(m_sessionMessage);
}

void Page::showUnavailable()
{
    const EngineSession &session = m_context.session;
    const ErrorText text = errorText(session.error());
    QStringList sentences = {text.sentence};
    if (!text.remedy.isEmpty())
        sentences += text.remedy;
    if (!session.canRetry())
        sentences += tr("Slipway has to be started again afterwards.");
    m_sessionMessage->setMessage({.kind = MessagePane::Kind::Unavailable, .title = tr("Containers cannot run here yet"),
                                  .sentence = sentences.join(u' '), .command = text.command,
                                  .button = session.canRetry() ? tr("Try again") : QString()});
}

} // namespace Gui
