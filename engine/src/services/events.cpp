// SPDX-License-Identifier: GPL-3.0-or-later
#include <engine/events.h>

#include "base/logging_p.h"
#include "base/mailbox_p.h"
#include "base/try_p.h"
#include "services/core_p.h"

#include <QtCore/QFile>
#include <QtCore/QPointer>
#include <QtCore/QSocketNotifier>

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace Engine {
namespace {

using Internal::Core;

Event::Kind eventKindOf(const QString &word)
{
    if (word == QLatin1StringView("image"))
        return Event::Kind::Image;
    return word == QLatin1StringView("build") ? Event::Kind::Build : Event::Kind::Container;
}

Result<qint64> lastSequence(const Core &core)
{
    qint64 last = 0;
    const auto read = core.store->database().reading([&](Internal::Database &db) -> Result<void> {
        auto statement = ENGINE_TRY(db.prepare("SELECT coalesce(max(seq), 0) FROM events"));
        ENGINE_TRY(statement.step());
        last = statement.integer(0);
        return {};
    });
    return read ? Result<qint64>(last) : Failure(read.error());
}

Result<QList<Event>> eventsAfter(const Core &core, qint64 sequence)
{
    QList<Event> events;
    const auto read = core.store->database().reading([&](Internal::Database &db) -> Result<void> {
        auto statement = ENGINE_TRY(db.prepare("SELECT seq, time, kind, action, object, name FROM events WHERE seq > ? ORDER BY seq"));
        statement.bind(1, sequence);
        while (ENGINE_TRY(statement.step())) {
            events.append({.sequence = statement.integer(0),
                           .time = QDateTime::fromMSecsSinceEpoch(statement.integer(1)),
                           .kind = eventKindOf(statement.text(2)),
                           .action = statement.text(3),
                           .id = statement.text(4),
                           .name = statement.text(5)});
        }
        return {};
    });
    return read ? Result<QList<Event>>(std::move(events)) : Failure(read.error());
}

} // namespace

//! Lives in the thread of its Events; only read() works on the pool.
class Events::Private final
{
public:
    Private(Events *events, std::shared_ptr<Core> sharedCore)
        : q(events), core(std::move(sharedCore)), mailbox(std::make_shared<Internal::Mailbox>(events)),
          file(Internal::eventsFile(core->settings.paths))
    {
    }

    ~Private() { mailbox->close(); }

    Result<void> start();

private:
    Result<void> watch();
    void onWoken();
    void read();
    void deliver(const Result<QList<Event>> &events);

    Events *q;
    std::shared_ptr<Core> core;
    std::shared_ptr<Internal::Mailbox> mailbox;
    QString file;
    Internal::UniqueFd inotify;
    std::unique_ptr<QSocketNotifier> notifier;
    qint64 last = 0;
    bool reading = false;
    bool wokenMeanwhile = false;
};

// The watch comes before the number is read, so that what happens between the two is told.
Result<void> Events::Private::start()
{
    inotify.reset(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (!inotify.isValid())
        return Failure(Internal::errnoError("inotify_init for", file, errno));
    ENGINE_TRY(watch());
    last = ENGINE_TRY(lastSequence(*core));
    notifier = std::make_unique<QSocketNotifier>(inotify.get(), QSocketNotifier::Read);
    QObject::connect(notifier.get(), &QSocketNotifier::activated, q, [this] { onWoken(); });
    return {};
}

Result<void> Events::Private::watch()
{
    ENGINE_TRY(Internal::touchFile(file));
    if (::inotify_add_watch(inotify.get(), QFile::encodeName(file).constData(), IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF) < 0)
        return Failure(Internal::errnoError("watch", file, errno));
    return {};
}

void Events::Private::onWoken()
{
    alignas(inotify_event) std::array<char, 4096> buffer;
    bool lost = false;
    for (ssize_t size = 0; (size = ::read(inotify.get(), buffer.data(), buffer.size())) > 0;) {
        for (ssize_t at = 0; at < size;) {
            const auto *event = reinterpret_cast<const inotify_event *>(buffer.data() + at);
            lost = lost || (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED)) != 0;
            at += ssize_t(sizeof(inotify_event)) + event->len;
        }
    }
    // Somebody tidied up; the next one to record an event makes the file again.
    if (lost) {
        if (const auto watched = watch(); !watched)
            qCWarning(lcStorage).noquote() << "changes of other processes are not seen any more:" << watched.error().detail;
    }
    read();
}

void Events::Private::read()
{
    if (std::exchange(reading, true)) {
        wokenMeanwhile = true;
        return;
    }
    core->pool->start([this, mine = core, box = mailbox, from = last] {
        box->post([this, events = eventsAfter(*mine, from)] { deliver(events); });
    });
}

// A receiver may delete the Events while it is told.
void Events::Private::deliver(const Result<QList<Event>> &events)
{
    reading = false;
    if (!events)
        qCWarning(lcStorage).noquote() << "events cannot be read:" << events.error().detail;
    const auto list = events.value_or(QList<Event>());
    if (!list.isEmpty())
        last = list.last().sequence;
    if (std::exchange(wokenMeanwhile, false))
        read();
    const QPointer<Events> alive(q);
    for (const auto &event : list) {
        if (!alive)
            return;
        Q_EMIT alive->happened(event);
    }
}

Events::Events(std::shared_ptr<Internal::Core> core, QObject *parent)
    : QObject(parent), d(std::make_unique<Private>(this, std::move(core)))
{
    qRegisterMetaType<Event>();
    if (const auto started = d->start(); !started)
        qCWarning(lcStorage).noquote() << "changes of other processes are not seen:" << started.error().detail;
}

Events::~Events() = default;

} // namespace Engine
