// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/layercolumn.h"

#include "models/buildsteps.h"
#include "models/instructionhelp.h"
#include "widgets/codeeditor.h"
#include "widgets/format.h"
#include "widgets/stepstate.h"
#include "widgets/theme.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QLocale>
#include <QtGui/QHelpEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QToolTip>

#include <algorithm>
#include <cmath>

namespace Gui {

using namespace Qt::StringLiterals;
using Engine::BuildStep;

namespace {

constexpr int kIconSize = 14;
constexpr double kSizeWidth = 78;
constexpr double kBarWidth = 44;
constexpr double kDurationWidth = 62;
constexpr double kWideEnoughForBar = 290;

} // namespace

LayerColumn::LayerColumn(CodeEditor *editor, BuildStepsModel *steps) : QWidget(editor), m_editor(editor), m_steps(steps)
{
    setMouseTracking(true);
    setAccessibleName(tr("Layers"));
    setFont(tabularFont());
    connect(steps, &QAbstractItemModel::dataChanged, this, &LayerColumn::stepsChanged);
    connect(steps, &QAbstractItemModel::rowsInserted, this, &LayerColumn::stepsChanged);
    connect(steps, &QAbstractItemModel::rowsRemoved, this, &LayerColumn::stepsChanged);
    connect(editor, &CodeEditor::linesShifted, this, &LayerColumn::shiftLines);
    connect(editor, &QPlainTextEdit::updateRequest, this, [this](const QRect &, int) { update(); });
    m_runningClock.setInterval(100);
    connect(&m_runningClock, &QTimer::timeout, this, qOverload<>(&QWidget::update));
    takeLines();
}

void LayerColumn::stepsChanged()
{
    takeLines();
    m_largestBytes = m_steps->largestBytes();
    if (m_steps->anyRunning() && !m_runningClock.isActive())
        m_runningClock.start();
    else if (!m_steps->anyRunning())
        m_runningClock.stop();
    update();
}

void LayerColumn::takeLines()
{
    m_lines.clear();
    for (const BuildStep &step : m_steps->steps())
        m_lines.append({step.firstLine, std::max(step.firstLine, step.lastLine)});
}

void LayerColumn::shiftLines(int line, int delta)
{
    for (Lines &lines : m_lines) {
        if (lines.first > line)
            lines.first = std::max(lines.first + delta, line);
        if (lines.last >= line)
            lines.last = std::max(lines.last + delta, lines.first);
    }
    update();
}

void LayerColumn::setMessage(const QString &message)
{
    m_message = message;
    setAccessibleDescription(message);
    update();
}

QRectF LayerColumn::rowRect(int row) const
{
    if (row < 0 || row >= m_lines.size())
        return {};
    const QRectF lines = m_editor->linesRect(m_lines[row].first, m_lines[row].last);
    return {0, lines.top(), double(width()), lines.height()};
}

int LayerColumn::rowAt(int y) const
{
    const int line = m_editor->lineAt(y);
    for (int row = 0; line > 0 && row < m_lines.size(); ++row) {
        if (line >= m_lines[row].first && line <= m_lines[row].last)
            return row;
    }
    return -1;
}

// --- Painting

void LayerColumn::paintEvent(QPaintEvent *event)
{
    QPainter painter(this);
    painter.fillRect(event->rect(), themeColors().base);
    painter.fillRect(QRect(0, 0, 1, height()), themeColors().line);
    painter.setRenderHint(QPainter::Antialiasing);
    if (!m_message.isEmpty()) {
        paintMessage(painter);
        return;
    }
    const int firstLine = m_editor->firstVisibleLine();
    const int bottomLine = m_editor->lineAt(height() - 1);
    const int lastLine = bottomLine ? bottomLine : m_editor->blockCount();
    for (int row = 0; row < m_lines.size(); ++row) {
        if (m_lines[row].last >= firstLine && m_lines[row].first <= lastLine)
            paintRow(painter, row);
    }
}

void LayerColumn::paintMessage(QPainter &painter) const
{
    const QPixmap picture = icon(u"info"_s).pixmap(20, 20);
    painter.drawPixmap(20, 16, picture);
    painter.setPen(themeColors().dim);
    painter.drawText(rect().adjusted(50, 16, -16, -16), Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, m_message);
}

void LayerColumn::paintRow(QPainter &painter, int row) const
{
    const BuildStep &step = m_steps->steps()[row];
    const ThemeColors &colors = themeColors();
    const StepStateLook look = stepStateLook(step.state);
    const QRectF card = rowRect(row).adjusted(8, 1, -8, -1);
    const double lineHeight = m_editor->linesRect(m_lines[row].first, m_lines[row].first).height();

    QColor ground = look.ground;
    if (!ground.isValid()) {
        ground = colors.raised;
        ground.setAlphaF(row == m_hovered ? 0.95f : 0.5f);
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(ground);
    painter.drawRoundedRect(card, 5, 5);
    painter.setBrush(look.color);
    painter.drawRoundedRect(QRectF(card.left(), card.top() + 3, 3, card.height() - 6), 1.5, 1.5);

    const QRectF line(card.left() + 12, rowRect(row).top(), card.width() - 20, lineHeight);
    painter.drawPixmap(QPointF(line.left(), line.center().y() - kIconSize / 2.0), icon(look.icon, look.iconRole).pixmap(kIconSize, kIconSize));
    painter.setPen(look.color);
    QFont wordFont = font();
    wordFont.setWeight(QFont::Medium);
    painter.setFont(wordFont);
    painter.drawText(line.adjusted(22, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, look.word);
    const double wordEnd = line.left() + 22 + QFontMetricsF(wordFont).horizontalAdvance(look.word);
    painter.setFont(font());
    paintNumbers(painter, step, line, wordEnd - line.left() + 10);

    // the cause: under the state where the instruction has several lines, else beside it where there is room
    const QString secondary = secondaryText(step);
    if (secondary.isEmpty())
        return;
    const bool below = card.height() >= lineHeight * 2 - 4;
    const bool hasSize = step.sizeBytes || !step.makesLayer;
    const bool hasTime = step.duration && step.makesLayer;
    const double bar = line.width() > kWideEnoughForBar ? kBarWidth + 10 : 0;
    const double numbers = hasTime ? kSizeWidth + bar + kDurationWidth : hasSize ? kSizeWidth : 0;
    const QRectF place = below ? QRectF(line.left() + 22, line.bottom(), line.width() - 22, lineHeight)
                               : QRectF(wordEnd + 10, line.top(), line.right() - numbers - wordEnd - 14, lineHeight);
    if (place.width() < 60)
        return;
    painter.setPen(colors.dim);
    painter.drawText(place, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                     QFontMetricsF(font()).elidedText(secondary, Qt::ElideRight, place.width()));
}

void LayerColumn::paintNumbers(QPainter &painter, const BuildStep &step, QRectF line, double wordWidth) const
{
    const ThemeColors &colors = themeColors();
    const auto draw = [&](double least, const QString &text, const QColor &color) {
        const double width = std::max(least, QFontMetricsF(font()).horizontalAdvance(text) + 4);
        if (width > line.width() - wordWidth)
            return; // it stands in the tool tip
        painter.setPen(color);
        painter.drawText(QRectF(line.right() - width, line.top(), width, line.height()), Qt::AlignRight | Qt::AlignVCenter, text);
        line.setRight(line.right() - width);
    };
    if (!step.makesLayer && step.state != BuildStep::State::Invalid)
        //: in place of a size: the instruction makes no layer
        draw(kSizeWidth, tr("metadata"), colors.dim);
    else
        draw(kSizeWidth, step.sizeBytes ? sizeText(*step.sizeBytes) : QString(), colors.text);
    if (line.width() + kSizeWidth > kWideEnoughForBar) {
        const QRectF track(line.right() - kBarWidth, line.center().y() - 2, kBarWidth, 4);
        line.setRight(track.left() - 10);
        if (step.makesLayer && step.sizeBytes && m_largestBytes > 0) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(colors.line);
            painter.drawRoundedRect(track, 2, 2);
            const double share = double(*step.sizeBytes) / double(m_largestBytes);
            painter.setBrush(colors.accent);
            if (*step.sizeBytes > 0)
                painter.drawRoundedRect(QRectF(track.left(), track.top(), std::max(3.0, track.width() * share), track.height()), 2, 2);
        }
    }
    const qint64 running = m_steps->runningMs(step.index);
    if (running >= 0)
        draw(kDurationWidth, durationText(std::chrono::milliseconds(running)), colors.accent);
    else if (step.duration && step.makesLayer)
        draw(kDurationWidth, durationText(*step.duration), colors.dim);
}

QString LayerColumn::secondaryText(const BuildStep &step) const
{
    if (step.state == BuildStep::State::WillRun || step.state == BuildStep::State::Waiting || step.state == BuildStep::State::Invalid)
        return causeText(step.cause);
    return step.state == BuildStep::State::Unused ? tr("not used by the target") : QString();
}

// --- Pointing

QString LayerColumn::rowToolTip(int row) const
{
    if (row < 0 || row >= m_steps->steps().size())
        return {};
    const BuildStep &step = m_steps->steps()[row];
    QString html = u"<p><b>%1</b> · %2</p>"_s.arg(step.instruction.toHtmlEscaped(), stepStateLook(step.state).word);
    if (!step.cause.isEmpty())
        html += u"<p>%1</p>"_s.arg(causeText(step.cause).toHtmlEscaped());
    html += u"<p><code>%1</code></p><table>"_s.arg(step.text.left(600).toHtmlEscaped());
    const auto add = [&html](const QString &name, const QString &value) {
        html += u"<tr><td>%1&nbsp;&nbsp;</td><td>%2</td></tr>"_s.arg(name, value.toHtmlEscaped());
    };
    if (step.makesLayer && step.sizeBytes)
        add(tr("Size"), exactSizeText(*step.sizeBytes));
    if (step.duration)
        add(tr("Time"), durationText(*step.duration));
    if (!step.layer.isNull())
        add(tr("Layer"), step.layer.shortHex());
    if (!step.stageName.isEmpty())
        add(tr("Stage"), step.stageName);
    html += u"</table>"_s;
    if (const QString help = instructionHelp(step.instruction); !help.isEmpty())
        html += u"<p><i>%1</i></p>"_s.arg(help.toHtmlEscaped());
    return html;
}

bool LayerColumn::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        QToolTip::showText(help->globalPos(), m_message.isEmpty() ? rowToolTip(rowAt(help->pos().y())) : m_message, this);
        return true;
    }
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::ApplicationFontChange)
        setFont(tabularFont());
    return QWidget::event(event);
}

void LayerColumn::mousePressEvent(QMouseEvent *event)
{
    if (const int row = rowAt(int(event->position().y())); row >= 0 && m_message.isEmpty())
        m_editor->goTo(m_lines[row].first, 1);
}

void LayerColumn::mouseMoveEvent(QMouseEvent *event)
{
    setHovered(rowAt(int(event->position().y())));
}

void LayerColumn::leaveEvent(QEvent *)
{
    setHovered(-1);
}

void LayerColumn::setHovered(int row)
{
    if (std::exchange(m_hovered, row) != row)
        update();
}

void LayerColumn::wheelEvent(QWheelEvent *event)
{
    QCoreApplication::sendEvent(m_editor->viewport(), event);
}

} // namespace Gui
