// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/theme.h"

#include <QtCore/QObject>

class QDBusPendingCallWatcher;
class QDBusVariant;

namespace Gui {

//! Which look the desktop asks for. Qt 6.5 knows it; before, the desktop portal is asked (without waiting for the
//! answer): https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Settings.html
//! Light until something says otherwise.
class SystemAppearance final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SystemAppearance)

public:
    explicit SystemAppearance(QObject *parent = nullptr);

    Look look() const { return m_look; }

Q_SIGNALS:
    void changed();

private Q_SLOTS:
    void onPortalSettingChanged(const QString &group, const QString &key, const QDBusVariant &value);

private:
    void onPortalAnswer(QDBusPendingCallWatcher *call);
    void setLook(Look look);

    Look m_look = Look::Light;
};

} // namespace Gui
