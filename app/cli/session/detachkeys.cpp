// SPDX-License-Identifier: GPL-3.0-or-later
#include "detachkeys.h"

#include "cli/input/values.h"
#include "cli/options.h"

namespace Cli {

QByteArray DetachKeys::filter(const QByteArray &typed)
{
    QByteArray passed;
    for (const char key : typed) {
        if (m_keys.isEmpty()) {
            passed += key;
            continue;
        }
        if (key != m_keys[m_matched]) {
            passed += m_keys.left(m_matched);
            m_matched = 0;
        }
        if (key != m_keys[m_matched]) {
            passed += key;
        } else if (++m_matched == m_keys.size()) {
            m_detached = true;
            break;
        }
    }
    return passed;
}

std::expected<DetachKeys, QString> detachKeysOf(const OptionValues &options)
{
    if (!options.has("detach-keys"))
        return DetachKeys();
    const Checked<QByteArray> keys = parseDetachKeys(options.text("detach-keys"));
    if (!keys)
        return std::unexpected(keys.error());
    return DetachKeys(*keys);
}

} // namespace Cli
