// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "storage/store_p.h"

#include <engine/builds.h>

namespace Engine::Internal {

//! How many builds are kept; older ones are forgotten when another one is written down.
inline constexpr int maxPastBuilds = 200;

//! Keeps \p build and tells Events: "build", or "fail". Cost: one transaction.
[[nodiscard]] Result<void> recordPastBuild(Store &store, const PastBuild &build);
//! The latest first.
[[nodiscard]] Result<QList<PastBuild>> listPastBuilds(Store &store);
//! By its id or an unambiguous beginning of it. \return NotFound; InvalidInput for an ambiguous one
[[nodiscard]] Result<PastBuild> findPastBuild(Store &store, const QString &id);
//! \return NotFound
[[nodiscard]] Result<void> forgetPastBuild(Store &store, const QString &id);

} // namespace Engine::Internal
