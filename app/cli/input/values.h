// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QMap>
#include <QtCore/QStringList>

#include <expected>

// What single options take, checked with Docker's rules and worded with its words. No I/O but the files named.
namespace Cli {

template<typename T>
using Checked = std::expected<T, QString>;

//! `-v`: "/data", "name:/data", "/host:/data:ro".
struct VolumeSpec {
    enum class Kind { Bind, Named, Anonymous } kind = Kind::Anonymous;
    QString source;
    QString target;
    bool readOnly = false;
    QString propagation;    //!< "shared", "rslave", … or empty
    bool operator==(const VolumeSpec &) const = default;
};
[[nodiscard]] Checked<VolumeSpec> parseVolume(const QString &text);

//! `-e`: "NAME=value", or "NAME" for its value here; that one is left out (null) when there is none.
[[nodiscard]] Checked<QString> parseEnv(const QString &text);
//! The lines of an `--env-file`; \p name is for the errors.
[[nodiscard]] Checked<QStringList> parseEnvFile(const QByteArray &content, const QString &name);
//! All of `--env-file` and `-e`, the latter last, so that it counts.
[[nodiscard]] Checked<QStringList> collectEnv(const QStringList &files, const QStringList &values);

//! `--label`: "key=value" or "key".
[[nodiscard]] Checked<QMap<QString, QString>> collectLabels(const QStringList &files, const QStringList &values);
//! `--add-host` as "name:ip".
[[nodiscard]] Checked<QString> parseExtraHost(const QString &text);
//! `--build-arg`: as parseEnv.
[[nodiscard]] Checked<QMap<QString, QString>> collectBuildArgs(const QStringList &values);

//! The bytes of keys that detach: "ctrl-p,ctrl-q", "a", "ctrl-@".
[[nodiscard]] Checked<QByteArray> parseDetachKeys(const QString &text);

} // namespace Cli
