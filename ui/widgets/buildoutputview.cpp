// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/buildoutputview.h"

#include "models/buildlog.h"
#include "models/buildsteps.h"
#include "widgets/format.h"
#include "widgets/stepstate.h"
#include "widgets/theme.h"

#include <QtCore/QLocale>
#include <QtGui/QClipboard>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QApplication>
#include <QtWidgets/QMenu>
#include <QtWidgets/QScrollBar>

#include <algorithm>
#include <cmath>

namespace Gui {

using namespace Qt::StringLiterals;
using Engine::BuildStep;

namespace {

constexpr double kOutputIndent = 38;
constexpr double kOutputPadding = 6;
constexpr double kCardMargin = 10;
constexpr int kLongestShown = 4096;

QColor ansiColor(int code, const QColor &otherwise)
{
    if (code < 0)
        return otherwise;
    if (code & 0x1000000)
        return QColor::fromRgb(QRgb(code & 0xffffff));
    if (code < 16)
        return QColor::fromRgb(themeColors().ansi[size_t(code)]);
    if (code >= 232) {
        const int grey = 8 + (code - 232) * 10;
        return {grey, grey, grey};
    }
    const auto level = [](int v) { return v ? 55 + v * 40 : 0; };
    return {level((code - 16) / 36), level((code - 16) / 6 % 6), level((code - 16) % 6)};
}

} // namespace

BuildOutputView::BuildOutputView(BuildStepsModel *steps, BuildLog *log, QWidget *parent)
    : QAbstractScrollArea(parent), m_steps(steps), m_log(log)
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Build output"));
    viewport()->setMouseTracking(true);
    m_layOutTimer.setSingleShot(true);
    m_layOutTimer.setInterval(30);
    connect(&m_layOutTimer, &QTimer::timeout, this, &BuildOutputView::layOut);
    m_runningClock.setInterval(100);
    connect(&m_runningClock, &QTimer::timeout, viewport(), qOverload<>(&QWidget::update));
    connect(log, &BuildLog::wasReset, this, &BuildOutputView::reset);
    connect(log, &BuildLog::changed, this, &BuildOutputView::scheduleLayOut);
    connect(steps, &QAbstractItemModel::dataChanged, this, &BuildOutputView::scheduleLayOut);
    connect(verticalScrollBar(), &QScrollBar::actionTriggered, this, [this] {
        setFollowing(verticalScrollBar()->sliderPosition() >= verticalScrollBar()->maximum());
    });
    reset();
}

void BuildOutputView::reset()
{
    m_folds.assign(size_t(m_log->stepCount()), Fold::Automatic);
    m_errorStep = -1;
    m_anchor = m_cursor = {};
    m_follow = true;
    layOut();
}

int BuildOutputView::stepCount() const
{
    return std::min(m_log->stepCount(), m_steps->rowCount());
}

// --- Folding

bool BuildOutputView::isOpen(int step) const
{
    if (step < 0 || step >= stepCount())
        return false;
    switch (m_folds[size_t(step)]) {
    case Fold::Open:
        return true;
    case Fold::Closed:
        return false;
    case Fold::Automatic:
        break;
    }
    const auto state = m_steps->steps()[step].state;
    return state == BuildStep::State::Running || state == BuildStep::State::Failed;
}

void BuildOutputView::setOpen(int step, bool open)
{
    if (step < 0 || step >= stepCount())
        return;
    m_folds[size_t(step)] = open ? Fold::Open : Fold::Closed;
    layOut();
}

void BuildOutputView::setAllOpen(bool open)
{
    std::fill(m_folds.begin(), m_folds.end(), open ? Fold::Open : Fold::Closed);
    layOut();
}

void BuildOutputView::setFollowing(bool follow)
{
    if (std::exchange(m_follow, follow) != follow)
        Q_EMIT followingChanged(follow);
    if (follow)
        layOut();
}

void BuildOutputView::setError(int step, const QString &title, const QString &text)
{
    m_errorStep = title.isEmpty() ? -1 : step;
    m_errorTitle = title;
    m_errorText = text;
    layOut();
}

// --- Geometry

double BuildOutputView::headerHeight() const
{
    return std::ceil(QFontMetricsF(font()).height()) + 14;
}

double BuildOutputView::lineHeight() const
{
    return std::ceil(QFontMetricsF(monospaceFont()).height()) + 1;
}

double BuildOutputView::errorHeight() const
{
    const double width = std::max(60.0, viewport()->width() - kOutputIndent - kCardMargin * 3 - 26);
    const QRectF text = QFontMetricsF(font()).boundingRect(QRectF(0, 0, width, 10'000), Qt::TextWordWrap, m_errorText);
    return kCardMargin * 2 + QFontMetricsF(font()).height() + 4 + text.height() + kOutputPadding * 2;
}

double BuildOutputView::stepHeight(int step) const
{
    double height = headerHeight();
    if (isOpen(step)) {
        const auto lines = m_log->lineCount(step) + (m_log->droppedLines(step) > 0 ? 1 : 0);
        if (lines > 0)
            height += kOutputPadding * 2 + double(lines) * lineHeight();
    }
    return step == m_errorStep ? height + errorHeight() : height;
}

double BuildOutputView::linesTop(int step) const
{
    return m_tops[size_t(step)] + headerHeight() + kOutputPadding + (m_log->droppedLines(step) > 0 ? lineHeight() : 0);
}

void BuildOutputView::scheduleLayOut()
{
    if (!m_layOutTimer.isActive())
        m_layOutTimer.start();
    if (m_steps->anyRunning() && !m_runningClock.isActive())
        m_runningClock.start();
    else if (!m_steps->anyRunning())
        m_runningClock.stop();
}

void BuildOutputView::layOut()
{
    m_tops.assign(1, 4);
    for (int step = 0; step < stepCount(); ++step)
        m_tops.push_back(m_tops.back() + stepHeight(step));
    const int total = int(std::min(m_tops.back() + 8, 2e9));
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(int(lineHeight()));
    verticalScrollBar()->setRange(0, std::max(0, total - viewport()->height()));
    const double longest = kOutputIndent + kCardMargin + QFontMetricsF(monospaceFont()).horizontalAdvance(u'0') * double(m_log->longestLine());
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setRange(0, std::max(0, int(longest) - viewport()->width()));
    if (m_follow) {
        int focus = m_errorStep;
        for (int step = 0; step < stepCount() && focus < 0; ++step) {
            if (m_steps->steps()[step].state == BuildStep::State::Running)
                focus = step;
        }
        const double value = (focus >= 0 ? m_tops[size_t(focus) + 1] + 8 : m_tops.back() + 8) - viewport()->height();
        verticalScrollBar()->setValue(int(value));
    }
    viewport()->update();
}

int BuildOutputView::stepAt(double y) const
{
    const auto after = std::upper_bound(m_tops.begin(), m_tops.end(), y);
    const int step = int(after - m_tops.begin()) - 1;
    return step < 0 || step >= stepCount() ? -1 : step;
}

BuildOutputView::Hit BuildOutputView::hitTest(const QPoint &pos) const
{
    const double y = pos.y() + verticalScrollBar()->value();
    const int step = stepAt(y);
    if (step < 0)
        return {};
    if (y < m_tops[size_t(step)] + headerHeight())
        return {Hit::Part::Header, {step, 0, 0}};
    if (step == m_errorStep && y >= m_tops[size_t(step) + 1] - errorHeight())
        return {Hit::Part::Error, {step, 0, 0}};
    const auto line = std::clamp<qsizetype>(qsizetype((y - linesTop(step)) / lineHeight()), 0, std::max<qsizetype>(0, m_log->lineCount(step) - 1));
    const double x = pos.x() + horizontalScrollBar()->value() - kOutputIndent;
    return {Hit::Part::Line, {step, line + qsizetype(m_log->droppedLines(step)), columnAt(step, line, x)}};
}

qsizetype BuildOutputView::columnAt(int step, qsizetype line, double x) const
{
    const QString &text = m_log->line(step, line).text;
    const QFontMetricsF metrics(monospaceFont());
    qsizetype low = 0;
    qsizetype high = text.size();
    while (low < high) { // the width of a prefix grows with its length
        const qsizetype middle = (low + high) / 2;
        const double width = metrics.horizontalAdvance(text.left(middle)) + metrics.horizontalAdvance(text[middle]) / 2;
        if (width < x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void BuildOutputView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    layOut();
}

void BuildOutputView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::PaletteChange)
        scheduleLayOut();
}

// --- Painting

void BuildOutputView::paintEvent(QPaintEvent *event)
{
    QPainter painter(viewport());
    painter.fillRect(event->rect(), themeColors().base);
    painter.setRenderHint(QPainter::Antialiasing);
    const double scroll = verticalScrollBar()->value();
    for (int step = std::max(0, stepAt(scroll)); step < stepCount(); ++step) {
        const double top = m_tops[size_t(step)] - scroll;
        if (top > viewport()->height())
            break;
        if (isOpen(step))
            paintLines(painter, step, top + headerHeight());
        if (step == m_errorStep)
            paintError(painter, m_tops[size_t(step) + 1] - scroll - errorHeight());
        paintHeader(painter, step, top);
    }
}

void BuildOutputView::paintHeader(QPainter &painter, int step, double top) const
{
    const ThemeColors &colors = themeColors();
    const BuildStep &info = m_steps->steps()[step];
    const StepStateLook look = stepStateLook(info.state);
    const QRectF row(8, top + 1, viewport()->width() - 16, headerHeight() - 2);
    painter.setPen(Qt::NoPen);
    painter.setBrush(look.ground.isValid() ? look.ground : isOpen(step) ? colors.raised : colors.base);
    painter.drawRoundedRect(row, 5, 5);

    const bool foldable = m_log->lineCount(step) > 0;
    if (foldable)
        painter.drawPixmap(QPointF(row.left() + 6, row.center().y() - 7), icon(isOpen(step) ? u"chevron-down"_s : u"chevron-right"_s).pixmap(14, 14));
    painter.drawPixmap(QPointF(row.left() + 26, row.center().y() - 7), icon(look.icon, look.iconRole).pixmap(14, 14));

    // right: time and state; left: the instruction
    QRectF rest = row.adjusted(48, 0, -10, 0);
    painter.setFont(tabularFont());
    const QFontMetricsF metrics(tabularFont());
    const qint64 running = m_steps->runningMs(step);
    const QString time = running >= 0 ? durationText(std::chrono::milliseconds(running))
        : info.duration               ? durationText(*info.duration)
                                      : QString();
    const double timeWidth = metrics.horizontalAdvance(durationText(std::chrono::milliseconds(59'000))) + 20;
    painter.setPen(colors.dim);
    painter.drawText(rest, Qt::AlignRight | Qt::AlignVCenter, time);
    rest.setRight(rest.right() - timeWidth);
    painter.setPen(look.color);
    painter.drawText(rest, Qt::AlignRight | Qt::AlignVCenter, look.word);
    rest.setRight(rest.right() - metrics.horizontalAdvance(look.word) - 16);
    painter.setFont(monospaceFont());
    painter.setPen(colors.text);
    const QString text = info.text.left(kLongestShown).simplified();
    painter.drawText(rest, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                     QFontMetricsF(monospaceFont()).elidedText(text, Qt::ElideRight, rest.width()));
}

void BuildOutputView::paintLines(QPainter &painter, int step, double top) const
{
    const double height = lineHeight();
    double y = top + kOutputPadding;
    painter.setFont(monospaceFont());
    if (const qint64 dropped = m_log->droppedLines(step); dropped > 0) {
        painter.setPen(themeColors().dim);
        const QString text = tr("… %1 older lines are not kept").arg(QLocale().toString(dropped));
        painter.drawText(QRectF(kOutputIndent, y, viewport()->width(), height), Qt::AlignLeft | Qt::AlignVCenter, text);
        y += height;
    }
    const qsizetype first = std::max<qsizetype>(0, qsizetype(std::floor(-y / height)));
    for (qsizetype line = first; line < m_log->lineCount(step); ++line) {
        const QRectF rect(kOutputIndent - horizontalScrollBar()->value(), y + double(line) * height, viewport()->width(), height);
        if (rect.top() > viewport()->height())
            break;
        paintLine(painter, step, line, rect);
    }
}

void BuildOutputView::paintLine(QPainter &painter, int step, qsizetype line, const QRectF &rect) const
{
    const AnsiLine &content = m_log->line(step, line);
    const ThemeColors &colors = themeColors();
    const QFontMetricsF metrics(monospaceFont());
    const auto [from, to] = selection();
    const Place lineStart{step, line + qsizetype(m_log->droppedLines(step)), 0};
    const Place lineEnd{step, lineStart.line, content.text.size()};
    if (from < to && from <= lineEnd && to > lineStart) {
        const qsizetype a = from > lineStart ? from.column : 0;
        const qsizetype b = to < lineEnd ? to.column : content.text.size();
        const double x = metrics.horizontalAdvance(content.text.left(a));
        const double width = metrics.horizontalAdvance(content.text.mid(a, b - a)) + (to > lineEnd ? 6 : 0);
        painter.fillRect(QRectF(rect.left() + x, rect.top(), width, rect.height()), colors.selection);
    }
    double x = rect.left();
    const auto draw = [&](qsizetype start, qsizetype length, const AnsiStyle &style) {
        const QString text = content.text.mid(start, length);
        QFont font = monospaceFont();
        font.setBold(style.bold);
        font.setItalic(style.italic);
        font.setUnderline(style.underline);
        QColor ink = ansiColor(style.foreground, style.dim ? colors.dim : colors.text);
        QColor ground = ansiColor(style.background, QColor());
        if (style.reverse) {
            const QColor was = ink;
            ink = ground.isValid() ? ground : colors.base;
            ground = was;
        }
        const double width = metrics.horizontalAdvance(text);
        if (ground.isValid())
            painter.fillRect(QRectF(x, rect.top(), width, rect.height()), ground);
        painter.setFont(font);
        painter.setPen(ink);
        painter.drawText(QRectF(x, rect.top(), width + 20, rect.height()), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, text);
        x += width;
    };
    qsizetype at = 0;
    for (const AnsiSpan &span : content.spans) {
        if (span.start > at)
            draw(at, span.start - at, {});
        draw(span.start, span.length, span.style);
        at = span.start + span.length;
    }
    if (at < content.text.size())
        draw(at, content.text.size() - at, {});
}

void BuildOutputView::paintError(QPainter &painter, double top) const
{
    const ThemeColors &colors = themeColors();
    const QRectF card(kOutputIndent, top + kOutputPadding, viewport()->width() - kOutputIndent - kCardMargin, errorHeight() - kOutputPadding * 2);
    painter.setPen(QPen(colors.bad, 1));
    painter.setBrush(colors.badFill);
    painter.drawRoundedRect(card, 6, 6);
    painter.drawPixmap(QPointF(card.left() + kCardMargin, card.top() + kCardMargin), icon(u"circle-alert"_s, IconRole::Bad).pixmap(18, 18));
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    painter.setFont(bold);
    painter.setPen(colors.bad);
    QRectF text = card.adjusted(kCardMargin + 26, kCardMargin, -kCardMargin, -kCardMargin);
    painter.drawText(text, Qt::AlignLeft | Qt::AlignTop | Qt::TextSingleLine, QFontMetricsF(bold).elidedText(m_errorTitle, Qt::ElideRight, text.width()));
    text.setTop(text.top() + QFontMetricsF(bold).height() + 4);
    painter.setFont(font());
    painter.setPen(colors.text);
    painter.drawText(text, Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, m_errorText);
}

// --- Pointing, selecting

QPair<BuildOutputView::Place, BuildOutputView::Place> BuildOutputView::selection() const
{
    return m_anchor < m_cursor ? qMakePair(m_anchor, m_cursor) : qMakePair(m_cursor, m_anchor);
}

QString BuildOutputView::selectedText() const
{
    const auto [from, to] = selection();
    QStringList lines;
    for (int step = std::max(0, from.step); step <= to.step && step < stepCount() && from < to; ++step) {
        if (!isOpen(step))
            continue;
        const auto dropped = qsizetype(m_log->droppedLines(step));
        for (qsizetype line = 0; line < m_log->lineCount(step); ++line) {
            const QString &text = m_log->line(step, line).text;
            const Place start{step, line + dropped, 0};
            const Place end{step, line + dropped, text.size()};
            if (end < from || to < start)
                continue;
            const qsizetype a = from > start ? from.column : 0;
            const qsizetype b = to < end ? to.column : text.size();
            lines << text.mid(a, b - a);
        }
    }
    return lines.join(u'\n');
}

void BuildOutputView::copySelected() const
{
    if (const QString text = selectedText(); !text.isEmpty())
        QApplication::clipboard()->setText(text);
}

void BuildOutputView::selectAll()
{
    m_anchor = {0, 0, 0};
    m_cursor = {stepCount(), 0, 0};
    viewport()->update();
}

void BuildOutputView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    const Hit hit = hitTest(event->position().toPoint());
    if (hit.part == Hit::Part::Header)
        setOpen(hit.place.step, !isOpen(hit.place.step));
    else if (hit.part == Hit::Part::Error)
        Q_EMIT stepActivated(hit.place.step);
    else if (hit.part == Hit::Part::Line && !(event->modifiers() & Qt::ShiftModifier))
        m_anchor = m_cursor = hit.place;
    viewport()->update();
}

void BuildOutputView::mouseMoveEvent(QMouseEvent *event)
{
    const Hit hit = hitTest(event->position().toPoint());
    viewport()->setCursor(hit.part == Hit::Part::Line ? Qt::IBeamCursor
                          : hit.part == Hit::Part::None ? Qt::ArrowCursor
                                                        : Qt::PointingHandCursor);
    if (!(event->buttons() & Qt::LeftButton) || hit.part == Hit::Part::None || m_anchor.step < 0)
        return;
    m_cursor = hit.place;
    viewport()->update();
}

void BuildOutputView::mouseDoubleClickEvent(QMouseEvent *event)
{
    const Hit hit = hitTest(event->position().toPoint());
    if (hit.part == Hit::Part::Header) {
        Q_EMIT stepActivated(hit.place.step);
        return;
    }
    if (hit.part != Hit::Part::Line)
        return;
    m_anchor = {hit.place.step, hit.place.line, 0}; // a line: output is read by lines
    m_cursor = {hit.place.step, hit.place.line + 1, 0};
    viewport()->update();
}

void BuildOutputView::contextMenuEvent(QContextMenuEvent *event)
{
    const Hit hit = hitTest(event->pos());
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    connect(menu->addAction(icon(u"copy"_s), tr("Copy")), &QAction::triggered, this, &BuildOutputView::copySelected);
    if (hit.place.step >= 0) {
        connect(menu->addAction(tr("Copy this step’s output")), &QAction::triggered, this,
                [this, step = hit.place.step] { QApplication::clipboard()->setText(m_log->text(step)); });
        connect(menu->addAction(tr("Go to the line in the Dockerfile")), &QAction::triggered, this,
                [this, step = hit.place.step] { Q_EMIT stepActivated(step); });
    }
    menu->addSeparator();
    connect(menu->addAction(tr("Unfold all")), &QAction::triggered, this, [this] { setAllOpen(true); });
    connect(menu->addAction(tr("Fold all")), &QAction::triggered, this, [this] { setAllOpen(false); });
    menu->popup(event->globalPos());
}

void BuildOutputView::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy))
        copySelected();
    else if (event->matches(QKeySequence::SelectAll))
        selectAll();
    else
        QAbstractScrollArea::keyPressEvent(event);
}

void BuildOutputView::wheelEvent(QWheelEvent *event)
{
    QAbstractScrollArea::wheelEvent(event);
    setFollowing(verticalScrollBar()->value() >= verticalScrollBar()->maximum());
}

} // namespace Gui
