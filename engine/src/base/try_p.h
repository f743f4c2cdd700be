// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/result.h>

#include <utility>

namespace Engine::Internal {

template<typename T>
T takeValue(Result<T> &&result)
{
    if constexpr (!std::is_void_v<T>)
        return std::move(*result);
}

inline Failure passOn(Error &&error, const char *function)
{
    const QString here = QString::fromLatin1(function);
    if (error.where.isEmpty())
        error.where = here;
    else if (!error.where.startsWith(here))
        error.where = here + QLatin1StringView(" > ") + error.where;
    return Failure(std::move(error));
}

} // namespace Engine::Internal

//! Unwraps a Result or returns its error from the calling function. A GNU statement expression; only in
//! engine .cpp files, never in a coroutine.
#define ENGINE_TRY(expression) ENGINE_TRY_NAMED(expression, ENGINE_TRY_JOIN(engineTryResult, __COUNTER__))

// A name of its own for each use, so that one may stand inside another (a lambda's body, an argument) without -Wshadow.
#define ENGINE_TRY_JOIN(a, b) ENGINE_TRY_JOIN_EXPANDED(a, b)
#define ENGINE_TRY_JOIN_EXPANDED(a, b) a##b
#define ENGINE_TRY_NAMED(expression, name)                                                         \
    (__extension__({                                                                               \
        auto name = (expression);                                                                  \
        if (!name) [[unlikely]]                                                                    \
            return ::Engine::Internal::passOn(std::move(name.error()), __func__);                  \
        ::Engine::Internal::takeValue(std::move(name));                                            \
    }))
