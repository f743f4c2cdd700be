// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QCoreApplication;
class QLocale;

namespace Gui {

//! Makes \p app speak the language of \p locale. English where there is no translation: its plural forms come from a
//! translation, too, so the C locale and languages not spoken here need it as well.
void installTranslations(QCoreApplication &app, const QLocale &locale);

} // namespace Gui
