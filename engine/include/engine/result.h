// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>

#include <expected>
#include <optional>

namespace Engine {

//! What a caller can branch on. A code exists only where a front end would do something different.
enum class ErrorCode {
    Cancelled,        //!< the caller asked to stop
    NotFound,         //!< the object does not exist
    AlreadyExists,    //!< the name is taken
    InvalidInput,     //!< the request, a Dockerfile or an option is wrong
    PermissionDenied, //!< the system or a registry refuses
    Unauthenticated,  //!< a registry wants credentials
    Unreachable,      //!< a server does not answer
    TimedOut,         //!< it did not end within the time given
    Corrupt,          //!< bytes differ from their digest, or a document does not parse
    NoSpace,          //!< a disk, quota or limit is full
    InUse,            //!< something else still needs the object
    Unsupported,      //!< known and valid, but Slipway cannot do it (yet)
    MissingPart,      //!< a program or setting of the system that Slipway needs is not there
    CommandFailed,    //!< a process of the user's ran and failed (a RUN step); exitCode says how
    Io,               //!< anything else the operating system reports
};

//! A place in a text file; lines and columns count from 1, columns in characters. 0 means unknown.
struct SourcePosition {
    int line = 0;
    int column = 0;
    bool operator==(const SourcePosition &) const = default;
};

//! Why something failed: what, on which object, the reason, and what to do. A value; any thread.
//!
//! \c detail is one plain English sentence without a final full stop, fit for a command line; the
//! window words \c code and \c object in the user's language and keeps \c detail for "Details".
struct Error {
    ErrorCode code = ErrorCode::Io;
    QString object;     //!< what it happened to: a path, a reference, a container's name
    QString detail;     //!< what failed and why, in English
    QString remedy;     //!< what the user can do, in English; a command stands alone on its own line
    QString where;      //!< "Images::pull > Registry::manifest", grows on the way up; for logs
    int sysErrno = 0;   //!< errno of the failed system call, 0 when none
    int exitCode = 0;   //!< for CommandFailed
    std::optional<SourcePosition> position; //!< for errors in a Dockerfile

    bool operator==(const Error &) const = default;
};

template<typename T = void>
using Result = std::expected<T, Error>;

using Failure = std::unexpected<Error>;

} // namespace Engine
