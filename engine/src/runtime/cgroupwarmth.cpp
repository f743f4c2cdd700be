// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/cgroupwarmth_p.h"

#include "linux/syscalls_p.h"

#include <QtCore/QFileInfo>

#include <fcntl.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr qsizetype maxCgroupText = 64 * 1024;
constexpr std::chrono::milliseconds warmFor{4};     // well below the grace period that ends it
constexpr int maxJoins = 50;                        // a start that takes longer has other worries

void keepJoining(const std::stop_token &stop)
{
    const auto text = readFile(u"/proc/self/cgroup"_s, maxCgroupText);
    if (!text)
        return;
    const auto version = text->startsWith("0::") ? CgroupSetup::Version::V2 : CgroupSetup::Version::V1;
    const QString path = ownCgroupFile(*text, version, u"/sys/fs/cgroup"_s);
    const auto file = path.isEmpty() ? Result<UniqueFd>(UniqueFd()) : openFile(path, O_WRONLY | O_CLOEXEC);
    if (!file || !file->isValid())
        return;
    std::mutex mutex;
    std::condition_variable_any ended;
    std::unique_lock lock(mutex);
    for (int i = 0; i < maxJoins && !stop.stop_requested(); ++i) {
        if (::write(file->get(), "0", 1) != 1) // "0": the writer itself
            return;
        ended.wait_for(lock, stop, warmFor, [] { return false; });
    }
}

} // namespace

QString ownCgroupFile(const QByteArray &text, CgroupSetup::Version version, const QString &mountPoint)
{
    for (const QByteArray &line : text.split('\n')) {
        const QList<QByteArray> parts = line.split(':');
        if (parts.size() < 3 || parts[1].isEmpty() != (version == CgroupSetup::Version::V2))
            continue;
        const QByteArray controllers = parts[1].startsWith("name=") ? parts[1].mid(5) : parts[1];
        const QString own = QString::fromLocal8Bit(line.mid(parts[0].size() + parts[1].size() + 2));
        const QString file = mountPoint + (controllers.isEmpty() ? QString() : u'/' + QString::fromLatin1(controllers)) + own
                             + (own.endsWith(u'/') ? u"cgroup.procs"_s : u"/cgroup.procs"_s);
        if (QFileInfo::exists(file))
            return file;
    }
    return {};
}

CgroupWarmth::CgroupWarmth(const CgroupSetup &setup)
{
    if (setup.manager != CgroupSetup::Manager::Disabled && !setup.ofUser)
        m_thread = std::jthread(keepJoining);
}

} // namespace Engine::Internal
