// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/codeeditor.h"

#include "widgets/codehighlighter.h"
#include "widgets/theme.h"

#include <QtGui/QHelpEvent>
#include <QtGui/QPainter>
#include <QtGui/QPainterPath>
#include <QtGui/QTextBlock>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QToolTip>

#include <algorithm>

namespace Gui {

using namespace Qt::StringLiterals;

namespace {

constexpr int kIndentWidth = 4;
constexpr int kGutterPadding = 12;
constexpr int kMarkWidth = 14;
constexpr double kAir = 2.0; // above and below each line
constexpr int kMaxFound = 2000;

QColor markColor(CodeMark::Severity severity)
{
    return severity == CodeMark::Severity::Error ? themeColors().bad : themeColors().warn;
}

//! Gives each line a little air, which QPlainTextEdit's layout has no setting for.
class AiryLayout final : public QPlainTextDocumentLayout
{
public:
    using QPlainTextDocumentLayout::QPlainTextDocumentLayout;

    QRectF blockBoundingRect(const QTextBlock &block) const override
    {
        QRectF rect = QPlainTextDocumentLayout::blockBoundingRect(block); // lays the block out where it must
        const QTextLayout *layout = block.isValid() ? block.layout() : nullptr;
        if (!layout || layout->lineCount() == 0)
            return rect;
        if (layout->lineAt(0).y() < kAir) {
            for (int i = 0; i < layout->lineCount(); ++i) {
                QTextLine line = layout->lineAt(i);
                line.setPosition(line.position() + QPointF(0, kAir));
            }
            rect.setHeight(rect.height() + kAir);
        }
        return rect.adjusted(0, 0, 0, kAir);
    }
};

} // namespace

//! Line numbers and a sign for each line with a mark.
class CodeEditor::Gutter final : public QWidget
{
public:
    explicit Gutter(CodeEditor *editor) : QWidget(editor), m_editor(editor) {}

protected:
    void paintEvent(QPaintEvent *event) override { m_editor->paintGutter(event); }
    void wheelEvent(QWheelEvent *event) override { m_editor->wheelEvent(event); }
    bool event(QEvent *event) override
    {
        if (event->type() == QEvent::ToolTip) {
            const auto *help = static_cast<QHelpEvent *>(event);
            const CodeMark *mark = m_editor->worstMarkOf(m_editor->lineAt(help->pos().y()));
            QToolTip::showText(help->globalPos(), mark ? mark->message : QString(), this);
            return true;
        }
        return QWidget::event(event);
    }

private:
    CodeEditor *m_editor;
};

CodeEditor::CodeEditor(QWidget *parent)
    : QPlainTextEdit(parent), m_gutter(new Gutter(this))
{
    auto *text = new QTextDocument(this);
    text->setDocumentLayout(new AiryLayout(text));
    setDocument(text);
    m_highlighter = std::make_unique<CodeHighlighter>(text);
    setLineWrapMode(QPlainTextEdit::NoWrap);
    setFrameShape(QFrame::NoFrame);
    setMouseTracking(true);
    document()->setDocumentMargin(6);
    connect(this, &QPlainTextEdit::blockCountChanged, this, &CodeEditor::updateMargins);
    connect(this, &QPlainTextEdit::cursorPositionChanged, this, &CodeEditor::updateSelections);
    connect(this, &QPlainTextEdit::updateRequest, this, [this](const QRect &rect, int dy) {
        if (dy)
            m_gutter->scroll(0, dy);
        else
            m_gutter->update(0, rect.y(), m_gutter->width(), rect.height());
        viewport()->update(); // messages at the right edge do not scroll with the text
    });
    connect(document(), &QTextDocument::contentsChange, this, [this](int position, int, int) {
        const int delta = document()->blockCount() - std::exchange(m_blockCount, document()->blockCount());
        if (delta == 0)
            return;
        const QTextBlock block = document()->findBlock(position);
        const bool pushedDown = delta > 0 && position == block.position(); // a line end before the line's first character
        Q_EMIT linesShifted(block.blockNumber() + (pushedDown ? 0 : 1), delta);
    });
    applyLook();
    document()->setModified(false); // the margin counts as a change
}

CodeEditor::~CodeEditor() = default;

void CodeEditor::setFileName(const QString &fileName)
{
    m_highlighter->setFileName(fileName);
}

// --- Geometry

int CodeEditor::gutterWidth() const
{
    const int digits = std::max(2, int(QString::number(blockCount()).size()));
    return kMarkWidth + kGutterPadding * 2 + fontMetrics().horizontalAdvance(u'9') * digits;
}

void CodeEditor::updateMargins()
{
    setViewportMargins(gutterWidth(), 0, m_rightArea ? m_rightWidth : 0, 0);
    layOutAreas();
}

void CodeEditor::layOutAreas()
{
    const QRect view = viewport()->geometry();
    m_gutter->setGeometry(view.left() - gutterWidth(), view.top(), gutterWidth(), view.height());
    if (m_rightArea)
        m_rightArea->setGeometry(view.right() + 1, view.top(), m_rightWidth, view.height());
}

void CodeEditor::setRightArea(QWidget *area, int width)
{
    m_rightArea = area;
    m_rightWidth = width;
    area->setParent(this);
    area->show();
    updateMargins();
}

void CodeEditor::resizeEvent(QResizeEvent *event)
{
    QPlainTextEdit::resizeEvent(event);
    layOutAreas();
}

QRectF CodeEditor::linesRect(int first, int last) const
{
    QTextBlock block = firstVisibleBlock();
    double top = contentOffset().y() + blockBoundingGeometry(block).top();
    for (; block.isValid() && block.blockNumber() + 1 < first; block = block.next())
        top += blockBoundingRect(block).height();
    while (block.isValid() && block.blockNumber() + 1 > first) {
        block = block.previous();
        top -= blockBoundingRect(block).height();
    }
    double bottom = top;
    for (; block.isValid() && block.blockNumber() + 1 <= last; block = block.next())
        bottom += blockBoundingRect(block).height();
    return {0, top, double(viewport()->width()), bottom - top};
}

int CodeEditor::lineAt(int y) const
{
    QTextBlock block = firstVisibleBlock();
    double bottom = contentOffset().y() + blockBoundingGeometry(block).top();
    for (; block.isValid(); block = block.next()) {
        bottom += blockBoundingRect(block).height();
        if (y < bottom)
            return block.blockNumber() + 1;
        if (bottom > viewport()->height())
            break;
    }
    return 0;
}

void CodeEditor::goTo(int line, int column)
{
    const QTextBlock block = document()->findBlockByNumber(std::clamp(line, 1, blockCount()) - 1);
    QTextCursor cursor(block);
    cursor.setPosition(block.position() + std::clamp(column - 1, 0, std::max(0, block.length() - 1)));
    setTextCursor(cursor);
    const QRectF rect = linesRect(line, line);
    if (rect.top() < 0 || rect.bottom() > viewport()->height())
        centerCursor();
    setFocus();
}

// --- Marks

void CodeEditor::setMarks(const QList<CodeMark> &marks)
{
    if (m_marks == marks)
        return;
    m_marks = marks;
    updateSelections();
    m_gutter->update();
}

const CodeMark *CodeEditor::worstMarkOf(int line) const
{
    const CodeMark *worst = nullptr;
    for (const CodeMark &mark : m_marks) {
        if (mark.line == line && (!worst || mark.severity < worst->severity))
            worst = &mark;
    }
    return worst;
}

int CodeEditor::setFoundText(const QString &text, QTextDocument::FindFlags flags)
{
    m_found.clear();
    QTextCursor cursor(document());
    QTextCharFormat format;
    format.setBackground(themeColors().mark);
    while (!text.isEmpty() && m_found.size() < kMaxFound) {
        cursor = document()->find(text, cursor, flags & ~QTextDocument::FindFlags(QTextDocument::FindBackward));
        if (cursor.isNull())
            break;
        m_found.append({cursor, format});
    }
    updateSelections();
    return int(m_found.size());
}

void CodeEditor::updateSelections()
{
    QList<QTextEdit::ExtraSelection> all;
    QTextEdit::ExtraSelection current;
    current.cursor = textCursor();
    current.cursor.clearSelection();
    QColor ground = themeColors().raised;
    ground.setAlpha(themeColors().dark ? 120 : 130);
    current.format.setBackground(ground);
    current.format.setProperty(QTextFormat::FullWidthSelection, true);
    all << current << m_found;
    for (const CodeMark &mark : m_marks) {
        const QTextBlock begin = document()->findBlockByNumber(mark.line - 1);
        const QTextBlock end = document()->findBlockByNumber(std::max(mark.endLine, mark.line) - 1);
        if (!begin.isValid() || !end.isValid())
            continue;
        const auto positionIn = [](const QTextBlock &block, int column) {
            return block.position() + std::clamp(column - 1, 0, std::max(0, block.length() - 1));
        };
        QTextEdit::ExtraSelection selection;
        selection.cursor = QTextCursor(begin);
        selection.cursor.setPosition(positionIn(begin, mark.column));
        selection.cursor.setPosition(positionIn(end, mark.endColumn), QTextCursor::KeepAnchor);
        if (!selection.cursor.hasSelection()) {
            selection.cursor.setPosition(positionIn(begin, 1));
            selection.cursor.movePosition(QTextCursor::EndOfBlock, QTextCursor::KeepAnchor);
        }
        selection.format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        selection.format.setUnderlineColor(markColor(mark.severity));
        all << selection;
    }
    setExtraSelections(all);
    m_gutter->update();
}

// --- Painting

void CodeEditor::paintEvent(QPaintEvent *event)
{
    QPlainTextEdit::paintEvent(event);
    if (!m_marks.isEmpty())
        paintMessages();
}

void CodeEditor::paintMessages()
{
    QPainter painter(viewport());
    QFont font = QWidget::font();
    font.setItalic(true);
    painter.setFont(font);
    const QFontMetricsF metrics(font);
    const int lastLine = lineAt(viewport()->height()) ? lineAt(viewport()->height()) : blockCount();
    for (int line = firstVisibleLine(); line <= lastLine; ++line) {
        const CodeMark *mark = worstMarkOf(line);
        if (!mark)
            continue;
        const QTextBlock block = document()->findBlockByNumber(line - 1);
        const QRectF row = linesRect(line, line);
        const double textEnd = contentOffset().x() + document()->documentMargin() + (block.layout()->lineCount() ? block.layout()->lineAt(0).naturalTextWidth() : 0);
        const double left = textEnd + 28;
        const double room = viewport()->width() - left - 12;
        if (room < 96)
            continue; // the tool tip and the problem list have it
        painter.setPen(markColor(mark->severity));
        painter.drawText(QRectF(left, row.top(), room, row.height()), Qt::AlignVCenter | Qt::TextSingleLine,
                         metrics.elidedText(mark->message, Qt::ElideRight, room));
    }
}

void CodeEditor::paintGutter(QPaintEvent *event)
{
    const ThemeColors &colors = themeColors();
    QPainter painter(m_gutter);
    painter.fillRect(event->rect(), colors.base);
    painter.setFont(font());
    painter.setRenderHint(QPainter::Antialiasing);
    const int currentLine = textCursor().blockNumber() + 1;
    QTextBlock block = firstVisibleBlock();
    double top = contentOffset().y() + blockBoundingGeometry(block).top();
    for (; block.isValid() && top <= event->rect().bottom(); block = block.next()) {
        const double height = blockBoundingRect(block).height();
        const int line = block.blockNumber() + 1;
        if (const CodeMark *mark = worstMarkOf(line)) {
            const QPointF centre(kGutterPadding / 2.0 + kMarkWidth / 2.0, top + height / 2);
            painter.setPen(Qt::NoPen);
            painter.setBrush(markColor(mark->severity));
            if (mark->severity == CodeMark::Severity::Error) { // shapes differ, not only colours
                painter.drawEllipse(centre, 4.5, 4.5);
            } else {
                QPainterPath triangle;
                triangle.addPolygon(QPolygonF{centre + QPointF(0, -5), centre + QPointF(5.5, 4.5), centre + QPointF(-5.5, 4.5)});
                painter.drawPath(triangle);
            }
        }
        painter.setPen(line == currentLine ? colors.text : colors.dim);
        painter.drawText(QRectF(0, top, m_gutter->width() - kGutterPadding, height), Qt::AlignRight | Qt::AlignVCenter,
                         QString::number(line));
        top += height;
    }
}

void CodeEditor::changeEvent(QEvent *event)
{
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_highlighter)
        applyLook();
    else if (event->type() == QEvent::FontChange)
        updateMargins();
}

void CodeEditor::applyLook()
{
    QFont font = monospaceFont();
    font.setPointSizeF(font.pointSizeF() + 0.75); // the text size: code is what this widget is for
    setFont(font);
    setTabStopDistance(fontMetrics().horizontalAdvance(u' ') * kIndentWidth);
    m_highlighter->applyLook();
    for (auto &found : m_found)
        found.format.setBackground(themeColors().mark);
    updateSelections();
    updateMargins();
}

// --- Tool tips

bool CodeEditor::viewportEvent(QEvent *event)
{
    if (event->type() != QEvent::ToolTip)
        return QPlainTextEdit::viewportEvent(event);
    const auto *help = static_cast<QHelpEvent *>(event);
    QToolTip::showText(help->globalPos(), toolTipAt(help->pos()), viewport());
    return true;
}

QString CodeEditor::toolTipAt(const QPoint &pos) const
{
    const int line = lineAt(pos.y());
    if (line == 0)
        return {};
    QStringList parts;
    for (const CodeMark &mark : m_marks) {
        if (line < mark.line || line > std::max(mark.line, mark.endLine))
            continue;
        parts << u"<p>%1</p>"_s.arg(mark.message.toHtmlEscaped());
        if (!mark.remedy.isEmpty())
            parts << u"<p><i>%1</i></p>"_s.arg(mark.remedy.toHtmlEscaped());
    }
    if (parts.isEmpty() && m_hoverText) {
        const QTextCursor cursor = cursorForPosition(pos);
        const QString text = m_hoverText(line, cursor.positionInBlock() + 1);
        if (!text.isEmpty())
            parts << u"<p>%1</p>"_s.arg(text);
    }
    return parts.join(QString());
}

// --- Keys

void CodeEditor::keyPressEvent(QKeyEvent *event)
{
    if (isReadOnly()) {
        QPlainTextEdit::keyPressEvent(event);
        return;
    }
    const bool plain = (event->modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier)) == Qt::NoModifier;
    if (event->key() == Qt::Key_Tab && plain) {
        if (textCursor().hasSelection())
            indentSelection();
        else
            insertPlainText(QString(kIndentWidth - textCursor().positionInBlock() % kIndentWidth, u' '));
    } else if (event->key() == Qt::Key_Backtab) {
        unindentSelection();
    } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && plain) {
        insertNewline();
    } else {
        QPlainTextEdit::keyPressEvent(event);
    }
}

bool CodeEditor::insertNewline()
{
    QTextCursor cursor = textCursor();
    const QString before = cursor.block().text().left(cursor.positionInBlock());
    QString indent;
    for (const QChar c : before) {
        if (c != u' ' && c != u'\t')
            break;
        indent += c;
    }
    if (indent.isEmpty() && before.trimmed().endsWith(u'\\') && !before.trimmed().startsWith(u'#'))
        indent = QString(kIndentWidth, u' '); // a continued instruction
    cursor.insertText(u'\n' + indent);
    setTextCursor(cursor);
    ensureCursorVisible();
    return true;
}

void CodeEditor::editSelectedLines(const std::function<void(QTextCursor &)> &edit)
{
    QTextCursor selection = textCursor();
    const int first = document()->findBlock(selection.selectionStart()).blockNumber();
    const QTextBlock endBlock = document()->findBlock(selection.selectionEnd());
    int last = endBlock.blockNumber();
    if (last > first && selection.selectionEnd() == endBlock.position())
        --last; // nothing of that line is selected
    selection.beginEditBlock();
    for (int number = first; number <= last; ++number) {
        QTextCursor cursor(document()->findBlockByNumber(number));
        edit(cursor);
    }
    selection.endEditBlock();
}

void CodeEditor::indentSelection()
{
    editSelectedLines([](QTextCursor &cursor) {
        if (!cursor.block().text().isEmpty())
            cursor.insertText(QString(kIndentWidth, u' '));
    });
}

void CodeEditor::unindentSelection()
{
    editSelectedLines([](QTextCursor &cursor) {
        const QString text = cursor.block().text();
        int count = 0;
        while (count < kIndentWidth && count < text.size() && text[count] == u' ')
            ++count;
        if (count == 0 && text.startsWith(u'\t'))
            count = 1;
        cursor.movePosition(QTextCursor::NextCharacter, QTextCursor::KeepAnchor, count);
        cursor.removeSelectedText();
    });
}

void CodeEditor::toggleComment()
{
    if (isReadOnly())
        return;
    bool allCommented = true;
    bool any = false;
    editSelectedLines([&](QTextCursor &cursor) {
        const QString text = cursor.block().text().trimmed();
        any = any || !text.isEmpty();
        allCommented = allCommented && (text.isEmpty() || text.startsWith(m_commentStart));
    });
    if (!any)
        return;
    editSelectedLines([&](QTextCursor &cursor) {
        const QString text = cursor.block().text();
        if (text.trimmed().isEmpty())
            return;
        if (!allCommented) { // at column 1: a Dockerfile's heredocs and continued lines take a comment only there
            cursor.insertText(m_commentStart + u' ');
            return;
        }
        const int start = int(text.indexOf(m_commentStart));
        int length = int(m_commentStart.size());
        if (text.mid(start + length).startsWith(u' '))
            ++length;
        cursor.setPosition(cursor.block().position() + start);
        cursor.movePosition(QTextCursor::NextCharacter, QTextCursor::KeepAnchor, length);
        cursor.removeSelectedText();
    });
}

} // namespace Gui
