// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "listing.h"

#include <engine/containers.h>
#include <engine/images.h>

// The rows of `ps`, `images` and `history`, with Docker's fields.
namespace Cli {

enum class Truncate { No, Yes };

//! "Up 2 minutes", "Exited (0) 3 seconds ago", "Created".
[[nodiscard]] QString statusText(const Engine::ContainerInfo &container, const QDateTime &now);
//! Docker's word: "running", "exited".
[[nodiscard]] QString stateWord(Engine::ContainerState state);

[[nodiscard]] const ListingView &containerView();
[[nodiscard]] Json containerRow(const Engine::ContainerInfo &container, Truncate truncate, const QDateTime &now);

[[nodiscard]] const ListingView &imageView();
[[nodiscard]] const ListingView &imageDigestView();
//! \p reference: one of the image's, or empty for an image without a name.
[[nodiscard]] Json imageRow(const Engine::ImageInfo &image, const QString &reference, Truncate truncate, const QDateTime &now);

[[nodiscard]] const ListingView &historyView();
enum class Numbers { Raw, Human };
[[nodiscard]] Json historyRow(const Engine::HistoryEntry &entry, Truncate truncate, Numbers numbers, const QDateTime &now);

} // namespace Cli
