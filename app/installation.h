// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>

//! Where the running program's parts are: beside it where it is installed, or in its build tree. Nothing absolute is
//! compiled in, so an installed tree can be moved.
class Installation final
{
public:
    Installation();

    const QString &program() const { return m_program; }    //!< absolute path of this executable
    //! Empty where a part is not there.
    QString uiLibrary() const;
    QString samplesFolder() const;
    QString starterImageFolder() const;

private:
    QString firstThatExists(const QString &installed, const QString &built) const;

    QString m_program;
    QString m_folder;
};
