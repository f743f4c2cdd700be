// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/result.h>

#include <QtCore/QList>
#include <QtCore/QString>

#include <sys/stat.h>

namespace Engine::Internal {

//! What --chmod says: an octal mode, or changes as chmod(1) has them ("u=rwX,go-w").
class ModeChange final
{
public:
    //! \return InvalidInput with Docker's words
    [[nodiscard]] static Result<ModeChange> parse(const QString &text);

    //! The permissions of something that has \p mode (type included: X means x for folders).
    mode_t applyTo(mode_t mode) const;

private:
    struct Clause {
        mode_t who = 0;             //!< the bits it may touch
        char operation = '=';
        mode_t bits = 0;            //!< as if for everybody
        bool conditionalX = false;  //!< X: only folders, and what somebody may execute already
        char copied = 0;            //!< u, g or o: the permissions those have
    };
    [[nodiscard]] static bool parseClause(QStringView text, QList<Clause> *clauses);

    QList<Clause> m_clauses;
};

} // namespace Engine::Internal
