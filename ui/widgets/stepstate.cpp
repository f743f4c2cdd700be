// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/stepstate.h"

#include <QtCore/QCoreApplication>

namespace Gui {

using namespace Qt::StringLiterals;

namespace {

struct StepStateTexts {
    Q_DECLARE_TR_FUNCTIONS(StepState)
};

} // namespace

StepStateLook stepStateLook(Engine::BuildStep::State state)
{
    using State = Engine::BuildStep::State;
    const ThemeColors &c = themeColors();
    switch (state) {
    case State::Unknown:
        break;
    case State::Cached:
        return {StepStateTexts::tr("Cached"), u"layers"_s, IconRole::Ok, c.ok, {}};
    case State::WillRun:
        return {StepStateTexts::tr("Will run"), u"play"_s, IconRole::Warn, c.warn, {}};
    case State::Waiting:
        return {StepStateTexts::tr("Waiting"), u"clock"_s, IconRole::Normal, c.dim, {}};
    case State::Running:
        return {StepStateTexts::tr("Running"), u"loader"_s, IconRole::Accent, c.accent, c.selection};
    case State::Done:
        return {StepStateTexts::tr("Done"), u"check"_s, IconRole::Ok, c.ok, {}};
    case State::Failed:
        return {StepStateTexts::tr("Failed"), u"circle-x"_s, IconRole::Bad, c.bad, c.badFill};
    case State::Invalid:
        return {StepStateTexts::tr("Invalid"), u"octagon-x"_s, IconRole::Bad, c.bad, c.badFill};
    case State::Unused:
        return {StepStateTexts::tr("Unused"), u"minus"_s, IconRole::Normal, c.dim, {}};
    }
    return {StepStateTexts::tr("Unknown"), u"circle"_s, IconRole::Normal, c.dim, {}};
}

QString causeText(const QString &cause)
{
    return cause;
}

} // namespace Gui
