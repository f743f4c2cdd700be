// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/imagemodel.h"

#include "widgets/format.h"

#include <QtCore/QLocale>

namespace Gui {

using namespace Qt::StringLiterals;
using Engine::ImageInfo;

QString imageTitle(const ImageInfo &info)
{
    return info.references.isEmpty() ? info.id.shortHex() : info.references.first();
}

QStringList ImageModel::references() const
{
    QStringList all;
    for (const ImageInfo &info : rows())
        all += info.references;
    all.sort();
    return all;
}

void ImageModel::refreshTimes()
{
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, Created), index(rowCount() - 1, Created), {Qt::DisplayRole});
}

int ImageModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ImageModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter | (section == Size || section == UsedBy ? Qt::AlignRight : Qt::AlignLeft));
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name: return tr("Name");
    case Id: return tr("Id");
    case Created: return tr("Created");
    case Size: return tr("Size");
    case UsedBy: return tr("Containers");
    default: return {};
    }
}

QVariant ImageModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const ImageInfo &info = row(index.row());
    switch (role) {
    case Qt::DisplayRole: return text(info, index.column());
    case Qt::ToolTipRole: return toolTip(info, index.column());
    case Qt::AccessibleTextRole: return text(info, index.column());
    case Qt::TextAlignmentRole:
        return int(Qt::AlignVCenter | (index.column() == Size || index.column() == UsedBy ? Qt::AlignRight : Qt::AlignLeft));
    case SortRole: return sortValue(info, index.column());
    case FilterRole: return info.references.join(u'\n') + u'\n' + info.id.toString();
    case IdRole: return imageKey(info);
    default: return {};
    }
}

QVariant ImageModel::text(const ImageInfo &info, int column) const
{
    switch (column) {
    case Name:
        if (info.references.isEmpty())
            return tr("(no name)");
        return info.references.size() == 1 ? info.references.first()
                                           : tr("%1 and %n more", nullptr, int(info.references.size()) - 1).arg(info.references.first());
    case Id: return info.id.shortHex();
    case Created: return agoText(info.created, QDateTime::currentDateTime());
    case Size: return sizeText(info.sizeBytes);
    case UsedBy: return info.containerCount > 0 ? QLocale().toString(info.containerCount) : tr("–", "no containers");
    default: return {};
    }
}

QVariant ImageModel::sortValue(const ImageInfo &info, int column) const
{
    switch (column) {
    case Created: return info.created;
    case Size: return info.sizeBytes;
    case UsedBy: return info.containerCount;
    default: return text(info, column).toString().toLower();
    }
}

QString ImageModel::toolTip(const ImageInfo &info, int column) const
{
    switch (column) {
    case Name: return info.references.isEmpty() ? tr("No name points at this image any more.") : info.references.join(u'\n');
    case Id: return info.id.toString();
    case Created: return info.created.isValid() ? fullTimeText(info.created) : tr("The image does not say when it was made.");
    case Size: return tr("%1, of which %2 are shared with other images").arg(exactSizeText(info.sizeBytes), sizeText(info.sharedBytes));
    case UsedBy: return tr("%n container(s) made from this image", nullptr, info.containerCount);
    default: return {};
    }
}

} // namespace Gui
