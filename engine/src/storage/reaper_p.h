// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/result.h>

#include <QtCore/QString>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace Engine::Internal {

//! Frees removed layers behind the caller's back: take() is one rename, the files go later in a thread that exists only
//! while there is work. What is left when the process dies is taken up by the next one. Any thread.
class Reaper final
{
public:
    explicit Reaper(QString trashFolder) : m_trash(std::move(trashFolder)) {}
    //! Waits until the trash is empty.
    ~Reaper();
    Q_DISABLE_COPY_MOVE(Reaper)

    //! Moves \p path out of everybody's sight. Missing is no error.
    [[nodiscard]] Result<void> take(const QString &path);
    //! Starts freeing what take() or an earlier process put into the trash.
    void start();

private:
    void work();

    QString m_trash;
    std::mutex m_mutex;
    bool m_again = false;   //!< something came while the thread was at work
    bool m_isWorking = false;
    std::jthread m_thread;
};

} // namespace Engine::Internal
