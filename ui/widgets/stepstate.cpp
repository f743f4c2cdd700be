// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/stepstate.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QRegularExpression>

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

// --- Causes

namespace {

//! A reason as the engine words it (engine/src/build), and the same sentence for the translator.
struct CausePattern {
    const char *engine;     //!< a regular expression; its groups are the placeholders
    const char *source;
};

constexpr CausePattern kCausePatterns[] = {
    {"the cache is not to be used", QT_TRANSLATE_NOOP("StepCause", "the cache is not to be used")},
    {"a line above runs again", QT_TRANSLATE_NOOP("StepCause", "a line above runs again")},
    {"its base image is not here yet", QT_TRANSLATE_NOOP("StepCause", "its base image is not here yet")},
    {"the instruction changed", QT_TRANSLATE_NOOP("StepCause", "the instruction changed")},
    {"no cached result", QT_TRANSLATE_NOOP("StepCause", "no cached result")},
    {"no cached result any more", QT_TRANSLATE_NOOP("StepCause", "no cached result any more")},
    {"the layer below is another one than last time", QT_TRANSLATE_NOOP("StepCause", "the layer below is another one than last time")},
    {"the image (.+) is not here yet and will be pulled", QT_TRANSLATE_NOOP("StepCause", "the image %1 is not here yet and will be pulled")},
    {"stage (.+) runs again", QT_TRANSLATE_NOOP("StepCause", "stage %1 runs again")},
    {"(.+) is new in its environment", QT_TRANSLATE_NOOP("StepCause", "%1 is new in its environment")},
    {"(.+) is gone from its environment", QT_TRANSLATE_NOOP("StepCause", "%1 is gone from its environment")},
    {"(.+) is now empty", QT_TRANSLATE_NOOP("StepCause", "%1 is now empty")},
    {"(.+) is now (.+)", QT_TRANSLATE_NOOP("StepCause", "%1 is now %2")},
    {"the mode of (.+) changed", QT_TRANSLATE_NOOP("StepCause", "the mode of %1 changed")},
    {"(.+) changed", QT_TRANSLATE_NOOP("StepCause", "%1 changed")},
    {"(.+) is new", QT_TRANSLATE_NOOP("StepCause", "%1 is new")},
    {"(.+) is gone", QT_TRANSLATE_NOOP("StepCause", "%1 is gone")},
};

} // namespace

QString causeText(const QString &cause)
{
    static const QRegularExpression parts(u"^(?:[A-Z]+: )?(.*?)(?: and (one|[0-9]+) more files?)?$"_s);
    const auto whole = parts.match(cause);
    for (const CausePattern &pattern : kCausePatterns) {
        const QRegularExpression expression(QRegularExpression::anchoredPattern(QLatin1StringView(pattern.engine)));
        const auto match = expression.match(whole.captured(1));
        if (!match.hasMatch())
            continue;
        QString text = QCoreApplication::translate("StepCause", pattern.source);
        if (match.lastCapturedIndex() == 2)
            text = text.arg(match.captured(1), match.captured(2));
        else if (match.lastCapturedIndex() == 1)
            text = text.arg(match.captured(1));
        if (const QString more = whole.captured(2); !more.isEmpty())
            //: %1 is a sentence: "package.json changed"
            text = StepStateTexts::tr("%1 and %n more file(s)", nullptr, more == "one"_L1 ? 1 : more.toInt()).arg(text);
        return text;
    }
    return cause; // better in English than not at all
}

} // namespace Gui
