// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "oci/dockerfileinstructions_p.h"

#include <nlohmann/json.hpp>

namespace Engine::Internal {

// Small typed steps on an OCI image config document (OCI image-spec 1.1, config.md, with Docker's extensions Healthcheck,
// OnBuild and Shell). Base images come from strangers: wrong types count as absent.

//! PATH where neither base image nor Dockerfile sets one.
[[nodiscard]] QString defaultPath();
[[nodiscard]] nlohmann::json emptyImageConfig(const QString &os, const QString &architecture, const QString &variant);
//! \p base with the fields a build inherits; OnBuild is taken out.
[[nodiscard]] nlohmann::json inheritedImageConfig(const nlohmann::json &base);

[[nodiscard]] QStringList configStrings(const nlohmann::json &image, const char *field);
[[nodiscard]] QString configString(const nlohmann::json &image, const char *field);
void setConfigStrings(nlohmann::json *image, const char *field, const QStringList &values);
void setConfigString(nlohmann::json *image, const char *field, const QString &value);
//! Replaces in place, as Docker keeps the order of the environment.
void setEnvironment(nlohmann::json *image, const QString &name, const QString &value);
void setLabel(nlohmann::json *image, const QString &name, const QString &value);
//! Adds a key to one of the sets (ExposedPorts, Volumes).
void addToSet(nlohmann::json *image, const char *field, const QString &key);
void setHealthcheck(nlohmann::json *image, const Instructions::Healthcheck &check);
//! BuildKit's own form of a health check in a history line.
[[nodiscard]] QString healthcheckHistory(const Instructions::Healthcheck &check);
enum class HistoryLayer { Yes, No };
void addHistory(nlohmann::json *image, const QString &createdBy, HistoryLayer layer);

//! "8080", "80/tcp", "8000-8002/udp", "80:8080" to {"8080/tcp"}… \return InvalidInput with Docker's words
[[nodiscard]] Result<QStringList> parsePortSpec(const QString &text);
//! "SIGTERM", "term", "15", "SIGRTMIN+3" \return InvalidInput with Docker's words
[[nodiscard]] Result<void> checkSignal(const QString &text);
//! ["a" "b"], as Go prints a list of strings with %q.
[[nodiscard]] QString goQuotedList(const QStringList &words);

} // namespace Engine::Internal
