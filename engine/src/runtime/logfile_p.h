// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/containers.h>

#include <QtCore/QByteArrayView>

namespace Engine::Internal {

//! Reads conmon's k8s-file log: "TIME stdout|stderr F|P TEXT\n" per line (F) or piece of one (P). The bytes of the entries
//! put together are exactly what the process wrote.
class LogParser final
{
public:
    //! Entries that \p bytes complete; what is left over waits for more. Lines that are none of conmon's are skipped.
    QList<LogLine> feed(QByteArrayView bytes);

private:
    QByteArray m_rest;
};

//! Offset in \p fd where the last \p lines whole lines begin; pieces (P) count with the line they end in.
//! Reads backwards in blocks, as little as is needed.
[[nodiscard]] Result<qint64> findLogTail(int fd, int lines);

} // namespace Engine::Internal
