// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QProcess>
#include <QtCore/QString>
#include <QtCore/QTemporaryDir>

namespace TestSupport {

//! Debian's docker-registry on a free loopback port, with its data in a temporary folder; ended by the destructor.
class TestRegistry final
{
    Q_DISABLE_COPY_MOVE(TestRegistry)

public:
    TestRegistry() = default;
    ~TestRegistry();

    //! \return why it cannot run here, empty when it runs
    QString start();
    QString address() const { return m_address; }   //!< "127.0.0.1:PORT"

    //! Pushes image \p tag of the OCI layout \p layout as \p name ("debian:latest"), by skopeo. \return skopeo's error
    QString push(const QString &layout, const QString &tag, const QString &name) const;

    //! The layout made by make-debian-image.sh; empty with \p reason where there is none.
    static QString debianLayout(QString *reason);

private:
    QTemporaryDir m_folder;
    QProcess m_process;
    QString m_address;
};

} // namespace TestSupport
