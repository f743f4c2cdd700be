// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QSettings>

#include <memory>

class QHeaderView;
class QSplitter;

namespace Gui {

//! What the window remembers between runs. The only class that reads or writes QSettings. GUI thread.
class UiSettings final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(UiSettings)

public:
    enum class Appearance { System, Light, Dark };

    //! The user's own settings, or those in \p file.
    explicit UiSettings(const QString &file = {}, QObject *parent = nullptr);

    Appearance appearance() const;
    void setAppearance(Appearance appearance);

    //! Whether the starter image was once brought into \p store.
    bool hasStarter(const QString &store) const;
    void setHasStarter(const QString &store);

    QByteArray windowGeometry() const;
    void setWindowGeometry(const QByteArray &geometry);

    //! Values of a page by a key of its own: "build/file", "logs/wrap".
    QString text(const QString &key, const QString &otherwise = {}) const;
    void setText(const QString &key, const QString &value);
    bool flag(const QString &key, bool otherwise) const;
    void setFlag(const QString &key, bool value);
    int number(const QString &key, int otherwise) const;
    void setNumber(const QString &key, int value);

    //! Restores widths, order and sort of the columns and keeps them from now on.
    void keep(QHeaderView *header, const QString &key);
    //! Restores the sizes and keeps them from now on. \return whether there were any
    bool keep(QSplitter *splitter, const QString &key);

Q_SIGNALS:
    void appearanceChanged();

private:
    std::unique_ptr<QSettings> m_store;
};

} // namespace Gui
