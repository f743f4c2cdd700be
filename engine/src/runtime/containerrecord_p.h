// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/commandline_p.h"

#include <engine/containers.h>

namespace Engine::Internal {

//! A process that may be gone and its number taken by another one: the kernel's start time tells them apart, and the
//! boot id tells whether both were ever of this boot.
struct ProcessIdentity {
    qint64 pid = 0;
    quint64 startTime = 0;  //!< processStartTime()
    bool operator==(const ProcessIdentity &) const = default;

    //! For a process that runs now.
    [[nodiscard]] static ProcessIdentity of(pid_t pid);
};

//! What changes in a container's life.
struct ContainerLife {
    //! Starting: its monitor exists and its first process waits for the go; the starter holds the container's lock.
    enum class Phase { Created, Starting, Running, Exited } phase = Phase::Created;
    ProcessIdentity process;    //!< its first process
    ProcessIdentity monitor;
    QString bootId;             //!< of the boot the two belong to
    qint64 startedMs = 0;       //!< since the epoch; 0: never
    qint64 finishedMs = 0;
    int exitCode = 0;
    bool exitUnknown = false;
    QString error;
    bool operator==(const ContainerLife &) const = default;
};

//! A container as the database keeps it.
struct ContainerRecord {
    ContainerId id;
    QString name;
    QString image;              //!< the reference it was created with
    Digest imageId;
    Digest layer;               //!< topmost chain id of the image
    qint64 createdMs = 0;
    CreateOptions options;
    MergedConfig config;
    QString hostname;
    ContainerLife life;
    QString document;           //!< its text as read: life changes are made by compare and swap on it

    bool isRunning() const { return life.phase == ContainerLife::Phase::Running; }
    [[nodiscard]] ContainerInfo info() const;
};

//! Everything but id, name, image and layer, which have columns of their own.
[[nodiscard]] QString toDocument(const ContainerRecord &record);
//! \return Corrupt when \p document is none of ours
[[nodiscard]] Result<void> readDocument(ContainerRecord &record, const QString &document);

//! The kernel's id of this boot.
[[nodiscard]] QString currentBootId();

//! Where a container's files are.
struct ContainerFolder {
    QString path;               //!< <root>/containers/<id>
    QString rootfs() const { return path + QStringLiteral("/rootfs"); }
    QString upper() const { return path + QStringLiteral("/upper"); }
    QString work() const { return path + QStringLiteral("/work"); }
    QString spec() const { return path + QStringLiteral("/config.json"); }
    QString log() const { return path + QStringLiteral("/container.log"); }
    QString pidFile() const { return path + QStringLiteral("/pid"); }
    QString monitorPidFile() const { return path + QStringLiteral("/monitor.pid"); }
    QString attachSocket() const { return path + QStringLiteral("/attach"); }   //!< made by conmon
    QString controlFifo() const { return path + QStringLiteral("/ctl"); }       //!< made by conmon
    QString hosts() const { return path + QStringLiteral("/hosts"); }
    QString hostname() const { return path + QStringLiteral("/hostname"); }
    QString resolvConf() const { return path + QStringLiteral("/resolv.conf"); }
    //! Exists from before the monitor is spawned until the database knows of it: found by anybody else, it tells of a
    //! starter killed in between.
    QString startMarker() const { return path + QStringLiteral("/starting"); }
    QString lock() const { return path + QStringLiteral("/lock"); }
};

} // namespace Engine::Internal
