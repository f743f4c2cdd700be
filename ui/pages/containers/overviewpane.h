// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/containers.h>

#include <QtWidgets/QScrollArea>

class QFormLayout;

namespace Gui {

//! The facts of a container at a glance, in words.
class OverviewPane final : public QScrollArea
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(OverviewPane)

public:
    explicit OverviewPane(QWidget *parent = nullptr);

    void showContainer(const Engine::ContainerInfo &info);

Q_SIGNALS:
    void imageRequested(const QString &reference);

private:
    void addRow(const QString &name, const QString &value, const QString &link = {});

    QFormLayout *m_form;
};

} // namespace Gui
