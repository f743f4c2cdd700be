// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/result.h>

#include <QtCore/QByteArray>
#include <QtCore/QRegularExpression>
#include <QtCore/QStringList>

#include <vector>

namespace Engine::Internal {

//! The patterns of a .dockerignore file's text: comments and blanks dropped, paths cleaned, leading '/' removed.
[[nodiscard]] QStringList readIgnoreFile(const QByteArray &text);

//! Go's path.Clean: "a//b/./../c/" is "a/c".
[[nodiscard]] QString cleanedPath(const QString &path);

//! Go's path.Match: `*`, `?`, `[a-z]`, `\x`; `*` and `?` do not match '/'.
//! \return InvalidInput for a malformed pattern
[[nodiscard]] Result<bool> matchesGlob(QStringView pattern, QStringView name);

//! Decides what .dockerignore and `--exclude` leave out. Later patterns win; `!` takes back.
//! Const after create(); any thread. Source: docs.docker.com/build/concepts/context, ".dockerignore files".
class PatternMatcher final
{
public:
    //! \return InvalidInput naming the malformed pattern
    [[nodiscard]] static Result<PatternMatcher> create(const QStringList &patterns);
    PatternMatcher() = default;

    //! What the patterns said about a folder, so that its entries need not ask about all their parents.
    using ParentState = std::vector<bool>;

    //! \p path relative, '/'-separated. A path whose parent matches counts as matched.
    bool matches(const QString &path) const;
    //! The same for a walk from the top: \p parent is what this wrote to \p own for the parent folder ({} at the top).
    bool matches(const QString &path, const ParentState &parent, ParentState *own) const;
    //! The older rule that looks at one parent only; kept because remote builders of old use it.
    bool matchesDirectly(const QString &path) const;

    bool isEmpty() const { return m_patterns.empty(); }
    //! An excluded folder must still be walked when a `!` pattern could take something in it back.
    bool hasExclusions() const { return m_hasExclusions; }

    struct Pattern {
        QString text;           //!< cleaned, without '!'
        bool isExclusion = false;
        enum class Kind { Exact, Prefix, Suffix, Expression } kind = Kind::Exact;
        QRegularExpression expression;

        bool matches(QStringView path) const;
    };
    const std::vector<Pattern> &patterns() const { return m_patterns; }

private:
    std::vector<Pattern> m_patterns;
    bool m_hasExclusions = false;
};

} // namespace Engine::Internal
