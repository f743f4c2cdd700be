// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/settings/settingspage.h"

#include "controllers/enginesession.h"
#include "controllers/whendone.h"
#include "errors/errortext.h"
#include "widgets/theme.h"
#include "widgets/uisettings.h"

#include <QtCore/QLocale>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QFrame>
#include <QtWidgets/QLabel>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QStyledItemDelegate>

namespace Gui {

using namespace Qt::StringLiterals;

namespace {

constexpr int keyWidth = 132; // the values of all panels stand below each other

QFormLayout *addPanel(QVBoxLayout *column, const QString &heading)
{
    auto *title = new QLabel(heading);
    title->setObjectName(u"messageTitle"_s);
    column->addWidget(title);
    auto *panel = new QFrame;
    panel->setObjectName(u"panel"_s);
    auto *form = new QFormLayout(panel);
    form->setContentsMargins(16, 12, 16, 12);
    form->setHorizontalSpacing(24);
    form->setVerticalSpacing(8);
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    column->addWidget(panel);
    column->addSpacing(12);
    return form;
}

} // namespace

SettingsPage::SettingsPage(const PageContext &pageContext, QWidget *parent)
    : Page(pageContext, EngineNeed::Optional, parent)
{
    setTitle(tr("Settings"));
    setSubtitle(tr("Slipway %1").arg(QLatin1StringView(SLIPWAY_VERSION)));
    auto *inner = new QWidget;
    auto *column = new QVBoxLayout(inner);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    setupAppearance(addPanel(column, tr("Appearance")));
    m_facts = addPanel(column, tr("Engine"));
    column->addStretch(1);
    inner->setMaximumWidth(760);
    auto *scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(inner);
    setBody(scroll);
    connect(&context().session, &EngineSession::stateChanged, this, &SettingsPage::refreshFacts);
    refreshFacts();
}

void SettingsPage::activate()
{
    refreshFacts();
    m_look->setFocus();
}

void SettingsPage::setupAppearance(QFormLayout *form)
{
    auto *look = m_look = new QComboBox;
    look->setItemDelegate(new QStyledItemDelegate(look)); // the one that knows style sheets
    const std::pair<UiSettings::Appearance, QString> choices[] = {{UiSettings::Appearance::System, tr("Like the desktop")},
                                                                  {UiSettings::Appearance::Light, tr("Light")},
                                                                  {UiSettings::Appearance::Dark, tr("Dark")}};
    for (const auto &[value, name] : choices) {
        look->addItem(name, int(value));
        if (value == context().settings.appearance())
            look->setCurrentIndex(look->count() - 1);
    }
    look->setMinimumWidth(200);
    connect(look, &QComboBox::activated, this, [this, look] {
        context().settings.setAppearance(UiSettings::Appearance(look->currentData().toInt()));
    });
    auto *label = new QLabel(tr("&Colours"));
    label->setBuddy(look);
    label->setFixedHeight(look->sizeHint().height());
    label->setMinimumWidth(keyWidth);
    form->addRow(label, look);
}

void SettingsPage::refreshFacts()
{
    const EngineSession &session = context().session;
    if (session.isReady()) {
        whenDone(session.engine().info(), this, [this](const Engine::Result<Engine::EngineInfo> &info) {
            if (info)
                showFacts(*info);
        });
        return;
    }
    while (m_facts->rowCount() > 0)
        m_facts->removeRow(0);
    auto *state = new QLabel(session.state() == EngineSession::State::Unavailable ? errorText(session.error()).sentence
                                                                                   : tr("The store is being opened."));
    state->setWordWrap(true);
    m_facts->addRow(state);
}

void SettingsPage::showFacts(const Engine::EngineInfo &info)
{
    while (m_facts->rowCount() > 0)
        m_facts->removeRow(0);
    const QLocale locale;
    const std::pair<QString, QString> rows[] = {
        {tr("Store"), info.root},
        {tr("Runtime"), info.runtime},
        {tr("Monitor"), info.monitor},
        {tr("Runs as"), info.rootless ? tr("an ordinary user, in a user namespace") : tr("root")},
        {tr("Storage"), info.storageDriver},
        {tr("Control groups"), info.cgroupVersion},
        {tr("Security"), info.securityOptions.join(u", "_s)},
        {tr("System"), tr("%1, Linux %2, %3").arg(info.operatingSystem, info.kernel, info.architecture)},
        {tr("Computer"), tr("%n processor(s), %1 memory", nullptr, info.cpus).arg(locale.formattedDataSize(info.memoryBytes, 1))},
    };
    for (const auto &[name, value] : rows) {
        auto *key = new QLabel(name);
        key->setObjectName(u"hint"_s);
        key->setMinimumWidth(keyWidth);
        auto *text = new QLabel(value);
        text->setTextFormat(Qt::PlainText);
        text->setTextInteractionFlags(Qt::TextSelectableByMouse);
        text->setWordWrap(true);
        text->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
        m_facts->addRow(key, text);
    }
}

} // namespace Gui
