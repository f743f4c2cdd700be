// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "build/builder_p.h"
#include "runtime/containerruntime_p.h"

namespace Engine::Internal {

// Time travel through a build. The state of a RUN that failed is a layer like any other, which nothing but a row of the build cache keeps:
// one for each Dockerfile and target, gone with its next build or a prune.

[[nodiscard]] Result<void> keepFailedState(Store &store, const PlannedBuild &plan, const PlannedStep &step, const Digest &layer);
[[nodiscard]] Result<void> dropFailedState(Store &store, const PlannedBuild &plan);

//! What a process at a point of a build would find.
struct StepState {
    ContainerRuntime::Base base;
    CreateOptions options;      //!< of the container that shows it
};

//! Builds what is missing up to \p place (a build of the file cut off there: the same planner and the same cache), then describes
//! it. \return see Builds::openStep()
[[nodiscard]] Result<StepState> stepState(Store &store, const EngineSettings &settings, FileDigests &digests, const BuildRequest &request,
                                          const StepPlace &place, const ImagePuller &pull, const RunOutput &output, std::stop_token stop);

} // namespace Engine::Internal
