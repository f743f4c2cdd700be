// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "build/planner_p.h"
#include "build/runstep_p.h"

namespace Engine::Internal {

//! What a build tells while it works; called from its threads, one at a time.
struct BuildObserver {
    std::function<void(const BuildPlan &plan)> planned;
    std::function<void(const BuildStep &step)> stepChanged;
    std::function<void(int stepIndex, const QByteArray &bytes, OutputStream stream)> output;
};

//! Brings a missing base image into the store.
using ImagePuller = std::function<Result<void>(const QString &reference, std::stop_token stop)>;

//! \p error with the position of \p word in the instruction, and the instruction as its object where it has none.
[[nodiscard]] Error atInstruction(const Dockerfile &dockerfile, int index, QStringView word, Error error);

//! Plans and executes exactly that plan. Blocking. Every finished step is kept, whatever becomes of the build.
//! \return the error of the step that failed, with its place in the Dockerfile; Cancelled
[[nodiscard]] Result<ImageRecord> executeBuild(Store &store, const EngineSettings &settings, FileDigests &digests, const BuildRequest &request,
                                               const ImagePuller &pull, const BuildObserver &observer, std::stop_token stop);

} // namespace Engine::Internal
