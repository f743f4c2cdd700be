// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/result.h>

#include <QtCore/QFuture>
#include <QtCore/QFutureWatcher>

namespace Gui {

//! Calls \p callback with the result of \p future, in the guard's thread and never once \p guard is gone.
//! A future that was cancelled, or whose promise was dropped, arrives as ErrorCode::Cancelled.
//!
//! Not QFuture::then(context, …): on Qt 6.4 a context that dies first aborts a debug build.
template<typename T, typename Callback>
void whenDone(const QFuture<Engine::Result<T>> &future, QObject *guard, Callback callback)
{
    using Watcher = QFutureWatcher<Engine::Result<T>>;
    auto *watcher = new Watcher(guard);
    QObject::connect(watcher, &QFutureWatcherBase::finished, guard, [watcher, callback = std::move(callback)]() mutable {
        watcher->deleteLater();
        if (watcher->isCanceled() || watcher->future().resultCount() == 0)
            callback(Engine::Result<T>(Engine::Failure(Engine::Error{.code = Engine::ErrorCode::Cancelled, .detail = QStringLiteral("cancelled")})));
        else
            callback(watcher->result());
    });
    watcher->setFuture(future); // last: it may have finished already
}

} // namespace Gui
