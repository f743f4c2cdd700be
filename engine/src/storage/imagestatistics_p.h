// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "storage/store_p.h"

#include <QtCore/QHash>

namespace Engine::Internal {

//! Exact sizes of images and what they share. Loaded once for a whole list: three queries, whatever its length.
class ImageStatistics final
{
public:
    //! Inside transaction() or reading().
    [[nodiscard]] static Result<ImageStatistics> load(Database &db);

    ImageInfo describe(const ImageRecord &image) const;
    qint64 sizeOf(const Digest &layer) const { return m_layers.value(layer).sizeBytes; }

private:
    struct Layer {
        Digest parent;
        qint64 sizeBytes = 0;
        int imageCount = 0;
    };
    QHash<Digest, Layer> m_layers;
    QHash<Digest, int> m_containers;
};

} // namespace Engine::Internal
