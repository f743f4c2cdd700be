// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/terminal/terminalview.h"

#include "widgets/messagebox.h"
#include "widgets/theme.h"

#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QMenu>
#include <QtWidgets/QPushButton>

namespace Gui {

using namespace Qt::StringLiterals;

namespace {
constexpr int terminalMargin = 8;
constexpr double smallestPoints = 6, largestPoints = 32;
constexpr qint64 frameMs = 33;
}

TerminalView::TerminalView(QWidget *parent)
    : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setMouseTracking(true);
    setCursor(Qt::IBeamCursor);
    setAccessibleName(tr("Terminal"));
    m_points = monospaceFont().pointSizeF();
    setupFonts();
    applyLook();
    m_paintTimer.setSingleShot(true);
    connect(&m_paintTimer, &QTimer::timeout, this, qOverload<>(&QWidget::update));
    connect(&m_screen, &TerminalScreen::changed, this, &TerminalView::updateSoon);
}

// A key's echo is painted at once, a flood in frames: painting each piece would take longer than reading it.
void TerminalView::updateSoon()
{
    if (m_paintTimer.isActive())
        return;
    const qint64 sinceMs = m_lastPaint.isValid() ? m_lastPaint.elapsed() : frameMs;
    if (sinceMs >= frameMs)
        update();
    else
        m_paintTimer.start(int(frameMs - sinceMs));
}

void TerminalView::setInputEnabled(bool enabled)
{
    m_inputEnabled = enabled;
    update();
}

QSize TerminalView::sizeHint() const
{
    return {m_cellWidth * 80 + 2 * terminalMargin, m_cellHeight * 16 + 2 * terminalMargin};
}

void TerminalView::setupFonts()
{
    QFont plain = monospaceFont();
    plain.setPointSizeF(m_points);
    const double advance = QFontMetricsF(plain).horizontalAdvance(u'M');
    m_cellWidth = std::max(1, qRound(advance));
    plain.setLetterSpacing(QFont::AbsoluteSpacing, m_cellWidth - advance); // so that a whole run falls on the grid
    const QFontMetrics metrics(plain);
    m_cellHeight = std::max(1, metrics.height());
    m_ascent = metrics.ascent();
    for (size_t i = 0; i < m_fonts.size(); ++i) {
        m_fonts[i] = plain;
        m_fonts[i].setBold(i & 1);
        m_fonts[i].setItalic(i & 2);
    }
}

void TerminalView::applyLook()
{
    const ThemeColors &t = themeColors();
    m_screen.setColors({.text = t.terminalText.rgb(), .ground = t.terminalBase.rgb(), .ansi = t.ansi});
}

void TerminalView::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        applyLook();
    QWidget::changeEvent(event);
}

void TerminalView::resizeEvent(QResizeEvent *)
{
    updateGrid();
}

void TerminalView::updateGrid()
{
    const QSize before = m_screen.size();
    m_screen.resize({(width() - 2 * terminalMargin) / m_cellWidth, (height() - 2 * terminalMargin) / m_cellHeight});
    if (m_screen.size() != before)
        Q_EMIT gridResized(m_screen.size().width(), m_screen.size().height());
}

QPoint TerminalView::cellAt(const QPointF &position) const
{
    const QSize size = m_screen.size();
    return {std::clamp(int(position.x() - terminalMargin) / m_cellWidth, 0, size.width() - 1),
            std::clamp(int(position.y() - terminalMargin) / m_cellHeight, 0, size.height() - 1)};
}

void TerminalView::paintEvent(QPaintEvent *event)
{
    m_lastPaint.start();
    QPainter painter(this);
    painter.fillRect(event->rect(), themeColors().terminalBase);
    painter.translate(terminalMargin, terminalMargin);
    const auto cells = m_screen.cells();
    const QSize size = m_screen.size();
    for (int y = 0; y < size.height(); ++y)
        paintRow(painter, cells.subspan(size_t(y * size.width()), size_t(size.width())), y);
    paintCursor(painter);
}

void TerminalView::paintRow(QPainter &painter, std::span<const TerminalScreen::Cell> row, int y)
{
    const QRgb ground = themeColors().terminalBase.rgb();
    for (size_t x = 0; x < row.size(); ++x) {
        if (row[x].width > 0 && row[x].background != ground)
            painter.fillRect(int(x) * m_cellWidth, y * m_cellHeight, m_cellWidth * row[x].width, m_cellHeight, QColor(row[x].background));
    }
    // text of one look in one go, since drawing cell by cell is ten times slower; what is not ASCII may be of another
    // font with another advance and is placed cell by cell
    const auto sameLook = [](const auto &a, const auto &b) {
        return a.foreground == b.foreground && a.bold == b.bold && a.italic == b.italic && a.underline == b.underline;
    };
    const auto isPlain = [](const auto &c) { return c.width == 1 && (c.length == 0 || (c.length == 1 && c.text[0] < 0x7f)); };
    for (size_t begin = 0; begin < row.size();) {
        size_t end = begin + 1;
        while (isPlain(row[begin]) && end < row.size() && isPlain(row[end]) && sameLook(row[begin], row[end]))
            ++end;
        paintRun(painter, row.subspan(begin, end - begin), int(begin), y);
        begin = end;
    }
}

void TerminalView::paintRun(QPainter &painter, std::span<const TerminalScreen::Cell> run, int x, int y)
{
    QString text;
    for (const TerminalScreen::Cell &cell : run)
        text += cell.length > 0 ? QString::fromUcs4(cell.text.data(), cell.length) : u" "_s;
    const TerminalScreen::Cell &look = run.front();
    if (look.width == 0 || (text.trimmed().isEmpty() && !look.underline))
        return;
    painter.setFont(m_fonts[size_t(look.bold) + 2 * size_t(look.italic)]);
    painter.setPen(QColor(look.foreground));
    const int left = x * m_cellWidth, base = y * m_cellHeight + m_ascent;
    painter.drawText(left, base, text);
    if (look.underline)
        painter.drawLine(left, base + 2, left + int(run.size()) * m_cellWidth - 1, base + 2);
}

void TerminalView::paintCursor(QPainter &painter)
{
    const auto at = m_screen.cursor();
    if (!at || !m_inputEnabled)
        return;
    const auto cells = m_screen.cells();
    const TerminalScreen::Cell &cell = cells[size_t(at->y() * m_screen.size().width() + at->x())];
    const QRect where(at->x() * m_cellWidth, at->y() * m_cellHeight, m_cellWidth * std::max<int>(1, cell.width), m_cellHeight);
    const ThemeColors &t = themeColors();
    if (!hasFocus()) {
        painter.setPen(t.dim);
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(where.adjusted(0, 0, -1, -1));
        return;
    }
    painter.fillRect(where, t.accent);
    if (cell.length == 0)
        return;
    painter.setFont(m_fonts[size_t(cell.bold)]);
    painter.setPen(t.terminalBase);
    painter.drawText(where.left(), where.top() + m_ascent, QString::fromUcs4(cell.text.data(), cell.length));
}

bool TerminalView::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        // the program's keys win over the window's shortcuts, but for the ways out: Ctrl+1 …, Ctrl+Shift+…, F6
        const auto *key = static_cast<QKeyEvent *>(event);
        const bool isPlace = key->modifiers() == Qt::ControlModifier && key->key() >= Qt::Key_1 && key->key() <= Qt::Key_9;
        const bool isOurs = key->modifiers() == (Qt::ControlModifier | Qt::ShiftModifier) || key->key() == Qt::Key_F6;
        if (m_inputEnabled && !isPlace && (!isOurs || key->key() == Qt::Key_C || key->key() == Qt::Key_V)) {
            event->accept();
            return true;
        }
    }
    return QWidget::event(event);
}

void TerminalView::keyPressEvent(QKeyEvent *event)
{
    if (handleOwnKey(*event))
        return;
    if (!m_inputEnabled || !m_screen.sendKey(*event))
        QWidget::keyPressEvent(event);
    else
        m_screen.clearSelection();
}

bool TerminalView::handleOwnKey(const QKeyEvent &event)
{
    const auto modifiers = event.modifiers() & ~Qt::KeypadModifier;
    if (modifiers == (Qt::ControlModifier | Qt::ShiftModifier) && event.key() == Qt::Key_C)
        return copy(), true;
    if (modifiers == (Qt::ControlModifier | Qt::ShiftModifier) && event.key() == Qt::Key_V)
        return paste(), true;
    if (modifiers == Qt::ShiftModifier && (event.key() == Qt::Key_PageUp || event.key() == Qt::Key_PageDown) && !m_screen.isAlternate()) {
        const int page = std::max(1, m_screen.size().height() - 1);
        return m_screen.scroll(event.key() == Qt::Key_PageUp ? page : -page), true;
    }
    if (modifiers & Qt::ControlModifier) {
        if (event.key() == Qt::Key_Plus || event.key() == Qt::Key_Equal)
            return zoom(m_points + 1), true;
        if (event.key() == Qt::Key_Minus && !(modifiers & Qt::ShiftModifier))
            return zoom(m_points - 1), true;
        if (event.key() == Qt::Key_0)
            return zoom(monospaceFont().pointSizeF()), true;
    }
    return false;
}

void TerminalView::zoom(double points)
{
    m_points = std::clamp(points, smallestPoints, largestPoints);
    setupFonts();
    updateGrid();
    update();
}

void TerminalView::copy()
{
    const QString text = m_screen.selectedText();
    if (!text.isEmpty())
        QGuiApplication::clipboard()->setText(text);
}

void TerminalView::paste()
{
    pasteText(QGuiApplication::clipboard()->text());
}

void TerminalView::pasteText(const QString &text)
{
    if (text.isEmpty() || !m_inputEnabled)
        return;
    // a shell that does not ask for bracketed paste runs each line as it arrives
    const auto lines = text.trimmed().count(u'\n') + 1;
    if (lines == 1 || m_screen.wantsBracketedPaste())
        return m_screen.paste(text);
    auto *question = new MessageBox({.title = tr("Paste"), .sentence = tr("Paste %n line(s) into the console?", nullptr, int(lines)),
                                     .more = tr("The program there runs each line at once.")},
                                    QMessageBox::Cancel, this);
    question->setDetailedText(text);
    QPushButton *yes = question->addButton(tr("Paste"), QMessageBox::AcceptRole);
    connect(question, &QMessageBox::accepted, this, [this, text] { m_screen.paste(text); });
    question->setDefaultButton(yes);
    question->open();
}

void TerminalView::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(icon(u"copy"_s), tr("Copy"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), this, &TerminalView::copy)
        ->setEnabled(!m_screen.selectedText().isEmpty());
    menu->addAction(tr("Paste"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_V), this, &TerminalView::paste)->setEnabled(m_inputEnabled);
    menu->popup(event->globalPos());
}

void TerminalView::mousePressEvent(QMouseEvent *event)
{
    const QPoint cell = cellAt(event->position());
    m_button = event->button() == Qt::LeftButton ? 0 : event->button() == Qt::MiddleButton ? 1 : 2;
    if (m_inputEnabled && m_screen.sendMouse(TerminalScreen::MouseAction::Press, m_button, cell, event->modifiers()))
        return;
    if (event->button() == Qt::MiddleButton)
        return pasteText(QGuiApplication::clipboard()->text(QClipboard::Selection));
    if (event->button() != Qt::LeftButton)
        return;
    m_selecting = true;
    m_screen.clearSelection();
    m_screen.startSelection(cell);
}

void TerminalView::mouseReleaseEvent(QMouseEvent *event)
{
    if (m_selecting) {
        const QString text = m_screen.selectedText();
        if (!text.trimmed().isEmpty() && QGuiApplication::clipboard()->supportsSelection())
            QGuiApplication::clipboard()->setText(text, QClipboard::Selection);
    } else if (m_inputEnabled) {
        m_screen.sendMouse(TerminalScreen::MouseAction::Release, m_button, cellAt(event->position()), event->modifiers());
    }
    m_selecting = false;
    m_button = -1;
}

void TerminalView::mouseMoveEvent(QMouseEvent *event)
{
    const QPoint cell = cellAt(event->position());
    if (m_selecting)
        m_screen.extendSelection(cell);
    else if (m_inputEnabled)
        m_screen.sendMouse(TerminalScreen::MouseAction::Move, m_button, cell, event->modifiers());
}

// the word under the pointer
void TerminalView::mouseDoubleClickEvent(QMouseEvent *event)
{
    const QPoint at = cellAt(event->position());
    const auto cells = m_screen.cells();
    const int columns = m_screen.size().width();
    const auto isWord = [&](int x) {
        const TerminalScreen::Cell &c = cells[size_t(at.y() * columns + x)];
        return c.length > 0 && c.text[0] != U' ' && !u"\"'`()[]{}<>|,;"_s.contains(QChar(char16_t(c.text[0])));
    };
    if (event->button() != Qt::LeftButton || !isWord(at.x()))
        return;
    int first = at.x(), last = at.x();
    while (first > 0 && isWord(first - 1))
        --first;
    while (last + 1 < columns && isWord(last + 1))
        ++last;
    m_screen.clearSelection();
    m_screen.startSelection({first, at.y()});
    m_screen.extendSelection({last, at.y()});
}

void TerminalView::wheelEvent(QWheelEvent *event)
{
    constexpr int eighthsPerLine = 40; // three lines a notch
    if (event->modifiers() & Qt::ControlModifier)
        return zoom(m_points + (event->angleDelta().y() > 0 ? 1 : -1));
    m_wheelRest += event->angleDelta().y();
    const int lines = m_wheelRest / eighthsPerLine;
    m_wheelRest %= eighthsPerLine;
    if (lines == 0)
        return;
    if (m_inputEnabled && m_screen.sendMouse(TerminalScreen::MouseAction::Press, lines > 0 ? 64 : 65, cellAt(event->position()), event->modifiers()))
        return;
    if (m_screen.isAlternate())
        m_screen.sendArrow(lines > 0, std::abs(lines));
    else
        m_screen.scroll(lines);
}

void TerminalView::focusInEvent(QFocusEvent *event)
{
    QWidget::focusInEvent(event);
    update();
}

void TerminalView::focusOutEvent(QFocusEvent *event)
{
    QWidget::focusOutEvent(event);
    update();
}

} // namespace Gui
