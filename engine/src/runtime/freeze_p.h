// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/containerruntime_p.h"

#include <optional>

namespace Engine::Internal {

//! Holds a running container still for as long as it lives, by the cgroup freezer. A file in the container's folder says who
//! does it: should that process be killed, the next one to come thaws the container (thawAbandoned()).
class FrozenContainer final
{
public:
    //! \return nothing when the container does not run, is paused already, or has no cgroup to be frozen by (an ordinary user without
    //!         delegation)
    [[nodiscard]] static Result<std::optional<FrozenContainer>> freeze(const ContainerRuntime &runtime, const ContainerRecord &record);
    FrozenContainer(FrozenContainer &&other) noexcept;
    FrozenContainer &operator=(FrozenContainer &&) = delete;
    ~FrozenContainer();

private:
    FrozenContainer(OciRuntime runtime, QString id, QString marker) : m_runtime(std::move(runtime)), m_id(std::move(id)), m_marker(std::move(marker)) {}

    OciRuntime m_runtime;
    QString m_id;       //!< empty: moved from
    QString m_marker;
};

//! Thaws what processes that were killed have left frozen. Cost: one folder listing.
void thawAbandoned(const EngineSettings &settings);

} // namespace Engine::Internal
