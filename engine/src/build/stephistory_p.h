// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "build/planner_p.h"

namespace Engine::Internal {

//! One English sentence for why a step runs although its line may look the same. \p before: when it ran last.
[[nodiscard]] QString causeOfMiss(const std::optional<StepRecord> &before, const StepRecord &now, const QString &instruction);

[[nodiscard]] Result<std::optional<StepRecord>> lastStepRecord(Store &store, const QString &historyName, int position);

} // namespace Engine::Internal
