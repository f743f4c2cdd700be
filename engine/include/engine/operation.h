// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>

namespace Engine {

//! Long work with progress or output: pull, build. Subclasses add typed signals and one `finished`.
//!
//! Lives in the thread that started it; its signals are emitted there, never from within the call
//! that returned it, so connecting right after the call loses nothing. `finished` comes exactly once.
//! Deleting an operation cancels the work and nothing is emitted any more.
class Operation : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Operation)

public:
    using QObject::QObject;
    ~Operation() override = default;

    //! Asks the work to stop; `finished` then brings ErrorCode::Cancelled (or the result, if it was
    //! ready first). Returns at once; any number of calls.
    virtual void cancel() = 0;
};

} // namespace Engine
