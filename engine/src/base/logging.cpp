// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/logging_p.h"

Q_LOGGING_CATEGORY(lcLinux, "slipway.engine.linux", QtWarningMsg)
Q_LOGGING_CATEGORY(lcStorage, "slipway.engine.storage", QtWarningMsg)
Q_LOGGING_CATEGORY(lcRegistry, "slipway.engine.registry", QtWarningMsg)
Q_LOGGING_CATEGORY(lcBuild, "slipway.engine.build", QtWarningMsg)
Q_LOGGING_CATEGORY(lcRuntime, "slipway.engine.runtime", QtWarningMsg)
