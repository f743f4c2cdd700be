// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "storage/store_p.h"

namespace Engine::Internal {

//! Looks through the whole store: every row has its files, every blob its digest, every layer its size, and nothing lies
//! about that nobody owns. Changes nothing. Cost: reads every blob once (about 1 GB/s) and stats every file.
//! \return one sentence for each fault; empty for a sound store
[[nodiscard]] Result<QStringList> checkStore(const Store &store, std::stop_token stop);

} // namespace Engine::Internal
