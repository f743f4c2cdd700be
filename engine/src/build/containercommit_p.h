// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/containerruntime_p.h"

#include <nlohmann/json.hpp>

namespace Engine::Internal {

//! Applies Dockerfile instructions ("CMD [\"sh\"]", "ENV A=b") to an image config document, as `commit --change` and
//! `import --change` do. \return InvalidInput for an instruction that cannot change a config, with Docker's words, and for mistakes in one
[[nodiscard]] Result<nlohmann::json> applyConfigChanges(const nlohmann::json &image, const QStringList &changes);

//! Makes an image of a container: its image's layers, and one with what the container changed. A running one is held still meanwhile where
//! the system can do that. \p written is told how many bytes of the layer have been packed.
//! \return NotFound; InvalidInput for a reference or a change that is none; Cancelled
[[nodiscard]] Result<ImageRecord> commitContainer(const ContainerRuntime &runtime, const QString &idOrName, const CommitOptions &options,
                                                  const std::function<void(qint64 bytes)> &written, std::stop_token stop);

//! A name for a new image in its full form; empty stays empty. \return InvalidInput for a name with a digest
[[nodiscard]] Result<QStringList> newImageNames(const QString &reference);

} // namespace Engine::Internal
