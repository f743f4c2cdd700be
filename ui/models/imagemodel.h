// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/rowmodel.h"
#include "models/tone.h"

#include <engine/images.h>

namespace Gui {

inline QString imageKey(const Engine::ImageInfo &info) { return info.id.toString(); }

//! The images of the store, one row each whatever number of names it has.
class ImageModel final : public RowModel<Engine::ImageInfo, imageKey>
{
    Q_OBJECT

public:
    enum Column { Name, Id, Created, Size, UsedBy, Actions, ColumnCount };

    using RowModel::RowModel;

    void setImages(const QList<Engine::ImageInfo> &images) { setRows(images); }
    //! Every name there is, for choosing one to run.
    QStringList references() const;
    void refreshTimes();

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QVariant text(const Engine::ImageInfo &info, int column) const;
    QVariant sortValue(const Engine::ImageInfo &info, int column) const;
    QString toolTip(const Engine::ImageInfo &info, int column) const;
};

//! The words for an image: its first name, or its short id.
QString imageTitle(const Engine::ImageInfo &info);

} // namespace Gui
