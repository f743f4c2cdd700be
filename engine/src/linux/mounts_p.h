// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/result.h>

#include <QtCore/QStringList>

namespace Engine::Internal {

//! Where something is mounted below \p folder in this process's mount namespace, in the order in which it was mounted; the
//! folder itself is not looked at. Cost: reads /proc/self/mountinfo.
[[nodiscard]] Result<QStringList> mountPointsBelow(const QString &folder);

//! Unmounts (lazily) what mountPointsBelow() finds, the last one first.
[[nodiscard]] Result<void> unmountAllBelow(const QString &folder);

} // namespace Engine::Internal
