// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/page.h"

class QComboBox;
class QFormLayout;

namespace Engine {
struct EngineInfo;
}

namespace Gui {

//! The look, and facts about the engine.
class SettingsPage final : public Page
{
    Q_OBJECT

public:
    explicit SettingsPage(const PageContext &context, QWidget *parent = nullptr);
    void activate() override;

private:
    void setupAppearance(QFormLayout *form);
    void refreshFacts();
    void showFacts(const Engine::EngineInfo &info);

    QComboBox *m_look = nullptr;
    QFormLayout *m_facts;
};

} // namespace Gui
