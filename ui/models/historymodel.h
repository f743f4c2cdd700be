// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/tone.h"

#include <engine/images.h>

#include <QtCore/QAbstractTableModel>

namespace Gui {

//! How an image came to be, newest step first; the size of each layer also as a share of the largest.
class HistoryModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Step, Size, Created, Layer, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setHistory(const QList<Engine::HistoryEntry> &entries);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QList<Engine::HistoryEntry> m_entries;
    qint64 m_largest = 0;
};

//! A history row's command as it stood in the Dockerfile: without "/bin/sh -c #(nop)" and the like.
QString instructionText(const QString &createdBy);

} // namespace Gui
