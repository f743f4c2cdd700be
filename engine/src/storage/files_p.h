// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "linux/idmap_p.h"

#include <engine/result.h>

#include <QtCore/QByteArray>
#include <QtCore/QList>

#include <sys/stat.h>

namespace Engine::Internal {

// Small file helpers that unpacking, packing and checking share. All of them work on bytes, because a name in a layer
// need not be text, and none of them follows a link in the last component.

//! "/proc/self/fd/N/name": reaches a name in an open folder with calls that have no …at form.
QByteArray procPath(int parent, const QByteArray &name);
QByteArray procPath(int fd);

//! rm -r of one name in an open folder; missing is no error.
[[nodiscard]] Result<void> removeTreeAt(int parent, const QByteArray &name);

//! Names in a folder without "." and "..", sorted by bytes.
[[nodiscard]] Result<QList<QByteArray>> sortedNames(int folder, const QByteArray &pathForErrors);

//! Overlay marks a removed file by a character device 0/0 (kernel: Documentation/filesystems/overlayfs.rst).
bool isOverlayWhiteout(const struct stat &status);
//! "trusted.overlay." or, in a user namespace (mount option userxattr), "user.overlay.".
QByteArray overlayXattrPrefix(const IdMap &ids);

//! Extended attributes a layer carries; overlay's own and the security labels of this machine are not among them.
bool isLayerXattr(const QByteArray &name);
//! All that a file has of them, sorted by name, as they stand on disk.
QList<std::pair<QByteArray, QByteArray>> layerXattrs(int fd);
//! File capabilities between their form in a layer (VFS_CAP_REVISION_2) and their form on disk: in a user namespace they must
//! name its container root (VFS_CAP_REVISION_3), or they would belong to another root (capabilities(7)).
QByteArray capabilityToDisk(const QByteArray &value, const IdMap &ids);
QByteArray capabilityToLayer(const QByteArray &value, const IdMap &ids);

} // namespace Engine::Internal
