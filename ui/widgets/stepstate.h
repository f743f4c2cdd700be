// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/theme.h"

#include <engine/builds.h>

namespace Gui {

//! How the state of a build step looks: each has its own word and shape, never colour alone.
struct StepStateLook {
    QString word;       //!< translated
    QString icon;       //!< name of a picture in resources/icons
    IconRole iconRole = IconRole::Normal;
    QColor color;       //!< of the word
    QColor ground;      //!< behind it; invalid where the row needs no attention
};

StepStateLook stepStateLook(Engine::BuildStep::State state);

//! The engine's reason why a step runs, in the user's language where it is one of the known ones.
QString causeText(const QString &cause);

} // namespace Gui
