// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>

#include <memory>

class QTextDocument;

namespace KSyntaxHighlighting {
class SyntaxHighlighter;
}

namespace Gui {

//! KDE's syntax highlighting of one document in the colours of the look in use. GUI thread.
//! The first one costs about 20 ms: it reads what definitions there are.
class CodeHighlighter final
{
public:
    explicit CodeHighlighter(QTextDocument *document);
    ~CodeHighlighter();
    Q_DISABLE_COPY_MOVE(CodeHighlighter)

    //! Chooses the language by file name. \return whether it is known
    bool setFileName(const QString &fileName);
    //! After a change of look.
    void applyLook();

    //! The name KDE gives to the language of \p fileName; empty when unknown.
    static QString languageOf(const QString &fileName);

private:
    std::unique_ptr<KSyntaxHighlighting::SyntaxHighlighter> m_highlighter;
};

} // namespace Gui
