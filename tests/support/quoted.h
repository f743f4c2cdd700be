// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>

namespace TestSupport {

//! JSON and header texts with ' for ", which keeps them readable. (moc of Qt 6.4 loses classes behind raw strings.)
inline QByteArray quoted(const char *text)
{
    return QByteArray(text).replace('\'', '"');
}

} // namespace TestSupport
