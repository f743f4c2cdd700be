// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/result.h>

#include <QtCore/QMap>
#include <QtCore/QSet>
#include <QtCore/QStringList>

namespace Engine::Internal {

//! What a Dockerfile word becomes: quotes removed, `$name` and `${name…}` replaced.
struct ExpandedWord {
    QString text;               //!< the whole input as one string
    QStringList words;          //!< the input split at unquoted white space, as a shell does
    QSet<QString> matched;      //!< variables that were asked for and set
    QSet<QString> unmatched;    //!< variables that were asked for and not set
};

//! The words of a Dockerfile, expanded as BuildKit does: POSIX parameter expansion with the modifiers
//! `:- - :+ + :? ? # ## % %% / //`, without command substitution or field splitting of quoted text.
//!
//! A value; any thread. Source: docs.docker.com/reference/dockerfile, "Environment replacement".
class ShellLexer final
{
public:
    enum class Quotes { Remove, Keep, Ignore };     //!< Ignore: quotes are ordinary characters
    enum class Escapes { Remove, Keep };
    enum class Unset { Empty, Keep };               //!< Keep: `$name` stays as written when name is not set

    explicit ShellLexer(QChar escape = u'\\') : m_escape(escape) {}
    ShellLexer &setQuotes(Quotes quotes) { m_quotes = quotes; return *this; }
    ShellLexer &setEscapes(Escapes escapes) { m_escapes = escapes; return *this; }
    ShellLexer &setUnset(Unset unset) { m_unset = unset; return *this; }

    //! \return InvalidInput with BuildKit's words for an open quote, a bad substitution or a `:?` that struck
    [[nodiscard]] Result<ExpandedWord> expand(const QString &input, const QMap<QString, QString> &variables) const;

private:
    QChar m_escape;
    Quotes m_quotes = Quotes::Remove;
    Escapes m_escapes = Escapes::Remove;
    Unset m_unset = Unset::Empty;
};

} // namespace Engine::Internal
