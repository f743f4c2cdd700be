// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QFrame>

class QButtonGroup;
class QLabel;
class QVBoxLayout;

namespace Gui {

//! One place of the rail: an icon, a name, and a count when there is one that matters.
class RailButton final : public QAbstractButton
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(RailButton)

public:
    RailButton(const QString &iconName, const QString &name, const QKeySequence &shortcut, QWidget *parent);

    void setCount(int count);   //!< 0 shows none
    void setCollapsed(bool collapsed);
    QSize sizeHint() const override;

private:
    void paintEvent(QPaintEvent *event) override;
    void enterEvent(QEnterEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void paintCount(QPainter &painter);
    void describe();

    QString m_name, m_shortcut;
    int m_count = 0;
    bool m_collapsed = false;
};

//! The places of the window, top to bottom; icons only where the window is narrow.
class Rail final : public QFrame
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Rail)

public:
    explicit Rail(QWidget *parent = nullptr);

    enum class Where { Top, Bottom };
    //! The new place gets the next shortcut Ctrl+1, Ctrl+2, … \return its number
    int addPlace(const QString &iconName, const QString &name, Where where);
    void setCurrent(int place);
    void setCount(int place, int count);
    void setCollapsed(bool collapsed);

Q_SIGNALS:
    void placeChosen(int place);

private:
    QList<RailButton *> m_places;
    QButtonGroup *m_group;
    QLabel *m_brand;
    QVBoxLayout *m_top, *m_bottom;
};

} // namespace Gui
