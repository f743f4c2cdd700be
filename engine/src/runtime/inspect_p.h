// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/containerrecord_p.h"

namespace Engine::Internal {

//! Docker's `container inspect` object (Engine API 1.50, ContainerInspectResponse) as JSON text.
[[nodiscard]] QByteArray inspectDocument(const ContainerRecord &record, const ContainerFolder &folder);

} // namespace Engine::Internal
