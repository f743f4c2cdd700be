// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "values.h"

#include <engine/containers.h>

namespace Cli {

class OptionValues;

//! What `run` and `create` were given. \p arguments: the image, then the command.
//! Reads env and label files; starts nothing. \return the mistake in Docker's words
[[nodiscard]] Checked<Engine::CreateOptions> readCreateOptions(const OptionValues &options, const QStringList &arguments);

//! "host" or "none"; other networks are not there yet.
[[nodiscard]] Checked<Engine::NetworkMode> parseNetwork(const QString &text);

} // namespace Cli
