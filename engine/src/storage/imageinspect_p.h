// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "storage/store_p.h"

namespace Engine::Internal {

//! Docker's `image inspect` object (Engine API 1.50, ImageInspect). Reads the store's database.
[[nodiscard]] Result<nlohmann::json> inspectImage(const Store &store, const ImageRecord &image);

//! Rows as `docker history` shows them, newest first. An image whose history does not account for all layers, as some
//! tools write it, gets nameless rows for the rest: the sizes always add up.
[[nodiscard]] Result<QList<HistoryEntry>> historyOf(const Store &store, const ImageRecord &image);

} // namespace Engine::Internal
