// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "storage/store_p.h"

namespace Engine::Internal {

// Reading images inside a transaction() or reading() of the store's database.

[[nodiscard]] Failure noSuchImage(const QString &nameOrId);
//! In Docker's order: an id written out, a name, an id prefix. \return InvalidInput for an ambiguous prefix
[[nodiscard]] Result<std::optional<ImageRecord>> lookUpImage(Database &db, const QString &nameOrId);
[[nodiscard]] Result<std::optional<ImageRecord>> imageById(Database &db, const Digest &id);
//! Newest first.
[[nodiscard]] Result<QList<ImageRecord>> allImages(Database &db);
[[nodiscard]] Result<QStringList> referencesOf(Database &db, const Digest &image);

} // namespace Engine::Internal
