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
    {"a line above is new: (.+)", QT_TRANSLATE_NOOP("StepCause", "a line above is new: %1")},
    {"a line above changed: (.+)", QT_TRANSLATE_NOOP("StepCause", "a line above changed: %1")},
    {"a line above is gone: (.+)", QT_TRANSLATE_NOOP("StepCause", "a line above is gone: %1")},
    {"the line is new", QT_TRANSLATE_NOOP("StepCause", "the line is new")},
    {"its stage is new", QT_TRANSLATE_NOOP("StepCause", "its stage is new")},
    {"its base image is not here yet", QT_TRANSLATE_NOOP("StepCause", "its base image is not here yet")},
    {"the registry is asked for its base image first", QT_TRANSLATE_NOOP("StepCause", "the registry is asked for its base image first")},
    {"the registry is asked for the image (.+) first", QT_TRANSLATE_NOOP("StepCause", "the registry is asked for the image %1 first")},
    {"the registry is asked for a newer image", QT_TRANSLATE_NOOP("StepCause", "the registry is asked for a newer image")},
    {"the instruction changed, it was: (.+)", QT_TRANSLATE_NOOP("StepCause", "the instruction changed, it was: %1")},
    {"the instruction means something else than last time", QT_TRANSLATE_NOOP("StepCause", "the instruction means something else than last time")},
    {"its here-document changed", QT_TRANSLATE_NOOP("StepCause", "its here-document changed")},
    {"no cached result", QT_TRANSLATE_NOOP("StepCause", "no cached result")},
    {"no cached result any more", QT_TRANSLATE_NOOP("StepCause", "no cached result any more")},
    {"the layer below is another one than last time", QT_TRANSLATE_NOOP("StepCause", "the layer below is another one than last time")},
    {"the base image (.+) is another one than last time", QT_TRANSLATE_NOOP("StepCause", "the base image %1 is another one than last time")},
    {"the image (.+) is another one than last time", QT_TRANSLATE_NOOP("StepCause", "the image %1 is another one than last time")},
    {"stage (.+) is another one than last time", QT_TRANSLATE_NOOP("StepCause", "stage %1 is another one than last time")},
    {"the image (.+) is not here yet and will be pulled", QT_TRANSLATE_NOOP("StepCause", "the image %1 is not here yet and will be pulled")},
    {"stage (.+) runs again", QT_TRANSLATE_NOOP("StepCause", "stage %1 runs again")},
    {"the mode of (.+) was ([0-7]+) and is now ([0-7]+)", QT_TRANSLATE_NOOP("StepCause", "the mode of %1 was %2 and is now %3")},
    {"the extended attributes of (.+) changed", QT_TRANSLATE_NOOP("StepCause", "the extended attributes of %1 changed")},
    {"the working directory was (.+) and is now (.+)", QT_TRANSLATE_NOOP("StepCause", "the working directory was %1 and is now %2")},
    {"the user was (.+) and is now (.+)", QT_TRANSLATE_NOOP("StepCause", "the user was %1 and is now %2")},
    {"the shell was (.+) and is now (.+)", QT_TRANSLATE_NOOP("StepCause", "the shell was %1 and is now %2")},
    {"the network was (.+) and is now (.+)", QT_TRANSLATE_NOOP("StepCause", "the network was %1 and is now %2")},
    {"(.+) was (.+) and is now empty", QT_TRANSLATE_NOOP("StepCause", "%1 was %2 and is now empty")},
    {"(.+) was empty and is now (.+)", QT_TRANSLATE_NOOP("StepCause", "%1 was empty and is now %2")},
    {"(.+) was (.+) and is now (.+)", QT_TRANSLATE_NOOP("StepCause", "%1 was %2 and is now %3")},
    {"\\.dockerignore now leaves out (.+)", QT_TRANSLATE_NOOP("StepCause", ".dockerignore now leaves out %1")},
    {"\\.dockerignore no longer leaves out (.+)", QT_TRANSLATE_NOOP("StepCause", ".dockerignore no longer leaves out %1")},
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
        if (match.lastCapturedIndex() == 3)
            text = text.arg(match.captured(1), match.captured(2), match.captured(3));
        else if (match.lastCapturedIndex() == 2)
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
