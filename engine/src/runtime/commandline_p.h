// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/containers.h>

#include <nlohmann/json.hpp>

namespace Engine::Internal {

//! What an image's config and the user's options make together (moby's runconfig merge).
struct MergedConfig {
    QStringList entrypoint;
    QStringList command;
    QStringList environment;    //!< the user's first, then the image's that the user did not set
    QString workingDir;         //!< empty means "/"
    QString user;
    QString stopSignal;         //!< empty means SIGTERM
    QMap<QString, QString> labels;
    QStringList volumes;        //!< VOLUME targets of the image
    QList<QString> exposedPorts; //!< "80/tcp", sorted

    //! Program and arguments together.
    QStringList arguments() const { return entrypoint + command; }
};

//! \param imageConfig the OCI image config document; its fields may lie, types are checked
//! \return InvalidInput without any command, for an environment entry without "=" or a relative working folder
[[nodiscard]] Result<MergedConfig> mergeConfig(const nlohmann::json &imageConfig, const CreateOptions &options);

//! \p over replaces entries of \p base with the same name in place; others are appended.
[[nodiscard]] QStringList overrideEnvironment(QStringList base, const QStringList &over);

} // namespace Engine::Internal
