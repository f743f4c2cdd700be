// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/result.h>

#include <QtCore/QByteArrayView>
#include <QtCore/QString>

namespace Cli {

//! Writes everything to a descriptor, waiting where it must. When the reader has gone the process ends quietly as by
//! SIGPIPE, the way every filter does. Any thread.
void writeAll(int fd, QByteArrayView bytes);

//! To standard output, as UTF-8.
void print(const QString &text);
void printLine(const QString &line);
//! To standard error.
void printError(const QString &line);
//! "Error: No such container: web", then the remedy on its own line.
void printError(const Engine::Error &error);
//! printError() where nothing else is to be done; the exit code goes through.
[[nodiscard]] int failed(const Engine::Error &error, int exitCode = 1);

} // namespace Cli
