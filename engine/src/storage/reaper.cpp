// SPDX-License-Identifier: GPL-3.0-or-later
#include "reaper_p.h"

#include "base/logging_p.h"
#include "linux/syscalls_p.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QUuid>

#include <cerrno>
#include <cstdio>

namespace Engine::Internal {

Reaper::~Reaper()
{
    if (m_thread.joinable())
        m_thread.join();
}

Result<void> Reaper::take(const QString &path)
{
    const QString target = m_trash + u'/' + QUuid::createUuid().toString(QUuid::Id128);
    if (::rename(QFile::encodeName(path).constData(), QFile::encodeName(target).constData()) != 0 && errno != ENOENT)
        return Failure(errnoError("rename", path, errno));
    return {};
}

void Reaper::start()
{
    const std::scoped_lock lock(m_mutex);
    m_again = true;
    if (m_isWorking)
        return;
    m_isWorking = true;
    if (m_thread.joinable())
        m_thread.join(); // it has left its loop already
    m_thread = std::jthread([this] { work(); });
}

void Reaper::work()
{
    for (;;) {
        {
            const std::scoped_lock lock(m_mutex);
            if (!std::exchange(m_again, false)) {
                m_isWorking = false;
                return;
            }
        }
        const QStringList names = QDir(m_trash).entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
        for (const QString &name : names) {
            const Result<void> removed = removeTree(m_trash + u'/' + name);
            if (!removed) // another process may be freeing the same tree; what really stays is tried again at the next start
                qCInfo(lcStorage).noquote() << "not freed yet:" << removed.error().detail;
        }
    }
}

} // namespace Engine::Internal
