// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

namespace Engine::Internal {

//! Brings a database from schema version N (PRAGMA user_version) to N + 1, N being the index.
//! Landed entries are never edited: a change of the schema is a new entry.
std::span<const char *const> schemaMigrations();

} // namespace Engine::Internal
