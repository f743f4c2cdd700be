// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "testuser.h"

#include <QtCore/QByteArrayList>
#include <QtCore/QDir>
#include <QtCore/QProcess>

//! The slipway program as one user types it, with a store, a run-time folder and whatever files it needs below one home.
class SlipwayProgram final
{
public:
    struct Answer {
        int code = -1;
        QByteArray out;
        QByteArray err;
    };

    SlipwayProgram(TestUser user, QString home) : m_user(std::move(user)), m_home(std::move(home)) {}

    const TestUser &user() const { return m_user; }
    const QString &home() const { return m_home; }
    QString store() const { return m_home + QStringLiteral("/store"); }
    static QString program() { return qEnvironmentVariable("SLIPWAY_PROGRAM"); }
    static QString starterImage() { return qEnvironmentVariable("SLIPWAY_STARTER_IMAGE"); }

    //! Makes a folder below the home that belongs to the user. \return its path, empty when that failed
    QString folder(const QString &name) const
    {
        const QString path = QDir::cleanPath(m_home + u'/' + name);
        return QDir().mkpath(path) && m_user.own(path) ? path : QString();
    }

    bool write(const QString &name, const QByteArray &content) const
    {
        QFile file(m_home + u'/' + name);
        return file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(content) == content.size() && m_user.own(file.fileName());
    }

    //! The whole command, for a test that starts the process itself.
    QStringList command(const QStringList &arguments) const
    {
        return m_user.command(QStringList{program(), QStringLiteral("--root"), store()} + arguments, m_home + QStringLiteral("/run"));
    }

    Answer operator()(const QStringList &arguments, const QByteArray &input = {}) const
    {
        QStringList words = command(arguments);
        QProcess process;
        process.setWorkingDirectory(m_home);
        process.start(words.takeFirst(), words);
        process.write(input);
        process.closeWriteChannel();
        if (!process.waitForFinished(m_timeoutMs)) {
            process.kill();
            process.waitForFinished();
            return {-1, process.readAllStandardOutput(), "did not end; " + process.readAllStandardError()};
        }
        return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2, process.readAllStandardOutput(),
                process.readAllStandardError()};
    }

    void removeAllContainers() const
    {
        const QByteArrayList left = (*this)({QStringLiteral("ps"), QStringLiteral("-aq")}).out.split('\n');
        for (const QByteArray &id : left) {
            if (!id.isEmpty())
                (*this)({QStringLiteral("rm"), QStringLiteral("-f"), QString::fromLatin1(id)});
        }
    }

    //! How long a command may take; a minute unless told.
    void setTimeoutMs(int timeoutMs) { m_timeoutMs = timeoutMs; }

private:
    TestUser m_user;
    QString m_home;
    int m_timeoutMs = 60'000;
};
