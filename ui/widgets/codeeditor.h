// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGui/QTextBlock>
#include <QtWidgets/QPlainTextEdit>

#include <functional>
#include <memory>

namespace Gui {

class CodeHighlighter;

//! Something to say at a place of the text. Lines and columns count from 1; the end is one past the last character.
struct CodeMark {
    enum class Severity { Error, Warning } severity = Severity::Error;
    int line = 0;
    int column = 0;
    int endLine = 0;
    int endColumn = 0;
    QString message;
    QString remedy;         //!< shown in the tool tip only
    bool operator==(const CodeMark &) const = default;
};

//! A plain text editor for code: line numbers, the current line, marks with their message at the line, highlighting,
//! indentation and comments, and room for a column at the right that is aligned with the lines.
class CodeEditor final : public QPlainTextEdit
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(CodeEditor)

public:
    //! Text for the tool tip over a character; line and column count from 1. Marks come before it.
    using HoverText = std::function<QString(int line, int column)>;

    explicit CodeEditor(QWidget *parent = nullptr);
    ~CodeEditor() override;

    //! Chooses the highlighting by file name.
    void setFileName(const QString &fileName);
    void setHoverText(HoverText text) { m_hoverText = std::move(text); }
    //! What Ctrl+/ puts before a line.
    void setCommentStart(const QString &start) { m_commentStart = start; }

    void setMarks(const QList<CodeMark> &marks);
    const QList<CodeMark> &marks() const { return m_marks; }
    //! Shows every place where \p text occurs, at most 2,000; an empty text shows none. \return how many
    int setFoundText(const QString &text, QTextDocument::FindFlags flags);

    //! Puts \p area, \p width pixels wide, between the text and the scroll bar. It follows the text by linesRect()
    //! and updateRequest().
    void setRightArea(QWidget *area, int width);
    QWidget *rightArea() const { return m_rightArea; }

    //! Where the lines \p first to \p last (from 1) are, in the viewport's coordinates, also where they are scrolled out.
    //! Cost: grows with the distance to the first visible line.
    QRectF linesRect(int first, int last) const;
    //! \return the line at \p y of the viewport, from 1; 0 below the text
    int lineAt(int y) const;
    int firstVisibleLine() const { return firstVisibleBlock().blockNumber() + 1; }
    //! Puts the cursor there and scrolls it into the middle when it is out of sight.
    void goTo(int line, int column);

    void toggleComment();
    void indentSelection();
    void unindentSelection();

Q_SIGNALS:
    //! An edit moved the lines after \p line by \p delta.
    void linesShifted(int line, int delta);

protected:
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;
    bool viewportEvent(QEvent *event) override;

private:
    class Gutter;

    void updateMargins();
    void layOutAreas();
    void updateSelections();
    void applyLook();
    void paintGutter(QPaintEvent *event);
    void paintMessages();
    int gutterWidth() const;
    bool insertNewline();
    void editSelectedLines(const std::function<void(QTextCursor &)> &edit);
    QString toolTipAt(const QPoint &pos) const;
    const CodeMark *worstMarkOf(int line) const;

    Gutter *m_gutter;
    QWidget *m_rightArea = nullptr;
    int m_rightWidth = 0;
    std::unique_ptr<CodeHighlighter> m_highlighter;
    HoverText m_hoverText;
    QString m_commentStart = QStringLiteral("#");
    QList<CodeMark> m_marks;
    QList<QTextEdit::ExtraSelection> m_found;
    int m_blockCount = 1;
};

} // namespace Gui
