// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow/translations.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QLibraryInfo>
#include <QtCore/QLocale>
#include <QtCore/QTranslator>

namespace Gui {

using namespace Qt::StringLiterals;

namespace {

void installOne(QCoreApplication &app, const QLocale &locale, const QString &name, const QString &folder)
{
    auto *translator = new QTranslator(&app);
    if (translator->load(locale, name, u"_"_s, folder))
        QCoreApplication::installTranslator(translator);
    else
        delete translator;
}

} // namespace

// The one installed last is asked first.
void installTranslations(QCoreApplication &app, const QLocale &locale)
{
    const QString folder = u":/i18n"_s;
    installOne(app, QLocale(QLocale::English), u"slipway"_s, folder);
    installOne(app, locale, u"qtbase"_s, QLibraryInfo::path(QLibraryInfo::TranslationsPath));
    installOne(app, locale, u"slipway"_s, folder);
}

} // namespace Gui
