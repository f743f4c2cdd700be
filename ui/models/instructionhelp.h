// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>

namespace Gui {

//! One translated sentence that explains a Dockerfile instruction in a beginner's words; empty for a word that is none.
[[nodiscard]] QString instructionHelp(const QString &instruction);

//! The instruction a Dockerfile line starts with, in capitals; empty where the line starts with none.
[[nodiscard]] QString instructionOfLine(QStringView line);

} // namespace Gui
