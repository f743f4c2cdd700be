// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "faultserver.h"

#include <QtCore/QByteArrayList>

namespace TestSupport {

//! A small image of real gzip layers, and a registry's answers for it. A test spoils what it wants.
class TestImage final
{
public:
    struct Layer {
        QByteArray blob;
        QByteArray digest;  //!< "sha256:…" as the manifest names it
        QByteArray diffId;
        qint64 sizeBytes;   //!< as the manifest names it
    };

    //! Layers with one file each, "file-N" of \p fileBytes bytes that do not compress.
    explicit TestImage(int layerCount, int fileBytes = 1000);

    QList<Layer> layers;

    QByteArray config() const;
    QByteArray manifest() const;
    static QByteArray digestOf(const QByteArray &bytes);

    //! What an honest registry answers to \p request; blobs with Range.
    FaultServer::Answer answer(const FaultServer::Request &request) const;
};

} // namespace TestSupport
