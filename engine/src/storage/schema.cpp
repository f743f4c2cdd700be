// SPDX-License-Identifier: GPL-3.0-or-later
#include "schema_p.h"

#include <array>

namespace Engine::Internal {

namespace {

// Digests are stored as their 64 hex digits; times as milliseconds since the epoch, UTC.
//
// layers.boot: the kernel's boot id while the layer's files may not be on the disk yet, NULL once Store::sync() has run.
// containers: documents and states are the runtime's; the store reads image_id and layer, because both keep layers alive.
constexpr const char *version1 = R"(
CREATE TABLE layers (
    chain TEXT PRIMARY KEY,
    diff TEXT NOT NULL,
    parent TEXT REFERENCES layers(chain),
    blob TEXT,
    blob_bytes INTEGER NOT NULL DEFAULT 0,
    media_type TEXT NOT NULL DEFAULT '',
    size_bytes INTEGER NOT NULL,
    file_count INTEGER NOT NULL,
    created INTEGER NOT NULL,
    boot TEXT
) WITHOUT ROWID;
CREATE INDEX layers_by_parent ON layers(parent);
CREATE INDEX layers_unsynced ON layers(boot) WHERE boot IS NOT NULL;

CREATE TABLE images (
    id TEXT PRIMARY KEY,
    manifest TEXT NOT NULL,
    manifest_type TEXT NOT NULL,
    manifest_bytes INTEGER NOT NULL,
    config TEXT NOT NULL,
    created INTEGER,
    added INTEGER NOT NULL,
    layer TEXT REFERENCES layers(chain)
) WITHOUT ROWID;
CREATE INDEX images_by_layer ON images(layer);

CREATE TABLE image_blobs (
    image TEXT NOT NULL REFERENCES images(id) ON DELETE CASCADE,
    blob TEXT NOT NULL,
    PRIMARY KEY (image, blob)
) WITHOUT ROWID;

CREATE TABLE names (
    reference TEXT PRIMARY KEY,
    image TEXT NOT NULL REFERENCES images(id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX names_by_image ON names(image);

CREATE TABLE build_cache (
    key BLOB PRIMARY KEY,
    layer TEXT REFERENCES layers(chain),
    config TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    created INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX build_cache_by_layer ON build_cache(layer);

CREATE TABLE containers (
    id TEXT PRIMARY KEY,
    name TEXT UNIQUE,
    image_id TEXT,
    layer TEXT REFERENCES layers(chain),
    created INTEGER,
    document TEXT
);
CREATE INDEX containers_by_image ON containers(image_id);
CREATE INDEX containers_by_layer ON containers(layer);

CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    time INTEGER NOT NULL,
    kind TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    name TEXT NOT NULL
);

CREATE TABLE state (
    key TEXT PRIMARY KEY,
    value TEXT
) WITHOUT ROWID;
)";

// When a name was last pointed at its image, in milliseconds; NULL for names from before.
constexpr const char *version2 = "ALTER TABLE names ADD COLUMN tagged INTEGER;";

// context_digests: what files of build contexts held, see build/filedigests_p.h.
// build_history: what each step of a Dockerfile was made from when it last ran, to name what changed since.
constexpr const char *version3 = R"(
CREATE TABLE context_digests (
    context TEXT PRIMARY KEY,
    entries BLOB NOT NULL
);

CREATE TABLE build_history (
    dockerfile TEXT NOT NULL,
    position INTEGER NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (dockerfile, position)
);
)";

// build_records: what the steps of a Dockerfile were made from in its last build, cached ones included, see build/stephistory_p.h;
// files apart from the rest, because there may be many. build_files: the Dockerfiles that have records, and since when.
// builds: see build/buildlog_p.h.
constexpr const char *version4 = R"(
DROP TABLE build_history;

CREATE TABLE build_records (
    dockerfile TEXT NOT NULL,
    number INTEGER NOT NULL,
    head BLOB NOT NULL,
    files BLOB NOT NULL,
    PRIMARY KEY (dockerfile, number)
);

CREATE TABLE build_files (
    dockerfile TEXT PRIMARY KEY,
    used INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE builds (
    id TEXT PRIMARY KEY,
    started INTEGER NOT NULL,
    document BLOB NOT NULL
);
CREATE INDEX builds_by_start ON builds(started);
)";

constexpr std::array migrations{version1, version2, version3, version4};

} // namespace

std::span<const char *const> schemaMigrations()
{
    return migrations;
}

} // namespace Engine::Internal
