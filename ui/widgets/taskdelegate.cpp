// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/taskdelegate.h"

#include "errors/errortext.h"
#include "models/taskmodel.h"
#include "widgets/format.h"
#include "widgets/theme.h"

#include <QtCore/QLocale>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>

namespace Gui {

using namespace Qt::StringLiterals;

namespace {

constexpr int taskHeight = 60, taskPadding = 12, cancelSide = 28;

const Task *taskOf(const QModelIndex &index)
{
    return index.data(TaskModel::TaskRole).value<Task *>();
}

QRect cancelRect(const QRect &row)
{
    return {row.right() - taskPadding - cancelSide, row.center().y() - cancelSide / 2, cancelSide, cancelSide};
}

QIcon pictureOf(const Task &task)
{
    switch (task.state()) {
    case Task::State::Running: return icon(u"loader"_s, IconRole::Accent);
    case Task::State::Done: return icon(u"circle-check"_s, IconRole::Ok);
    case Task::State::Failed: return icon(u"octagon-x"_s, IconRole::Bad);
    case Task::State::Cancelled: return icon(u"circle-x"_s);
    }
    return {};
}

QString secondLine(const Task &task)
{
    switch (task.state()) {
    case Task::State::Failed: return errorText(task.error()).sentence;
    case Task::State::Cancelled: return TaskDelegate::tr("Cancelled");
    default: break;
    }
    return task.detail().isEmpty() ? task.command() : task.detail();
}

QString timeText(const Task &task)
{
    const QString when = QLocale().toString(task.started().time(), QLocale::ShortFormat);
    if (task.isRunning())
        return when;
    return TaskDelegate::tr("%1, took %2").arg(when, durationText(std::chrono::milliseconds(task.started().msecsTo(task.ended()))));
}

} // namespace

QSize TaskDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const
{
    return {200, taskHeight};
}

void TaskDelegate::paint(QPainter *p, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Task *task = taskOf(index);
    if (!task)
        return;
    const ThemeColors &t = themeColors();
    p->save();
    p->fillRect(option.rect, option.state & QStyle::State_Selected ? t.selection : t.base);
    p->setPen(t.line);
    p->drawLine(option.rect.bottomLeft(), option.rect.bottomRight());
    const QRect inner = option.rect.adjusted(taskPadding, 10, -taskPadding - (task->canCancel() ? cancelSide + 8 : 0), -10);
    pictureOf(*task).paint(p, QRect(inner.left(), inner.top(), 18, 18));
    const QString when = timeText(*task);
    p->setFont(option.font);
    p->setPen(t.dim);
    const int whenWidth = p->fontMetrics().horizontalAdvance(when);
    p->drawText(QRect(inner.right() - whenWidth, inner.top(), whenWidth + 1, 20), Qt::AlignVCenter, when);
    const QRect title(inner.left() + 30, inner.top(), inner.width() - 30 - whenWidth - 16, 20);
    p->setPen(t.text);
    p->drawText(title, Qt::AlignVCenter, p->fontMetrics().elidedText(task->title(), Qt::ElideRight, title.width()));
    QRect below(inner.left() + 30, inner.top() + 20, inner.width() - 30, 20);
    if (task->isRunning() && task->unit() != Task::Unit::None) {
        paintBar(p, QRect(below.right() - 220, below.top(), 220, 20), *task);
        below.setRight(below.right() - 232);
    }
    p->setPen(task->state() == Task::State::Failed ? t.bad : t.dim);
    p->drawText(below, Qt::AlignVCenter, p->fontMetrics().elidedText(secondLine(*task), Qt::ElideRight, below.width()));
    if (task->canCancel())
        icon(u"x"_s, option.state & QStyle::State_MouseOver ? IconRole::Strong : IconRole::Normal)
            .paint(p, cancelRect(option.rect).adjusted(6, 6, -6, -6));
    p->restore();
}

void TaskDelegate::paintBar(QPainter *p, const QRect &where, const Task &task) const
{
    const ThemeColors &t = themeColors();
    const QLocale locale;
    const QString figures = task.unit() == Task::Unit::Bytes ? tr("%1 of %2").arg(sizeText(task.done()), sizeText(task.total()))
                                                             : tr("%1 of %2").arg(locale.toString(task.done()), locale.toString(task.total()));
    p->setPen(t.dim);
    p->drawText(where.adjusted(92, 0, 0, 0), Qt::AlignVCenter | Qt::AlignRight, figures);
    p->setRenderHint(QPainter::Antialiasing);
    p->setPen(Qt::NoPen);
    const QRectF bar(where.left(), where.center().y() - 2, 88, 5);
    p->setBrush(t.line);
    p->drawRoundedRect(bar, 2.5, 2.5);
    const double share = task.total() > 0 ? std::clamp(double(task.done()) / double(task.total()), 0.0, 1.0) : 0.0;
    p->setBrush(t.accentFill);
    p->drawRoundedRect(QRectF(bar.topLeft(), QSizeF(bar.width() * share, bar.height())), 2.5, 2.5);
}

bool TaskDelegate::editorEvent(QEvent *event, QAbstractItemModel *, const QStyleOptionViewItem &option, const QModelIndex &index)
{
    if (event->type() != QEvent::MouseButtonRelease)
        return false;
    Task *task = index.data(TaskModel::TaskRole).value<Task *>();
    if (!task || !task->canCancel() || !cancelRect(option.rect).contains(static_cast<QMouseEvent *>(event)->position().toPoint()))
        return false;
    task->cancel();
    return true;
}

} // namespace Gui
