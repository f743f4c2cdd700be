// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "oci/manifest_p.h"
#include "registry/registrysession_p.h"
#include "storage/store_p.h"

#include <engine/images.h>

#include <functional>

namespace Engine::Internal {

//! What a pull tells while it works. Called from several threads, also at once; must be quick.
struct PullObserver {
    std::function<void(const Digest &manifest, const QList<LayerProgress> &layers)> resolved;
    std::function<void(const LayerProgress &layer)> progressed;
};

//! Fetches the image \p reference points at for \p platform and adds it to \p store under that name.
//!
//! Blocking, in a thread without an event loop of its own. Layers are fetched three at a time and unpacked in order, each
//! while it is still arriving; a layer that is here already, or that another pull (of any process) is just bringing, is not
//! fetched again. Everything is checked against its digest. A failure leaves nothing behind.
//! \return what the registry, the disk or \p stop ended it with; see RegistryClient and Store::unpackLayer()
[[nodiscard]] Result<ImageRecord> pullImage(Store &store, const ImageReference &reference, RegistrySettings settings,
                                            const Platform &platform, const PullObserver &observer, std::stop_token stop);

} // namespace Engine::Internal
