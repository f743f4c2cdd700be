// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/builds.h>

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QStringList>

#include <memory>

namespace Engine::Internal {

//! A here-document attached to RUN, COPY or ADD.
struct Heredoc {
    QString name;           //!< the delimiter word, unquoted
    QString content;        //!< with its final line break, before expansion and chomping
    int fileDescriptor = 0;
    bool expand = true;     //!< the delimiter was not quoted: variables are expanded
    bool chomp = false;     //!< `<<-`: leading tabs are removed
    bool operator==(const Heredoc &) const = default;

    //! Content without leading tabs where `<<-` asks for it.
    QString chompedContent() const;
    //! What `<<EOF` or `3<<-"EOF"` starts; nothing when \p word is no here-document.
    [[nodiscard]] static std::optional<Heredoc> fromWord(const QString &word);
};

//! One instruction as written: split, not yet understood.
struct DockerfileNode {
    QString keyword;        //!< as written: "run", "RUN"
    QString original;       //!< the logical line: continuations joined, comments in between removed
    QStringList flags;      //!< "--from=build"
    QStringList arguments;  //!< for ENV and LABEL triples: name, value, "=" or ""
    bool isJson = false;    //!< exec form
    std::shared_ptr<const DockerfileNode> trigger; //!< what ONBUILD holds
    QList<Heredoc> heredocs;
    QStringList comments;   //!< above it, without '#'
    int firstLine = 0;
    int lastLine = 0;
    bool isValid = true;    //!< false: a diagnostic says why; arguments are incomplete

    QString name() const { return keyword.toUpper(); }
    SourcePosition begin() const { return positionAt(0); }
    SourcePosition end() const { return m_end; }
    //! Place of a character of `original` in the file.
    SourcePosition positionAt(qsizetype offset) const;
    //! Place of the first \p word after the keyword; the whole instruction when it does not stand there literally.
    std::pair<SourcePosition, SourcePosition> rangeOf(QStringView word) const;

    //! BuildKit's Node.Dump() form: `(copy ["--from=x"] "a" "b")` without the outer parentheses. For tests and debugging.
    QString dump() const;

private:
    friend class DockerfileParser;
    struct Piece {
        qsizetype offset;       //!< in original
        SourcePosition place;   //!< in the file
    };
    QList<Piece> m_pieces;
    SourcePosition m_end;
};

//! A Dockerfile's text, split into instructions.
struct ParsedDockerfile {
    QList<DockerfileNode> nodes;
    QList<Diagnostic> diagnostics;  //!< sorted by place
    QChar escape = u'\\';
    QString syntax;                 //!< of `# syntax=`
    int syntaxLine = 0;             //!< its line, from 1
    QString check;                  //!< of `# check=`

    bool hasErrors() const;
};

//! Reads BuildKit's grammar: directives, continuations, comments, CRLF, BOM, flags, exec forms, here-documents.
//! Goes on after a mistake, so that an editor can show all of them. Pure; any thread. Cost: about 10 MB/s.
[[nodiscard]] ParsedDockerfile parseDockerfile(const QByteArray &text);

//! The strings of a JSON array, or nothing when \p text is no JSON array. \return InvalidInput for an array that holds
//! something else than strings
[[nodiscard]] Result<std::optional<QStringList>> parseExecForm(const QString &text);

//! Go's strconv.Quote, as BuildKit's dumps and history lines show strings.
[[nodiscard]] QString goQuoted(const QString &text);

} // namespace Engine::Internal
