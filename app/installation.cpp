// SPDX-License-Identifier: GPL-3.0-or-later
#include "installation.h"

#include <QtCore/QDir>
#include <QtCore/QFile>

using namespace Qt::StringLiterals;

Installation::Installation()
    : m_program(QFile::symLinkTarget(u"/proc/self/exe"_s)), m_folder(m_program.left(m_program.lastIndexOf(u'/') + 1))
{
}

QString Installation::uiLibrary() const
{
    return firstThatExists(u"../" SLIPWAY_LIBDIR "/slipway/libslipway-ui.so"_s, u"../ui/libslipway-ui.so"_s);
}

QString Installation::samplesFolder() const
{
    return firstThatExists(u"../" SLIPWAY_DATADIR "/slipway/samples"_s, u"../resources/samples"_s);
}

QString Installation::starterImageFolder() const
{
    return firstThatExists(u"../" SLIPWAY_DATADIR "/slipway/starter-image"_s, u"../resources/starter-image"_s);
}

QString Installation::firstThatExists(const QString &installed, const QString &built) const
{
    for (const auto &relative : {installed, built}) {
        if (const auto path = QDir::cleanPath(m_folder + relative); QFile::exists(path))
            return path;
    }
    return {};
}
