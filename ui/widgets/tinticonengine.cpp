// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tinticonengine.h"

#include <QtCore/QFile>
#include <QtCore/QLoggingCategory>
#include <QtGui/QPainter>
#include <QtGui/QPixmapCache>
#include <QtSvg/QSvgRenderer>

namespace Gui {

using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(logIcons, "slipway.ui.icons")

QColor TintIconEngine::color(QIcon::Mode mode, QIcon::State state) const
{
    const ThemeColors &t = themeColors();
    if (mode == QIcon::Disabled)
        return t.edge;
    switch (m_role) {
    case IconRole::Normal: return state == QIcon::On ? t.accent : t.dim;
    case IconRole::Strong: return t.text;
    case IconRole::OnAccent: return t.onAccent;
    case IconRole::Ok: return t.ok;
    case IconRole::Warn: return t.warn;
    case IconRole::Bad: return t.bad;
    case IconRole::Accent: return t.accent;
    }
    return t.dim;
}

void TintIconEngine::paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State state)
{
    const int side = std::min(rect.width(), rect.height());
    QRect square(0, 0, side, side);
    square.moveCenter(rect.center());
    const qreal scale = painter->device() ? painter->device()->devicePixelRatioF() : 1.0;
    painter->drawPixmap(square, scaledPixmap(square.size() * scale, mode, state, scale));
}

QPixmap TintIconEngine::pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state)
{
    return scaledPixmap(size, mode, state, 1.0);
}

QPixmap TintIconEngine::scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State state, qreal)
{
    const QByteArray tint = color(mode, state).name().toLatin1();
    const QString key = u"slipway/%1/%2/%3x%4"_s.arg(m_name, QLatin1StringView(tint)).arg(size.width()).arg(size.height());
    QPixmap picture;
    if (QPixmapCache::find(key, &picture))
        return picture;
    QFile file(u":/icons/%1.svg"_s.arg(m_name));
    if (!file.open(QIODevice::ReadOnly)) {
        qCWarning(logIcons) << "no icon" << m_name;
        return {};
    }
    picture = QPixmap(size);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    QSvgRenderer renderer(file.readAll().replace("currentColor", tint));
    // a wider picture has air after its sign: buttons ask for one, since their text stands too near
    const double side = std::min(size.width(), size.height());
    renderer.render(&painter, QRectF(0, 0, side, side));
    painter.end();
    QPixmapCache::insert(key, picture);
    return picture;
}

} // namespace Gui
