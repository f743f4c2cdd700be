// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "storage/store_p.h"

namespace Engine::Internal {

// images/index.json says to skopeo, umoci and friends what the names table says to us (OCI image-spec 1.1,
// image-layout.md). A transaction that changes images or names marks it stale; afterwards it is written anew, by this
// process or, after a kill in between, by the next Store::open().

[[nodiscard]] Result<void> markLayoutIndexStale(Database &db);
[[nodiscard]] Result<void> refreshLayoutIndexIfStale(Store &store);

} // namespace Engine::Internal
