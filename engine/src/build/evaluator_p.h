// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "oci/dockerfileinstructions_p.h"

#include <engine/ids.h>

#include <nlohmann/json.hpp>

#include <functional>

namespace Engine::Internal {

//! An image that a stage starts from.
struct BaseImage {
    QString reference;          //!< as the Dockerfile names it, expanded
    Digest id;                  //!< of its config
    Digest topLayer;            //!< chain id; null for scratch
    nlohmann::json config;      //!< the OCI image config document
    qint64 sizeBytes = 0;
};

//! Finds a base image in the store. Nothing: it is not here (yet). Errors are those of a broken store or reference.
using BaseResolver = std::function<Result<std::optional<BaseImage>>(const QString &reference)>;

struct BuildPlatform {
    QString os = QStringLiteral("linux");
    QString architecture;
    QString variant;

    //! What this machine runs, in Go's words (linux/amd64, linux/arm/v7).
    [[nodiscard]] static BuildPlatform ofThisMachine();
    //! \return InvalidInput with containerd's words
    [[nodiscard]] static Result<BuildPlatform> parse(const QString &text);
    QString toString() const;
    bool operator==(const BuildPlatform &) const = default;
};

//! One instruction with everything it needs known: variables expanded, the config it works on and the one it leaves.
struct EvaluatedStep {
    int index = -1;             //!< of the instruction in the file; a trigger has its FROM's
    int stage = 0;
    bool isTrigger = false;     //!< ONBUILD of the base image
    Instruction instruction;    //!< expanded
    QString text;               //!< one line, expanded: what a step list shows and a key is made of
    QString createdBy;          //!< of its history entry; empty: it has none
    bool mayMakeLayer = false;
    QMap<QString, QString> variables; //!< ARG and ENV that are set before it
    QStringList environment;    //!< RUN: "name=value", ARGs included, sorted by first appearance
    QStringList proxyEnvironment; //!< RUN: HTTP_PROXY and its like from the request; no part of the step's identity
    QStringList arguments;      //!< RUN: what is executed
    QByteArray script;          //!< RUN with a here-document that starts with "#!": the file that is executed …
    QString scriptPath;         //!< … and where
    QString workingDir;         //!< absolute; before the step, for WORKDIR after it
    QString user;               //!< before the step
    nlohmann::json config;      //!< image config document after the step, without its own history entry's time
};

//! A stage the target needs.
struct EvaluatedStage {
    int number = 0;
    QString name;
    int baseStage = -1;         //!< number of the stage it starts from; -1: an image
    QString baseReference;      //!< expanded; "scratch" for nothing
    std::optional<BaseImage> base; //!< of baseReference, when it is here
    bool baseIsMissing = false; //!< must be pulled: what follows is only known as text
    BuildPlatform platform;
    QList<EvaluatedStep> steps; //!< FROM first, then triggers, then the rest
    QList<int> stageSources;    //!< stages that COPY --from and --mount=from name
    nlohmann::json config;      //!< image config document after its last step
};

struct EvaluationRequest {
    QMap<QString, QString> buildArgs;
    QMap<QString, QString> labels;
    QString target;             //!< stage name; empty: the last
    BuildPlatform platform = BuildPlatform::ofThisMachine();
};

//! A Dockerfile with stages chosen, variables expanded and image configs computed; nothing looked at but base images.
struct EvaluatedDockerfile {
    QList<EvaluatedStage> stages;   //!< those the target needs, in the file's order, the target last
    QList<Diagnostic> diagnostics;  //!< of expansion and stages; sorted by place
    QList<int> invalidSteps;        //!< positions of the instructions the errors stand at

    const EvaluatedStage *stage(int number) const;
};

//! Any thread. Cost: about 5 µs per instruction beside \p resolve.
[[nodiscard]] EvaluatedDockerfile evaluateDockerfile(const Dockerfile &dockerfile, const EvaluationRequest &request, const BaseResolver &resolve);

//! Number of the stage that \p name (a name or a number) means, looking at stages before \p before; -1 for none.
[[nodiscard]] int findStage(const Dockerfile &dockerfile, const QString &name, int before);

} // namespace Engine::Internal
