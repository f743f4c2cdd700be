// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/rowmodel.h"
#include "models/tone.h"

#include <engine/containers.h>

#include <QtCore/QHash>

namespace Gui {

inline QString containerKey(const Engine::ContainerInfo &info) { return info.id.toString(); }

//! The containers of the store. Rows come from setContainers(); sorting and filtering are a proxy's, on SortRole and
//! FilterRole.
class ContainerModel final : public RowModel<Engine::ContainerInfo, containerKey>
{
    Q_OBJECT

public:
    enum Column { Name, State, Image, Command, Created, Actions, ColumnCount };

    using RowModel::RowModel;

    void setContainers(const QList<Engine::ContainerInfo> &containers);
    //! What is being done to a container, shown as its state until done: "Stopping…". Empty: nothing.
    void setBusy(const QString &id, const QString &text);
    bool isBusy(const QString &id) const { return m_busy.contains(id); }
    //! Leaves a container out of the list, for a removal that can still be undone.
    void setHidden(const QString &id, bool hidden);
    int runningCount() const;
    //! Words such as "3 minutes ago" are out of date.
    void refreshTimes();

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QVariant text(const Engine::ContainerInfo &info, int column) const;
    QVariant sortValue(const Engine::ContainerInfo &info, int column) const;
    QString toolTip(const Engine::ContainerInfo &info, int column) const;
    QString stateText(const Engine::ContainerInfo &info) const;
    Tone tone(const Engine::ContainerInfo &info) const;

    QHash<QString, QString> m_busy;
    QSet<QString> m_hidden;
    QList<Engine::ContainerInfo> m_all;
};

} // namespace Gui
