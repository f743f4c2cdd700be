// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "storage/store_p.h"

namespace TestSupport {

//! Adds an image to \p store whose one layer is the system's static busybox with its applets, /etc/passwd and /tmp.
//! \return MissingPart without the package busybox-static
[[nodiscard]] Engine::Result<Engine::Internal::ImageRecord> addBusyboxImage(Engine::Internal::Store &store, const QString &reference,
                                                                            const nlohmann::json &config = nlohmann::json::object());

} // namespace TestSupport
