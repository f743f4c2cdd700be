// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QDateTime>
#include <QtCore/QObject>
#include <QtCore/QString>

#include <memory>

namespace Engine {

namespace Internal {
class Core;
}

//! Something happened in the store, here or in another process.
struct Event {
    qint64 sequence = 0;
    QDateTime time;
    enum class Kind { Image, Container, Build } kind = Kind::Container;
    QString action;     //!< Docker's word: "create", "start", "die", "destroy", "pull", "tag", "untag", "delete"
    QString id;         //!< of the object
    QString name;       //!< at that time
    bool operator==(const Event &) const = default;
};

//! Tells what changes. Lives in the thread that made the Engine and emits there.
//!
//! Cost: one inotify watch; nothing wakes up while nothing happens.
class Events final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Events)

public:
    explicit Events(std::shared_ptr<Internal::Core> core, QObject *parent = nullptr);
    ~Events() override;

Q_SIGNALS:
    void happened(const Engine::Event &event);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace Engine
