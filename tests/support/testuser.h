// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QStringList>
#include <QtCore/QTemporaryDir>

#include <pwd.h>
#include <unistd.h>

#include <optional>

//! Who runs a system test: root itself, or an ordinary account with ranges of subordinate ids.
//!
//! The account is the one that runs the tests; when that is root, the one named by SLIPWAY_TEST_USER, else "tester".
class TestUser final
{
public:
    static std::optional<TestUser> root()
    {
        return ::geteuid() == 0 ? std::optional(TestUser(*::getpwuid(0))) : std::nullopt;
    }

    static std::optional<TestUser> ordinary()
    {
        const QByteArray named = qgetenv("SLIPWAY_TEST_USER");
        const passwd *entry = ::geteuid() != 0 ? ::getpwuid(::geteuid())
                                               : ::getpwnam(named.isEmpty() ? "tester" : named.constData());
        return entry && entry->pw_uid != 0 ? std::optional(TestUser(*entry)) : std::nullopt;
    }

    static const char *missing()
    {
        return "needs an ordinary account with ranges in /etc/subuid and /etc/subgid, called \"tester\" or named by SLIPWAY_TEST_USER";
    }

    uid_t uid() const { return m_uid; }
    gid_t gid() const { return m_gid; }
    QString name() const { return m_name; }

    //! \p command as this user would type it: their own uid, home and run-time folder \p runtimeFolder.
    QStringList command(const QStringList &command, const QString &runtimeFolder) const
    {
        const QString run = QStringLiteral("SLIPWAY_RUN=") + runtimeFolder;
        if (m_uid == ::geteuid())
            return QStringList{QStringLiteral("env"), run} + command;
        return QStringList{QStringLiteral("setpriv"), QStringLiteral("--reuid"), QString::number(m_uid), QStringLiteral("--regid"),
                           QString::number(m_gid), QStringLiteral("--init-groups"), QStringLiteral("env"), QStringLiteral("HOME=") + m_home,
                           QStringLiteral("USER=") + m_name, QStringLiteral("XDG_RUNTIME_DIR=") + runtimeFolder, run,
                           QStringLiteral("DBUS_SESSION_BUS_ADDRESS="), QStringLiteral("XDG_DATA_HOME=")}
               + command;
    }

    //! Gives them a file or folder that the test made.
    bool own(const QString &path) const { return ::chown(QFile::encodeName(path).constData(), m_uid, m_gid) == 0; }

private:
    explicit TestUser(const passwd &entry)
        : m_uid(entry.pw_uid), m_gid(entry.pw_gid), m_name(QString::fromLocal8Bit(entry.pw_name)),
          m_home(QString::fromLocal8Bit(entry.pw_dir))
    {
    }

    uid_t m_uid;
    gid_t m_gid;
    QString m_name;
    QString m_home;
};
