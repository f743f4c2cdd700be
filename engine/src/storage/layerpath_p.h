// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "storage/layerunpacker_p.h"

#include <engine/result.h>

#include <QtCore/QByteArray>

namespace Engine::Internal {

// Names with a meaning in a layer archive (OCI image-spec 1.1, layer.md "Whiteouts").
inline const QByteArray whiteoutPrefix = QByteArrayLiteral(".wh.");
inline const QByteArray whiteoutMetaPrefix = QByteArrayLiteral(".wh..wh.");
inline const QByteArray opaqueWhiteout = QByteArrayLiteral(".wh..wh..opq");

//! "./usr//lib/../bin/" is "usr/bin", the root is "". \return InvalidInput for a way out of the layer, a NUL, or a
//! path that is too long or too deep
[[nodiscard]] Result<QByteArray> cleanLayerPath(const QByteArray &path, int maxDepth);

struct SplitPath {
    QByteArray parent;
    QByteArray name;
};
//! Of a cleaned path.
SplitPath splitLayerPath(const QByteArray &path);

//! Docker refuses links that point above the layer's root lexically; so do we. Absolute targets are inside by nature.
[[nodiscard]] Result<void> checkLinkTarget(const QByteArray &path, const QByteArray &target);

//! Counts what lies below an unpacked layer's root. Cost: one stat per file.
[[nodiscard]] Result<LayerCounts> countLayer(int rootFd);

} // namespace Engine::Internal
