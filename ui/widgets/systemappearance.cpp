// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/systemappearance.h"

#include <QtDBus/QDBusConnection>
#include <QtDBus/QDBusMessage>
#include <QtDBus/QDBusPendingCallWatcher>
#include <QtDBus/QDBusPendingReply>
#include <QtDBus/QDBusVariant>
#include <QtGui/QGuiApplication>
#include <QtGui/QStyleHints>

namespace Gui {

using namespace Qt::StringLiterals;

namespace {

// 0: no preference, 1: prefer dark, 2: prefer light
Look lookOfPortalValue(const QVariant &value)
{
    return value.toUInt() == 1 ? Look::Dark : Look::Light;
}

} // namespace

SystemAppearance::SystemAppearance(QObject *parent)
    : QObject(parent)
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    const auto lookOf = [](Qt::ColorScheme scheme) { return scheme == Qt::ColorScheme::Dark ? Look::Dark : Look::Light; };
    m_look = lookOf(QGuiApplication::styleHints()->colorScheme());
    connect(QGuiApplication::styleHints(), &QStyleHints::colorSchemeChanged, this,
            [this, lookOf](Qt::ColorScheme scheme) { setLook(lookOf(scheme)); });
    if (QGuiApplication::styleHints()->colorScheme() != Qt::ColorScheme::Unknown)
        return;
#endif
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return;
    const QString service = u"org.freedesktop.portal.Desktop"_s, path = u"/org/freedesktop/portal/desktop"_s,
                  interface = u"org.freedesktop.portal.Settings"_s;
    bus.connect(service, path, interface, u"SettingChanged"_s, this,
                SLOT(onPortalSettingChanged(QString, QString, QDBusVariant))); // QtDBus has no pointer-to-member form
    QDBusMessage question = QDBusMessage::createMethodCall(service, path, interface, u"Read"_s);
    question << u"org.freedesktop.appearance"_s << u"color-scheme"_s;
    auto *call = new QDBusPendingCallWatcher(bus.asyncCall(question), this);
    connect(call, &QDBusPendingCallWatcher::finished, this, &SystemAppearance::onPortalAnswer);
}

void SystemAppearance::onPortalAnswer(QDBusPendingCallWatcher *call)
{
    call->deleteLater();
    const QDBusPendingReply<QDBusVariant> reply = *call;
    if (reply.isError())
        return; // no portal here: stays light
    QVariant value = reply.value().variant();
    if (value.canConvert<QDBusVariant>()) // Read wraps it twice, by its specification
        value = value.value<QDBusVariant>().variant();
    setLook(lookOfPortalValue(value));
}

void SystemAppearance::onPortalSettingChanged(const QString &group, const QString &key, const QDBusVariant &value)
{
    if (group == "org.freedesktop.appearance"_L1 && key == "color-scheme"_L1)
        setLook(lookOfPortalValue(value.variant()));
}

void SystemAppearance::setLook(Look look)
{
    if (look == m_look)
        return;
    m_look = look;
    Q_EMIT changed();
}

} // namespace Gui
