// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QLoggingCategory>

// Every logging category of the engine. A secret never reaches a log.
Q_DECLARE_LOGGING_CATEGORY(lcLinux)
Q_DECLARE_LOGGING_CATEGORY(lcStorage)
Q_DECLARE_LOGGING_CATEGORY(lcRegistry)
Q_DECLARE_LOGGING_CATEGORY(lcBuild)
Q_DECLARE_LOGGING_CATEGORY(lcRuntime)
