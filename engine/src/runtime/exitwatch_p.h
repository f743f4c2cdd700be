// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/uniquefd_p.h"

#include <engine/result.h>

#include <chrono>
#include <memory>
#include <stop_token>

namespace Engine::Internal {

//! Waits for files to appear or grow in one folder and for processes to end; without polling.
class ExitWatch final
{
public:
    enum class For { NewFiles, Growth };
    //! \p what: files renamed into or closed in \p folder, or also every write to one.
    [[nodiscard]] static Result<ExitWatch> on(const QString &folder, For what);

    //! Adds another folder to look at. Missing is an error.
    [[nodiscard]] Result<void> add(const QString &folder, For what);

    using Deadline = std::chrono::steady_clock::time_point;
    enum class Woken { Changed, TimedOut, Stopped };
    //! Blocks until something happened since the last call, one of the \p pidFds has ended (-1 entries are skipped),
    //! \p deadline or a stop request.
    [[nodiscard]] Result<Woken> wait(std::initializer_list<int> pidFds, std::stop_token stop, std::optional<Deadline> deadline) const;

private:
    explicit ExitWatch(UniqueFd inotify) : m_inotify(std::move(inotify)) {}
    UniqueFd m_inotify;
};

} // namespace Engine::Internal
