// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/logview.h"

#include "widgets/theme.h"

#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QMenu>
#include <QtWidgets/QScrollBar>

#include <algorithm>

namespace Gui {

using namespace Qt::StringLiterals;

namespace {
constexpr int logMargin = 12;
constexpr int timeColumns = 14; // "12:04:31.250" and a gap
}

LogView::LogView(LogStore &store, QWidget *parent)
    : QAbstractScrollArea(parent), m_store(store)
{
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(QFrame::NoFrame);
    viewport()->setCursor(Qt::IBeamCursor);
    viewport()->setAutoFillBackground(false);
    setAccessibleName(tr("Log"));
    setupFonts();
    connect(&m_store, &LogStore::appended, this, &LogView::onAppended);
    connect(&m_store, &LogStore::cleared, this, &LogView::onCleared);
    relayout();
}

void LogView::setupFonts()
{
    m_plain = monospaceFont();
    const double advance = QFontMetricsF(m_plain).horizontalAdvance(u'M');
    m_cellWidth = std::max(1, qRound(advance));
    m_plain.setLetterSpacing(QFont::AbsoluteSpacing, m_cellWidth - advance);
    m_bold = m_plain;
    m_bold.setBold(true);
    const QFontMetrics metrics(m_plain);
    m_lineHeight = metrics.height() + 2;
    m_ascent = metrics.ascent() + 1;
}

void LogView::setWrap(bool wrap)
{
    m_wrap = wrap;
    relayout();
}

void LogView::setShowTimes(bool show)
{
    m_showTimes = show;
    relayout();
}

void LogView::setFollow(bool follow)
{
    if (follow)
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
    if (follow == m_follow)
        return;
    m_follow = follow;
    Q_EMIT followChanged(follow);
}

int LogView::timeWidth() const
{
    return m_showTimes ? timeColumns * m_cellWidth : 0;
}

int LogView::columnsShown() const
{
    return std::max(8, (viewport()->width() - 2 * logMargin - timeWidth()) / m_cellWidth);
}

int LogView::rowsOf(const LogText &line) const
{
    return m_wrap ? std::max(1, (line.columns + columnsShown() - 1) / columnsShown()) : 1;
}

void LogView::relayout()
{
    m_rowEnds.clear();
    m_widest = 0;
    extendRows(0);
    updateBars();
    viewport()->update();
}

void LogView::extendRows(int first)
{
    m_rowEnds.resize(size_t(first));
    int rows = first > 0 ? m_rowEnds.back() : 0;
    for (int i = first; i < m_store.count(); ++i) {
        rows += rowsOf(m_store.line(i));
        m_rowEnds.push_back(rows);
        m_widest = std::max(m_widest, m_store.line(i).columns);
    }
}

void LogView::onAppended(int first, int droppedNow)
{
    if (droppedNow > 0) {
        m_anchor.line -= droppedNow;
        m_caret.line -= droppedNow;
        m_found -= droppedNow;
        if (m_anchor.line < 0 || m_caret.line < 0)
            m_anchor = m_caret = {};
        const size_t gone = std::min(size_t(droppedNow), m_rowEnds.size());
        const int goneRows = gone > 0 ? m_rowEnds[gone - 1] : 0;
        m_rowEnds.erase(m_rowEnds.begin(), m_rowEnds.begin() + std::ptrdiff_t(gone));
        for (int &end : m_rowEnds)
            end -= goneRows;
    }
    extendRows(std::min(first, int(m_rowEnds.size())));
    updateBars();
    viewport()->update();
}

void LogView::onCleared()
{
    m_anchor = m_caret = {};
    m_found = -1;
    m_follow = true;
    relayout();
}

void LogView::updateBars()
{
    const int shown = std::max(1, (viewport()->height() - 2 * 4) / m_lineHeight);
    const int rows = m_rowEnds.empty() ? 0 : m_rowEnds.back();
    const bool followed = m_follow; // setRange() scrolls, which would end following
    verticalScrollBar()->setPageStep(shown);
    verticalScrollBar()->setRange(0, std::max(0, rows - shown));
    horizontalScrollBar()->setPageStep(columnsShown());
    horizontalScrollBar()->setRange(0, m_wrap ? 0 : std::max(0, m_widest - columnsShown()));
    setFollow(followed);
}

void LogView::scrollContentsBy(int, int)
{
    const bool atEnd = verticalScrollBar()->value() >= verticalScrollBar()->maximum();
    if (atEnd != m_follow) {
        m_follow = atEnd;
        Q_EMIT followChanged(atEnd);
    }
    viewport()->update();
}

void LogView::resizeEvent(QResizeEvent *)
{
    const bool followed = m_follow;
    if (m_wrap)
        relayout();
    m_follow = followed;
    updateBars();
}

void LogView::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        viewport()->update();
    QAbstractScrollArea::changeEvent(event);
}

int LogView::lineAtRow(int row) const
{
    const auto it = std::ranges::upper_bound(m_rowEnds, row);
    return it == m_rowEnds.end() ? -1 : int(it - m_rowEnds.begin());
}

void LogView::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), themeColors().base);
    int row = verticalScrollBar()->value();
    int line = lineAtRow(row);
    if (line < 0)
        return;
    int top = 4 - (row - (line > 0 ? m_rowEnds[size_t(line - 1)] : 0)) * m_lineHeight;
    for (; line < m_store.count() && top < viewport()->height(); ++line) {
        paintLine(painter, line, top);
        top += rowsOf(m_store.line(line)) * m_lineHeight;
    }
}

void LogView::paintLine(QPainter &painter, int number, int top)
{
    const LogText &line = m_store.line(number);
    const int columns = columnsShown();
    const int left = logMargin + timeWidth();
    if (line.isError) // a bar at the edge, so that it is not told by colour alone
        painter.fillRect(4, top + 2, 3, rowsOf(line) * m_lineHeight - 4, themeColors().bad);
    const int length = int(line.text.size());
    int begin = m_wrap ? 0 : horizontalScrollBar()->value();
    do {
        const int part = std::clamp(length - begin, 0, m_wrap ? columns : columns + 2);
        paintMarks(painter, number, begin, part, left, top);
        paintText(painter, line, begin, part, left, top + m_ascent);
        begin += part;
        top += m_lineHeight;
    } while (m_wrap && begin < length);
    if (!m_showTimes)
        return;
    painter.setFont(m_plain);
    painter.setPen(themeColors().dim);
    painter.drawText(logMargin, top - rowsOf(line) * m_lineHeight + m_ascent, logTimeText(line.nanoseconds));
}

void LogView::paintText(QPainter &painter, const LogText &line, int begin, int length, int left, int base)
{
    const auto draw = [&](int from, int to, const LogSpan &look) {
        from = std::max(from, begin);
        to = std::min(to, begin + length);
        if (from >= to)
            return;
        painter.setFont(look.bold ? m_bold : m_plain);
        painter.setPen(colorOf(look.color));
        const int x = left + (from - begin) * m_cellWidth;
        painter.drawText(x, base, line.text.sliced(from, to - from));
        if (look.underline)
            painter.drawLine(x, base + 2, x + (to - from) * m_cellWidth, base + 2);
    };
    int at = 0;
    for (const LogSpan &span : line.spans) {
        draw(at, span.begin, {});
        draw(span.begin, span.begin + span.length, span);
        at = span.begin + span.length;
    }
    draw(at, int(line.text.size()), {});
}

void LogView::paintMarks(QPainter &painter, int number, int begin, int length, int left, int top)
{
    const LogText &line = m_store.line(number);
    const auto mark = [&](int from, int to, const QColor &color) {
        from = std::max(from, begin);
        to = std::min(to, begin + length);
        if (from < to)
            painter.fillRect(left + (from - begin) * m_cellWidth, top, (to - from) * m_cellWidth, m_lineHeight, color);
    };
    if (m_anchor.line >= 0 && m_anchor != m_caret) {
        const auto [first, last] = std::minmax(m_anchor, m_caret);
        if (number >= first.line && number <= last.line)
            mark(number == first.line ? first.column : 0, number == last.line ? last.column : int(line.text.size()), themeColors().selection);
    }
    if (m_search.isEmpty())
        return;
    for (qsizetype at = line.text.indexOf(m_search, 0, Qt::CaseInsensitive); at >= 0;
         at = line.text.indexOf(m_search, at + m_search.size(), Qt::CaseInsensitive)) {
        mark(int(at), int(at + m_search.size()), themeColors().mark);
        if (number == m_found) { // the current one also has a line below it
            const int from = std::clamp(int(at), begin, begin + length) - begin, to = std::clamp(int(at + m_search.size()), begin, begin + length) - begin;
            painter.fillRect(left + from * m_cellWidth, top + m_lineHeight - 2, (to - from) * m_cellWidth, 2, themeColors().accent);
        }
    }
}

QColor LogView::colorOf(int code) const
{
    const ThemeColors &t = themeColors();
    if (code == LogSpan::defaultColor)
        return t.text;
    if (code < 16)
        return QColor(t.ansi[size_t(code == 0 ? 8 : code)]); // black on a dark ground would be unreadable
    QColor color;
    if (code & 0x01000000) {
        color = QColor(QRgb(code & 0xffffff));
    } else if (code < 232) { // xterm's 6×6×6 cube
        const auto level = [](int v) { return v == 0 ? 0 : 55 + v * 40; };
        color = QColor(level((code - 16) / 36), level((code - 16) / 6 % 6), level((code - 16) % 6));
    } else {
        const int grey = 8 + (code - 232) * 10;
        color = QColor(grey, grey, grey);
    }
    // chosen for some other ground: move it towards the text colour until it can be read on ours
    for (int i = 0; i < 10 && contrastRatio(color, t.base) < 4.5; ++i)
        color = QColor((color.red() * 3 + t.text.red()) / 4, (color.green() * 3 + t.text.green()) / 4, (color.blue() * 3 + t.text.blue()) / 4);
    return color;
}

void LogView::setSearch(const QString &text)
{
    m_search = text;
    m_found = -1;
    viewport()->update();
}

bool LogView::find(const QString &text, LogStore::Direction direction)
{
    m_search = text;
    const int from = m_found >= 0 ? m_found + (direction == LogStore::Direction::Forward ? 1 : -1)
                                  : std::max(0, lineAtRow(verticalScrollBar()->value()));
    const LogStore::Match match = m_store.find(text, from, direction);
    m_found = match.line;
    if (match.line >= 0)
        showLine(match.line);
    viewport()->update();
    return match.line >= 0;
}

void LogView::showLine(int line)
{
    const int row = line > 0 ? m_rowEnds[size_t(line - 1)] : 0;
    QScrollBar *bar = verticalScrollBar();
    if (row < bar->value() || row >= bar->value() + bar->pageStep())
        bar->setValue(row - bar->pageStep() / 2);
}

LogView::Position LogView::positionAt(const QPoint &point) const
{
    if (m_rowEnds.empty())
        return {};
    const int row = std::clamp(verticalScrollBar()->value() + (point.y() - 4) / m_lineHeight, 0, m_rowEnds.back() - 1);
    const int line = lineAtRow(row);
    const int rowInLine = row - (line > 0 ? m_rowEnds[size_t(line - 1)] : 0);
    const int column = (point.x() - logMargin - timeWidth() + m_cellWidth / 2) / m_cellWidth + rowInLine * columnsShown()
                       + (m_wrap ? 0 : horizontalScrollBar()->value());
    return {line, std::clamp(column, 0, int(m_store.line(line).text.size()))};
}

void LogView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    m_caret = positionAt(event->position().toPoint());
    if (!(event->modifiers() & Qt::ShiftModifier) || m_anchor.line < 0)
        m_anchor = m_caret;
    viewport()->update();
}

void LogView::mouseMoveEvent(QMouseEvent *event)
{
    if (!(event->buttons() & Qt::LeftButton) || m_anchor.line < 0)
        return;
    m_caret = positionAt(event->position().toPoint());
    viewport()->update();
}

void LogView::selectAll()
{
    if (m_store.count() == 0)
        return;
    m_anchor = {0, 0};
    m_caret = {m_store.count() - 1, int(m_store.line(m_store.count() - 1).text.size())};
    viewport()->update();
}

void LogView::copy()
{
    if (m_anchor.line < 0 || m_anchor == m_caret)
        return;
    const auto [first, last] = std::minmax(m_anchor, m_caret);
    QStringList lines;
    for (int i = first.line; i <= last.line; ++i) {
        const QString &text = m_store.line(i).text;
        const int begin = i == first.line ? first.column : 0;
        lines += text.mid(begin, (i == last.line ? last.column : int(text.size())) - begin);
    }
    QGuiApplication::clipboard()->setText(lines.join(u'\n'));
}

void LogView::keyPressEvent(QKeyEvent *event)
{
    QScrollBar *bar = verticalScrollBar();
    if (event->matches(QKeySequence::Copy))
        copy();
    else if (event->matches(QKeySequence::SelectAll))
        selectAll();
    else if (event->key() == Qt::Key_Home)
        bar->setValue(0);
    else if (event->key() == Qt::Key_End)
        bar->setValue(bar->maximum());
    else
        QAbstractScrollArea::keyPressEvent(event);
}

void LogView::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(icon(u"copy"_s), tr("Copy"), QKeySequence(QKeySequence::Copy), this, &LogView::copy)
        ->setEnabled(m_anchor.line >= 0 && m_anchor != m_caret);
    menu->addAction(tr("Select all"), QKeySequence(QKeySequence::SelectAll), this, &LogView::selectAll);
    menu->popup(event->globalPos());
}

} // namespace Gui
