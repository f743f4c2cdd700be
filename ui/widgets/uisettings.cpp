// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/uisettings.h"

#include <QtWidgets/QHeaderView>
#include <QtWidgets/QSplitter>

namespace Gui {

using namespace Qt::StringLiterals;

namespace {

const std::pair<UiSettings::Appearance, QLatin1StringView> appearanceNames[] = {
    {UiSettings::Appearance::System, "system"_L1}, {UiSettings::Appearance::Light, "light"_L1}, {UiSettings::Appearance::Dark, "dark"_L1}};

} // namespace

UiSettings::UiSettings(const QString &file, QObject *parent)
    : QObject(parent),
      m_store(file.isEmpty() ? std::make_unique<QSettings>(u"slipway"_s, u"slipway"_s)
                             : std::make_unique<QSettings>(file, QSettings::IniFormat))
{
}

UiSettings::Appearance UiSettings::appearance() const
{
    const QString stored = text(u"window/appearance"_s);
    for (const auto &[value, name] : appearanceNames) {
        if (stored == name)
            return value;
    }
    return Appearance::System;
}

void UiSettings::setAppearance(Appearance appearance)
{
    for (const auto &[value, name] : appearanceNames) {
        if (value == appearance)
            setText(u"window/appearance"_s, name);
    }
    Q_EMIT appearanceChanged();
}

bool UiSettings::hasStarter(const QString &store) const
{
    return m_store->value(u"starter/stores"_s).toStringList().contains(store);
}

void UiSettings::setHasStarter(const QString &store)
{
    m_store->setValue(u"starter/stores"_s, m_store->value(u"starter/stores"_s).toStringList() << store);
}

QByteArray UiSettings::windowGeometry() const
{
    return m_store->value(u"window/geometry"_s).toByteArray();
}

void UiSettings::setWindowGeometry(const QByteArray &geometry)
{
    m_store->setValue(u"window/geometry"_s, geometry);
}

QString UiSettings::text(const QString &key, const QString &otherwise) const
{
    return m_store->value(key, otherwise).toString();
}

void UiSettings::setText(const QString &key, const QString &value)
{
    m_store->setValue(key, value);
}

bool UiSettings::flag(const QString &key, bool otherwise) const
{
    return m_store->value(key, otherwise).toBool();
}

void UiSettings::setFlag(const QString &key, bool value)
{
    m_store->setValue(key, value);
}

int UiSettings::number(const QString &key, int otherwise) const
{
    bool isNumber = false;
    const int value = m_store->value(key).toInt(&isNumber);
    return isNumber ? value : otherwise;
}

void UiSettings::setNumber(const QString &key, int value)
{
    m_store->setValue(key, value);
}

void UiSettings::keep(QHeaderView *header, const QString &key)
{
    // a state of another version of the table would hide or misplace columns
    const QString versioned = u"%1/columns%2"_s.arg(key).arg(header->count());
    header->restoreState(m_store->value(versioned).toByteArray());
    const auto save = [this, header, versioned] { m_store->setValue(versioned, header->saveState()); };
    connect(header, &QHeaderView::sectionResized, this, save);
    connect(header, &QHeaderView::sectionMoved, this, save);
    connect(header, &QHeaderView::sortIndicatorChanged, this, save);
}

bool UiSettings::keep(QSplitter *splitter, const QString &key)
{
    const QString stateKey = key + u"/split"_s;
    const bool restored = splitter->restoreState(m_store->value(stateKey).toByteArray());
    connect(splitter, &QSplitter::splitterMoved, this,
            [this, splitter, stateKey] { m_store->setValue(stateKey, splitter->saveState()); });
    return restored;
}

} // namespace Gui
