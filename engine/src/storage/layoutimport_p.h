// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "storage/store_p.h"

namespace Engine::Internal {

struct ImportedImage {
    ImageRecord image;
    QString name;       //!< full form; empty when the layout gives it none
};

//! Every image of an OCI image layout folder; see Images::importLayout(). The folder's contents are hostile.
[[nodiscard]] Result<QList<ImportedImage>> importLayoutImages(Store &store, const QString &folder, const QString &reference, std::stop_token stop);

} // namespace Engine::Internal
