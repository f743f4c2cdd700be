// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/result.h>

#include <QtCore/QCoreApplication>
#include <QtCore/QString>

namespace Gui {

//! An Engine::Error in the user's language. The only place that words errors.
struct ErrorText {
    QString title;      //!< what it is, a few words: "There is no such image"
    QString sentence;   //!< one sentence naming the object and the reason
    QString remedy;     //!< what to do; may be empty
    QString command;    //!< a command that mends it, to be copied; may be empty
    QString details;    //!< the engine's own words, for searching and reporting
};

ErrorText errorText(const Engine::Error &error);

//! Why a container ended, in words: "ended normally", "killed (SIGKILL), often for want of memory".
QString exitCodeText(int exitCode);

} // namespace Gui
