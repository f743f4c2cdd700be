// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QMap>
#include <QtCore/QString>

namespace Engine::Internal {

//! One challenge of a WWW-Authenticate header (RFC 9110, 11.6.1).
struct Challenge {
    QString scheme;                     //!< lower case: "bearer", "basic"
    QMap<QString, QString> parameters;  //!< names in lower case
    bool operator==(const Challenge &) const = default;
};

//! All challenges of \p header, several headers joined by commas. What does not parse ends the list: a broken header
//! never makes more of itself than stands there.
[[nodiscard]] QList<Challenge> parseChallenges(QByteArrayView header);

} // namespace Engine::Internal
