// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "values.h"

#include <engine/builds.h>

// What the options of `slipway build` take, with the rules and words of docker buildx. No I/O but a look at what a path is.
namespace Cli {

//! `--secret`: "id=npm,src=FILE", "id=npm,env=NAME", "id=npm" for the variable or else the file of that name.
[[nodiscard]] Checked<QMap<QString, Engine::BuildSecret>> collectSecrets(const QStringList &values);
//! `--ssh`: "default", "default=SOCKET", "id=KEY,KEY".
[[nodiscard]] Checked<QMap<QString, QStringList>> collectSshAgents(const QStringList &values);
//! `--ulimit`: "nofile=1024:2048", "core=0".
[[nodiscard]] Checked<QList<Engine::BuildUlimit>> collectUlimits(const QStringList &values);
//! "64m", "1.5GiB", "4096".
[[nodiscard]] Checked<qint64> parseByteSize(const QString &text);

} // namespace Cli
