// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The one place of app/ and ui/ that waits. A command line has nothing else to do meanwhile; a window must never include
// this file. The test `layers` allows waiting and nested event loops here and nowhere else.

#include <engine/operation.h>
#include <engine/result.h>

#include <QtCore/QEventLoop>
#include <QtCore/QFuture>

#include <functional>
#include <optional>

namespace Cli {

//! Waits for the answer to one question.
template<typename T>
[[nodiscard]] Engine::Result<T> await(QFuture<Engine::Result<T>> future)
{
    future.waitForFinished();
    if (future.isCanceled() || future.resultCount() == 0)
        return Engine::Failure({.code = Engine::ErrorCode::Cancelled, .detail = QStringLiteral("the work was cancelled")});
    return future.takeResult();
}

//! Runs the event loop until \p operation is finished; its other signals go to whoever is connected to them.
template<typename Operation, typename T>
[[nodiscard]] Engine::Result<T> awaitFinished(Operation *operation, void (Operation::*finished)(const Engine::Result<T> &))
{
    QEventLoop loop;
    std::optional<Engine::Result<T>> outcome;
    QObject::connect(operation, finished, &loop, [&loop, &outcome](const Engine::Result<T> &result) {
        outcome = result;
        loop.quit();
    });
    loop.exec();
    if (!outcome)
        return Engine::Failure({.code = Engine::ErrorCode::Cancelled, .detail = QStringLiteral("the work was cancelled")});
    return *std::move(outcome);
}

//! Runs the event loop until \p start, which gets it going, has called `done` with a value.
template<typename T>
[[nodiscard]] T awaitValue(const std::function<void(std::function<void(T)> done)> &start)
{
    QEventLoop loop;
    std::optional<T> value;
    start([&loop, &value](T result) {
        value = std::move(result);
        loop.quit();
    });
    if (!value)
        loop.exec();
    return *std::move(value);
}

} // namespace Cli
