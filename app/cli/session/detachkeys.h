// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QString>

#include <expected>

namespace Cli {

class OptionValues;

//! Looks for the keys that detach in what the user types. A beginning of them is held back until the next key tells.
class DetachKeys final
{
public:
    explicit DetachKeys(QByteArray keys = QByteArrayLiteral("\x10\x11")) : m_keys(std::move(keys)) {}

    //! \return what goes to the container
    [[nodiscard]] QByteArray filter(const QByteArray &typed);
    bool isDetached() const { return m_detached; }

private:
    QByteArray m_keys;
    qsizetype m_matched = 0;
    bool m_detached = false;
};

//! Of --detach-keys, else ctrl-p ctrl-q.
[[nodiscard]] std::expected<DetachKeys, QString> detachKeysOf(const OptionValues &options);

} // namespace Cli
